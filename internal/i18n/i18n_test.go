package i18n

import (
	"encoding/json"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"
	"text/template/parse"
)

// forms are a sentence's wordings by plural form; one that is not counted has "other" alone.
type forms map[string]string

// read reads the catalogues of a language as they are written.
func read(t *testing.T, l Locale) map[string]forms {
	t.Helper()
	names, err := fs.Glob(localeFiles, "locales/*."+string(l)+".json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no catalogue in %s: %v", l, err)
	}
	all := map[string]forms{}
	for _, name := range names {
		raw, err := localeFiles.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var sentences map[string]any
		if err := json.Unmarshal(raw, &sentences); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		topic, _, _ := strings.Cut(path.Base(name), ".")
		for key, value := range sentences {
			if !strings.HasPrefix(key, topic+".") {
				t.Errorf("%s: the key %s belongs to another topic", name, key)
			}
			if strings.Count(string(raw), `"`+key+`":`) != 1 {
				t.Errorf("%s: the key %s stands there more than once", name, key)
			}
			f := forms{}
			switch value := value.(type) {
			case string:
				f["other"] = value
			case map[string]any:
				for form, text := range value {
					f[form] = text.(string)
				}
			default:
				t.Errorf("%s: %s is neither a sentence nor one by number", name, key)
			}
			all[key] = f
		}
	}
	return all
}

func TestEachLanguageHasEveryKeyWithTheSameFormsAndPlaces(t *testing.T) {
	t.Parallel()
	english, french := read(t, English), read(t, French)
	for key := range french {
		if english[key] == nil {
			t.Errorf("%s is in French alone", key)
		}
	}
	for key, en := range english {
		fr := french[key]
		if fr == nil {
			t.Errorf("%s is in English alone", key)
			continue
		}
		if a, b := slices.Sorted(maps.Keys(en)), slices.Sorted(maps.Keys(fr)); !slices.Equal(a, b) {
			t.Errorf("%s has the forms %v in English and %v in French", key, a, b)
		}
		if a, b := places(t, key, en), places(t, key, fr); !slices.Equal(a, b) {
			t.Errorf("%s has the places %v in English and %v in French", key, a, b)
		}
	}
}

// places are what a sentence fills or asks, in all its forms together: "one" may leave out the
// number.
func places(t *testing.T, key string, f forms) []string {
	t.Helper()
	found := map[string]bool{}
	for _, text := range f {
		tree, err := template.New(key).Parse(text)
		if err != nil {
			t.Errorf("%s: %v", key, err)
			continue
		}
		collect(tree.Root, found)
	}
	return slices.Sorted(maps.Keys(found))
}

func collect(n parse.Node, found map[string]bool) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, child := range n.Nodes {
				collect(child, found)
			}
		}
	case *parse.ActionNode:
		collect(n.Pipe, found)
	case *parse.IfNode:
		collect(n.Pipe, found)
		collect(n.List, found)
		collect(n.ElseList, found)
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			for _, a := range c.Args {
				collect(a, found)
			}
		}
	case *parse.FieldNode:
		found[n.Ident[0]] = true
	}
}

func TestFrenchIsWrittenAsFrenchIs(t *testing.T) {
	t.Parallel()
	straight := regexp.MustCompile(`\p{L}'\p{L}`)
	tight := regexp.MustCompile(`[\p{L}\d)»}][!?;:]( |$)| [!?;:»]|« `)
	familiar := regexp.MustCompile(`(?i)(^|[\s’'(])(tu|toi|ton|tes)([\s.,’'!?]|$)`)
	place := regexp.MustCompile(`\{\{.*?\}\}|sqlite:|« : »|:80`) // and what is typed, not said
	for key, f := range read(t, French) {
		for _, text := range f {
			bare := place.ReplaceAllString(text, "}")
			if m := straight.FindString(text); m != "" {
				t.Errorf("%s: %q has a straight apostrophe", key, m)
			}
			if m := tight.FindString(bare); m != "" {
				t.Errorf("%s: %q lacks its no-break space", key, m)
			}
			if m := familiar.FindString(bare); m != "" {
				t.Errorf("%s: %q is too familiar", key, m)
			}
		}
	}
}

func TestEnglishHasNoStraightApostrophe(t *testing.T) {
	t.Parallel()
	straight := regexp.MustCompile(`\p{L}'\p{L}`)
	for key, f := range read(t, English) {
		for _, text := range f {
			if m := straight.FindString(text); m != "" {
				t.Errorf("%s: %q", key, m)
			}
		}
	}
}

func TestNoSentenceIsEmptyOrLeftInTheOtherLanguage(t *testing.T) {
	t.Parallel()
	english, french := read(t, English), read(t, French)
	for key, en := range english {
		for form, text := range en {
			if text == "" || french[key][form] == "" {
				t.Errorf("%s is empty", key)
			}
			if words := strings.Fields(text); len(words) > 4 && text == french[key][form] {
				t.Errorf("%s is the same in both languages", key)
			}
		}
	}
}

func TestACountChoosesTheFormInEachLanguage(t *testing.T) {
	t.Parallel()
	english, french := read(t, English), read(t, French)
	for key, f := range english {
		if len(f) == 1 {
			continue
		}
		for l, all := range map[Locale]map[string]forms{English: english, French: french} {
			for n, form := range map[int]string{0: "other", 1: "one", 2: "other",
				1_000_000: "other"} {
				if n == 0 && l == French {
					form = "one" // nothing is singular in French
				}
				want := all[key][form]
				got := T(l, key, Args{"Count": n, "Max": 1, "Seconds": n})
				if got == key ||
					strings.Split(want,
						"{{")[0] != got[:min(len(got), len(strings.Split(want, "{{")[0]))] {
					t.Errorf("%s for %d in %s: %q, not of the form %q", key, n, l, got, want)
				}
			}
		}
	}
}

func TestAKeyThatNobodyWroteShowsItself(t *testing.T) {
	t.Parallel()
	for _, l := range []Locale{English, French, "de"} {
		if got := T(l, "fault.no_such", nil); got != "fault.no_such" {
			t.Errorf("%s: %q", l, got)
		}
	}
	if T("de", "fault.forbidden", nil) != T(English, "fault.forbidden", nil) {
		t.Error("a language that nobody wrote is not answered in English")
	}
}

func TestTheFirstWishThatCanBeMetIsMet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		wishes []string
		want   Locale
		met    bool
	}{
		{nil, English, false},
		{[]string{""}, English, false},
		{[]string{"fr"}, French, true},
		{[]string{"fr-CA,en;q=0.8"}, French, true},
		{[]string{"de;q=0.9, fr;q=0.1"}, French, true},
		{[]string{"de", "fr"}, French, true},
		{[]string{"en-GB", "fr"}, English, true},
		{[]string{"de", "zh"}, English, false},
		{[]string{"not a language!", "fr"}, French, true},
		{[]string{"tlh"}, English, false},
		{[]string{"tlh", "fr"}, French, true},
		{[]string{"*"}, English, false},
	} {
		if got, met := Match(c.wishes...); got != c.want || met != c.met {
			t.Errorf("Match(%.40q) = %s, %v; want %s, %v", c.wishes, got, met, c.want, c.met)
		}
	}
	for s, known := range map[string]bool{"en": true, "fr": true, "FR": false, "fr-CA": false,
		"": false} {
		if Known(s) != known {
			t.Errorf("Known(%q) = %v", s, !known)
		}
	}
}
