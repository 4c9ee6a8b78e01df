package palette

import "testing"

// Over 4,913 colours in both schemes: 17 values of each channel, its ends among them.
func TestEveryColourCanBeRead(t *testing.T) {
	for n := range 17 * 17 * 17 {
		brand := Color{uint8(n % 17 * 15), uint8(n / 17 % 17 * 15), uint8(n / 289 * 15)}
		for name, s := range map[string]Scheme{"light": Light, "dark": Dark} {
			p := Derive(brand, s)
			for _, x := range []struct {
				what string
				a, b Color
				need float64
			}{
				{"text on the button", p.OnFill, p.Fill, 4.5},
				{"text on the button under the pointer", p.OnFill, p.Hover, 4.5},
				{"edge of the button", p.Edge, s.Paper, 3},
				{"the colour as text", p.Ink, s.Paper, 4.5},
				{"the colour as text on its wash", p.Ink, p.Wash, 4.5},
				{"the colour as text on the ground", p.Ink, p.Ground, 4.5},
			} {
				if got := contrast(x.a, x.b); got < x.need {
					t.Errorf("%s in %s, %s: %.2f", brand, name, x.what, got)
				}
			}
			if p.Fill != brand {
				t.Errorf("%s became %s", brand, p.Fill)
			}
		}
	}
}

func TestOnlyColoursAreParsed(t *testing.T) {
	for text, want := range map[string]string{
		"#fc0": "#ffcc00", "#FFCC00": "#ffcc00", "#000000": "#000000",
	} {
		if c, ok := Parse(text); !ok || c.String() != want {
			t.Errorf("%q is %s, %v", text, c, ok)
		}
	}
	for _, bad := range []string{"", "#", "red", "#ffcc0", "#ffcc000", "ffcc00", "#ggg", "#+cc",
		"#f;}x{y", "＃fff", "#é00"} {
		if c, ok := Parse(bad); ok {
			t.Errorf("%q was taken for %s", bad, c)
		}
	}
}

// The contrasts that the criterion itself names: black on white is 21, a colour on itself is 1.
func TestContrastIsThatOfWCAG(t *testing.T) {
	grey, _ := Parse("#767676")
	for _, x := range []struct {
		a, b Color
		want float64
	}{{Black, White, 21}, {White, White, 1}, {grey, White, 4.54}} {
		if got := contrast(x.a, x.b); got < x.want-0.01 || got > x.want+0.01 {
			t.Errorf("%s on %s: %.3f", x.a, x.b, got)
		}
	}
}
