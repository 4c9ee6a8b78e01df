package importfile

import (
	"bytes"
	"encoding/binary"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"usher/internal/i18n"
)

// sampleBytes is how much of a text is looked at to recognise UTF-16 and the delimiter.
const sampleBytes = 64 << 10

var (
	bomUTF8         = []byte{0xEF, 0xBB, 0xBF}
	bomLittleEndian = []byte{0xFF, 0xFE}
	bomBigEndian    = []byte{0xFE, 0xFF}
)

// decode returns the text of a file as UTF-8 without byte order mark. What is not valid UTF-8 from the first byte to the
// last is taken for Windows-1252, so the whole file is looked at before the first row is read; it is read twice rather
// than held.
func decode(content io.ReaderAt, size int64) (io.Reader, error) {
	head := make([]byte, min(size, sampleBytes))
	if _, err := content.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, err
	}
	switch {
	// A mark is a promise: what breaks it is told by its line, rather than read as something else.
	case bytes.HasPrefix(head, bomUTF8):
		if line, valid, err := scan(content, size); err != nil {
			return nil, err
		} else if !valid {
			return nil, refuse("importfile.not_utf8", i18n.Args{"Row": line})
		}
		return io.NewSectionReader(content, int64(len(bomUTF8)), size-int64(len(bomUTF8))), nil
	case bytes.HasPrefix(head, bomLittleEndian), bytes.HasPrefix(head, bomBigEndian), wide(head, binary.LittleEndian), wide(head, binary.BigEndian):
		order := unicode.LittleEndian
		if bytes.HasPrefix(head, bomBigEndian) || wide(head, binary.BigEndian) {
			order = unicode.BigEndian
		}
		return as(unicode.UTF16(order, unicode.UseBOM), content, size), nil
	}
	// Windows-1252 gives every byte a meaning, so it is never wrong and always the last guess.
	_, valid, err := scan(content, size)
	if err != nil {
		return nil, err
	}
	if !valid {
		return as(charmap.Windows1252, content, size), nil
	}
	return io.NewSectionReader(content, 0, size), nil
}

// as decodes while it streams. Half a surrogate becomes U+FFFD, which spoils its cell and no other.
func as(e encoding.Encoding, content io.ReaderAt, size int64) io.Reader {
	return e.NewDecoder().Reader(io.NewSectionReader(content, 0, size))
}

// wide recognises UTF-16 without a mark: whatever the language, a quarter of a table is Latin letters, digits, delimiters
// and ends of lines, of which one byte is zero and the other one is not.
func wide(head []byte, order binary.ByteOrder) bool {
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

// scan reads a whole file and tells whether it is UTF-8, and if not, the line where it stops being so. A zero byte is in
// no text: such a file is refused.
func scan(content io.ReaderAt, size int64) (line int, valid bool, err error) {
	r := io.NewSectionReader(content, 0, size)
	buf := make([]byte, sampleBytes)
	kept, read := 0, int64(0)
	line, valid = 1, true
	for read < size {
		n, err := io.ReadFull(r, buf[kept:])
		if n == 0 {
			if err == io.EOF {
				err = io.ErrUnexpectedEOF // the file is shorter than its size says
			}
			return 0, false, err
		}
		read += int64(n)
		piece := buf[:kept+n]
		kept = 0
		if bytes.IndexByte(piece, 0) >= 0 {
			return 0, false, refuse("importfile.not_text")
		}
		if !valid {
			continue // only zero bytes still matter
		}
		if read < size {
			// The last character may continue in the next piece.
			for i := len(piece) - 1; i >= max(0, len(piece)-utf8.UTFMax); i-- {
				if utf8.RuneStart(piece[i]) {
					if !utf8.FullRune(piece[i:]) {
						kept = len(piece) - i
					}
					break
				}
			}
		}
		whole := piece[:len(piece)-kept]
		if valid = utf8.Valid(whole); !valid {
			whole = whole[:firstInvalid(whole)]
		}
		line += bytes.Count(whole, []byte{'\n'})
		copy(buf, piece[len(piece)-kept:])
	}
	return line, valid, nil
}

// firstInvalid finds the byte from which on it is not UTF-8.
func firstInvalid(b []byte) int {
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(b)
}
