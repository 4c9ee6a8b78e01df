package jsonscan

import (
	"bytes"
	"encoding/json"
)

// maxEscapedName is the length in bytes up to which a name with escapes is read.
const maxEscapedName = 64 << 10

// CutMembers returns the texts of the wanted members of a JSON object. Values are skipped and not
// validated, and unwanted members take no memory.
//
// encoding/json reads every byte twice before it returns a raw value, which takes 19 ms for a
// megabyte of numbers. A request with a refused query would cost that for nothing, so the query is
// cut out first and the rest is read when it is needed. A caller that uses a value must validate
// the whole text first.
func CutMembers(text []byte, wanted map[string]bool) (map[string][]byte, bool) {
	s := Scanner{Text: text}
	found := map[string][]byte{}
	if !s.SkipByte('{') {
		return nil, false
	}
	if s.SkipByte('}') {
		return found, s.atEnd()
	}
	for {
		s.SkipBlanks()
		name := s.CutValue()
		if len(name) < 2 || name[0] != '"' || !s.SkipByte(':') {
			return nil, false
		}
		s.SkipBlanks()
		value := s.CutValue()
		if len(value) == 0 {
			return nil, false
		}
		// Unescaped, since "query" may be written as "\u0071uery". Of a repeated name the last
		// value counts, as in encoding/json.
		if key := unescapeName(name); wanted[key] {
			found[key] = value
		}
		if s.SkipByte('}') {
			return found, s.atEnd()
		}
		if !s.SkipByte(',') {
			return nil, false
		}
	}
}

// unescapeName returns the name in a quoted text; "" for a long escaped one. Names of GraphQL need
// no escapes.
func unescapeName(quoted []byte) string {
	var name string
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted[1 : len(quoted)-1])
	}
	if len(quoted) > maxEscapedName || json.Unmarshal(quoted, &name) != nil {
		return ""
	}
	return name
}

// Scanner is a position in a JSON text.
type Scanner struct {
	Text []byte
	At   int // index of the next byte
}

// SkipBlanks skips the white space that JSON allows between values.
func (s *Scanner) SkipBlanks() {
	for s.At < len(s.Text) && bytes.IndexByte([]byte(" \t\r\n"), s.Text[s.At]) >= 0 {
		s.At++
	}
}

// SkipByte skips blanks and one given byte. It returns false, and stays behind the blanks, if
// another byte comes next.
func (s *Scanner) SkipByte(b byte) bool {
	s.SkipBlanks()
	if s.At < len(s.Text) && s.Text[s.At] == b {
		s.At++
		return true
	}
	return false
}

// atEnd tells whether only white space is left.
func (s *Scanner) atEnd() bool {
	s.SkipBlanks()
	return s.At == len(s.Text)
}

// CutValue skips one value and returns its text; empty if there is none.
func (s *Scanner) CutValue() []byte {
	start, depth := s.At, 0
	for s.At < len(s.Text) {
		switch s.Text[s.At] {
		case '"':
			if !s.SkipString() {
				return nil
			}
			if depth == 0 {
				return s.Text[start:s.At]
			}
			continue
		// The validation of the whole text checks that brackets match.
		case '{', '[':
			depth++
		case '}', ']':
			depth--
			if depth == 0 {
				s.At++
				return s.Text[start:s.At]
			}
		case ',', ':', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return s.Text[start:s.At]
			}
		}
		if depth < 0 {
			// The object ends right after a number, true, false or null.
			return s.Text[start:s.At]
		}
		s.At++
	}
	return nil
}

// SkipString skips a string, quotes included. It returns false if the string does not end.
func (s *Scanner) SkipString() bool {
	for i := s.At + 1; i < len(s.Text); i++ {
		n := bytes.IndexByte(s.Text[i:], '"')
		if n < 0 {
			return false
		}
		i += n
		// The quote is part of the string if it follows an odd number of backslashes. Such runs lie
		// between quotes, so no byte is read more than twice.
		slashes := 0
		for s.Text[i-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			s.At = i + 1
			return true
		}
	}
	return false
}
