package config

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"usher/internal/i18n"
	"usher/internal/secret"
)

// maxSecretFile is the most that is read of a secret file: dozens of secrets, but not a disk image
// given by mistake.
const maxSecretFile = 64 << 10

// deriveKeyring derives the keys of USHER_SECRET or of the file that USHER_SECRET_FILE names.
//
// Security: there is no default. With a secret that others know, anyone could sign links and access
// tokens.
func (p *problemList) deriveKeyring(given secret.Redacted, file string) *secret.Keyring {
	variable, text := "USHER_SECRET", given.Reveal()
	switch {
	case text != "" && file != "":
		// Which of the two wins would be a surprise in a rotation.
		p.addProblem(variable, "config.secret_twice", nil)
		return nil
	case file != "":
		variable = "USHER_SECRET_FILE"
		raw, err := readSecretFile(file)
		if err != nil {
			p.addProblem(variable, "config.secret_unreadable", i18n.Args{"Reason": err.Error()})
			return nil
		}
		text = raw
	}
	if strings.TrimSpace(text) == "" {
		p.addProblem(variable, "config.secret_missing", i18n.Args{"Bytes": secret.MinLength})
		return nil
	}
	before := len(*p)
	var secrets [][]byte
	for i, item := range strings.Split(text, ",") {
		raw, err := decodeBase64(item)
		switch {
		case err != nil:
			p.addProblem(variable, "config.secret_not_base64", i18n.Args{"Number": i + 1})
		case len(raw) < secret.MinLength:
			p.addProblem(variable, "config.secret_short",
				i18n.Args{"Number": i + 1, "Bytes": secret.MinLength})
		}
		secrets = append(secrets, raw)
	}
	if len(*p) > before {
		return nil
	}
	ring, err := secret.NewKeyring(secrets)
	if errors.Is(err, secret.ErrRepeated) {
		p.addProblem(variable, "config.secret_repeated", nil)
		return nil
	}
	p.addRefusal(variable, err)
	return ring
}

// minBounceKey is the least that the Standard Webhooks scheme allows.
const minBounceKey = 24

// parseBounceKeys splits the secrets that the mail provider may sign with: each as providers show
// them, whsec_ and base64.
//
// Security: this secret is another's as much as ours, so it is none of USHER_SECRET and nothing
// derives from it. The prefix is asked for because a secret in hexadecimal would pass for base64,
// and then no call would ever be believed.
func (p *problemList) parseBounceKeys(given secret.Redacted) []secret.Redacted {
	var keys []secret.Redacted
	for i, item := range splitItems(given.Reveal()) {
		encoded, marked := strings.CutPrefix(item, "whsec_")
		raw, err := decodeBase64(encoded)
		if !marked || err != nil || len(raw) < minBounceKey {
			p.addProblem("USHER_BOUNCE_SECRET", "config.bounce_secret_malformed",
				i18n.Args{"Number": i + 1, "Bytes": minBounceKey})
			continue
		}
		keys = append(keys, secret.Redacted(raw))
	}
	return keys
}

// decodeBase64 reads base64 in either alphabet, padded or not. White space does not count: openssl
// wraps its lines.
func decodeBase64(s string) ([]byte, error) {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return -1
		case r == '-':
			return '+'
		case r == '_':
			return '/'
		}
		return r
	}, s)
	return base64.RawStdEncoding.DecodeString(strings.TrimRight(s, "="))
}

func readSecretFile(file string) (string, error) {
	info, err := os.Stat(file)
	if err != nil {
		return "", err
	}
	if info.Size() > maxSecretFile {
		return "", fmt.Errorf("%s: %d bytes", file, info.Size())
	}
	raw, err := os.ReadFile(file)
	return string(raw), err
}

// KeepSecret gives the demo a secret of its own, unless one is configured: the one kept in a file,
// which is made at the first start, readable by its owner alone. Two processes that start together
// end up with the same one.
func (c *Config) KeepSecret(file string) error {
	if c.Secret != "" || c.SecretFile != "" {
		return nil
	}
	kept, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		if err = createSecretFile(file); err == nil {
			kept, err = os.ReadFile(file)
		}
	}
	if err != nil {
		return fmt.Errorf("config: keep a secret: %w", err)
	}
	c.Secret = secret.Redacted(strings.TrimSpace(string(kept)))
	return nil
}

// createSecretFile writes beside the file first and links it into place, so that nobody reads half
// of it and whoever comes second loses.
func createSecretFile(file string) error {
	dir := filepath.Dir(file)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	draft, err := os.CreateTemp(dir, ".secret-*") // 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(draft.Name()) }()
	raw := make([]byte, 2*secret.MinLength)
	_, _ = rand.Read(raw) // never fails: crypto/rand ends the program instead
	_, err = draft.WriteString(base64.StdEncoding.EncodeToString(raw) + "\n")
	if err = errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return err
	}
	if err = os.Link(draft.Name(), file); errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}
