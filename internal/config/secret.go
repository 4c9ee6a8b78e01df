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

// maxSecretFile limits the size of a secret file, against a large file given by mistake.
const maxSecretFile = 64 << 10

// deriveKeyring derives the keys from USHER_SECRET or from the file that USHER_SECRET_FILE names.
// It returns nil after it has reported a problem.
//
// Security: there is no default secret. With a known secret anyone could sign links and access
// tokens.
func (p *problemList) deriveKeyring(given secret.Redacted, file string) *secret.Keyring {
	variable, text := "USHER_SECRET", given.Reveal()
	switch {
	case text != "" && file != "":
		// Two sources are refused: in a rotation an operator could change the one that is not used.
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

// minBounceKey is the minimum length in bytes that Standard Webhooks allows.
const minBounceKey = 24

// parseBounceKeys parses the secrets that the email provider signs with, each as whsec_ and base64.
//
// Security: the provider knows this secret, so it is not part of USHER_SECRET and no key is derived
// from it. The prefix is required because a hexadecimal secret is valid base64 too; it would decode
// to a wrong key and every call would fail.
func (p *problemList) parseBounceKeys(given secret.Redacted) []secret.Redacted {
	var keys []secret.Redacted
	for i, item := range splitItems(given.Reveal()) {
		// The prefix of the Standard Webhooks specification, by which providers hand out keys.
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

// decodeBase64 decodes base64 in either alphabet, with or without padding. White space is ignored,
// because openssl wraps its output.
func decodeBase64(s string) ([]byte, error) {
	// Both alphabets of RFC 4648 are read, with or without padding and line ends.
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

// readSecretFile returns the content of the file that holds a secret. A large file is refused by
// its size before it is read: somebody has named the wrong one.
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

// KeepSecret sets the demo's secret from a file unless a secret is configured. The first start
// creates the file, readable by its owner only. Processes that start at the same time get the same
// secret.
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

// createSecretFile writes a temporary file and links it into place, so that no process reads a
// partial file and the first process wins.
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
	_, _ = rand.Read(raw) // never fails: crypto/rand aborts the program instead
	_, err = draft.WriteString(base64.StdEncoding.EncodeToString(raw) + "\n")
	if err = errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return err
	}
	// Linked and not renamed: of two processes that start together the second must not replace the
	// secret of the first.
	if err = os.Link(draft.Name(), file); errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}
