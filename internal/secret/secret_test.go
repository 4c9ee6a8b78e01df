package secret

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"testing"
)

func TestSecretsAreRefusedWhenMissingShortOrRepeated(t *testing.T) {
	t.Parallel()
	good, short := bytes.Repeat([]byte{1}, MinLength), bytes.Repeat([]byte{2}, MinLength-1)
	for name, c := range map[string]struct {
		secrets [][]byte
		want    error
	}{
		"none":         {nil, ErrNoSecret},
		"empty":        {[][]byte{{}}, ErrTooShort},
		"short":        {[][]byte{short}, ErrTooShort},
		"second short": {[][]byte{good, short}, ErrTooShort},
		"twice":        {[][]byte{good, good}, ErrRepeated},
		"good":         {[][]byte{good}, nil},
	} {
		if _, err := NewKeyring(c.secrets); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// The derivations are what links in mailboxes and sealed rows depend on: an upgrade must not change
// them unnoticed.
func TestDerivedKeysStayTheSame(t *testing.T) {
	t.Parallel()
	k := testKeyring(t, 1)
	got := []string{
		k.KeyID(),
		k.SignLink(testClaim()).Reveal(),
		hex.EncodeToString(k.SigningKeys()[0].Public),
		hex.EncodeToString(k.Derive("password", "usr_1")),
		GeneratePassword(k.Derive("password", "usr_1")),
	}
	want := []string{
		"ee36008b",
		"Ae42AIsBAgMAAAAAAAAAAAAAAAAAAAAABwBrAqEAQfwtmTf53pwzsGvmN8eL1ZDe",
		"355c555a759249edd9264d9d6832d1e9f3ef30eae80eacf658c32344a018fc74",
		"f8f27b8165c6af0370ddd356d1e61156c9b63822517d360cd9fa0ebe90502285",
		"zhbs-6r42-q3xb-5sbp-t2pr",
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%d: %s, want %s", i, got[i], want[i])
		}
	}
}

func TestEverySecretGivesASigningKeyOfItsOwn(t *testing.T) {
	t.Parallel()
	keys := testKeyring(t, 2, 1).SigningKeys()
	if len(keys) != 2 || keys[0].KeyID == keys[1].KeyID || keys[0].Public.Equal(keys[1].Public) {
		t.Fatalf("keys %v", keys)
	}
	if keys[0].KeyID != testKeyring(t, 2).KeyID() || keys[1].KeyID != testKeyring(t, 1).KeyID() {
		t.Error("the key ids do not follow the secrets")
	}
	for _, key := range keys {
		if !ed25519.Verify(key.Public, []byte("text"), ed25519.Sign(key.Private, []byte("text"))) {
			t.Error("a key does not verify what it signed")
		}
	}
}

func TestDerivedBytesDependOnTheSecretThePurposeAndEveryPart(t *testing.T) {
	t.Parallel()
	k := testKeyring(t, 2, 1)
	base := k.Derive("a", "b", "c")
	if !bytes.Equal(base, k.Derive("a", "b", "c")) || len(base) != 32 {
		t.Error("not the same 32 bytes twice")
	}
	for _, other := range [][]byte{
		k.Derive("a", "bc"), k.Derive("a", "bc", ""), k.Derive("a", "", "bc"), k.Derive("ab", "c"),
		k.Derive("a"),
		testKeyring(t, 1).Derive("a", "b", "c"),
	} {
		if bytes.Equal(base, other) {
			t.Error("two different inputs derive the same bytes")
		}
	}
	old, known := k.DeriveWith(testKeyring(t, 1).KeyID(), "a", "b", "c")
	if !known || !bytes.Equal(old, testKeyring(t, 1).Derive("a", "b", "c")) {
		t.Error("an older secret no longer derives what it did")
	}
	if _, known := k.DeriveWith(testKeyring(t, 3).KeyID(), "a"); known {
		t.Error("a secret that is gone derives")
	}
}

func TestSealedValuesOpenForTheirPurposeAndSecretAlone(t *testing.T) {
	t.Parallel()
	k, plain := testKeyring(t, 2, 1), []byte("whsec_value")
	sealed := k.Seal("webhook:1", plain)
	if bytes.Contains(sealed, plain) || len(sealed) != len(plain)+32 {
		t.Errorf("sealed %x", sealed)
	}
	if bytes.Equal(sealed, k.Seal("webhook:1", plain)) {
		t.Error("two sealings are alike")
	}
	if got, err := k.Open("webhook:1", sealed); err != nil || !bytes.Equal(got, plain) {
		t.Errorf("opened %q, %v", got, err)
	}
	for name, try := range map[string]func() ([]byte, error){
		"another purpose": func() ([]byte, error) { return k.Open("webhook:2", sealed) },
		"another secret": func() ([]byte, error) {
			return testKeyring(t, 1).Open("webhook:1", sealed)
		},
		"nothing":        func() ([]byte, error) { return k.Open("webhook:1", nil) },
		"a key id alone": func() ([]byte, error) { return k.Open("webhook:1", sealed[:4]) },
		"a part": func() ([]byte, error) {
			return k.Open("webhook:1", sealed[:len(sealed)-1])
		},
		"a changed bit": func() ([]byte, error) {
			b := bytes.Clone(sealed)
			b[len(b)-1] ^= 1
			return k.Open("webhook:1", b)
		},
	} {
		if got, err := try(); !errors.Is(err, ErrSealed) || got != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestValuesOfAnOldSecretOpenAndAskToBeSealedAgain(t *testing.T) {
	t.Parallel()
	old := testKeyring(t, 1).Seal("p", []byte("x"))
	k := testKeyring(t, 2, 1)
	if got, err := k.Open("p", old); err != nil || string(got) != "x" {
		t.Errorf("opened %q, %v", got, err)
	}
	if k.IsCurrent(old) || !k.IsCurrent(k.Seal("p", nil)) || k.IsCurrent(nil) {
		t.Error("Current is off")
	}
}

func TestGeneratedPasswordsCanBeReadAndNotGuessed(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	used := map[rune]bool{}
	for i := range 2000 {
		pw := GeneratePassword(fmt.Append(nil, i))
		if pw != GeneratePassword(fmt.Append(nil, i)) || seen[pw] {
			t.Fatal("a password is not one per seed")
		}
		seen[pw] = true
		if len(pw) != 24 || strings.ContainsAny(pw, "01oilOIL") || strings.Count(pw, "-") != 4 {
			t.Fatalf("not readable: %s", pw)
		}
		for _, r := range pw {
			used[r] = true
		}
	}
	if len(used) != len(passwordAlphabet)+1 {
		t.Errorf("%d of %d letters are used", len(used)-1, len(passwordAlphabet))
	}
}

func TestOpaqueTokensAreStoredAsTheirHash(t *testing.T) {
	t.Parallel()
	token, hash := NewOpaque()
	other, _ := NewOpaque()
	if len(token.Reveal()) != 43 || token == other ||
		!bytes.Equal(hash, HashOpaque(token.Reveal())) {
		t.Errorf("token of %d characters", len(token.Reveal()))
	}
}

func TestNothingPrintsASecret(t *testing.T) {
	t.Parallel()
	const content = "hunter2-hunter2"
	k := testKeyring(t, 'h')
	key := k.SigningKeys()[0]
	holder := struct {
		T Token
		K *Keyring
		S SigningKey
		L []SigningKey
	}{Redacted(content), k, key, []SigningKey{key}}
	var logged bytes.Buffer
	for _, h := range []slog.Handler{slog.NewJSONHandler(&logged, nil),
		slog.NewTextHandler(&logged, nil)} {
		slog.New(h).Info("x", "t", holder.T, "k", k, "s", key, "all", holder)
	}
	encoded, err := json.Marshal(holder)
	if err != nil {
		t.Fatal(err)
	}
	out := logged.String() + string(encoded) + holder.T.String()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%o"} {
		out += fmt.Sprintf(verb+"|"+verb+"|"+verb+"|"+verb, holder, holder.T, k, key)
	}
	seed := key.Private.Seed()
	for _, leak := range []string{
		content, hex.EncodeToString([]byte(content)),
		strings.ToUpper(hex.EncodeToString([]byte(content))),
		hex.EncodeToString(seed), base64.StdEncoding.EncodeToString(seed[:30]),
		fmt.Sprint(seed[:4])[1:10], hex.EncodeToString(k.keys[0].link),
	} {
		if strings.Contains(out, leak) {
			t.Errorf("printed %q", leak)
		}
	}
	if holder.T.Reveal() != content {
		t.Error("Reveal does not")
	}
}

func TestAPINIsEightDigitsHoweverItIsTyped(t *testing.T) {
	t.Parallel()
	seen := map[Redacted]bool{}
	for i := range 200 {
		pin := GeneratePIN([]byte(strconv.Itoa(i)))
		seen[pin] = true
		digits, whole := ParsePIN(pin.Reveal())
		if !whole || len(digits) != 8 || pin.Reveal() != digits.Reveal()[:4]+" "+
			digits.Reveal()[4:] {
			t.Fatalf("%q is read as %q", pin.Reveal(), digits.Reveal())
		}
	}
	if len(seen) < 199 { // two alike of 200 happen once in five thousand times
		t.Errorf("%d PINs of 200", len(seen))
	}
	for typed, want := range map[string]bool{
		"12345678": true, "1234-5678": true, "12 34 56 78": true, "": false, "1234567": false,
		"123456789": false, "1234567O": false,
		strings.Repeat(" ", 100) + "12345678": false,
	} {
		if _, whole := ParsePIN(typed); whole != want {
			t.Errorf("%q: %v", typed, whole)
		}
	}
}

func TestACodeIsReadHoweverItIsTyped(t *testing.T) {
	t.Parallel()
	seen := map[Redacted]bool{}
	for i := range 500 {
		code := GenerateCode([]byte(strconv.Itoa(i)))
		if again := GenerateCode([]byte(strconv.Itoa(i))); again != code {
			t.Fatalf("one seed makes %q and %q", code.Reveal(), again.Reveal())
		}
		seen[code] = true
		text := code.Reveal()
		if len(text) != 11 || text[5] != '-' || strings.ContainsAny(text, "0O1IL5SAEU") {
			t.Fatalf("%q", text)
		}
		want := Redacted(strings.Replace(text, "-", "", 1))
		for _, typed := range []string{text, strings.ToLower(text), want.Reveal(),
			" " + text[:5] + " " + strings.ToLower(text[6:]) + "\n", text[:5] + "\u2013" + text[6:],
			text[:5] + "\u00a0-\u00a0" + text[6:], strings.Join(strings.Split(text, ""), " ")} {
			if read, whole := ParseCode(typed); !whole || read != want {
				t.Fatalf("%q is read as %q, %v", typed, read.Reveal(), whole)
			}
		}
	}
	if len(seen) != 500 {
		t.Errorf("%d codes of 500", len(seen))
	}
	for _, typed := range []string{"", "-", "BCDFG-HJKM", "BCDFG-HJKMNP", "BCDFG-HJKM0", "BCDFG-HJKMO",
		"BCDFG_HJKMN", "BCDFG-HJKM\u017f", strings.Repeat(" ", 100) + "BCDFGHJKMN"} {
		if read, whole := ParseCode(typed); whole {
			t.Errorf("%q is read as %q", typed, read.Reveal())
		}
	}
}

// A card that was printed before a rotation of secrets is found by its code.
func TestDeriveAllHoldsTheValuesOfEverySecret(t *testing.T) {
	t.Parallel()
	old, fresh := []byte(strings.Repeat("o", MinLength)), []byte(strings.Repeat("f", MinLength))
	before, err := NewKeyring([][]byte{old})
	if err != nil {
		t.Fatal(err)
	}
	after, err := NewKeyring([][]byte{fresh, old})
	if err != nil {
		t.Fatal(err)
	}
	all := after.DeriveAll("x", "y")
	if len(all) != 2 || !bytes.Equal(all[0], after.Derive("x", "y")) ||
		!bytes.Equal(all[1], before.Derive("x", "y")) {
		t.Errorf("%x", all)
	}
}
