package house

import (
	"go/ast"
	"html"
	"path"
	"regexp"
	"strings"
	"testing"
)

// spoken are the templates of what people read: pages, mails, the demo's mailbox.
var spoken = []string{"web/pages/*.html", "internal/mailbox/*.html", "internal/handout/*.html", "internal/mail/templates/*"}

var (
	filled    = regexp.MustCompile(`(?s)\{\{.*?\}\}|<!--.*?-->|<(script|style)\b.*?</(script|style)>`)
	tags      = regexp.MustCompile(`(?s)<[^>]*>`)
	saidOf    = regexp.MustCompile(`(?s)\b(alt|title|placeholder|aria-label|aria-description|value|content)="([^"]*)"`)
	loose     = regexp.MustCompile(`\s[a-z-]+="[^"]*"`) // an attribute that a template of its own writes
	letters   = regexp.MustCompile(`\p{L}{2,}`)
	technical = regexp.MustCompile(`^(width=device-width, initial-scale=1|light( dark)?|noindex(, nofollow)?|language|[a-z_]+)$`)
)

func TestTemplatesHoldNoWords(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, f := range files(t) {
		if !isSpoken(f.path) {
			continue
		}
		seen++
		// What a template fills in is nothing here: words that stay are words of the template.
		bare := filled.ReplaceAllString(string(f.text), "")
		for _, m := range saidOf.FindAllStringSubmatch(bare, -1) {
			if letters.MatchString(m[2]) && !technical.MatchString(m[2]) {
				t.Errorf("%s: %s=%q: a person reads it, so it belongs into the catalogues", f.path, m[1], m[2])
			}
		}
		bare = loose.ReplaceAllString(tags.ReplaceAllString(bare, " "), "")
		if m := letters.FindString(html.UnescapeString(bare)); m != "" {
			t.Errorf("%s: %q: a person reads it, so it belongs into the catalogues", f.path, m)
		}
	}
	if seen < 4 {
		t.Errorf("only %d templates were found", seen)
	}
}

func isSpoken(name string) bool {
	for _, pattern := range spoken {
		if ok, _ := path.Match(pattern, name); ok {
			return true
		}
	}
	return false
}

// outspoken are files that hold sentences for good, each with its reason.
var outspoken = map[string]string{
	"internal/gen/descriptions.go": "descriptions of the schema, which is in English",
	"internal/server/health.go":    "the help of a metric, which operators' tools show",
	"internal/app/metrics.go":      "the help of metrics",
	"internal/gqlhttp/observe.go":  "the help of a metric",
	"internal/jobs/handle.go":      "the help of a metric",
	"internal/courier/trouble.go":  "the help of a metric",
}

// whole is a text of three words or more that starts like a sentence and ends like one.
var whole = regexp.MustCompile(`(?s)^\p{Lu}[\p{L}’'-]*\s+\S+\s+.*\S[.?!…]$`)

// TestNoSentenceStandsInCode guesses: what looks like a sentence is one for people. The command line speaks English to
// operators through its flags' help; errors and logs are for developers and start in lower case.
func TestNoSentenceStandsInCode(t *testing.T) {
	t.Parallel()
	found := map[string]bool{}
	for _, s := range code(t) {
		if strings.HasPrefix(s.path, "cmd/") || strings.HasPrefix(s.path, "ent/schema/") {
			continue
		}
		literals(s, func(text string, at ast.Node) {
			if !whole.MatchString(strings.TrimSpace(text)) {
				return
			}
			found[s.path] = true
			if outspoken[s.path] == "" {
				t.Errorf("%s: %q: a person reads it, so it belongs into the catalogues", s.line(at), text)
			}
		})
	}
	for name := range outspoken {
		if !found[name] {
			t.Errorf("%s is listed for sentences and has none", name)
		}
	}
}
