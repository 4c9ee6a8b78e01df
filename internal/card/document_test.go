package card

import (
	"strings"
	"testing"

	"usher/internal/i18n"
)

func exampleDocument() cardDocument {
	return cardDocument{
		Locale: i18n.English, Workspace: "St Mary’s", Slug: "st-marys", Contact: "Room 12",
		Name: "Ann Lee", Username: "ann.lee",
		URL: "https://usher.test/cards/token", PIN: "1234 5678", SVG: []byte(
			`<svg id="code"></svg>`), Until: "Friday 1 May 2026",
		SignIn: "https://usher.test/sign-in",
	}
}

func printed(t *testing.T, c cardDocument) string {
	t.Helper()
	page, err := c.renderHTML()
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func TestACardSaysAllThatIsNeededAndAsksForNoFile(t *testing.T) {
	t.Parallel()
	page := printed(t, exampleDocument())
	for _, said := range []string{
		"Your access to St Mary’s", "This card is for Ann Lee.", `<svg id="code"></svg>`,
		"https://usher.test/cards/token", "1234 5678",
		"ann.lee", "st-marys", "Friday 1 May 2026", "https://usher.test/sign-in", "Room 12",
		`<html lang="en">`,
	} {
		if !strings.Contains(page, said) {
			t.Errorf("the card does not say %q", said)
		}
	}
	for _, foreign := range []string{"src=", "href=", "<script", "url(", "Email address"} {
		if strings.Contains(page, foreign) {
			t.Errorf("the card holds %q", foreign)
		}
	}
}

func TestACardSpeaksFrench(t *testing.T) {
	t.Parallel()
	c := exampleDocument()
	c.Locale = i18n.French
	if page := printed(t, c); !strings.Contains(page, `<html lang="fr">`) ||
		!strings.Contains(page, "Votre accès à St Mary’s") {
		t.Error(page)
	}
}

func TestACardOfWhoSignsInByAddressNamesNoWorkspace(t *testing.T) {
	t.Parallel()
	c := exampleDocument()
	c.Username, c.Email, c.Contact = "", "ann@acme.test", ""
	page := printed(t, c)
	if !strings.Contains(page, "ann@acme.test") || strings.Contains(page, "st-marys") ||
		strings.Contains(page, "Questions?") {
		t.Error(page)
	}
}

func TestNamesOnACardAreTextAndNothingElse(t *testing.T) {
	t.Parallel()
	c := exampleDocument()
	c.Name, c.Workspace, c.Contact, c.Username = "<script>1</script>", `"><img src=x>`, "<b>",
		"</dd><i>"
	for _, tag := range []string{"<script", "<img", "<b>", "<i>"} {
		if strings.Contains(printed(t, c), tag) {
			t.Errorf("%s came through", tag)
		}
	}
}
