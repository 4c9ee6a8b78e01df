package spreadsheet

import (
	"bytes"
	"encoding/binary"
	"io"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"

	"usher/internal/i18n"
)

// sampleBytes is the length of the sample that is inspected for UTF-16 and the delimiter.
const sampleBytes = 64 << 10

var (
	bomUTF8         = []byte{0xEF, 0xBB, 0xBF}
	bomLittleEndian = []byte{0xFF, 0xFE}
	bomBigEndian    = []byte{0xFE, 0xFF}
)

// Encoding names the character encoding of a text; empty for a workbook.
type Encoding string

// The supported encodings. The last two are guesses, because a file does not declare them.
const (
	UTF8        Encoding = "UTF-8"
	UTF16       Encoding = "UTF-16"
	Windows1252 Encoding = "Windows-1252"
	MacRoman    Encoding = "Mac OS Roman"
)

// IsGuessed reports whether the encoding is a guess, so that a person has to check the names.
func (e Encoding) IsGuessed() bool { return e == Windows1252 || e == MacRoman }

// decodeText returns the text of a file as UTF-8 without byte order mark, and its encoding. It
// inspects the whole file before the first row is read; the file is read twice so that it need not
// be held in memory.
//
// Each line is examined by itself. If most lines are UTF-8, the file is UTF-8, and invalid bytes
// become U+FFFD, which puts their rows in error. Another encoding for the whole file would damage
// every other name.
func decodeText(content io.ReaderAt, size int64) (io.Reader, Encoding, error) {
	head := make([]byte, min(size, sampleBytes))
	if _, err := content.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, "", err
	}
	switch {
	// The byte order mark declares UTF-8. A line that breaks it is an error, not a reason to guess
	// another encoding.
	case bytes.HasPrefix(head, bomUTF8):
		if seen, err := collectByteStatistics(content, size); err != nil {
			return nil, "", err
		} else if seen.invalidLine > 0 {
			return nil, "", NewFileFault("importfile.not_utf8", i18n.Args{"Row": seen.invalidLine})
		}
		return io.NewSectionReader(content, int64(len(bomUTF8)), size-int64(len(bomUTF8))),
			UTF8, nil
	case bytes.HasPrefix(head, bomLittleEndian), bytes.HasPrefix(head, bomBigEndian),
		looksLikeUTF16(head, binary.LittleEndian), looksLikeUTF16(head, binary.BigEndian):
		order := unicode.LittleEndian
		if bytes.HasPrefix(head, bomBigEndian) || looksLikeUTF16(head, binary.BigEndian) {
			order = unicode.BigEndian
		}
		return newDecodingReader(unicode.UTF16(order, unicode.UseBOM), content, size), UTF16, nil
	}
	seen, err := collectByteStatistics(content, size)
	switch {
	case err != nil:
		return nil, "", err
	case seen.invalidLine == 0:
		return io.NewSectionReader(content, 0, size), UTF8, nil
	// Lines of older encodings are valid UTF-8 by chance now and then, so more than a few are
	// needed.
	case seen.utf8Lines > 0 && 5*seen.utf8Lines >= seen.otherLines:
		return transform.NewReader(io.NewSectionReader(content, 0, size), runes.ReplaceIllFormed()),
			UTF8, nil
	case seen.isMac():
		return newDecodingReader(charmap.Macintosh, content, size), MacRoman, nil
	}
	// Windows-1252 defines every byte, so it never fails and is the last guess.
	return newDecodingReader(charmap.Windows1252, content, size), Windows1252, nil
}

// newDecodingReader decodes a stream. Half a surrogate pair becomes U+FFFD, which damages its own
// cell only.
func newDecodingReader(e encoding.Encoding, content io.ReaderAt, size int64) io.Reader {
	return e.NewDecoder().Reader(io.NewSectionReader(content, 0, size))
}

// looksLikeUTF16 detects UTF-16 without a byte order mark. In any language a quarter of a table is
// Latin letters, digits, delimiters and line ends, of which one byte is zero and the other is not.
func looksLikeUTF16(head []byte, order binary.ByteOrder) bool {
	pairs, latin := len(head)/2, 0
	for i := range pairs {
		if u := order.Uint16(head[2*i:]); u > 0 && u < 0x100 {
			latin++
		} else if u == 0 {
			return false
		}
	}
	return 4*latin > pairs
}
