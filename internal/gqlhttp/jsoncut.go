package gqlhttp

import (
	"bytes"
	"encoding/json"
)

// cutMembers returns the texts of the wanted members of a JSON object. Values are skipped and not
// validated, and unwanted members take no memory.
//
// encoding/json reads every byte twice before it returns a raw value, which takes 19 ms for a
// megabyte of numbers. A request with a refused query would cost that for nothing, so the query is
// cut out first and the rest is read when it is needed. A caller that uses a value must validate
// the whole text first.
func cutMembers(text []byte, wanted map[string]bool) (map[string][]byte, bool) {
	c := jsonCutter{text: text}
	found := map[string][]byte{}
	if !c.skipByte('{') {
		return nil, false
	}
	if c.skipByte('}') {
		return found, c.atEnd()
	}
	for {
		c.skipBlanks()
		name := c.cutValue()
		if len(name) < 2 || name[0] != '"' || !c.skipByte(':') {
			return nil, false
		}
		c.skipBlanks()
		value := c.cutValue()
		if len(value) == 0 {
			return nil, false
		}
		// Unescaped, since "query" may be written as "\u0071uery". Of a repeated name the last
		// value counts, as in encoding/json.
		if key := unescapeName(name); wanted[key] {
			found[key] = value
		}
		if c.skipByte('}') {
			return found, c.atEnd()
		}
		if !c.skipByte(',') {
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
	if len(quoted) > smallBody || json.Unmarshal(quoted, &name) != nil {
		return ""
	}
	return name
}

// jsonCutter is a position in a JSON text.
type jsonCutter struct {
	text []byte
	at   int
}

// skipBlanks skips the white space that JSON allows between values.
func (c *jsonCutter) skipBlanks() {
	for c.at < len(c.text) && bytes.IndexByte([]byte(" \t\r\n"), c.text[c.at]) >= 0 {
		c.at++
	}
}

// skipByte skips blanks and one given byte. It returns false, and stays behind the blanks, if
// another byte comes next.
func (c *jsonCutter) skipByte(b byte) bool {
	c.skipBlanks()
	if c.at < len(c.text) && c.text[c.at] == b {
		c.at++
		return true
	}
	return false
}

// atEnd tells whether only white space is left.
func (c *jsonCutter) atEnd() bool {
	c.skipBlanks()
	return c.at == len(c.text)
}

// cutValue skips one value and returns its text; empty if there is none.
func (c *jsonCutter) cutValue() []byte {
	start, depth := c.at, 0
	for c.at < len(c.text) {
		switch c.text[c.at] {
		case '"':
			if !c.skipString() {
				return nil
			}
			if depth == 0 {
				return c.text[start:c.at]
			}
			continue
		// The validation of the whole text checks that brackets match.
		case '{', '[':
			depth++
		case '}', ']':
			depth--
			if depth == 0 {
				c.at++
				return c.text[start:c.at]
			}
		case ',', ':', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return c.text[start:c.at]
			}
		}
		if depth < 0 {
			// The object ends right after a number, true, false or null.
			return c.text[start:c.at]
		}
		c.at++
	}
	return nil
}

// skipString skips a string, quotes included. It returns false if the string does not end.
func (c *jsonCutter) skipString() bool {
	for i := c.at + 1; i < len(c.text); i++ {
		n := bytes.IndexByte(c.text[i:], '"')
		if n < 0 {
			return false
		}
		i += n
		// The quote is part of the string if it follows an odd number of backslashes. Such runs lie
		// between quotes, so no byte is read more than twice.
		slashes := 0
		for c.text[i-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			c.at = i + 1
			return true
		}
	}
	return false
}
