package secret

import (
	"bytes"
	"strings"
	"testing"
)

func TestAnAPIKeyHasAPrefixItsLengthAndAChecksum(t *testing.T) {
	t.Parallel()
	key, hash := NewAPIKey()
	text := key.Reveal()
	if len(text) != 45 || !strings.HasPrefix(text, "ush_live_") || !IsWellFormedAPIKey(text) {
		t.Fatalf("%d characters, well formed: %t", len(text), IsWellFormedAPIKey(text))
	}
	if !bytes.Equal(hash, HashOpaque(text)) || APIKeyHint(key) != text[41:] {
		t.Error("hash or hint are of another key")
	}
	if other, _ := NewAPIKey(); other == key {
		t.Error("two keys are equal")
	}
	// A scanner of secrets computes the same: docs/partners.md has this example.
	if known := "ush_live_0123456789ABCDEFGHIJKLMNOPQRST"; checksumOf(known) != "2qMaqV" {
		t.Errorf("the checksum of the documented example is %s", checksumOf(known))
	}
}

func TestAMistypedAPIKeyIsNotWellFormed(t *testing.T) {
	t.Parallel()
	key, _ := NewAPIKey()
	text := key.Reveal()
	for i := range text {
		changed := []byte(text)
		changed[i] ^= 1
		if IsWellFormedAPIKey(string(changed)) {
			t.Errorf("%s with another character at %d passes", text, i)
		}
	}
	for _, wrong := range []string{"", "ush_live_", text[:44], text + "0", " " + text} {
		if IsWellFormedAPIKey(wrong) {
			t.Errorf("%q passes", wrong)
		}
	}
}
