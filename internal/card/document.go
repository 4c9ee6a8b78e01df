package card

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"

	"usher/internal/i18n"
)

// cardDocument is the content of a printed card: one HTML document that needs no other file. Its
// strings come from people and are escaped. SVG is the QR code of URL, which internal/qr draws.
type cardDocument struct {
	Locale    i18n.Locale
	Workspace string
	Slug      string
	Contact   string // whom people may ask, empty if nobody is named
	Name      string
	Username  string // what they sign in with from then on, or
	Email     string
	URL       string
	PIN       string
	SVG       []byte
	Until     string // the last day, in words
	SignIn    string // the address of the sign-in
}

//go:embed card.html
var cardHTML string

var cardPage = template.Must(template.New("card").Parse(cardHTML))

// cardSentences are the content of a card and its sentences, in its language.
type cardSentences struct {
	cardDocument
	Title, For, Scan, Open, Type, PINLabel, Choose, Later, UsernameLabel, EmailLabel,
	WorkspaceLabel, Good, Safe, Ask string
	Code template.HTML
}

// renderHTML returns the card as an HTML document.
func (c cardDocument) renderHTML() (string, error) {
	t := func(key string, args i18n.Args) string { return i18n.T(c.Locale, key, args) }
	says := cardSentences{
		cardDocument: c,
		Title:        t("card.title", i18n.Args{"Workspace": c.Workspace}),
		For:          t("card.for", i18n.Args{"Name": c.Name}),
		Scan:         t("card.scan", nil), Open: t("card.open", nil), Type: t("card.type", nil),
		PINLabel: t("card.pin_label", nil),
		Choose:   t("card.choose", nil), Later: t("card.later", i18n.Args{"Link": c.SignIn}),
		UsernameLabel: t("card.username_label", nil), EmailLabel: t("card.email_label", nil),
		WorkspaceLabel: t("card.workspace_label", nil),
		Good:           t("card.good", i18n.Args{"Date": c.Until}), Safe: t("card.safe", nil),
		Ask:  t("card.ask", i18n.Args{"Contact": c.Contact}),
		Code: template.HTML(c.SVG),
	}
	var b bytes.Buffer
	if err := cardPage.Execute(&b, says); err != nil {
		return "", fmt.Errorf("render card: %w", err)
	}
	return b.String(), nil
}
