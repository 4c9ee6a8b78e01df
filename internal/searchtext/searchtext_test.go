package searchtext_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"usher/internal/searchtext"
)

func TestASearchFindsTheBeginningsOfWordsInAnyOrder(t *testing.T) {
	t.Parallel()
	hart := searchtext.Text("amelia.hart+x@brightwater.example", "ahart", "Amélia Rose", "Hart-O’Brien")
	for search, want := range map[string]bool{
		"amelia": true, "AMÉLIA": true, "hart": true, "Amelia Hart": true, "Hart, Amelia": true,
		"amelia h": true, "h amelia": true, "o'brien": true, "O’Brien": true, "brightwater": true,
		"brightwater.example": true, "@brightwater.example": true, "example": true,
		"amelia.hart+x@bright": true, "hart@": true, "x@brightwater": true, "ahart": true,
		"a a a": true, "Hart-O'B": true, "amelia.hart@": true, "rose amelia": true, "obrien": true,
		"melia": false, "amelia smith": false, "rightwater": false, "amelia.hart@bright water": false,
		"brien": false, "amelia@brightwater.example": false, "hart@amelia": false,
		"ahart@amelia": false, "example.ahart": false,
	} {
		if got := searchtext.Match(searchtext.Query(search), hart); got != want {
			t.Errorf("%q in %q: %t", search, hart, got)
		}
	}
}

func TestTextIsFolded(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Straße": "strasse", "ŁÓDŹ": "lodz", "Søren Ærø": "soren aero", "İstanbul": "istanbul",
		"ﬁn": "fin", "Ⅷ": "viii", "Ελένη": "ελενη", "Ёлка": "елка", "e\u0301": "e", "O’Brien": "obrien",
	} {
		if got := searchtext.Fold(text); got != want {
			t.Errorf("%q is folded to %q, want %q", text, got, want)
		}
	}
}

func TestTheTextOfARowHoldsEachPartOnce(t *testing.T) {
	t.Parallel()
	for want, names := range map[string][]string{
		" amelia hart example org,":     {"amelia.hart@example.org", "Amelia", "Hart"},
		" ah x y, van, der, berg, ann,": {"ah@x.y", "Van der Berg", "Ann", "berg"},
		"":                              {"", "--", "@"},
	} {
		if got := searchtext.Text(names...); got != want {
			t.Errorf("%q: %q, want %q", names, got, want)
		}
	}
}

// The table of words finds each row that the text finds: for every phrase in it, its words are
// among those of the text.
func TestTheTermsOfASearchAreWordsOfTheText(t *testing.T) {
	t.Parallel()
	want := []searchtext.Term{{"ann", true}, {"acme", true}, {"te", false}, {"lee", false}}
	if got := searchtext.Terms(searchtext.Query("ann@acme.te, Lee")); !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

func FuzzTermsAreWordsOfTheText(f *testing.F) {
	f.Add("ann@acme.test Änn O'Lee", "n@acme")
	f.Add("a,b;c  d", "b;c")
	f.Fuzz(func(t *testing.T, names, search string) {
		text, phrases := searchtext.Text(names), searchtext.Query(search)
		if !utf8.ValidString(text) || len(text) > 1500 {
			t.Fatalf("%q", text)
		}
		if len(phrases) == 0 || !searchtext.Match(phrases, text) {
			return
		}
		words := strings.Fields(strings.ReplaceAll(text, ",", ""))
		for _, term := range searchtext.Terms(phrases) {
			if !slices.ContainsFunc(words, func(word string) bool {
				return word == term.Word || !term.Whole && strings.HasPrefix(word, term.Word)
			}) {
				t.Fatalf("%q of %q is no word of %q", term.Word, search, text)
			}
		}
	})
}

func TestTextsAndSearchesAreLimited(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 500)
	if text := searchtext.Text(long); len(text) != 66 ||
		!searchtext.Match(searchtext.Query(long), text) {
		t.Errorf("a long word: %q", text)
	}
	if text := searchtext.Text(strings.Repeat("ab ", 2) + strings.Repeat("字x ", 3000)); len(text) > 1500 {
		t.Errorf("%d bytes", len(text))
	}
	if phrases := searchtext.Query("a b c d e f g h i j"); len(phrases) != 8 {
		t.Errorf("%q", phrases)
	}
	if phrases := searchtext.Query("@ - , ;"); len(phrases) != 0 {
		t.Errorf("punctuation is %q", phrases)
	}
}
