package palette

import "fmt"

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
