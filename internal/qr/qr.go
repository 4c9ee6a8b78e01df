// Package qr draws a text, usually a URL, as a QR code in SVG or PNG.
//
// The encoder is github.com/boombuler/barcode. It evaluates all eight masks as the standard
// requires, which keeps a worn poster readable; it has no dependencies and is maintained. It has no
// quiet zone and scales pictures instead of modules, so this package does both.
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

// quietZone is the white margin in modules that ISO/IEC 18004 requires for scanners.
const quietZone = 4

// maxPixels limits the side length: a poster at 300 dpi. Each pixel takes a byte of memory.
const maxPixels = 4096

// Errors for invalid arguments.
var (
	ErrText = errors.New("qr: the text is empty or over 2,331 bytes")
	ErrSize = fmt.Errorf("qr: the side is not between 1 and %d pixels", maxPixels)
)

// moduleMatrix is the square of modules of a code with its quiet zone: true is black.
type moduleMatrix [][]bool

// encodeText returns the modules at error correction level M. It tolerates the loss of 15 %, enough
// for paper, with fewer modules than the higher levels.
func encodeText(text string) (moduleMatrix, error) {
	if text == "" {
		return nil, ErrText
	}
	// Security: in its automatic mode the library repeats the text in its error, and the text may
	// be a secret link. Byte mode does not. The denser modes have no lower case, so they would not
	// fit a URL anyway.
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

// SVG draws a text in black on white with one unit per module. The title is the text for screen
// readers. A URL of 60 characters takes less than 6 kB.
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
	// The white background is drawn for dark pages. Attributes replace a style element, which a
	// strict policy refuses.
	b.WriteString(`</title><rect width="` + n + `" height="` + n + `" fill="#fff"/><path d="`)
	m.writeOutline(&b)
	b.WriteString(`"/></svg>` + "\n")
	return b.Bytes(), nil
}

// writeOutline writes the black modules as path data, one bar for each run of a row.
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

// PNG draws a text in black on white. A module has a whole number of pixels, at least one, so the
// side is the nearest multiple of the number of modules.
func PNG(text string, pixels int) ([]byte, error) {
	if pixels < 1 || pixels > maxPixels {
		return nil, ErrSize
	}
	m, err := encodeText(text)
	if err != nil {
		return nil, err
	}
	module := max(1, (pixels+len(m)/2)/len(m))
	// A palette of two colours gives one bit per pixel.
	picture := image.NewPaletted(image.Rect(0, 0, module*len(m), module*len(m)),
		color.Palette{color.White, color.Black})
	for y, row := range m {
		// All pixel rows of a module are equal: the first is drawn, the others are copied.
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
	fast := png.Encoder{CompressionLevel: png.BestSpeed} // half the time for a few more kilobytes
	if err := fast.Encode(&b, picture); err != nil {
		return nil, fmt.Errorf("qr: png: %w", err)
	}
	return b.Bytes(), nil
}
