// Package i18n holds every message that a person reads, in English and in French.
//
// Messages are in locales/<topic>.<locale>.json; a key starts with its topic ("invite.too_many"). A
// test fails when a language lacks a key. At run time the English message is the fallback, and then
// the key itself.
package i18n

import (
	"embed"
	"fmt"
	"io/fs"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed locales/*.json
var localeFiles embed.FS

// Locale is a supported language, as a BCP 47 tag.
type Locale string

// The supported languages. English is the fallback.
const (
	English Locale = "en"
	French  Locale = "fr"
)

// Locales lists the supported languages, the fallback first.
var Locales = []Locale{English, French}

// Args are the values of a message's placeholders. Count, an integer, selects singular or plural.
type Args map[string]any

// Message is a key with its arguments, to be translated later.
type Message struct {
	Key  string
	Args Args
}

// In returns the message in a language.
func (m Message) In(l Locale) string { return T(l, m.Key, m.Args) }

var (
	bundle     = loadBundle()
	localizers = map[Locale]*goi18n.Localizer{
		English: goi18n.NewLocalizer(bundle, "en"),
		French:  goi18n.NewLocalizer(bundle, "fr", "en"),
	}
)

// loadBundle parses all catalogues. They are part of the program, so a malformed one panics at the
// start and in every test.
func loadBundle() *goi18n.Bundle {
	b := goi18n.NewBundle(language.English)
	names, err := fs.Glob(localeFiles, "locales/*.json")
	if err != nil {
		panic(err)
	}
	for _, name := range names {
		if _, err := b.LoadMessageFileFS(localeFiles, name); err != nil {
			panic(fmt.Sprintf("i18n: %s: %v", name, err))
		}
	}
	return b
}

// T returns the message of a key in a language with its placeholders filled.
func T(l Locale, key string, args Args) string {
	localizer, known := localizers[l]
	if !known {
		localizer = localizers[English]
	}
	config := &goi18n.LocalizeConfig{MessageID: key, TemplateData: args}
	// The plural form follows the number: French counts 0 as one, English does not.
	if n, counted := args["Count"]; counted {
		config.PluralCount = n
	}
	s, err := localizer.Localize(config)
	// The key can be searched for, and a page with a key on it is still a page.
	if s == "" && err != nil {
		return key
	}
	return s
}

// Match returns the language of the first wish that is supported, and true; otherwise English and
// false. A wish is an Accept-Language header or a stored locale ("fr-CA" is French). Only the base
// language counts: language.Matcher would take Klingon for English, with high confidence.
func Match(wishes ...string) (Locale, bool) {
	for _, wish := range wishes {
		// A wish is a tag or a whole Accept-Language header.
		tags, _, err := language.ParseAcceptLanguage(wish)
		if err != nil {
			continue
		}
		for _, tag := range tags { // the most wanted first
			if base, sure := tag.Base(); sure == language.Exact && Known(base.String()) {
				return Locale(base.String()), true
			}
		}
	}
	return English, false
}

// Known reports whether a string is exactly a supported locale.
func Known(s string) bool {
	_, known := localizers[Locale(s)]
	return known
}
