package secret

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// testKeyring makes a keyring whose secrets are 32 repeated bytes each.
func testKeyring(t testing.TB, secrets ...byte) *Keyring {
	t.Helper()
	var list [][]byte
	for _, b := range secrets {
		list = append(list, bytes.Repeat([]byte{b}, MinLength))
	}
	k, err := NewKeyring(list)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func testClaim() Claim {
	return Claim{
		Purpose: InvitationMail, ID: [16]byte{1, 2, 3}, Version: 7,
		ExpiresAt: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC),
		Binding:   []string{"wsp_1", "ada@example.org"},
	}
}

func TestALinkSaysWhatWasClaimedAndVerifiesForItsBinding(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k, err := NewKeyring([][]byte{rapid.SliceOfN(rapid.Byte(), MinLength, 64).
			Draw(t, "secret")})
		if err != nil {
			t.Fatal(err)
		}
		c := Claim{
			Purpose: rapid.SampledFrom(purposes[1:]).Draw(t, "purpose"),
			ID:      [16]byte(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id")),
			Version: rapid.Uint32().Draw(t, "version"),
			Binding: rapid.SliceOf(rapid.String()).Draw(t, "binding"),
		}
		if rapid.Bool().Draw(t, "expires") {
			c.ExpiresAt = time.Unix(rapid.Int64Range(1, 1<<40-1).Draw(t, "expiry"), 0).UTC()
		}
		token := k.SignLink(c).Reveal()
		if strings.ContainsAny(token, "+/=") || strings.HasSuffix(token, "-") ||
			strings.HasSuffix(token, "_") || len(token) != LinkLength &&
			(len(token) != LinkLength+1 || !strings.ContainsAny(token[63:64], "-_")) {
			t.Fatalf("not a short url-safe token: %q", token)
		}
		p, err := k.ParseLink(token, c.Purpose)
		if err != nil {
			t.Fatal(err)
		}
		if p.Purpose != c.Purpose || p.ID != c.ID || p.Version != c.Version ||
			!p.ExpiresAt.Equal(c.ExpiresAt) {
			t.Fatalf("parsed %+v of %+v", p, c)
		}
		if !k.VerifyLink(p, c.Binding...) {
			t.Fatal("does not verify")
		}
		if k.VerifyLink(p, append(c.Binding, "more")...) {
			t.Fatal("verifies for a longer binding")
		}
	})
}

// Programs that make links of text leave some characters out at the end.
func TestALinkNeverEndsInAHyphenOrAnUnderscore(t *testing.T) {
	t.Parallel()
	k, weak := testKeyring(t, 1), 0
	for version := range uint32(400) {
		c := testClaim()
		c.Version = version
		token := k.SignLink(c).Reveal()
		if strings.ContainsAny(token[len(token)-1:], "-_.") {
			t.Errorf("%s ends badly", token)
		}
		opens := func(token string) bool {
			p, err := k.ParseLink(token, c.Purpose)
			return err == nil && k.VerifyLink(p, c.Binding...)
		}
		if !opens(token) || len(token) > LinkLength && !opens(token[:LinkLength]) {
			t.Errorf("%s does not open, as it is or as earlier versions wrote it", token)
		}
		if len(token) > LinkLength {
			weak++
		} else if opens(token + "0") {
			t.Errorf("%s opens with anything behind it", token)
		}
	}
	if weak == 0 {
		t.Error("no token would have ended badly")
	}
}

func TestALinkIsRefusedForAnythingElse(t *testing.T) {
	t.Parallel()
	k := testKeyring(t, 1)
	good, err := k.ParseLink(k.SignLink(testClaim()).Reveal(), InvitationMail)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*ParsedLink, *[]string){
		"another purpose": func(p *ParsedLink, _ *[]string) { p.Purpose = InvitationCopy },
		"no purpose":      func(p *ParsedLink, _ *[]string) { p.Purpose = "" },
		"another row":     func(p *ParsedLink, _ *[]string) { p.ID[15] = 1 },
		"another version": func(p *ParsedLink, _ *[]string) { p.Version++ },
		"a later expiry": func(p *ParsedLink, _ *[]string) {
			p.ExpiresAt = p.ExpiresAt.Add(time.Hour)
		},
		"no expiry":         func(p *ParsedLink, _ *[]string) { p.ExpiresAt = time.Time{} },
		"another workspace": func(_ *ParsedLink, b *[]string) { (*b)[0] = "wsp_2" },
		"another address":   func(_ *ParsedLink, b *[]string) { (*b)[1] = "eve@example.org" },
		"no binding":        func(_ *ParsedLink, b *[]string) { *b = nil },
		"the binding split elsewhere": func(_ *ParsedLink, b *[]string) {
			*b = []string{"wsp_", "1ada@example.org"}
		},
		"the binding in one piece": func(_ *ParsedLink, b *[]string) {
			*b = []string{"wsp_1ada@example.org"}
		},
		"the binding turned round": func(_ *ParsedLink, b *[]string) {
			(*b)[0], (*b)[1] = (*b)[1], (*b)[0]
		},
		"no mac":        func(p *ParsedLink, _ *[]string) { p.mac = nil },
		"a shorter mac": func(p *ParsedLink, _ *[]string) { p.mac = p.mac[:4] },
	} {
		p, binding := good, append([]string(nil), testClaim().Binding...)
		change(&p, &binding)
		if k.VerifyLink(p, binding...) {
			t.Errorf("verifies with %s", name)
		}
	}
	if k.VerifyLink(ParsedLink{}) {
		t.Error("an empty link verifies")
	}
	if !k.VerifyLink(good, testClaim().Binding...) {
		t.Error("the unchanged link does not verify")
	}
}

