package address

import (
	_ "embed"
	"slices"
	"strings"

	"golang.org/x/net/idna"

	"usher/internal/fault"
	"usher/internal/i18n"
)

// Whitelist is a list of allowed addresses and domains. The zero value has no entries and allows
// every address.
type Whitelist struct {
	entries       []string // normalised, in the order given
	rules         map[string]bool
	publicDomains []string // public: see Domains
	invalid       bool     // did not compile: allows no address
}

// CompileWhitelist reads entries: `example.org`, `*.example.org`, `user@example.org`, in any case,
// with or without a trailing dot, as Unicode or A-labels; `@example.org` and `*@example.org` are
// its domain. The error is a BAD_USER_INPUT at the field "whitelist" that names the entry and its
// number, counted from one.
func CompileWhitelist(entries []string) (Whitelist, error) {
	w := Whitelist{rules: map[string]bool{}}
	for i, entry := range entries {
		rule, refusal := readRule(entry)
		if refusal != nil {
			// Security: a blank entry is refused too, because a list of blanks would otherwise
			// allow every address. A caller that ignores the error has a list that allows none.
			args := i18n.Args{"Number": i + 1, "Entry": shortenEntry(entry)}
			return Whitelist{invalid: true}, fault.Input("whitelist", "address.whitelist_entry",
				args).Because(refusal)
		}
		if w.rules[rule] {
			continue
		}
		w.rules[rule] = true
		w.entries = append(w.entries, rule)
		_, domain, single := strings.Cut(rule, "@")
		if !single {
			domain = rule
		}
		w.publicDomains = append(w.publicDomains, domain)
	}
	slices.Sort(w.publicDomains)
	w.publicDomains = slices.Compact(w.publicDomains)
	return w, nil
}

// readRule normalises an entry. Its three forms never collide: a key holds an @, a wildcard starts
// with a star.
func readRule(entry string) (string, *fault.Error) {
	entry = strings.TrimSpace(entry)
	if len(entry) > maxTyped {
		return "", newEmailFault("address.too_long", i18n.Args{"Max": maxAddress})
	}
	// People write a domain as example.org, @example.org and *@example.org.
	domain := strings.TrimPrefix(strings.TrimPrefix(entry, "*"), "@")
	if strings.Contains(domain, "@") {
		a, refusal := parseAddress(entry)
		return a.Key, refusal
	}
	if !strings.Contains(entry, "@") {
		domain = entry
	}
	domain, wild := strings.CutPrefix(domain, "*.")
	wire, refusal := normalizeDomain(strings.TrimSuffix(domain, "."))
	if refusal == nil && wild {
		wire = "*." + wire
	}
	return wire, refusal
}

// shortenEntry keeps a refused entry recognisable in its sentence without repeating a page of it.
func shortenEntry(entry string) string {
	visible := strings.Map(func(r rune) rune {
		if isInvisible(r) {
			return -1
		}
		return r
	}, strings.TrimSpace(strings.ToValidUTF8(entry, "\ufffd")))
	if runes := []rune(visible); len(runes) > 80 {
		return string(runes[:79]) + "…"
	}
	return visible
}

// Entries returns the entries as they are stored and shown: ASCII, lower case, each once, in the
// order given.
func (w Whitelist) Entries() []string { return slices.Clone(w.entries) }

// Empty reports whether the list has no entries and so allows every address.
func (w Whitelist) Empty() bool { return len(w.entries) == 0 && !w.invalid }

// Allows reports whether an address is allowed.
func (w Whitelist) Allows(a Address) bool { return w.Empty() || w.Match(a) != "" }

// Match returns the entry that allows an address: the address itself takes priority over its
// domain. It returns "" when none does, and for a list without entries.
func (w Whitelist) Match(a Address) string {
	if w.rules[a.Key] {
		return a.Key
	}
	return w.matchDomain(a.Domain())
}

// matchDomain compares whole labels from the right, by cutting from the left at dots: there is no
// suffix to be fooled by, so evil-example.org is nothing to example.org.
func (w Whitelist) matchDomain(domain string) string {
	if w.rules[domain] {
		return domain
	}
	for {
		_, parent, below := strings.Cut(domain, ".")
		if !below {
			return ""
		}
		// An entry *.example.org allows every domain below it, at any depth.
		if w.rules["*."+parent] {
			return "*." + parent
		}
		domain = parent
	}
}

// AllowsDomain reports whether the address's domain is among Domains; it is the check for anonymous
// callers.
//
// Security: the domain of a listed single address counts as allowed here, so that trying addresses
// does not reveal the listed ones. An address that is allowed here and not by Allows gets the same
// response, but no email.
func (w Whitelist) AllowsDomain(a Address) bool {
	_, listed := slices.BinarySearch(w.publicDomains, a.Domain())
	return w.Empty() || listed || w.matchDomain(a.Domain()) != ""
}

// Domains returns the public list of allowed domains, sorted, each once: with those of single
// addresses, and wildcards as they are. People read it, so international domains are in their own
// script and not as A-labels.
func (w Whitelist) Domains() []string {
	shown := slices.Clone(w.publicDomains)
	for i, domain := range shown {
		shown[i] = Readable(domain)
	}
	return shown
}

// Readable returns an entry of a whitelist with an international domain in its own script instead
// of A-labels. CompileWhitelist reads both.
func Readable(entry string) string {
	at := strings.LastIndex(entry, "@") + 1
	domain, wild := strings.CutPrefix(entry[at:], "*.")
	script, err := idna.Lookup.ToUnicode(domain)
	if err != nil {
		return entry
	}
	if wild {
		script = "*." + script
	}
	return entry[:at] + script
}

// freeMailText lists domains where anyone can open a mailbox, one a line.
//
//go:embed freemail.txt
var freeMailText string

// freeMail is the set of domains at which anybody can get an address. A whitelist with one of them
// is open to the world, so the console warns.
var freeMail = func() map[string]bool {
	known := map[string]bool{}
	for domain := range strings.FieldsSeq(freeMailText) {
		known[domain] = true
	}
	return known
}()

// FreeEmailProviders returns the entries that allow every mailbox of a free email provider, to warn
// the editor of the list. A single address of such a provider is no reason to warn.
func (w Whitelist) FreeEmailProviders() []string {
	var found []string
	for _, entry := range w.entries {
		if freeMail[strings.TrimPrefix(entry, "*.")] {
			found = append(found, entry)
		}
	}
	return found
}
