package spreadsheet

import (
	"archive/zip"
	"errors"
	"io"
	"os"
)

// Limits of the shared strings: their number is that of cells, and a part of their text is in
// memory.
const (
	maxSharedStrings = MaxRows * MaxColumns
	maxSharedMemory  = 8 << 20
)

// errShared ends reading a table of texts that no honest workbook of the allowed size has.
var errShared = errors.New("xlsx: too many shared strings")

// sharedStrings are the strings that cells of a workbook refer to by number. They come before the
// sheet and in any order, so they cannot be streamed. Beyond some MiB their text goes to a file.
type sharedStrings struct {
	ends      []uint32 // end of each string; the total is below MaxUnpacked
	memory    []byte   // text after the part that is in the file
	spillFile *os.File
	onDisk    uint32
	buf       []byte // of the string being read
}

// readSharedStrings reads the table of texts that cells of a workbook refer to by number; nil if
// the workbook has none. The caller closes it.
func readSharedStrings(z *zip.Reader, name string) (*sharedStrings, error) {
	f := findPart(z, name)
	if f == nil {
		return nil, nil
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	// The declared count may be false, so strings are counted as they are read.
	s := &sharedStrings{}
	if err := s.readAll(newXMLScanner(r)); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

// readAll adds the texts in their order, which is their numbering.
func (s *sharedStrings) readAll(x *xmlScanner) error {
	for {
		t, err := x.nextToken()
		if err == io.EOF {
			return nil
		}
		if err == nil && t == tokenOpen && x.name == "si" {
			s.buf, err = appendRichText(x, s.buf[:0])
			if err == nil {
				err = s.addString(s.buf)
			}
		}
		if err != nil {
			return err
		}
	}
}

// appendRichText appends the text of the open element: all its runs, without the phonetic hints of
// Japanese workbooks.
func appendRichText(x *xmlScanner, dst []byte) ([]byte, error) {
	began := len(dst)
	inText, hints := false, 0
	for depth := 1; depth > 0; {
		t, err := x.nextToken()
		switch {
		case err == io.EOF:
			return dst, errCut
		case err != nil:
			return dst, err
		case t == tokenOpen:
			depth++
			inText = x.name == "t"
			if x.name == "rPh" {
				hints++
			}
		case t == tokenClose:
			depth--
			inText = false
			if x.name == "rPh" {
				hints--
			}
		case inText && hints == 0:
			dst = x.appendText(dst)
			// Each run is bounded, but not their number.
			if len(dst)-began > maxToken {
				return dst, errToken
			}
		}
	}
	return dst, nil
}

// addString keeps one more string, and moves text to the file when maxSharedMemory is full.
func (s *sharedStrings) addString(text []byte) error {
	if len(s.ends) >= maxSharedStrings {
		return errShared
	}
	s.memory = append(s.memory, text...)
	s.ends = append(s.ends, s.onDisk+uint32(len(s.memory)))
	if len(s.memory) < maxSharedMemory {
		return nil
	}
	if s.spillFile == nil {
		f, err := os.CreateTemp("", "usher-import-")
		if err != nil {
			return err
		}
		s.spillFile = f
		// Security: the text contains names, addresses and perhaps passwords. Without a name nobody
		// else can open the file, and the system deletes it when the process ends. Where an open
		// file cannot be removed, Close removes it.
		_ = os.Remove(f.Name())
	}
	n, err := s.spillFile.Write(s.memory)
	s.onDisk, s.memory = s.onDisk+uint32(n), s.memory[:0]
	return err
}

// appendString appends a string to dst; false for an unknown number.
func (s *sharedStrings) appendString(dst []byte, index int) ([]byte, bool, error) {
	if s == nil || index < 0 || index >= len(s.ends) {
		return dst, false, nil
	}
	from, to := uint32(0), s.ends[index]
	if index > 0 {
		from = s.ends[index-1]
	}
	// Text moves to the file between strings, so a string is never split.
	if from >= s.onDisk {
		return append(dst, s.memory[from-s.onDisk:to-s.onDisk]...), true, nil
	}
	began, n := len(dst), int(to-from)
	if n > maxRecord {
		n = maxRecord // enough to reject the record
	}
	dst = append(dst, make([]byte, n)...)
	_, err := s.spillFile.ReadAt(dst[began:], int64(from))
	return dst, err == nil, err
}

// Close closes and removes the file.
func (s *sharedStrings) Close() error {
	if s == nil || s.spillFile == nil {
		return nil
	}
	err := s.spillFile.Close()
	_ = os.Remove(s.spillFile.Name())
	s.spillFile = nil
	return err
}
