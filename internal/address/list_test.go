package address

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"usher/internal/fault"
)

// shown puts entries into one line each: key and name of an address, or the text and the reason.
func shown(entries []Entry) []string {
	var lines []string
	for _, e := range entries {
		switch f, _ := fault.Of(e.Err); {
		case e.Err != nil:
			lines = append(lines, "! "+e.Raw+" "+strings.TrimPrefix(f.Message.Key, "address."))
		case e.Address.Name != "":
			lines = append(lines, e.Address.Key+" "+e.Address.Name)
		default:
			lines = append(lines, e.Address.Key)
		}
	}
	return lines
}

// INV-1: pasted text.
func TestParseListReadsWhatPeoplePaste(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   string
		want []string
	}{
		"nothing":         {" \n\t,;\n•\n- \n", nil},
		"every separator": {"a@x.org,b@x.org;c@x.org d@x.org\te@x.org\nf@x.org\r\ng@x.org\u2028h@x.org", []string{"a@x.org", "b@x.org", "c@x.org", "d@x.org", "e@x.org", "f@x.org", "g@x.org", "h@x.org"}},
		"the same address twice": {"A@x.org, b@x.org, a@X.ORG., mailto:a@x.org",
			[]string{"a@x.org", "b@x.org"}},
		"the same mistake twice": {"oops; oops; a@x.org", []string{"! oops no_at", "a@x.org"}},
		"names in brackets": {"Jane Doe <jane@x.org>, Bob <bob@x.org>",
			[]string{"jane@x.org Jane Doe", "bob@x.org Bob"}},
		"names without commas": {"Jane Doe <jane@x.org> Bob <bob@x.org> eve@x.org",
			[]string{"jane@x.org Jane Doe", "bob@x.org Bob", "eve@x.org"}},
		"quoted surname first": {`"Doe, Jane" <jane@x.org>, "Roe; R." <r@x.org>`,
			[]string{"jane@x.org Doe, Jane", "r@x.org Roe; R."}},
		"bare surname first": {"Doe, Jane <jane@x.org>; Roe, Bob <bob@x.org>",
			[]string{"jane@x.org Doe, Jane", "bob@x.org Roe, Bob"}},
		"bare surname first, with a remark": {"Doe, Jane (DE) <jane@x.org>, Roe, Bob <bob@x.org>",
			[]string{"jane@x.org Doe, Jane (DE)", "bob@x.org Roe, Bob"}},
		"semicolons never join": {"Doe; Jane <jane@x.org>",
			[]string{"! Doe no_at", "jane@x.org Jane"}},
		"address as its own name": {"jane@x.org <jane@x.org>, 'bob@x.org' <bob@x.org>",
			[]string{"jane@x.org", "bob@x.org"}},
		"address as another's name": {`a@x.org <b@x.org>; "c@x.org" <d@x.org>`,
			[]string{"a@x.org", "b@x.org", `! "c@x.org" <d@x.org> two_at`}},
		"spreadsheet cells": {"Jane\tDoe\tjane@x.org\nde la Cruz\tMaria\tmaria@x.org\n",
			[]string{"jane@x.org Jane Doe", "maria@x.org de la Cruz Maria"}},
		"name behind": {"jane@x.org Jane O'Neil-Śmith",
			[]string{"jane@x.org Jane O'Neil-Śmith"}},
		"name with initials": {"J.-P. d'Artagnan jp@x.org",
			[]string{"jp@x.org J.-P. d'Artagnan"}},
		"name in parentheses":      {"jane@x.org (Jane Doe)", []string{"jane@x.org Jane Doe"}},
		"quoted name, no brackets": {`"Doe, Jane" jane@x.org`, []string{"jane@x.org Doe, Jane"}},
		"quoted cells":             {`"a@x.org","b@x.org"`, []string{"a@x.org", "b@x.org"}},
		"quoted list":              {`"a@x.org, b@x.org"`, []string{"a@x.org", "b@x.org"}},
		"bullets and numbers":      {"• a@x.org\n- b@x.org\n* c@x.org\n1. d@x.org\n(2) Eve <e@x.org>\n3) Zoe Roe zoe@x.org", []string{"a@x.org", "b@x.org", "c@x.org", "d@x.org", "e@x.org Eve", "zoe@x.org Zoe Roe"}},
		"conjunctions": {"a@x.org and b@x.org et c@x.org & d@x.org.",
			[]string{"a@x.org", "b@x.org", "c@x.org", "d@x.org"}},
		"prose": {"(see a@x.org, <b@x.org>).",
			[]string{"! (see no_at", "a@x.org", "b@x.org"}},
		"stray word": {"nonsense a@x.org", []string{"! nonsense no_at", "a@x.org"}},
		"stray words between": {"a@x.org some stray words b@x.org",
			[]string{"a@x.org", "! some stray words no_at", "b@x.org"}},
		"mistyped neighbour": {"jane.x.org bob@x.org Jim.y.org",
			[]string{"! jane.x.org no_at", "bob@x.org", "! Jim.y.org no_at"}},
		"bad ones among good": {"a@x.org, not-an-address, b@@x.org, @x.org, c@x",
			[]string{"a@x.org", "! not-an-address no_at", "! b@@x.org two_at", "! @x.org no_local",
				"! c@x domain_no_dot"}},
		"spaced at": {"jane @ x.org", []string{"! jane @ x.org space"}},
		"quoted local part": {`"jane doe"@x.org, "a@y.org, b"@x.org`,
			[]string{`! "jane doe"@x.org quoted`, `! "a@y.org, b"@x.org quoted`}},
		"route": {"<@r.org,@s.org:user@x.org>",
			[]string{"! <@r.org,@s.org:user@x.org> route"}},
		"unclosed": {`Jane <jane@x.org, "Bob <bob@x.org>`,
			[]string{"jane@x.org Jane", "bob@x.org Bob"}},
		"two in one bracket": {"<a@x.org, b@x.org>",
			[]string{"! <a@x.org, b@x.org> two_at"}},
		"header line": {"To: Jane <jane@x.org>\nCc: bob@x.org",
			[]string{"jane@x.org Jane", "bob@x.org"}},
		"full-width separators": {"a@x.org；b@x.org，c@x.org、d@x.org", []string{"a@x.org", "b@x.org", "c@x.org", "d@x.org"}},
		"invisible edges":       {"\u200ba@x.org, \u202ab@x.org\u202c", []string{"a@x.org", "b@x.org"}},
		"byte order mark":       {"\ufeffa@x.org", []string{"a@x.org"}},
		"broken bytes": {"a\xff@x.org b@x.org",
			[]string{"! a\ufffd@x.org local_chars", "b@x.org"}},
		"a second link in a link": {"mailto:a@x.org?cc=b@x.org",
			[]string{"! mailto:a@x.org?cc=b@x.org two_at"}},
	} {
		if got := shown(ParseList(c.in)); !slices.Equal(got, c.want) {
			t.Errorf("%s: ParseList(%q)\n got %q\nwant %q", name, c.in, got, c.want)
		}
	}
}

