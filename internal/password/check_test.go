package password

import (
	"strings"
	"testing"
	"unicode/utf8"

	"usher/internal/fault"
)

// CRE-4: 8 to 128 code points, no composition rules, refused when common or equal to the identity.
func TestPasswordsAreJudgedByLengthCommonnessAndIdentityAlone(t *testing.T) {
	t.Parallel()
	identity := []string{"Helene.Durand@example.org", "", "hdurand42", "Hélène", "Durand",
		"Lycée Pasteur", "!!"}
	for _, c := range []struct{ name, pw, want string }{
		{"seven characters", "kzvq-tx", "password.too_short"},
		{"seven characters of several bytes", "éàüößñç", "password.too_short"},
		{"seven characters that decompose into more", "e\u0301a\u0300u\u0308o\u0308n\u0303c\u0327y",
			"password.too_short"},
		{"empty", "", "password.too_short"},
		{"eight characters", "kzvq-txw", ""},
		{"eight characters outside ASCII", "éàüößñçw", ""},
		{"128 characters of four bytes", strings.Repeat("🦉🐁", 64), ""},
		{"129 characters", strings.Repeat("ab", 64) + "c", "password.too_long"},
		{"over 1 KiB", strings.Repeat("x", MaxBytes+1), "password.too_long"},
		{"one kind of character", "kzvqtxwmbd", ""},
		{"words and spaces", "correct horse battery staple", ""},
		{"common", "password1", "password.common"},
		{"common in another case", "PassWord1", "password.common"},
		{"common word and digits", "Password2024", "password.common"},
		{"common in French", "motdepasse", "password.common"},
		{"common in French with digits", "soleil13", "password.common"},
		{"common word and more than a few digits", "password20241", ""},
		{"one character repeated", "zzzzzzzzzzz", "password.common"},
		{"spaces", "          ", "password.common"},
		{"upwards", "23456789", "password.common"},
		{"downwards", "zyxwvutsrq", "password.common"},
		{"up and down", "abcdedcba", ""},
		{"the address", "helene.durand@EXAMPLE.org", "password.personal"},
		{"the local part", "Helene.Durand", "password.personal"},
		{"the username", "HDurand42", "password.personal"},
		{"both names", "durand-helene", "password.personal"},
		{"both names decomposed", "he\u0301le\u0300ne durand", "password.personal"},
		{"the workspace", "lycee pasteur", "password.personal"},
		{"the service twice", "usher-Usher", "password.personal"},
		{"a name among other words", "durand-owl-teapot", ""},
		{"signs alone", "!?!!??!?", ""},
	} {
		err := Check(c.pw, identity...)
		if c.want == "" {
			if err != nil {
				t.Errorf("%s (%q): %v", c.name, c.pw, err)
			}
			continue
		}
		if f, ok := fault.Of(err); !ok || f.Code != fault.PasswordTooWeak ||
			f.Message.Key != c.want {
			t.Errorf("%s (%q): %v, want %s", c.name, c.pw, err, c.want)
		}
	}
}

func TestTheRefusalSaysTheBounds(t *testing.T) {
	t.Parallel()
	for pw, want := range map[string]string{"short": "8", strings.Repeat("kv", 80): "128"} {
		f, ok := fault.Of(Check(pw))
		if !ok {
			t.Fatalf("%q is accepted", pw)
		}
		for _, locale := range []string{f.Message.In("en"), f.Message.In("fr")} {
			if !strings.Contains(locale, want+" ") {
				t.Errorf("%q does not say %s", locale, want)
			}
		}
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("password1", "Ada", "ada@example.org")
	f.Add("éàüößñçw", "\xff", "")
	f.Fuzz(func(t *testing.T, pw, name, email string) {
		err := Check(pw, name, email)
		if err != nil && !fault.Has(err, fault.PasswordTooWeak) {
			t.Fatal(err)
		}
		if err == nil && (utf8.RuneCountInString(pw) < MinLength || len(pw) > MaxBytes ||
			Check(pw, pw) == nil && foldLetters(pw) != "") {
			t.Fatalf("%q is accepted", pw)
		}
	})
}
