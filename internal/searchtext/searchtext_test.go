package searchtext_test

import (
	"slices"
	"strings"
	"testing"

	"usher/internal/searchtext"
)

func TestASearchFindsTheBeginningsOfWordsInAnyOrder(t *testing.T) {
	t.Parallel()
	hart := searchtext.Words("Amélia", "Hart-O’Brien", "amelia.hart+x@brightwater.example", "ahart")
	for search, want := range map[string]bool{
		"amelia": true, "AMÉLIA": true, "hart": true, "Amelia Hart": true, "Hart, Amelia": true,
		"amelia h": true, "h amelia": true, "o'brien": true, "O’Brien": true, "brightwater": true,
		"brightwater.example": true, "@brightwater.example": true, "example": true,
		"amelia.hart+x@bright": true, "hart@": true, "x@brightwater": true, "ahart": true,
		"a a a": true, "Hart-O'B": true, "amelia.hart@": true,
		"melia": false, "amelia smith": false, "rightwater": false, "amelia.hart@bright water": false,
		"brien": false,
	} {
		if got := searchtext.Match(searchtext.Query(search), hart); got != want {
			t.Errorf("%q: %t", search, got)
		}
	}
}

func TestTextIsFolded(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Straße": "strasse", "ŁÓDŹ": "lodz", "Søren Ærø": "soren aero", "İstanbul": "istanbul",
		"ﬁn": "fin", "Ⅷ": "viii", "Ελένη": "ελενη", "Ёлка": "елка", "e\u0301": "e",
	} {
		if got := searchtext.Fold(text); got != want {
			t.Errorf("%q is folded to %q, want %q", text, got, want)
		}
	}
}

func TestWordsAreLimited(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 500)
	words := searchtext.Words(long)
	if len(words) != 1 || !searchtext.Match(searchtext.Query(long), words) {
		t.Errorf("a long word: %d", len(words))
	}
	many := searchtext.Words(strings.Repeat("a.b ", 2), strings.Join(strings.Split(
		"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz0123456789", ""), " "))
	if len(many) > 40 || !slices.IsSorted(many) {
		t.Errorf("%d words", len(many))
	}
	if words := searchtext.Query("@ - , ;"); len(words) != 0 {
		t.Errorf("punctuation is %q", words)
	}
}