func TestNoCharacterOfALinkCanBeChanged(t *testing.T) {
	t.Parallel()
	k := testKeyring(t, 1)
	token := k.SignLink(testClaim()).Reveal()
	for i := range token {
		changed := []byte(token)
		changed[i] = 'A'
		if token[i] == 'A' {
			changed[i] = 'B'
		}
		if p, err := k.ParseLink(string(changed), InvitationMail); err == nil &&
			k.VerifyLink(p, testClaim().Binding...) {
			t.Errorf("verifies with character %d changed", i)
		}
	}
}

func TestALinkHasOneSpelling(t *testing.T) {
	t.Parallel()
	token := testKeyring(t, 1).SignLink(testClaim()).Reveal()
	for _, other := range []string{
		token + "\n", token[:9] + "\r\n" + token[9:], token + "=", " " + token, token + "A",
		token[:63], token + token, "",
	} {
		if _, err := testKeyring(t, 1).ParseLink(other, InvitationMail); !errors.Is(err,
			ErrMalformed) {
			t.Errorf("%q: %v", other, err)
		}
	}
}

func TestEveryKindOfLinkWorksForItsOwnKindAlone(t *testing.T) {
	t.Parallel()
	k := testKeyring(t, 1)
	for _, made := range purposes[1:] {
		c := testClaim()
		c.Purpose = made
		token := k.SignLink(c).Reveal()
		for _, asked := range purposes {
			_, err := k.ParseLink(token, asked)
			if (err == nil) != (made == asked) {
				t.Errorf("%s asked as %q: %v", made, asked, err)
			}
		}
		if _, err := k.ParseLink(token, InvitationMail, purposes[2:]...); err != nil {
			t.Errorf("%s asked among all: %v", made, err)
		}
	}
}

func TestOldSecretsVerifyAndTheFirstSigns(t *testing.T) {
	t.Parallel()
	before, between, after := testKeyring(t, 1), testKeyring(t, 2, 1), testKeyring(t, 2)
	old, fresh := before.SignLink(testClaim()).Reveal(), between.SignLink(testClaim()).Reveal()
	verify := func(k *Keyring, token string) bool {
		p, err := k.ParseLink(token, InvitationMail)
		return err == nil && k.VerifyLink(p, testClaim().Binding...)
	}
	if !verify(between, old) || !verify(between, fresh) {
		t.Error("a link ends while its secret is still listed")
	}
	if verify(after, old) {
		t.Error("a link outlives its secret")
	}
	if !verify(after, fresh) || verify(before, fresh) {
		t.Error("the new link is not signed by the new secret")
	}
}

func TestAnExpiredLinkSaysSoToTheSecond(t *testing.T) {
	t.Parallel()
	at := testClaim().ExpiresAt
	p := ParsedLink{ExpiresAt: at}
	if p.IsExpired(at.Add(-time.Second)) || !p.IsExpired(at) || (ParsedLink{}).IsExpired(at) {
		t.Error("expiry is off")
	}
}

func TestALinkOfAnUnknownPurposeIsAMistakeOfTheProgram(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]Claim{
		"no purpose":      {},
		"another purpose": {Purpose: "session"},
		"before 1970":     {Purpose: SetPassword, ExpiresAt: time.Unix(-1, 0)},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			testKeyring(t, 1).SignLink(c)
		}()
	}
}

func FuzzParse(f *testing.F) {
	k := testKeyring(f, 1)
	f.Add(k.SignLink(testClaim()).Reveal())
	f.Add("")
	f.Add(strings.Repeat("A", LinkLength))
	f.Add(strings.Repeat("A", LinkLength-2) + "\r\n")
	f.Fuzz(func(t *testing.T, token string) {
		p, err := k.ParseLink(token, purposes[1], purposes[2:]...)
		if err != nil {
			if !errors.Is(err, ErrMalformed) {
				t.Fatal(err)
			}
			return
		}
		made := k.SignLink(testClaim()).Reveal()
		// Earlier versions wrote it without a safe end.
		if k.VerifyLink(p, testClaim().Binding...) && token != made && token != made[:LinkLength] {
			t.Fatalf("%q has been forged", token)
		}
	})
}
