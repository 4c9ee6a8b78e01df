package address

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

// Hints about a valid address: what its sender probably did not mean. None of them is a reason to
// refuse it.

// popularDomains are the domains that people misspell most. Shorter ones are left out, because
// one other letter makes another real domain of them.
var popularDomains = strings.Fields(
	`gmail.com googlemail.com outlook.com outlook.fr hotmail.com hotmail.fr hotmail.co.uk yahoo.com
	yahoo.fr yahoo.co.uk icloud.com protonmail.com orange.fr wanadoo.fr laposte.net bluewin.ch t-online.de`)

// Suggest returns the address that is probably meant if the domain differs from a popular one by
// one letter that is missing, added, replaced or in the wrong order; "" otherwise. A domain that is
// known itself is no mistake.
func (a Address) Suggest() string {
	domain := a.Domain()
	if freeMail[domain] {
		return ""
	}
	for _, known := range popularDomains {
		if differsByOneLetter(domain, known) {
			local, _, _ := strings.Cut(a.Display, "@")
			return local + "@" + known
		}
	}
	return ""
}

// differsByOneLetter reports whether one letter that is missing, added, replaced, or exchanged with
// its neighbour makes b of a.
func differsByOneLetter(a, b string) bool {
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	x, y := a[start:], b[start:]
	// The one edit is at the first difference, so everything after it must be equal.
	switch {
	case x == y:
		return false
	case len(x) == len(y):
		swapped := len(x) > 1 && x[0] == y[1] && x[1] == y[0] && x[2:] == y[2:]
		return swapped || x[1:] == y[1:]
	case len(x) == len(y)+1:
		return x[1:] == y
	case len(x)+1 == len(y):
		return x == y[1:]
	}
	return false
}

// PersonKey returns the key without what follows a plus sign in the local part. Two addresses with
// one PersonKey are probably of one person at most providers. They are two accounts all the same:
// no provider has to treat them alike.
func (a Address) PersonKey() string {
	local, domain, _ := strings.Cut(a.Key, "@")
	if plus := strings.IndexByte(local, '+'); plus > 0 {
		local = local[:plus]
	}
	return local + "@" + domain
}

// latinTwins are the letters of other scripts that look like Latin ones in common fonts.
const latinTwins = "аеорсухіјѕһԁԛԝӏѵգհոսօⅼοκνρυχαι"

// LooksLikeAnother reports whether the domain has a label that mixes Latin letters with those of
// another alphabet, or that consists of letters which look like Latin ones only.
func (a Address) LooksLikeAnother() bool {
	script, err := idna.Lookup.ToUnicode(a.Domain())
	if err != nil || isASCII(script) {
		return false
	}
	return slices.ContainsFunc(strings.Split(script, "."), func(label string) bool {
		latin, other, twins := 0, 0, 0
		for _, r := range label {
			switch {
			case unicode.Is(unicode.Latin, r):
				latin++
			case unicode.In(r, unicode.Cyrillic, unicode.Greek, unicode.Armenian):
				other++
				if strings.ContainsRune(latinTwins, r) {
					twins++
				}
			}
		}
		// A label in one other alphabet is ordinary, unless each of its letters has a Latin twin.
		return other > 0 && (latin > 0 || twins == other)
	})
}
