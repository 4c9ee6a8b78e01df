package importfile

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

// sampleBytes is how much of a text is looked at to recognise UTF-16 and the delimiter.
const sampleBytes = 64 << 10

var (
	bomUTF8         = []byte{0xEF, 0xBB, 0xBF}
	bomLittleEndian = []byte{0xFF, 0xFE}
	bomBigEndian    = []byte{0xFE, 0xFF}
)

// Encoding names how the characters of a text are written; empty for a workbook.
type Encoding string

// The encodings that are read. The last two are guesses: nothing in a file says them.
const (
	UTF8        Encoding = "UTF-8"
	UTF16       Encoding = "UTF-16"
	Windows1252 Encoding = "Windows-1252"
	MacRoman    Encoding = "Mac OS Roman"
)

// IsGuessed tells that a file is read in an encoding that it does not show, so that a person has to
// look at the names.
func (e Encoding) IsGuessed() bool { return e == Windows1252 || e == MacRoman }

// decodeText returns the text of a file as UTF-8 without byte order mark, and its encoding. The
// whole file is looked at before the first row is read; it is read twice rather than held.
//
// Encodings are judged line by line. A file whose lines are mostly UTF-8 stays UTF-8, and what is
// not comes out as U+FFFD, which puts its row in error; reading all of it as something else would
// spoil every other name.
func decodeText(content io.ReaderAt, size int64) (io.Reader, Encoding, error) {
	head := make([]byte, min(size, sampleBytes))
	if _, err := content.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, "", err
	}
	switch {
	// A mark is a promise: what breaks it is told by its line, rather than read as something else.
	case bytes.HasPrefix(head, bomUTF8):
		if seen, err := collectByteStatistics(content, size); err != nil {
			return nil, "", err
		} else if seen.invalidLine > 0 {
			return nil, "", newFileFault("importfile.not_utf8", i18n.Args{"Row": seen.invalidLine})
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
	// In older encodings a line is UTF-8 by chance now and then; hence more than a few of them.
	case seen.utf8Lines > 0 && 5*seen.utf8Lines >= seen.otherLines:
		return transform.NewReader(io.NewSectionReader(content, 0, size), runes.ReplaceIllFormed()),
			UTF8, nil
	case seen.isMac():
		return newDecodingReader(charmap.Macintosh, content, size), MacRoman, nil
	}
	// Windows-1252 gives every byte a meaning, so it is never refused and always the last guess.
	return newDecodingReader(charmap.Windows1252, content, size), Windows1252, nil
}

// newDecodingReader decodes while it streams. Half a surrogate becomes U+FFFD, which spoils its
// cell and no other.
func newDecodingReader(e encoding.Encoding, content io.ReaderAt, size int64) io.Reader {
	return e.NewDecoder().Reader(io.NewSectionReader(content, 0, size))
}

// looksLikeUTF16 recognises UTF-16 without a mark: whatever the language, a quarter of a table is
// Latin letters, digits, delimiters and ends of lines, of which one byte is zero and the other one
// is not.
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
