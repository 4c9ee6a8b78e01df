// Package palette derives the colours of pages and emails from the one colour that a workspace
// chooses. Each derived colour keeps the contrast that WCAG 2.2 requires of its use, for every
// colour that a workspace can choose.
package palette

import (
	"fmt"
	"math"
	"strconv"
	"unicode"
)

// Color is an sRGB colour.
type Color struct{ Red, Green, Blue uint8 }

// The extremes, between which text on a filled button chooses.
var (
	Black = Color{}
	White = Color{255, 255, 255}
)

// Usher is the product's own colour, for workspaces without one.
var Usher = Color{0x1f, 0x4e, 0x8c}

// Parse reads "#rgb" or "#rrggbb", in either case.
//
// Security: it refuses everything else, because the result becomes part of styles and paths.
func Parse(text string) (Color, bool) {
	// The short form doubles each digit.
	if len(text) == 4 {
		text = string([]byte{text[0], text[1], text[1], text[2], text[2], text[3], text[3]})
	}
	if len(text) != 7 || text[0] != '#' {
		return Color{}, false
	}
	n, err := strconv.ParseUint(text[1:], 16, 32)
	if err != nil {
		return Color{}, false
	}
	return Color{uint8(n >> 16), uint8(n >> 8), uint8(n)}, true
}

// String returns "#rrggbb" in lower case.
func (c Color) String() string { return fmt.Sprintf("#%02x%02x%02x", c.Red, c.Green, c.Blue) }

// Monogram returns the letter that stands in for a logo: the first letter or digit of a name, in
// upper case; "·" if it has none.
func Monogram(name string) string {
	for _, r := range name {
		// A leading quote or bracket says nothing.
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return string(unicode.ToUpper(r))
		}
	}
	return "·"
}

// luminance returns the relative luminance as WCAG 2.2 defines it, from 0 (black) to 1 (white).
func (c Color) luminance() float64 {
	channel := func(v uint8) float64 {
		f := float64(v) / 255
		// The sRGB transfer function is linear near black.
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(c.Red) + 0.7152*channel(c.Green) + 0.0722*channel(c.Blue)
}

// contrast returns the contrast ratio of two colours as WCAG 2.2 defines it, from 1 to 21.
func contrast(a, b Color) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// mix returns a colour with a share of another one, from 0 to 1.
func (c Color) mix(other Color, share float64) Color {
	channel := func(from, to uint8) uint8 {
		return uint8(math.Round(float64(from) + (float64(to)-float64(from))*share))
	}
	return Color{channel(c.Red, other.Red), channel(c.Green, other.Green),
		channel(c.Blue, other.Blue)}
}

// until mixes a colour with another one, as little as it takes to reach a contrast with all the
// grounds. It ends at the other colour.
func (c Color) until(other Color, least float64, grounds ...Color) Color {
	const steps = 20
	for i := range steps {
		// Not every ground lies on the same side of the colour, so each is compared.
		mixed, enough := c.mix(other, float64(i)/steps), true
		for _, g := range grounds {
			enough = enough && contrast(mixed, g) >= least
		}
		if enough {
			return mixed
		}
	}
	return other
}

// The contrasts that WCAG 2.2 requires: of text (success criterion 1.4.3) and of the edges of
// controls (1.4.11).
const textContrast, edgeContrast = 4.5, 3

// Scheme is a colour scheme: the neutral colours that the colour of a workspace stands on.
type Scheme struct {
	Paper  Color   // behind text and forms
	ground Color   // of the page around it, before it takes on the workspace's colour
	ink    Color   // black or white: what the colour is mixed with to stand out
	wash   float64 // share of the colour in a quiet surface
}

// The two schemes. Their papers are those of web/pages/pages.css.
var (
	Light = Scheme{Paper: White, ground: Color{0xf5, 0xf6, 0xf8}, ink: Black, wash: 0.09}
	Dark  = Scheme{Paper: Color{0x15, 0x19, 0x1f}, ground: Color{0x0a, 0x0c, 0x0f}, ink: White, wash: 0.16}
)

// Palette holds the derived colours.
type Palette struct {
	Fill   Color // of the main button, as the workspace chose it
	OnFill Color // text on it: black or white
	Hover  Color // of the main button under the pointer
	Edge   Color // border of the main button
	Ink    Color // the colour as text or underline
	Wash   Color // a quiet surface
	Ground Color // behind the sheet
}

// Derive returns the colours of a workspace in a scheme.
//
// Text on a button is black or white, whichever is easier to read: one of the two always reaches
// 4.58:1, so that no colour fails. Under the pointer the button moves away from its text, which
// only raises the contrast.
func Derive(brand Color, s Scheme) Palette {
	// The button keeps the very colour that the workspace chose, or people would not recognise it.
	p := Palette{Fill: brand, OnFill: White, Wash: s.Paper.mix(brand, s.wash),
		Ground: s.ground.mix(brand, 0.06)}
	away := Black
	if contrast(brand, Black) > contrast(brand, White) {
		p.OnFill, away = Black, White
	}
	p.Hover = brand.mix(away, 0.16)
	p.Edge = brand.until(s.ink, edgeContrast, s.Paper)
	p.Ink = brand.until(s.ink, textContrast, s.Paper, p.Wash, p.Ground)
	return p
}