func TestParseListRefusesTooMuchTextAsAWhole(t *testing.T) {
	t.Parallel()
	entries := ParseList(strings.Repeat(" ", maxText) + "a")
	if len(entries) != 1 || !fault.Has(entries[0].Err, fault.BadUserInput) {
		t.Errorf("got %v", entries)
	}
	if entries := ParseList(strings.Repeat(" ", maxText-7) + "a@x.org"); len(entries) != 1 ||
		entries[0].Err != nil {
		t.Errorf("a text of just the limit is refused: %v", entries)
	}
}

// A quadratic step would take minutes here; a linear one is done within a second on a slow machine.
func TestParseListIsLinear(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{"<", ">", `"`, `\"`, `""`, "a@b ", "a ", "A,", "A, B <", `"@" `,
		"<a@b", "<a@b>", "'", "@", "a@b,", "(", ".", "\n", `"<`, "A, B <a@b>", "ü@ü.ü,", "mailto:",
		"a@x.org <"} {
		began := time.Now()
		ParseList(strings.Repeat(unit, maxText/len(unit)))
		if took := time.Since(began); took > 15*time.Second {
			t.Errorf("1 MiB of %q took %v", unit, took)
		}
	}
}

func FuzzParseList(f *testing.F) {
	for _, seed := range []string{
		"a@x.org, b@x.org; c@x.org", "Jane Doe <jane@x.org>", `"Doe, Jane" <jane@x.org>`,
		"Doe, Jane <jane@x.org>",
		"jane doe jane@x.org", `"a@x.org, b"@x.org`, "<@r.org,@s.org:a@x.org>", "jane @ x.org",
		"a@x.org <b@x.org>", "h0\u2000\xff@x",
		"1. a@x.org\n• b@x.org", "mailto:a@x.org?cc=b@x.org", `"a@x.org" "b`, "Jane <jane@x.org",
		"a@x.org and b@x.org",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		entries := ParseList(text)
		seen, ats := map[string]bool{}, 0
		for _, e := range entries {
			if (e.Err == nil) == (e.Address.Key == "") {
				t.Fatalf("ParseList(%q) has the entry %+v", text, e)
			}
			if e.Err == nil {
				if a, err := Parse(e.Raw); err != nil || a.Key != e.Address.Key || seen[a.Key] {
					t.Fatalf("ParseList(%q): %q is %q, alone %q, %v", text, e.Raw, e.Address.Key,
						a.Key, err)
				}
				seen[e.Address.Key] = true
			}
			ats += strings.Count(e.Raw, "@")
			if strings.ContainsFunc(e.Raw, isLineEnd) {
				t.Fatalf("ParseList(%q) joined lines: %q", text, e.Raw)
			}
		}
		// Nothing with an @ vanishes: every word around one stands in some entry, or repeats the
		// address of one.
		read := strings.ToValidUTF8(strings.TrimPrefix(text, "\ufeff"), "\ufffd")
		for _, word := range strings.FieldsFunc(read, func(r rune) bool {
			return unicode.IsSpace(r) || strings.ContainsRune(",;<>\"", r)
		}) {
			a, err := Parse(word)
			if strings.Contains(word, "@") && !slices.ContainsFunc(entries, func(e Entry) bool {
				return strings.Contains(e.Raw, word) || err == nil && e.Address.Key == a.Key
			}) {
				t.Fatalf("ParseList(%q) lost %q", text, word)
			}
		}
		if ats > strings.Count(text, "@") {
			t.Fatalf("ParseList(%q) made up an address", text)
		}
	})
}
