package address

import (
	"strings"
	"testing"

	"usher/internal/fault"
	"usher/internal/i18n"
)

func TestParseKeepsWhatWasTypedAndNormalisesTheKey(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, display, key, name string }{
		{"user@example.org", "user@example.org", "user@example.org", ""},
		{"  User@Example.ORG \n", "User@Example.ORG", "user@example.org", ""},
		{"a+b@example.org", "a+b@example.org", "a+b@example.org", ""},
		{"o'brien.x_y-z@mail.example.org", "o'brien.x_y-z@mail.example.org",
			"o'brien.x_y-z@mail.example.org", ""},
		{"!#$%&'*+-/=?^_`{|}~@example.org", "!#$%&'*+-/=?^_`{|}~@example.org",
			"!#$%&'*+-/=?^_`{|}~@example.org", ""},
		{"user@example.org.", "user@example.org", "user@example.org", ""},
		{"user@Bücher.example", "user@Bücher.example", "user@xn--bcher-kva.example", ""},
		{"user@BÜCHER.example", "user@BÜCHER.example", "user@xn--bcher-kva.example", ""},
		{"user@XN--BCHER-KVA.example", "user@XN--BCHER-KVA.example",
			"user@xn--bcher-kva.example", ""},
		{"user@straße.example", "user@straße.example", "user@xn--strae-oqa.example", ""},
		{"user@l·l.example", "user@l·l.example", "user@xn--ll-0ea.example", ""},
		{"user@例え・テスト.example", "user@例え・テスト.example", "user@xn--r8jwmjbj6wo09n.example", ""},
		{"user@пример.рф", "user@пример.рф", "user@xn--e1afmkfd.xn--p1ai", ""},
		{"user@1und1.example", "user@1und1.example", "user@1und1.example", ""},
		{"<user@example.org>", "user@example.org", "user@example.org", ""},
		{"'user@example.org'", "user@example.org", "user@example.org", ""},
		{`"user@example.org",`, "user@example.org", "user@example.org", ""},
		{"(“user@example.org”).", "user@example.org", "user@example.org", ""},
		{"• user@example.org;", "user@example.org", "user@example.org", ""},
		{"mailto:user@example.org?subject=Hello", "user@example.org", "user@example.org", ""},
		{"<MAILTO:user@example.org>", "user@example.org", "user@example.org", ""},
		{"Jane Doe <jane@example.org>", "jane@example.org", "jane@example.org", "Jane Doe"},
		{`"Doe, Jane" <jane@example.org>`, "jane@example.org", "jane@example.org", "Doe, Jane"},
		{"  1. Jérôme\tO’Neil  < jane@example.org >,", "jane@example.org", "jane@example.org",
			"Jérôme O’Neil"},
		{"To: Jane\r\n Doe <jane@example.org>", "jane@example.org", "jane@example.org", "Jane Doe"},
		// what a paste brings along at the edges
		{"user@example.org\u200b", "user@example.org", "user@example.org", ""},
		{"\ufeffuser@example.org", "user@example.org", "user@example.org", ""},
		{"\u202auser@example.org\u202c", "user@example.org", "user@example.org", ""},
		{"Jane <\u200ejane@example.org\u200f>\u202c", "jane@example.org", "jane@example.org", "Jane"},
		{"Ja\u202ene\x00 <jane@example.org>", "jane@example.org", "jane@example.org", "Jane"},
		{`"Jane@Example.org" <jane@example.org>`, "jane@example.org", "jane@example.org", ""},
		{strings.Repeat("x", 101) + " <jane@example.org>", "jane@example.org",
			"jane@example.org", ""},
		{strings.Repeat("l", 64) + "@example.org", strings.Repeat("l", 64) + "@example.org",
			strings.Repeat("l", 64) + "@example.org", ""},
	} {
		a, err := Parse(c.in)
		if want := (Address{c.display, c.key, c.name}); err != nil || a != want {
			t.Errorf("Parse(%q) = %+q, %v; want %+q", c.in, a, err, want)
		}
	}
}

// long makes an address of n bytes with a valid local part and valid labels.
func long(n int) string {
	s := strings.Repeat("l", 64) + "@"
	for n-len(s) > 64 {
		s += strings.Repeat("d", 59) + "."
	}
	return s + strings.Repeat("d", n-len(s)-4) + ".org"
}

