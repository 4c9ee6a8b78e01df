package card

import (
	"fmt"
	"strings"
	"testing"

	"usher/ent"
	"usher/internal/i18n"
	"usher/internal/palette"
)

func exampleDocument() cardFace {
	return cardFace{
		Locale: i18n.English, Workspace: "St Mary’s", Slug: "st-marys", Contact: "Room 12",
		Name: "Ann Lee", Username: "ann.lee",
		Brand:   cardBrand{Monogram: "S", Fill: "#0f766e", OnFill: "#ffffff"},
		Address: "usher.test/card", Code: "BCDFG-HJKMN", PIN: "1234 5678",
		SVG: []byte(`<svg id="code"></svg>`), Until: "1 May 2026",
		SignIn: "usher.test/sign-in?workspace=st-marys",
	}
}

func printed(t *testing.T, c cardFace) string {
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
		"go to usher.test/card and type", "BCDFG-HJKMN", "1234 5678",
		"ann.lee", "<dd>st-marys</dd>", "1 May 2026", "usher.test/sign-in?workspace=st-marys", "Room 12",
		`<html lang="en">`, `style="background:#0f766e;color:#ffffff" aria-hidden="true">S<`,
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
	if !strings.Contains(page, "ann@acme.test") || strings.Contains(page, "<dd>st-marys") ||
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

func TestALogoStandsInThePlaceOfTheLetter(t *testing.T) {
	t.Parallel()
	c := exampleDocument()
	c.Brand.Logo = "https://acme.test/logo.svg?a=1&b=2"
	for name, page := range map[string]string{"card": printed(t, c), "sheet": sheetOf(t, c)} {
		if !strings.Contains(page, `src="https://acme.test/logo.svg?a=1&amp;b=2"`) ||
			strings.Contains(page, `class="mark"`) {
			t.Errorf("the %s: %s", name, page)
		}
	}
}

func TestOnlyALogoThatIsFetchedEncryptedIsShown(t *testing.T) {
	t.Parallel()
	for logo, want := range map[string]string{
		"https://acme.test/logo.svg": "https://acme.test/logo.svg", "http://acme.test/logo.svg": "",
		"javascript:alert(1)": "", "https://user@acme.test/": "", "https://": "", "": "", "::": "",
	} {
		b := brandOf(&ent.Workspace{Name: "élan", LogoURL: &logo})
		if b.Logo != want || b.Monogram != "É" || b.Fill != palette.Usher.String() {
			t.Errorf("%q: %+v", logo, b)
		}
	}
	color := "#fde047"
	if b := brandOf(&ent.Workspace{Name: "x", Color: &color}); b.Fill != color ||
		b.OnFill != "#000000" {
		t.Errorf("%+v", b)
	}
}

// sheetOf renders cards as one document.
func sheetOf(t *testing.T, faces ...cardFace) string {
	t.Helper()
	page, err := renderSheet(i18n.English, faces)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

func TestASheetHoldsEightCardsOnAPage(t *testing.T) {
	t.Parallel()
	for n, pages := range map[int]int{1: 1, 8: 1, 9: 2, 30: 4} {
		faces := make([]cardFace, n)
		for i := range faces {
			faces[i] = exampleDocument()
		}
		page := sheetOf(t, faces...)
		if strings.Count(page, `class="card"`) != n || strings.Count(page, `class="a4"`) != pages {
			t.Errorf("%d cards: %d on %d pages", n, strings.Count(page, `class="card"`),
				strings.Count(page, `class="a4"`))
		}
		if last := fmt.Sprintf("Page %d of %d.", pages, pages); !strings.Contains(page, last) {
			t.Errorf("%q is missing", last)
		}
	}
}

func TestNamesOnASheetAreTextAndNothingElse(t *testing.T) {
	t.Parallel()
	c := exampleDocument()
	c.Name, c.Workspace, c.Username = "<script>1</script>", `"><img src=x>`, "</b><i>"
	for _, tag := range []string{"<script", "<img", "<i>"} {
		if strings.Contains(sheetOf(t, c), tag) {
			t.Errorf("%s came through", tag)
		}
	}
}
