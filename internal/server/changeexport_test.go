package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"usher/internal/apptest"
)

// PAR-7: a program gets the members who changed since a moment, with their ids, as a file that
// imports read; and the history as a table or as lines of JSON.
func TestProgramsGetWhatChanged(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		ann := p.Join("ann@example.org", nil)
		p.Join("lea@example.org", nil)
		admin := bearing(p, "admin@acme.test")
		var rows [][]string
		k.Eventually("the changes are settled", func() bool {
			rows = fetch(p, "/members.csv?workspace=acme&updated_since=2020-01-01T00:00:00Z",
				admin...).table(t, ',')
			return len(rows) == 4
		})
		header, last := rows[0], rows[2]
		n := len(header)
		if got := strings.Join(header[n-5:], " "); got != "memberId memberStatus joinedAt deactivatedAt updatedAt" {
			t.Errorf("the header ends with %q", got)
		}
		if last[n-5] != ann.ID.String() || last[n-4] != "ACTIVE" || last[n-2] != "" {
			t.Errorf("the row of ann ends with %q", last[n-5:])
		}
		// The last moment of a file is where the next one begins.
		next := fetch(p, "/members.csv?workspace=acme&updated_since="+rows[3][n-1], admin...).table(t, ',')
		if len(next) != 2 || next[1][n-5] != rows[3][n-5] {
			t.Errorf("from the last moment on: %v", next)
		}
		if all := fetch(p, "/members.csv?workspace=acme&columns=all", admin...).table(t, ','); len(
			all) != 4 || len(all[0]) != n {
			t.Errorf("with all columns: %v", all[0])
		}
		if plain := fetch(p, "/members.csv?workspace=acme", admin...).table(t, ','); len(plain[0]) != n-5 {
			t.Errorf("without: %v", plain[0])
		}

		since := time.Now().Add(-time.Hour).UTC().Format(time.RFC3339)
		events := fetch(p, "/history.csv?workspace=acme&since="+since, admin...).table(t, ',')
		if strings.Join(events[0], " ") != "id at action entryPoint actorId subjectId memberId details" {
			t.Errorf("the history has %v", events[0])
		}
		lines := fetch(p, "/history.jsonl?workspace=acme", admin...)
		var joined int
		for line := range strings.Lines(lines.body) {
			var event struct{ Action, MemberID string }
			if err := json.Unmarshal([]byte(line), &event); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			if event.Action == "member.joined" && event.MemberID == ann.ID.String() {
				joined++
			}
		}
		if joined != 1 || len(events) != 1+strings.Count(lines.body, "\n") {
			t.Errorf("%d events in the table, %d lines, ann joined %d times", len(events)-1,
				strings.Count(lines.body, "\n"), joined)
		}
		for path, status := range map[string]int{
			"/members.csv?workspace=acme&updated_since=yesterday":                               http.StatusBadRequest,
			"/members.csv?workspace=acme&updated_since=2026-01-01T00:00:00Z&orderBy=NAME%20ASC": http.StatusBadRequest,
			"/history.csv?workspace=acme&since=0001-01-01T00:00:00Z":                            http.StatusBadRequest,
			"/history.csv?workspace=elsewhere":                                                  http.StatusNotFound,
		} {
			if a := fetch(p, path, admin...); a.StatusCode != status {
				t.Errorf("%s: %d %s, want %d", path, a.StatusCode, a.body, status)
			}
		}
		if a := fetch(p, "/history.csv?workspace=acme", bearing(p, "lea@example.org")...); a.StatusCode != http.StatusForbidden {
			t.Errorf("a learner: %d", a.StatusCode)
		}
		if a := fetch(p, "/history.jsonl?workspace=acme"); a.StatusCode != http.StatusUnauthorized {
			t.Errorf("anonymous: %d", a.StatusCode)
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}
