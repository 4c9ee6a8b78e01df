package address

import (
	"slices"
	"strings"
	"testing"

	"usher/internal/fault"
)

func compile(t *testing.T, entries ...string) Whitelist {
	t.Helper()
	w, err := CompileWhitelist(entries)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func parsed(t *testing.T, s string) Address {
	t.Helper()
	a, err := Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// JOI-2: a whitelist is compared label by label.
func TestWhitelistMatchesLabelByLabel(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		entry, address  string
		allowed, domain bool
	}{
		{"example.org", "user@example.org", true, true},
		{"Example.ORG.", "USER@EXAMPLE.org.", true, true},
		{"@example.org", "user@example.org", true, true},
		{"*@example.org", "user@example.org", true, true},
		{"example.org", "user@evil-example.org", false, false},
		{"example.org", "user@evilexample.org", false, false},
		{"example.org", "user@mail.example.org", false, false},
		{"example.org", "user@example.org.evil.net", false, false},
		{"example.org", "example.org@evil.net", false, false},
		{"*.example.org", "user@mail.example.org", true, true},
		{"*.example.org", "user@a.b.example.org", true, true},
		{"*.example.org", "user@example.org", false, false},
		{"*.example.org", "user@evil-example.org", false, false},
		{"*.example.org", "user@mail.evil-example.org", false, false},
		{"*.example.org", "user@mail.example.org.evil.net", false, false},
		{"bücher.example", "user@xn--bcher-kva.example", true, true},
		{"xn--bcher-kva.example", "user@BÜCHER.example", true, true},
		{"*.bücher.example", "user@shop.bücher.example", true, true},
		// Cyrillic letters: valid, and another domain
		{"example.org", "user@ехаmple.org", false, false},
		{"user@example.org", "User@Example.org", true, true},
		{"user@example.org", "other@example.org", false, true},
		{"user@example.org", "user+x@example.org", false, true},
		{"user@example.org", "user@mail.example.org", false, false},
	} {
		w, a := compile(t, c.entry), parsed(t, c.address)
		if w.Allows(a) != c.allowed || w.AllowsDomain(a) != c.domain {
			t.Errorf("%s for %s: %v, outwardly %v", c.entry, c.address, w.Allows(a),
				w.AllowsDomain(a))
		}
	}
}

// JOI-2: an empty whitelist admits anyone.
func TestAnEmptyWhitelistAllowsAnyone(t *testing.T) {
	t.Parallel()
	for _, w := range []Whitelist{{}, compile(t)} {
		if a := parsed(t, "user@example.org"); !w.Empty() || !w.Allows(a) || !w.AllowsDomain(a) ||
			len(w.Entries()) != 0 || len(w.Domains()) != 0 {
			t.Errorf("%+v refuses", w)
		}
	}
}

func TestWhitelistIsNormalisedForStorageAndForStrangers(t *testing.T) {
	t.Parallel()
	w := compile(t, " *.Zoo.example ", "User@Bücher.example", "EXAMPLE.org", "example.org.",
		"boss@example.org", "user@bücher.example")
	if got, want := w.Entries(), []string{"*.zoo.example", "user@xn--bcher-kva.example",
		"example.org", "boss@example.org"}; !slices.Equal(got, want) {
		t.Errorf("entries %q, want %q", got, want)
	}
	if got, want := w.Domains(), []string{"*.zoo.example", "example.org",
		"bücher.example"}; !slices.Equal(got, want) {
		t.Errorf("domains %q, want %q", got, want)
	}
	if again := compile(t, w.Entries()...); !slices.Equal(again.Entries(), w.Entries()) {
		t.Errorf("stored %q, read %q", w.Entries(), again.Entries())
	}
}

func TestCompileWhitelistNamesTheEntryAtFault(t *testing.T) {
	t.Parallel()
	for _, entry := range []string{
		"", "  ", "*", "*.", "@", "org", "*.org", ".example.org", "ex*mple.org", "example.*",
		"*.*.example.org", "*example.org",
		"**.example.org", "https://example.org", "example.org/x", "exam ple.org", "example。org",
		"ｅxample.org", "192.0.2.1", "a@b@example.org",
		"\"a\"@example.org", "us\u200ber@example.org", "example.org\u200b",
		"a@example.org b@example.org", "example.org..", strings.Repeat("x", 5000),
	} {
		w, err := CompileWhitelist([]string{"example.net", entry})
		f, ok := fault.Of(err)
		if !ok || f.Field != "whitelist" || f.Message.Args["Number"] != 2 ||
			len(f.Message.Args["Entry"].(string)) > 400 {
			t.Errorf("%q: %#v", entry, err)
		}
		if a := parsed(t, "user@example.net"); w.Empty() || w.Allows(a) || w.AllowsDomain(a) {
			t.Errorf("%q: a list that did not compile lets people in", entry)
		}
	}
}

func TestFreeMailProvidersAreFound(t *testing.T) {
	t.Parallel()
	w := compile(t, "example.org", "GMail.com", "*.yahoo.fr", "jane@gmail.com", "notgmail.com")
	if got, want := w.FreeEmailProviders(), []string{"gmail.com", "*.yahoo.fr"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for domain := range freeMail {
		if wire, refusal := normalizeDomain(domain); refusal != nil || wire != domain {
			t.Errorf("freemail.txt: %q is not normalised", domain)
		}
	}
}

func FuzzWhitelist(f *testing.F) {
	for _, entry := range []string{"example.org", "*.example.org", "user@example.org",
		"bücher.example", "*.", "@example.org", "example。org"} {
		f.Add(entry, "user@example.org")
		f.Add(entry, "user@mail.example.org")
		f.Add(entry, "user@evil-example.org")
	}
	f.Fuzz(func(t *testing.T, entry, typed string) {
		w, err := CompileWhitelist([]string{entry})
		a, refusal := Parse(typed)
		if err != nil || refusal != nil {
			if err != nil && refusal == nil && w.Allows(a) {
				t.Fatalf("%q did not compile and allows %q", entry, typed)
			}
			return
		}
		rule := w.Entries()[0]
		if again, err := CompileWhitelist(w.Entries()); err != nil || again.Entries()[0] != rule ||
			!isASCII(rule) {
			t.Fatalf("%q is stored as %q, then refused: %v", entry, rule, err)
		}
		// The same question in other words: a key equals, a domain equals, or what stands before
		// the base ends in a dot.
		want := rule == a.Key || rule == a.Domain() ||
			strings.HasPrefix(rule, "*.") && strings.HasSuffix("."+a.Domain(), rule[1:]) &&
				a.Domain() != rule[2:]
		if w.Allows(a) != want {
			t.Fatalf("%q allows %q: %v", entry, typed, !want)
		}
		if w.Allows(a) && !w.AllowsDomain(a) {
			t.Fatalf("%q allows %q but not its domain", entry, typed)
		}
		evil := parsedOrZero("user@evil-" + a.Domain())
		if evil.Key != "" && w.Allows(a) && rule == a.Domain() && w.Allows(evil) {
			t.Fatalf("%q allows %q", entry, evil.Key)
		}
	})
}

func parsedOrZero(s string) Address {
	a, _ := Parse(s)
	return a
}
