package qr

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"github.com/makiuchi-d/gozxing/qrcode/decoder"
)

// texts are URLs as Usher has them, and the ends of what fits.
var texts = []string{
	"https://usher.example.org/join/spring-school-2026-paris-north", // 60 characters and one
	"http://127.0.0.1:8080/join/a",
	"https://usher.example.org/invitations/Ae42AIsBAgMAAAAAAAAAAAAAAAAAAAAABwBrAqEAQfwtmTf53pwzsGvmN8eL1ZDe",
	"x",
	"HTTPS://USHER.EXAMPLE.ORG/JOIN/1234567890",
	"12345678901234567890",
	strings.Repeat("u", 2331),
}

// read is what a scanner makes of a picture, and the error correction it finds.
func read(t *testing.T, picture image.Image) (text string, level any) {
	t.Helper()
	bits, err := gozxing.NewBinaryBitmapFromImage(picture)
	if err != nil {
		t.Fatal(err)
	}
	// A drawn code is straight and whole; what looks for one in a photograph gives up at the
	// largest versions.
	got, err := qrcode.NewQRCodeReader().Decode(bits,
		map[gozxing.DecodeHintType]interface{}{gozxing.DecodeHintType_PURE_BARCODE: true})
	if err != nil {
		t.Fatal(err)
	}
	return got.GetText(), got.GetResultMetadata()[gozxing.ResultMetadataType_ERROR_CORRECTION_LEVEL]
}

func TestAScannerReadsThePNG(t *testing.T) {
	t.Parallel()
	for _, text := range texts {
		raw, err := PNG(text, 600)
		if err != nil {
			t.Fatal(err)
		}
		picture, err := png.Decode(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if got, level := read(t, picture); got != text ||
			level != decoder.ErrorCorrectionLevel_M.String() {
			t.Errorf("%q reads as %q at level %v", text, got, level)
		}
	}
}

func TestAScannerReadsTheSVG(t *testing.T) {
	t.Parallel()
	for _, text := range texts {
		raw, err := SVG(text, "A code")
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := read(t, drawn(t, raw, 4)); got != text {
			t.Errorf("%q reads as %q", text, got)
		}
	}
}

var (
	viewBox = regexp.MustCompile(`viewBox="0 0 (\d+) (\d+)"`)
	bar     = regexp.MustCompile(`^M(\d+) (\d+)h(\d+)v1h-(\d+)z`)
	path    = regexp.MustCompile(`<path d="([^"]*)"/>`)
)

// drawn draws an SVG of ours with so many pixels a module, and fails on anything in its path but
// bars.
func drawn(t *testing.T, svg []byte, module int) image.Image {
	t.Helper()
	number := func(digits []byte) int {
		n, err := strconv.Atoi(string(digits))
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	box := viewBox.FindSubmatch(svg)
	paths := path.FindAllSubmatch(svg, -1)
	if box == nil || len(paths) != 1 || number(box[1]) != number(box[2]) {
		t.Fatalf("not a square of one path: %.200s", svg)
	}
	side := number(box[1]) * module
	picture := image.NewGray(image.Rect(0, 0, side, side))
	for i := range picture.Pix {
		picture.Pix[i] = 255
	}
	for rest := paths[0][1]; len(rest) > 0; {
		m := bar.FindSubmatch(rest)
		if m == nil || !bytes.Equal(m[3], m[4]) {
			t.Fatalf("no bar: %.40s", rest)
		}
		x, y, long := number(m[1])*module, number(m[2])*module, number(m[3])*module
		for dy := range module {
			for dx := range long {
				picture.SetGray(x+dx, y+dy, color.Gray{})
			}
		}
		rest = rest[len(m[0]):]
	}
	return picture
}

func TestACodeKeepsAQuietZoneOfFourModules(t *testing.T) {
	t.Parallel()
	for _, text := range texts {
		m, err := encodeText(text)
		if err != nil {
			t.Fatal(err)
		}
		n := len(m)
		for y, row := range m {
			for x, black := range row {
				if outside := min(x, y, n-1-x, n-1-y) < 4; outside && black {
					t.Fatalf("%q: black at %d, %d of %d", text, x, y, n)
				}
			}
		}
		// Three corners of the code proper are black; the fourth has no finder.
		if !m[4][4] || !m[4][n-5] || !m[n-5][4] || (n-8-17)%4 != 0 {
			t.Errorf("%q: not a code between its margins (%d modules)", text, n)
		}
	}
}

func TestTheSVGIsSmallWellFormedAndSaysItsTitle(t *testing.T) {
	t.Parallel()
	const title = `Join “Spring” <b>&"` + "\x00"
	svg, err := SVG(texts[0][:60], title)
	if err != nil {
		t.Fatal(err)
	}
	if len(svg) >= 6000 {
		t.Errorf("%d bytes", len(svg))
	}
	var read struct {
		XMLName xml.Name
		Role    string   `xml:"role,attr"`
		Shape   string   `xml:"shape-rendering,attr"`
		Title   string   `xml:"title"`
		Paths   []string `xml:"path"`
	}
	strict := xml.NewDecoder(bytes.NewReader(svg))
	if err := strict.Decode(&read); err != nil {
		t.Fatal(err)
	}
	if _, err := strict.Token(); err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	if read.XMLName.Local != "svg" || read.Role != "img" || read.Shape != "crispEdges" ||
		len(read.Paths) != 1 {
		t.Errorf("%+v", read)
	}
	if want := strings.Replace(title, "\x00", "\ufffd", 1); read.Title != want {
		t.Errorf("the title reads %q", read.Title)
	}
}

func TestAPNGIsAsLargeAsWholeModulesAllow(t *testing.T) {
	t.Parallel()
	m, err := encodeText(texts[0])
	if err != nil {
		t.Fatal(err)
	}
	n := len(m)
	for pixels, want := range map[int]int{
		1: n, n - 1: n, n: n, n + n/2: n, n + n/2 + 1: 2 * n, 2 * n: 2 * n, 10*n + 1: 10 * n,
		4096: 4096 / n * n,
	} {
		raw, err := PNG(texts[0], pixels)
		if err != nil {
			t.Fatal(err)
		}
		got, err := png.DecodeConfig(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		far := got.Width - pixels
		if got.Width != got.Height || got.Width%n != 0 || pixels >= n && max(far, -far) > n/2 ||
			pixels != 4096 && got.Width != want {
			t.Errorf("%d pixels give %d × %d, not %d", pixels, got.Width, got.Height, want)
		}
	}
}

func TestWhatCannotBeDrawnIsRefusedAndNotRepeated(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", strings.Repeat("u", 2332)} {
		_, svgErr := SVG(text, "")
		_, pngErr := PNG(text, 100)
		if !errors.Is(svgErr, ErrText) || !errors.Is(pngErr, ErrText) ||
			strings.Contains(svgErr.Error(), "uuu") {
			t.Errorf("%d bytes: %v, %v", len(text), svgErr, pngErr)
		}
	}
	for _, pixels := range []int{-1, 0, 4097} {
		if _, err := PNG("x", pixels); !errors.Is(err, ErrSize) {
			t.Errorf("%d pixels: %v", pixels, err)
		}
	}
}
