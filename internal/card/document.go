package card

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"

	"usher/internal/i18n"
)

// cardDocument is the content of a printed card: one HTML document without other files. Its strings
// are user input and are escaped. SVG is the QR code of URL, drawn by internal/qr.
type cardDocument struct {
	Locale    i18n.Locale
	Workspace string
	Slug      string
	Contact   string // support contact; may be empty
	Name      string
	Username  string // what the person signs in with; or Email
	Email     string
	URL       string
	PIN       string
	SVG       []byte
	Until     string // the last valid day, formatted
	SignIn    string // URL of the sign-in page
}

//go:embed card.html
var cardHTML string

// cardPage is the sheet that is printed and handed over.
var cardPage = template.Must(template.New("card").Parse(cardHTML))

// cardSentences are the content of a card and its texts in one language.
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
