package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"usher/internal/admission"
	"usher/internal/apptest"
)

// A page puts the URL of a file into a link. A browser sends no header with it.
func TestASignedURLDownloadsWithoutAHeader(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		other := p.Join("other@acme.test", &admission.GrantInput{Roles: []string{"admin"}})
		p.Join("learner@acme.test", nil)
		urlsOf := func(login string) map[string]string {
			var out struct{ Workspace map[string]string }
			k.Must(k.SignIn(login, apptest.Password), `{ workspace(slug: "acme") {
				members: membersExportUrl(format: XLSX, locale: "fr") groups: groupsExportUrl
				template: importTemplateUrl } }`, nil, &out)
			return out.Workspace
		}
		status := func(url string) int {
			return statusOf(t, k, strings.TrimPrefix(url, k.URL), "")
		}

		admin := urlsOf("admin@acme.test")
		for name, url := range admin {
			if got := status(url); got != http.StatusOK {
				t.Errorf("%s: %d at %s", name, got, url)
			}
		}
		if !strings.Contains(admin["members"], "/members.xlsx?lang=fr&") {
			t.Errorf("the URL of the members is %s", admin["members"])
		}

		// The list of members takes the filter and the order of the list in the API.
		rows := func(arguments string) string {
			t.Helper()
			var out struct{ Workspace struct{ URL string } }
			k.Must(k.SignIn("admin@acme.test", apptest.Password), `{ workspace(slug: "acme") {
				url: membersExportUrl(locale: "en", `+arguments+`) } }`, nil, &out)
			a := fetch(p, strings.TrimPrefix(out.Workspace.URL, k.URL))
			var emails []string
			for _, line := range strings.Split(a.body, "\n") {
				if _, after, found := strings.Cut(line, "@acme.test"); found {
					before := strings.TrimSuffix(line, "@acme.test"+after)
					emails = append(emails, before[strings.LastIndexAny(before, ",;")+1:])
				}
			}
			return strings.Join(emails, " ")
		}
		for arguments, want := range map[string]string{
			`filter: {search: "lea"}`:                                  "learner",
			`filter: {email: "OTHER@acme.test", status: [ACTIVE]}`:     "other",
			`filter: {status: [DEACTIVATED]}`:                          "",
			`filter: {}, orderBy: {field: JOINED_AT, direction: DESC}`: "learner other admin",
			`orderBy: {field: CREATED_AT}`:                             "admin other learner",
		} {
			if got := rows(arguments); got != want {
				t.Errorf("membersExportUrl(%s): %q, want %q", arguments, got, want)
			}
		}
		// A group of another workspace selects what a missing one selects.
		strange := k.Found("Far", "far").Group("Class", "PRIVATE", nil)
		if got := rows(`filter: {groupId: "` + strange.ID.String() + `"}`); got != "" {
			t.Errorf("a group of another workspace: %q", got)
		}
		bearer := bearing(p, "admin@acme.test")
		for _, query := range []string{"filter={", "filter=%7B%22search%22%3A%22%5Cu0000%22%7D",
			"filter=%7B%22status%22%3A%5B%22GONE%22%5D%7D", "orderBy=NAME", "orderBy=EMAIL+ASC"} {
			if got := fetch(p, "/members.csv?workspace=acme&"+query,
				bearer...).StatusCode; got != 400 {
				t.Errorf("%s: %d", query, got)
			}
		}

		// The signature holds for one file with its parameters.
		far := k.Found("Globex", "globex")
		for name, url := range map[string]string{
			"another file":      strings.Replace(admin["groups"], "groups.csv", "members.csv", 1),
			"another language":  strings.Replace(admin["members"], "lang=fr", "lang=en", 1),
			"another parameter": admin["groups"] + "&lang=fr",
			"another filter":    admin["members"] + "&filter=%7B%7D",
			"another workspace": strings.Replace(admin["groups"], p.Workspace.ID.String(),
				far.Workspace.ID.String(), 1),
			"another signature": admin["groups"] + "x",
		} {
			if got := status(url); got != http.StatusUnauthorized {
				t.Errorf("%s: %d", name, got)
			}
		}

		// It lends its user no right that the user does not have when it is used.
		if got := status(urlsOf("learner@acme.test")["members"]); got != http.StatusForbidden {
			t.Errorf("a learner: %d", got)
		}
		theirs := urlsOf("other@acme.test")["members"]
		k.Must(k.SignIn("admin@acme.test", apptest.Password),
			`mutation($i: DeactivateMemberInput!) { deactivateMember(input: $i) { member { id } } }`,
			map[string]any{"i": map[string]any{"memberId": other.ID.String()}}, nil)
		if got := status(theirs); got == http.StatusOK {
			t.Error("a deactivated member downloads")
		}
		k.Clock.Add(11 * time.Minute)
		if got := status(admin["groups"]); got != http.StatusUnauthorized {
			t.Errorf("after eleven minutes: %d", got)
		}
	}, apptest.WithoutWorker, apptest.WithoutMail)
}