func TestParseRefusesWithTheReason(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, key string }{
		{"", "empty"}, {" \n", "empty"}, {"<>", "empty"},
		{"user", "no_at"}, {"user.example.org", "no_at"}, {"user＠example.org", "no_at"},
		{"a@b@example.org", "two_at"}, {"a@example.org,b@example.org", "two_at"},
		{"a@example.org <b@example.org>", "two_at"}, {`"a@example.org" <b@example.org>`, "two_at"},
		{"mailto:a@example.org?cc=b@example.org", "two_at"},
		{"mailto:a@example.org?cc=b%40example.org", "local_chars"},
		{"mailto:a%2Bb@example.org", "local_chars"},
		{"@example.org", "no_local"}, {"user@", "no_domain"}, {"user@.", "no_domain"},
		{"jane doe@example.org", "space"}, {"jane@exam ple.org", "space"},
		{"jane@\u00a0example.org", "space"},
		{"a@example.org\nb", "space"}, {"jane@example.org\r\nBcc: x", "space"},
		{`"user"@example.org`, "quoted"}, {`"jane doe"@example.org`, "quoted"},
		{`"a@b"@example.org`, "quoted"},
		{`us\er@example.org`, "quoted"}, {`us"er@example.org`, "quoted"},
		{"user(work)@example.org", "comment"}, {"(work)user@example.org", "comment"},
		{"()user@example.org", "comment"},
		{"user@example.org(work)", "comment"}, {"user@example.org (Jane Doe)", "comment"},
		{"user@(x)example.org", "comment"},
		{"<@relay.example,@b.example:user@example.org>", "route"},
		{"@relay.example:user@example.org", "route"},
		{"=?utf-8?q?user?=@example.org", "encoded_word"},
		{"x=?iso-8859-1?q?=61?=@example.org", "encoded_word"},
		{"=?utf-8?q?J=C3=A9r?= <user@example.org>", "encoded_word"},
		{"us\u200ber@example.org", "invisible"}, {"user@exam\u00adple.org", "invisible"},
		{"us\x00er@example.org", "invisible"},
		{"user@example\u202e.org", "invisible"},
		{"us\ufe0fer@example.org", "invisible"}, {"us\u034fer@example.org", "invisible"},
		{"us\xffer@example.org", "invisible"},
		{"user@[192.0.2.1]", "ip_literal"}, {"user@[IPv6:2001:db8::1]", "ip_literal"},
		{"user@192.0.2.1", "ip_literal"}, {"user@2001:db8::1", "ip_literal"},
		{strings.Repeat("l", 65) + "@example.org", "local_long"},
		{"jérôme@example.org", "local_chars"}, {"us,er@example.org", "local_chars"},
		{"us:er@example.org", "local_chars"},
		{"us<er@example.org", "local_chars"}, {"us\u212aer@example.org", "local_chars"},
		{".user@example.org", "local_dots"}, {"user.@example.org", "local_dots"},
		{"us..er@example.org", "local_dots"},
		{"user@localhost", "domain_no_dot"}, {"user@bücher", "domain_no_dot"},
		{"user@example..org", "domain_invalid"}, {"user@.example.org", "domain_invalid"},
		{"user@example.org..", "domain_invalid"},
		{"user@-example.org", "domain_invalid"}, {"user@example-.org", "domain_invalid"},
		{"user@ab--cd.org", "domain_invalid"},
		{"user@exa_mple.org", "domain_invalid"}, {"user@example.org:25", "domain_invalid"},
		{"user@example.org/x", "domain_invalid"},
		{"user@example.123", "domain_invalid"}, {"user@300.300.300.300", "domain_invalid"},
		{"user@xn--.org", "domain_invalid"}, {"user@xn--a.org", "domain_invalid"},
		{"user@xn--example-.org", "domain_invalid"}, {"user@" + strings.Repeat("d", 64) + ".org",
			"domain_invalid"},
		{"user@☃.example", "domain_invalid"}, {"user@xn--n3h.example", "domain_invalid"},
		{"user@i❤.example", "domain_invalid"},
		{"user@a·b.example", "domain_invalid"}, {"user@\u0301a.example", "domain_invalid"},
		{"user@аb\u0640.example", "domain_invalid"},
		{"user@あ\u3031.example", "domain_invalid"}, {"user@\u1100.example", "domain_invalid"},
		{"user@ex\u0661\u06f1.example", "domain_invalid"},
		{"user@\u0375a.example", "domain_invalid"}, {"user@a・b.example", "domain_invalid"},
		{"user@ｅxample.org", "lookalike"}, {"user@ban\u212a.org", "lookalike"},
		{"user@example。org", "lookalike"},
		{"user@ſhop.org", "lookalike"}, {"user@İstanbul.example", "lookalike"},
		{"user@①.example", "lookalike"},
		{"user@bu\u0308cher.example", "lookalike"}, {"user@\u212bland.example", "lookalike"},
		{"user@ℯxample.org", "lookalike"},
		{long(255), "too_long"}, {strings.Repeat("x", 3000) + " <user@example.org>", "too_long"},
	} {
		a, err := Parse(c.in)
		f, ok := fault.Of(err)
		if !ok || f.Message.Key != "address."+c.key || f.Code != fault.BadUserInput ||
			f.Field != "email" || a != (Address{}) {
			t.Errorf("Parse(%q) = %+q, %#v; want address.%s", c.in, a, err, c.key)
		}
	}
	if a, err := Parse(long(254)); err != nil || len(a.Key) != 254 {
		t.Errorf("254 bytes are refused: %v", err)
	}
}

func TestEverySentenceExistsInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, key := range strings.Fields(
		`empty no_at two_at no_local no_domain space quoted comment route encoded_word
		invisible local_long local_chars local_dots ip_literal lookalike domain_invalid domain_no_dot too_long
		text_too_long whitelist_entry`) {
		args := i18n.Args{"Max": 1, "Char": "é", "Domain": "d", "Number": 2, "Entry": "e"}
		en, fr := i18n.T(i18n.English, "address."+key, args),
			i18n.T(i18n.French, "address."+key, args)
		if strings.HasPrefix(en, "address.") || en == fr || strings.Contains(en+fr, "<no value>") {
			t.Errorf("%s: %q, %q", key, en, fr)
		}
	}
}

func TestEnvelopeKeepsTheLocalPartAndSendsALabels(t *testing.T) {
	t.Parallel()
	a, err := Parse("Jane.Doe@Bücher.example")
	if err != nil || a.Envelope() != "Jane.Doe@xn--bcher-kva.example" ||
		a.Domain() != "xn--bcher-kva.example" {
		t.Errorf("%q %q %v", a.Envelope(), a.Domain(), err)
	}
}

func TestMaskShowsInitialsAndTheEnding(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"jane@example.org":      "j•••@e•••.org",
		"j@mail.example.org":    "j•••@m•••.org",
		"Jane@Éxample.org":      "J•••@É•••.org",
		"nonsense":              "•••",
		"":                      "•••",
		"@":                     "•••@•••",
		"jane@example":          "j•••@e•••",
		"a@b.example@other.org": "a•••@o•••.org",
	} {
		if got := Mask(in); got != want {
			t.Errorf("Mask(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"user@example.org", "Jane Doe <jane@example.org>", `"Doe, Jane" <jane@example.org>`,
		"mailto:a@b.example?subject=x",
		"user@Bücher.example", "user@xn--bcher-kva.example", `"a@b"@example.org`, "(c)a@b.example",
		"a@[192.0.2.1]",
		"=?utf-8?q?a?=@b.example", "<@r.example:a@b.example>", "user@example。org", "'a@b.example'.",
		"us\u200ber@b.example",
		"user@l·l.example", "user@\u0661.example", "a@b.example <a@b.example>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := Parse(s)
		if err != nil {
			if fa, ok := fault.Of(err); !ok || strings.HasPrefix(err.Error(), "address.") ||
				fa.Field != "email" {
				t.Fatalf("Parse(%q) refuses without a sentence: %v", s, err)
			}
			return
		}
		if !isASCII(a.Key) || len(a.Key) > maxAddress || a.Key != lowerASCII(a.Key) ||
			strings.Count(a.Key, "@") != 1 {
			t.Fatalf("Parse(%q) has the key %q", s, a.Key)
		}
		if strings.ContainsAny(a.Key, " \t\r\n\"\\()<>[],;:") {
			t.Fatalf("Parse(%q) lets specials into the key %q", s, a.Key)
		}
		// What is kept for display, the key and the envelope all name the same mailbox, and nothing
		// is peeled twice.
		for _, again := range []string{a.Key, a.Display, a.Envelope(), "<" + a.Key + ">",
			"x <" + a.Display + ">"} {
			b, err := Parse(again)
			if err != nil || b.Key != a.Key {
				t.Fatalf("Parse(%q).Key = %q, but Parse(%q) = %q, %v", s, a.Key, again, b.Key, err)
			}
		}
		if b, _ := Parse(a.Display); b.Display != a.Display {
			t.Fatalf("Parse(%q) shows %q, then %q", s, a.Display, b.Display)
		}
		if !strings.Contains(s, a.Display) {
			t.Fatalf("Parse(%q) made up %q", s, a.Display)
		}
		if strings.ContainsFunc(a.Name, isInvisible) || strings.Contains(a.Name, "@") {
			t.Fatalf("Parse(%q) has the name %q", s, a.Name)
		}
		Mask(a.Display)
	})
}
