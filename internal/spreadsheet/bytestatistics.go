package spreadsheet

import (
	"bufio"
	"bytes"
	"io"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// byteStatistics counts what the bytes of a text say about its encoding.
type byteStatistics struct {
	invalidLine int // first line that is not UTF-8; 0 for none
	// utf8Lines counts lines in which multi-byte characters outnumber invalid bytes, and which make
	// no words in another encoding.
	utf8Lines  int
	otherLines int // lines with bytes beyond ASCII that are not mostly UTF-8

	newlines, returns      int // \n; \r that no \n follows
	windowsScore, macScore int // how much the text looks like words in either encoding
}

// isMac reports whether a text that is not UTF-8 looks more like Mac OS Roman, in which Excel for
// Mac saves CSV files, than like Windows-1252. If both are equal, line ends of \r alone decide:
// only old Mac programs write them.
func (s *byteStatistics) isMac() bool {
	if s.macScore == s.windowsScore {
		return s.newlines == 0 && s.returns > 0
	}
	return s.macScore > s.windowsScore
}

// maxScannedLine limits how much of a line is held; a longer line is counted in pieces.
const maxScannedLine = 64 << 10

// collectByteStatistics reads a whole text. A zero byte is in no text: such a file is refused.
func collectByteStatistics(content io.ReaderAt, size int64) (*byteStatistics, error) {
	s := &byteStatistics{}
	r := bufio.NewReaderSize(io.NewSectionReader(content, 0, size), maxScannedLine)
	read, line := int64(0), 1
	for read < size {
		piece, err := r.ReadSlice('\n')
		if err == bufio.ErrBufferFull {
			piece, err = readWholeCharacters(r, piece)
		}
		if err != nil && err != io.EOF {
			return nil, err
		}
		if len(piece) == 0 {
			return nil, io.ErrUnexpectedEOF // the file is shorter than its size says
		}
		read += int64(len(piece))
		if bytes.IndexByte(piece, 0) >= 0 {
			return nil, NewFileFault("importfile.not_text")
		}
		// Old Macs end lines with \r alone.
		for len(piece) > 0 {
			end := bytes.IndexByte(piece, '\r') + 1
			alone := end > 0 && (end == len(piece) || piece[end] != '\n')
			if !alone {
				end = len(piece)
			}
			s.countLine(piece[:end], line)
			if alone {
				s.returns++
			}
			if last := piece[end-1]; last == '\n' || alone {
				line++
			}
			piece = piece[end:]
		}
	}
	return s, nil
}

// readWholeCharacters reads to the end of the character that a piece of a long line ends in.
func readWholeCharacters(r *bufio.Reader, piece []byte) ([]byte, error) {
	piece = bytes.Clone(piece) // the next byte is read into the same buffer
	for i := len(piece) - 1; i >= len(piece)-utf8.UTFMax; i-- {
		if !utf8.RuneStart(piece[i]) {
			continue
		}
		for !utf8.FullRune(piece[i:]) {
			b, err := r.ReadByte()
			if err != nil {
				return piece, err
			}
			piece = append(piece, b)
		}
		break
	}
	return piece, nil
}

// countLine adds one line to the counts.
func (s *byteStatistics) countLine(line []byte, number int) {
	several, invalid, high := 0, 0, false
	for i := 0; i < len(line); {
		b := line[i]
		if b < utf8.RuneSelf {
			if b == '\n' {
				s.newlines++
			}
			i++
			continue
		}
		high = true
		r, size := utf8.DecodeRune(line[i:])
		if r == utf8.RuneError && size == 1 {
			invalid++
		} else {
			several++
		}
		i += size
	}
	if !high {
		return
	}
	if invalid > 0 && s.invalidLine == 0 {
		s.invalidLine = number
	}
	windows := scoreWords(line, charmap.Windows1252)
	// É’ in a line of capitals is UTF-8 by chance, while é in UTF-8 reads as Ã©, which is part of
	// no word.
	if several > 0 && several >= invalid && windows <= 0 {
		s.utf8Lines++
		return
	}
	s.otherLines++
	s.windowsScore += windows
	s.macScore += scoreWords(line, charmap.Macintosh)
}

// scoreWords returns how much the non-ASCII bytes of a line look like parts of words in an
// encoding. A Mac writes René as 52 65 6E 8E, which is RenŽ in Windows-1252: a capital letter after
// a small one, which nobody writes.
func scoreWords(line []byte, in *charmap.Charmap) (score int) {
	for i, b := range line {
		if b < utf8.RuneSelf {
			continue
		}
		before, after, r := rune(' '), rune(' '), in.DecodeByte(b)
		if i > 0 {
			before = in.DecodeByte(line[i-1])
		}
		if i+1 < len(line) {
			after = in.DecodeByte(line[i+1])
		}
		// A sign between blanks says nothing about the encoding.
		inWord := unicode.IsLetter(before) || unicode.IsLetter(after)
		switch {
		case r == utf8.RuneError || unicode.IsControl(r):
			score -= 3
		case isOddNeighbour(before, r, after):
			score--
		case (unicode.IsLower(r) || r == '’') && inWord:
			score++
		case unicode.IsUpper(r) && unicode.IsUpper(before), unicode.IsUpper(r) &&
			!unicode.IsLetter(before) && unicode.IsLetter(after):
			score++
		case !unicode.IsLetter(r) && !unicode.IsPunct(r) && !unicode.IsSpace(r) && inWord:
			score--
		}
	}
	return score
}

// isOddNeighbour reports whether a letter is in a place where words rarely have it: a change to a
// capital inside a word, or next to a digit.
func isOddNeighbour(before, r, after rune) bool {
	return unicode.IsUpper(r) && unicode.IsLower(before) ||
		unicode.IsLower(r) && unicode.IsUpper(after) ||
		unicode.IsLetter(r) && (unicode.IsDigit(before) || unicode.IsDigit(after))
}
