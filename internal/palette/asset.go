package palette

import (
	"fmt"
	"regexp"
	"strconv"
)

// Security: the names of files say what is drawn, so they have exactly these forms.
var (
	styleFilePattern = regexp.MustCompile(`^brand\.([0-9a-f]{6})\.css$`)
	iconFilePattern  = regexp.MustCompile(`^icon\.([0-9a-f]{6})\.([0-9a-f]{2,6})\.svg$`)
)

// StylePath returns the path of the style sheet of a colour.
func StylePath(color Color) string {
	return "/assets/brand." + color.String()[1:] + ".css"
}

// IconPath returns the path of the picture that has a letter on a colour.
func IconPath(color Color, letter string) string {
	return fmt.Sprintf("/assets/icon.%s.%02x.svg", color.String()[1:], []rune(letter)[0])
}

// Asset returns the style sheet or the icon of a colour with its media type. Both are separate
// files, because the policy of pages allows no inline styles, and are drawn from what their names
// say: there are as many as colours and letters. It returns "" for any other file name.
func Asset(file string) (content, kind string) {
	if m := styleFilePattern.FindStringSubmatch(file); m != nil {
		if color, ok := Parse("#" + m[1]); ok {
			return StyleSheet(color), "text/css; charset=utf-8"
		}
	}
	if m := iconFilePattern.FindStringSubmatch(file); m != nil {
		color, ok := Parse("#" + m[1])
		letter, err := strconv.ParseInt(m[2], 16, 32)
		// Security: only a letter that stands for a name, or the picture could hold markup.
		if ok && err == nil && Monogram(string(rune(letter))) == string(rune(letter)) {
			return Icon(color, rune(letter)), "image/svg+xml"
		}
	}
	return "", ""
}

// StyleSheet returns the derived colours in both schemes as custom properties, by the names that
// web/pages/pages.css uses.
func StyleSheet(brand Color) string {
	rules := func(s Scheme) string {
		p := Derive(brand, s)
		return fmt.Sprintf(":root{--fill:%s;--on-fill:%s;--hover:%s;--edge:%s;--tint:%s;--wash:%s;"+
			"--ground:%s}", p.Fill, p.OnFill, p.Hover, p.Edge, p.Ink, p.Wash, p.Ground)
	}
	return rules(Light) + "\n@media (prefers-color-scheme:dark){" + rules(Dark) + "}\n"
}

// Icon returns a letter on a colour as an SVG picture: the icon of a workspace without a logo.
//
// Security: the letter becomes part of the markup, so it has to be one that Monogram returns.
func Icon(brand Color, letter rune) string {
	p := Derive(brand, Light)
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">`+
		`<rect width="32" height="32" rx="7" fill="%s"/><text x="16" y="22.5" fill="%s" `+
		`font-family="Segoe UI,Roboto,Helvetica,Arial,sans-serif" font-size="19" font-weight="700" `+
		`text-anchor="middle">%c</text></svg>`, p.Fill, p.OnFill, letter)
}
