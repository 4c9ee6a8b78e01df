package card

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"slices"
	"strings"
	"unicode/utf8"

	"usher/internal/i18n"
)

// cardFace is the content of a printed card. Its strings are user input and are escaped. SVG is the
// QR code of the card's link, drawn by internal/qr.
type cardFace struct {
	Locale    i18n.Locale
	Workspace string
	Slug      string
	Contact   string // support contact; may be empty
	Brand     cardBrand
	Name      string
	Username  string // what the person signs in with; or Email
	Email     string
	Address   string // of the page that takes the code
	Code      string
	PIN       string
	SVG       []byte
	Until     string // the last valid day, formatted
	SignIn    string // address of the sign-in page
}

// The lengths, in characters, that a sheet sets in its larger letters: two lines of a name, one line
// of a login.
const (
	maxShortName  = 36
	maxShortWord  = 18
	maxShortLogin = 10
)

// HasLongName reports whether the name needs smaller letters on a sheet.
func (c cardFace) HasLongName() bool {
	for word := range strings.FieldsSeq(c.Name) {
		if utf8.RuneCountInString(word) > maxShortWord {
			return true
		}
	}
	return utf8.RuneCountInString(c.Name) > maxShortName
}

// HasLongLogin reports whether the username or the address needs smaller letters on a sheet.
func (c cardFace) HasLongLogin() bool {
	return utf8.RuneCountInString(cmp.Or(c.Username, c.Email)) > maxShortLogin
}

// cardBrand is how a workspace presents itself on a card. The colours are "#rrggbb".
type cardBrand struct{ Logo, Monogram, Fill, OnFill string }

var (
	//go:embed card.html
	cardHTML string
	//go:embed sheet.html
	sheetHTML string

	// cardPage is one card to print and hand over.
	cardPage = template.Must(template.New("card").Parse(cardHTML))
	// sheetPage is many cards to print and cut.
	sheetPage = template.Must(template.New("sheet").Parse(sheetHTML))
)

// cardSentences are the content of a card and its texts in one language.
type cardSentences struct {
	cardFace
	Title, For, Scan, Open, OpenShort, CodeLabel, CodeUntil, Type, PINLabel, Fold, Choose, ThenPIN,
	Later, UsernameLabel, EmailLabel, WorkspaceLabel, Good, Safe, Ask string
	Picture template.HTML
	Style   template.CSS
}

// say returns the card with its texts.
func (c cardFace) say() cardSentences {
	t := func(key string, args i18n.Args) string { return i18n.T(c.Locale, key, args) }
	return cardSentences{
		cardFace: c,
		Title:    t("card.title", i18n.Args{"Workspace": c.Workspace}),
		For:      t("card.for", i18n.Args{"Name": c.Name}),
		Scan:     t("card.scan", nil), Open: t("card.open", i18n.Args{"Address": c.Address}),
		OpenShort: t("card.open_short", nil),
		CodeLabel: t("card.code_label", nil), CodeUntil: t("card.code_until", i18n.Args{"Date": c.Until}),
		Type: t("card.type", nil), PINLabel: t("card.pin_label", nil), Fold: t("card.fold", nil),
		Choose: t("card.choose", nil), ThenPIN: t("card.then_pin", nil),
		Later:         t("card.later", i18n.Args{"Link": c.SignIn}),
		UsernameLabel: t("card.username_label", nil), EmailLabel: t("card.email_label", nil),
		WorkspaceLabel: t("card.workspace_label", nil),
		Good:           t("card.good", i18n.Args{"Date": c.Until}), Safe: t("card.safe", nil),
		Ask:     t("card.ask", i18n.Args{"Contact": c.Contact}),
		Picture: template.HTML(c.SVG),
		Style:   template.CSS("background:" + c.Brand.Fill + ";color:" + c.Brand.OnFill),
	}
}

// renderHTML returns the card as an HTML document.
func (c cardFace) renderHTML() (string, error) {
	var b bytes.Buffer
	if err := cardPage.Execute(&b, c.say()); err != nil {
		return "", fmt.Errorf("render card: %w", err)
	}
	return b.String(), nil
}

// cardsPerPage fill a page of A4: two columns of four.
const cardsPerPage = 8

// cardSheet is the content of a document with many cards, in the language of its reader; each card
// is in the language of its person.
type cardSheet struct {
	Locale      i18n.Locale
	Title, Lost string
	Pages       []cardSheetPage
}

// cardSheetPage is one page of a cardSheet.
type cardSheetPage struct {
	Heading string
	Cards   []cardSentences
}

// renderSheet returns many cards as one HTML document.
func renderSheet(l i18n.Locale, faces []cardFace) (string, error) {
	workspace := faces[0].Workspace
	sheet := cardSheet{Locale: l,
		Title: i18n.T(l, "card.sheet_title", i18n.Args{"Workspace": workspace}),
		Lost:  i18n.T(l, "card.sheet_lost", nil)}
	all := (len(faces) + cardsPerPage - 1) / cardsPerPage
	for part := range slices.Chunk(faces, cardsPerPage) {
		page := cardSheetPage{Heading: i18n.T(l, "card.sheet_page", i18n.Args{
			"Workspace": workspace, "Page": len(sheet.Pages) + 1, "Pages": all})}
		for _, face := range part {
			page.Cards = append(page.Cards, face.say())
		}
		sheet.Pages = append(sheet.Pages, page)
	}
	var b bytes.Buffer
	if err := sheetPage.Execute(&b, sheet); err != nil {
		return "", fmt.Errorf("render sheet of cards: %w", err)
	}
	return b.String(), nil
}
