package mail

import (
	"math"
	"strconv"
)

// defaultColor is Usher's own colour, for workspaces without one.
const defaultColor = "#1f4e8c"

// buttonPalette holds the colours of a button: ground, text and border, each "#rrggbb".
type buttonPalette struct{ Ground, Text, Edge string }

// deriveButtonPalette returns a readable button for a workspace's colour. White or black always
// reaches 4.58:1 on any ground, more than the 4.5:1 that WCAG requires of text. A softer black
// would not. An invalid colour is replaced by defaultColor.
func deriveButtonPalette(color string) buttonPalette {
	l, ok := relativeLuminance(color)
	if !ok {
		color = defaultColor
		l, _ = relativeLuminance(defaultColor)
	}
	p := buttonPalette{Ground: color, Text: "#ffffff", Edge: color}
	onWhite := contrastRatio(1, l)
	if contrastRatio(l, 0) > onWhite {
		p.Text = "#000000"
	}
	if onWhite < 3 {
		// A pale button would disappear on the white page.
		p.Edge = "#6b7280"
	}
	return p
}

// relativeLuminance returns the relative luminance of a colour as WCAG 2.2 defines it, from 0
// (black) to 1 (white).
//
// Security: anything except "#" and three or six hexadecimal digits is refused, because the colour
// becomes part of a style attribute.
func relativeLuminance(color string) (float64, bool) {
	// The short form #rgb stands for #rrggbb.
	if len(color) == 4 && color[0] == '#' {
		color = string([]byte{'#', color[1], color[1], color[2], color[2], color[3], color[3]})
	}
	if len(color) != 7 || color[0] != '#' {
		return 0, false
	}
	n, err := strconv.ParseUint(color[1:], 16, 32)
	if err != nil {
		return 0, false
	}
	channel := func(v uint64) float64 {
		f := float64(v&0xff) / 255
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(n>>16) + 0.7152*channel(n>>8) + 0.0722*channel(n), true
}

// contrastRatio returns the contrast ratio of two luminances, the lighter first.
func contrastRatio(light, dark float64) float64 { return (light + 0.05) / (dark + 0.05) }
