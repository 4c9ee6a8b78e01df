// Package i18n holds every sentence that a person reads, in English and in French.
//
// Sentences live in locales/<topic>.<locale>.json; a key starts with its topic ("invite.too_many").
// A key that one language lacks fails the tests, never a reader: at run time the English sentence
// stands in, and where that is missing too the key itself is shown.
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

// Locale is a language Usher speaks, as a BCP 47 tag.
type Locale string

// English is the language everything falls back to, French the other one.
const (
	English Locale = "en"
	French  Locale = "fr"
)

// Locales lists what Usher speaks, the fallback first.
var Locales = []Locale{English, French}

// Args fills the places of a sentence. The key Count, an integer, chooses between singular and
// plural.
type Args map[string]any

// Message is a sentence not yet put into a language.
type Message struct {
	Key  string
	Args Args
}

// In returns the sentence in a language.
func (m Message) In(l Locale) string { return T(l, m.Key, m.Args) }

var (
	bundle     = loadBundle()
	localizers = map[Locale]*goi18n.Localizer{
		English: goi18n.NewLocalizer(bundle, "en"),
		French:  goi18n.NewLocalizer(bundle, "fr", "en"),
	}
	matcher = language.NewMatcher([]language.Tag{language.English, language.French})
)

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

// T returns the sentence of a key in a language, its places filled.
func T(l Locale, key string, args Args) string {
	localizer, known := localizers[l]
	if !known {
		localizer = localizers[English]
	}
	config := &goi18n.LocalizeConfig{MessageID: key, TemplateData: args}
	if n, counted := args["Count"]; counted {
		config.PluralCount = n
	}
	s, err := localizer.Localize(config)
	if s == "" && err != nil {
		return key
	}
	return s
}

// Match returns the best language for an Accept-Language header or a stored locale ("fr-CA" is
// French), and whether any of the wishes was met; English when none was.
func Match(wishes ...string) (Locale, bool) {
	for _, wish := range wishes {
		tags, _, err := language.ParseAcceptLanguage(wish)
		if err != nil || len(tags) == 0 {
			continue
		}
		if _, i, confidence := matcher.Match(tags...); confidence != language.No {
			return Locales[i], true
		}
	}
	return English, false
}

// Known tells whether a string names a language that Usher speaks, exactly as it would be stored.
func Known(s string) bool {
	_, known := localizers[Locale(s)]
	return known
}
