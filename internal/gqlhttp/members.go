package gqlhttp

import (
	"bytes"
	"encoding/json"
)

// members cuts a JSON object into the texts of those members that are wanted, and nothing more: what stands inside a value
// is skipped, not checked, and no number of unwanted members takes memory.
//
// encoding/json reads every byte twice before it hands out a raw value, 19 ms for a megabyte of numbers. A request whose
// query is then refused would have cost that for nothing, so the query is cut out first and the rest is read when it is
// needed. Whoever uses a value must check the whole text before.
func members(text []byte, wanted map[string]bool) (map[string][]byte, bool) {
	c := cutter{text: text}
	found := map[string][]byte{}
	if !c.take('{') {
		return nil, false
	}
	if c.take('}') {
		return found, c.done()
	}
	for {
		c.blank()
		name := c.value()
		if len(name) < 2 || name[0] != '"' || !c.take(':') {
			return nil, false
		}
		c.blank()
		value := c.value()
		if len(value) == 0 {
			return nil, false
		}
		if key := unescaped(name); wanted[key] {
			found[key] = value
		}
		if c.take('}') {
			return found, c.done()
		}
		if !c.take(',') {
			return nil, false
		}
	}
}

// unescaped is the name that a quoted text stands for. Names of GraphQL have no need of escapes, so long ones are none.
func unescaped(quoted []byte) string {
	var name string
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted[1 : len(quoted)-1])
	}
	if len(quoted) > smallBody || json.Unmarshal(quoted, &name) != nil {
		return ""
	}
	return name
}

// cutter is a place in a text.
type cutter struct {
	text []byte
	at   int
}

func (c *cutter) blank() {
	for c.at < len(c.text) && bytes.IndexByte([]byte(" \t\r\n"), c.text[c.at]) >= 0 {
		c.at++
	}
}

func (c *cutter) take(b byte) bool {
	c.blank()
	if c.at < len(c.text) && c.text[c.at] == b {
		c.at++
		return true
	}
	return false
}

func (c *cutter) done() bool {
	c.blank()
	return c.at == len(c.text)
}

// value skips one value and returns its text, empty where there is none.
func (c *cutter) value() []byte {
	start, depth := c.at, 0
	for c.at < len(c.text) {
		switch c.text[c.at] {
		case '"':
			if !c.quoted() {
				return nil
			}
			if depth == 0 {
				return c.text[start:c.at]
			}
			continue
		case '{', '[': // whether each is closed by its own kind is left to the check of the whole
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
			return c.text[start:c.at] // the end of a number, true, false or null at the end of the object
		}
		c.at++
	}
	return nil
}

// quoted skips a string, from its first quote to behind its last.
func (c *cutter) quoted() bool {
	for i := c.at + 1; i < len(c.text); i++ {
		n := bytes.IndexByte(c.text[i:], '"')
		if n < 0 {
			return false
		}
		i += n
		// The quote is part of the string if an odd number of backslashes stands before it. Runs of them lie between quotes,
		// so no byte is looked at more than twice.
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
