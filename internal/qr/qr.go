// Package qr draws a text, the URL of a link, as a QR code to print or to show on a screen: SVG and
// PNG.
//
// The code itself comes from github.com/boombuler/barcode. Of the libraries there are, it weighs
// all eight masks as the standard asks, which is what makes a worn poster readable; it brings no
// dependency, and it is kept up. It knows nothing of quiet zones, and scales pictures rather than
// modules, so both are done here.
package qr

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strconv"

	encoder "github.com/boombuler/barcode/qr"
)

// quietZone is the white margin in modules that ISO/IEC 18004 asks for; scanners look for it.
const quietZone = 4

// maxPixels is the most pixels to a side: a poster at 300 dpi. More would only cost memory, a byte
// each.
const maxPixels = 4096

// Errors that a caller can avoid.
var (
	ErrText = errors.New("qr: the text is empty or over 2,331 bytes")
	ErrSize = fmt.Errorf("qr: the side is not between 1 and %d pixels", maxPixels)
)

// moduleMatrix are the modules of a code, its quiet zone included: true is black. It is square.
type moduleMatrix [][]bool

// encodeText makes the modules at error correction M, which reads with 15 in 100 of them lost:
// enough for paper, and a coarser picture than the levels above.
func encodeText(text string) (moduleMatrix, error) {
	if text == "" {
		return nil, ErrText
	}
	// Security: the library's own choice of encoding repeats the text in its error, and a text may
	// be a link that opens something. As bytes it fails without, and a URL is in lower case anyway,
	// which the denser encodings lack.
	code, err := encoder.Encode(text, encoder.M, encoder.Unicode)
	if err != nil {
		return nil, ErrText
	}
	n := code.Bounds().Dx()
	m := make(moduleMatrix, n+2*quietZone)
	for y := range m {
		m[y] = make([]bool, n+2*quietZone)
	}
	for y := range n {
		for x := range n {
			m[y+quietZone][x+quietZone] = code.At(x, y) == color.Black
		}
	}
	return m, nil
}

// SVG draws a text with a title, which is read out in the picture's place: black on white, a unit a
// module, to be scaled by whoever shows it. A URL of 60 characters stays under 6 kB.
func SVG(text, title string) ([]byte, error) {
	m, err := encodeText(text)
	if err != nil {
		return nil, err
	}
	n := strconv.Itoa(len(m))
	var b bytes.Buffer
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ` + n + ` ` + n +
		`" shape-rendering="crispEdges" role="img"><title>`)
	if err := xml.EscapeText(&b, []byte(title)); err != nil {
		return nil, fmt.Errorf("qr: title: %w", err)
	}
	// White is drawn too: on a dark page the code would be unreadable without. No style, which a
	// strict policy refuses.
	b.WriteString(`</title><rect width="` + n + `" height="` + n + `" fill="#fff"/><path d="`)
	m.writeOutline(&b)
	b.WriteString(`"/></svg>` + "\n")
	return b.Bytes(), nil
}

// writeOutline writes the black modules as a path: one bar for each run of a row.
func (m moduleMatrix) writeOutline(b *bytes.Buffer) {
	for y, row := range m {
		for x := 0; x < len(row); x++ {
			start := x
			for x < len(row) && row[x] {
				x++
			}
			if x > start {
				fmt.Fprintf(b, "M%d %dh%dv1h-%dz", start, y, x-start, x-start)
			}
		}
	}
}

// PNG draws a text in black on white. A module is a whole number of pixels, at least one, so the
// side is the multiple of the modules nearest to what was asked.
func PNG(text string, pixels int) ([]byte, error) {
	if pixels < 1 || pixels > maxPixels {
		return nil, ErrSize
	}
	m, err := encodeText(text)
	if err != nil {
		return nil, err
	}
	module := max(1, (pixels+len(m)/2)/len(m))
	// Two colours make a picture of one bit a pixel.
	picture := image.NewPaletted(image.Rect(0, 0, module*len(m), module*len(m)),
		color.Palette{color.White, color.Black})
	for y, row := range m {
		// The lines of a module are alike: one is drawn, the others are copies.
		first := picture.Pix[y*module*picture.Stride:][:picture.Stride]
		for x, black := range row {
			if black {
				for i := range module {
					first[x*module+i] = 1
				}
			}
		}
		for i := 1; i < module; i++ {
			copy(picture.Pix[(y*module+i)*picture.Stride:], first)
		}
	}
	var b bytes.Buffer
	fast := png.Encoder{CompressionLevel: png.BestSpeed} // half the time, and some kilobytes more
	if err := fast.Encode(&b, picture); err != nil {
		return nil, fmt.Errorf("qr: png: %w", err)
	}
	return b.Bytes(), nil
}
