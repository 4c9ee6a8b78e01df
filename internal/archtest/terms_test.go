package archtest

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// retiredTerms are words that Usher once used for things that have a term of the field. They must
// not come back, neither in names nor in prose.
var retiredTerms = map[string]retiredTerm{
	"anew":           {say: "again", left: 10},
	"entrant":        {say: "member"},
	"for good":       {say: "permanently", left: 5},
	"giver":          {say: "grantor", left: 6},
	"lane":           {say: "worker", left: 3},
	"leads on":       {say: "redirects", left: 1},
	"led up":         {say: "inherited"},
	"newcomer":       {say: "invitee", left: 5},
	"of before":      {say: "former or previous", left: 3},
	"proven mailbox": {say: "verified address"},
	"threshold":      {say: "admission"},
	"vouched":        {say: "visible to every reader of the row"},
	"who asks":       {say: "the caller", left: 2},
	"whoever":        {say: "the person by their role", left: 8},
}

// retiredTerm is the term to use instead, and how often the old one is still there. The number only
// falls: columns and texts that clients and people know keep some of these words.
type retiredTerm struct {
	say  string
	left int
}

// termFolders hold what people wrote about the product. Others hold texts of other kinds.
var termFolders = []string{"internal/", "graph/", "cmd/", "ent/schema/", "docs/"}

// wordStart is where a new word begins inside a name.
var wordStart = regexp.MustCompile(`([a-z0-9])([A-Z])`)

// lineStart is what a line of a comment or of a list begins with.
var lineStart = regexp.MustCompile(`\n\s*(//|\*|-)?\s*`)

func TestStyleUsesTheTermsOfTheField(t *testing.T) {
	t.Parallel()
	found := map[string][]string{}
	for _, f := range repoFiles(t) {
		if !hasTerms(f) {
			continue
		}
		// Terms of two words are found across the end of a line, so the whole file is one text. A
		// newline stays a newline, so that the number of the line can be counted.
		text := wordStart.ReplaceAll(f.text, []byte("$1 $2"))
		text = bytes.ToLower(bytes.ReplaceAll(text, []byte("_"), []byte(" ")))
		text = lineStart.ReplaceAllFunc(text, func(start []byte) []byte {
			return bytes.Repeat([]byte("\n"), bytes.Count(start, []byte("\n")))
		})
		for term := range retiredTerms {
			pattern := termPatterns[term]
			for _, at := range pattern.FindAllIndex(text, -1) {
				line := 1 + bytes.Count(text[:at[0]], []byte("\n"))
				found[term] = append(found[term], fmt.Sprintf("%s:%d", f.path, line))
			}
		}
	}
	for term, places := range found {
		retired := retiredTerms[term]
		t.Logf("%3d of %3d %q", len(places), retired.left, term)
		if len(places) > retired.left {
			t.Errorf("%q is there %d times, over %d: say %s\n%s", term, len(places), retired.left,
				retired.say, strings.Join(places, "\n"))
		}
	}
}

// termPatterns match the terms as whole words, in the singular and the plural.
var termPatterns = func() map[string]*regexp.Regexp {
	patterns := map[string]*regexp.Regexp{}
	for term := range retiredTerms {
		patterns[term] = regexp.MustCompile(`\b` + strings.ReplaceAll(term, " ", `\s`) + `s?\b`)
	}
	return patterns
}()

// hasTerms tells whether people wrote a file in the words of the product.
func hasTerms(f repoFile) bool {
	if f.path == "internal/archtest/terms_test.go" || generated.Match(f.text) {
		return false
	}
	if ext := fileExtension(f.path); ext != ".go" && ext != ".md" {
		return false
	}
	for _, folder := range termFolders {
		if strings.HasPrefix(f.path, folder) {
			return true
		}
	}
	return strings.HasSuffix(f.path, ".md") && !strings.Contains(f.path, "/")
}
