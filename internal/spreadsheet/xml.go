package spreadsheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxToken limits one tag, or one text between tags, in bytes. The longest text that a spreadsheet
// writes into a cell is 32,767 characters, of up to ten bytes each when escaped.
const maxToken = 512 << 10

var (
	errToken = errors.New("xml: a tag or a text is too long")
	// A document type is refused for what it can contain: entities that expand to gigabytes.
	errDoctype = errors.New("xml: a document type declaration")
	errCut     = errors.New("xml: ends inside a tag")
)

// xmlToken is the kind of a piece of XML.
type xmlToken int

const (
	tokenOpen xmlToken = iota + 1
	tokenClose
	tokenText
)

// xmlScanner reads the XML of workbooks token by token: elements, attributes, text. It supports
// only what workbooks need, holds one token at a time, and is four times as fast as encoding/xml.
// At 200 MiB that matters.
type xmlScanner struct {
	r       *bufio.Reader
	name    string // of the element that opened or closed, without prefix
	attrs   []byte // of the element that opened
	raw     []byte // the text, still escaped
	isCDATA bool   // the text is CDATA: nothing in it is escaped
	empty   bool   // the open element is empty; its end is the next token
	buf     []byte
	names   map[string]string
}

// newXMLScanner returns a scanner at the first token. Names are interned, because a sheet repeats
// few of them in every cell.
func newXMLScanner(r io.Reader) *xmlScanner {
	b := bufio.NewReaderSize(r, sampleBytes)
	// Some programs write the mark although XML names its encoding.
	if head, _ := b.Peek(len(bomUTF8)); bytes.Equal(head, bomUTF8) {
		_, _ = b.Discard(len(bomUTF8))
	}
	return &xmlScanner{r: b, names: map[string]string{}}
}

// nextToken moves to the next token; io.EOF after the last.
func (x *xmlScanner) nextToken() (xmlToken, error) {
	if x.empty {
		x.empty = false
		return tokenClose, nil
	}
	// Comments and processing instructions are skipped here.
	for {
		if err := x.readUntil('<'); err != nil && (err != io.EOF || len(x.buf) == 0) {
			return 0, err
		} else if n := len(x.buf) - 1; err == io.EOF || n > 0 {
			if err == nil {
				_ = x.r.UnreadByte()
				x.buf = x.buf[:n]
			}
			x.raw, x.isCDATA = x.buf, false
			return tokenText, nil
		}
		// Eight bytes tell a comment, an instruction, CDATA and a tag apart. A short rest tells as
		// much as there is.
		head, _ := x.r.Peek(8)
		switch {
		case bytes.HasPrefix(head, []byte("!--")):
			if err := x.skipPast("-->"); err != nil {
				return 0, err
			}
		case bytes.HasPrefix(head, []byte("?")):
			if err := x.skipPast("?>"); err != nil {
				return 0, err
			}
		case bytes.HasPrefix(head, []byte("![CDATA[")):
			return x.readCDATA()
		case bytes.HasPrefix(head, []byte("!")):
			// Security: with entities of its own, XML of a few bytes expands to gigabytes or reads
			// files. No spreadsheet program writes a document type declaration.
			return 0, errDoctype
		default:
			return x.readTag()
		}
	}
}

// readUntil fills buf up to and including a byte.
func (x *xmlScanner) readUntil(end byte) error {
	x.buf = x.buf[:0]
	for {
		part, err := x.r.ReadSlice(end)
		x.buf = append(x.buf, part...)
		if len(x.buf) > maxToken {
			return errToken
		}
		if err != bufio.ErrBufferFull {
			return err
		}
	}
}

// skipPast skips everything up to and including a mark, without holding it.
func (x *xmlScanner) skipPast(mark string) error {
	matched := 0
	for matched < len(mark) {
		b, err := x.r.ReadByte()
		switch {
		case err == io.EOF:
			return errCut
		case err != nil:
			return err
		case b == mark[matched]:
			matched++
		case matched == 2 && len(mark) == 3 && b == '-':
			// A third dash: the last two still count.
		case b == mark[0]:
			matched = 1
		default:
			matched = 0
		}
	}
	return nil
}

// readCDATA reads a CDATA section, whose text is not escaped.
func (x *xmlScanner) readCDATA() (xmlToken, error) {
	_, _ = x.r.Discard(len("![CDATA["))
	x.buf = x.buf[:0]
	for !bytes.HasSuffix(x.buf, []byte("]]>")) {
		part, err := x.r.ReadSlice('>')
		x.buf = append(x.buf, part...)
		switch {
		case len(x.buf) > maxToken:
			return 0, errToken
		case err == io.EOF:
			return 0, errCut
		case err != nil && err != bufio.ErrBufferFull:
			return 0, err
		}
	}
	x.raw, x.isCDATA = x.buf[:len(x.buf)-len("]]>")], true
	return tokenText, nil
}

// readTag reads the tag after a <. It does not check the nesting of elements: the callers look for
// the end that they need, and do not find it in a broken file.
func (x *xmlScanner) readTag() (xmlToken, error) {
	x.buf = x.buf[:0]
	var quote byte
	for done := false; !done; {
		part, err := x.r.ReadSlice('>')
		for _, b := range part { // a > in an attribute does not end the tag
			switch {
			case quote == 0 && (b == '"' || b == '\''):
				quote = b
			case b == quote:
				quote = 0
			}
		}
		x.buf = append(x.buf, part...)
		switch {
		case len(x.buf) > maxToken:
			return 0, errToken
		case err == io.EOF:
			return 0, errCut
		case err != nil && err != bufio.ErrBufferFull:
			return 0, err
		}
		done = err == nil && quote == 0
	}
	tag := x.buf[:len(x.buf)-1]
	// An empty element <name/> opens here; its end is the next token.
	kind := tokenOpen
	if len(tag) > 0 && tag[0] == '/' {
		kind, tag = tokenClose, tag[1:]
	} else if n := len(tag) - 1; n > 0 && tag[n] == '/' {
		x.empty, tag = true, tag[:n]
	}
	name, attrs := tag, []byte(nil)
	if i := bytes.IndexAny(tag, " \t\r\n"); i >= 0 {
		name, attrs = tag[:i], tag[i:]
	}
	// Programs choose different prefixes for the same namespace, so prefixes are dropped.
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	x.name, x.attrs = x.internName(name), attrs
	return kind, nil
}

// internName returns a name without an allocation for each occurrence. Names that workbooks do not
// use become "?".
func (x *xmlScanner) internName(name []byte) string {
	if s, ok := x.names[string(name)]; ok {
		return s
	}
	// Limits the map, or a file of different names would fill the memory.
	const several = 200
	if len(x.names) >= several || len(name) > several {
		return "?"
	}
	s := string(name)
	x.names[s] = s
	return s
}

// attributeValue returns an attribute of the open element, escaped and valid until the next token;
// nil if there is none.
func (x *xmlScanner) attributeValue(local string) []byte {
	// Elements have a few short attributes: searching each time is faster than keeping a map.
	rest := x.attrs
	for {
		equals := bytes.IndexByte(rest, '=')
		if equals < 0 {
			return nil
		}
		name := bytes.TrimSpace(rest[:equals])
		if i := bytes.LastIndexByte(name, ':'); i >= 0 {
			name = name[i+1:]
		}
		rest = bytes.TrimLeft(rest[equals+1:], " \t\r\n")
		if len(rest) == 0 || rest[0] != '"' && rest[0] != '\'' {
			return nil
		}
		end := bytes.IndexByte(rest[1:], rest[0])
		if end < 0 {
			return nil
		}
		if string(name) == local {
			return rest[1 : 1+end]
		}
		rest = rest[end+2:]
	}
}

// attributeText returns an attribute as text.
func (x *xmlScanner) attributeText(local string) string {
	return string(unescapeXML(nil, x.attributeValue(local)))
}

// appendText appends the text of the current token to dst.
func (x *xmlScanner) appendText(dst []byte) []byte {
	if x.isCDATA {
		return append(dst, x.raw...)
	}
	return unescapeXML(dst, x.raw)
}

var entities = map[string]byte{"amp": '&', "lt": '<', "gt": '>', "quot": '"', "apos": '\''}

// unescapeXML appends text with its entities resolved. Entities that XML does not predefine stay
// unchanged.
func unescapeXML(dst, raw []byte) []byte {
	for {
		i := bytes.IndexByte(raw, '&')
		if i < 0 {
			return append(dst, raw...)
		}
		dst, raw = append(dst, raw[:i]...), raw[i:]
		// No entity is longer. A lone ampersand must not search the whole text.
		end := bytes.IndexByte(raw[:min(len(raw), 12)], ';')
		if end < 0 {
			dst, raw = append(dst, '&'), raw[1:]
			continue
		}
		name := string(raw[1:end])
		if b, ok := entities[name]; ok {
			dst = append(dst, b)
		} else if r, ok := parseNumericEntity(name); ok {
			dst = utf8.AppendRune(dst, r)
		} else {
			dst = append(dst, raw[:end+1]...)
		}
		raw = raw[end+1:]
	}
}

// parseNumericEntity reads the number of &#65; or &#x41;.
func parseNumericEntity(name string) (rune, bool) {
	digits, ok := strings.CutPrefix(name, "#")
	base := 10
	if hex, isHex := strings.CutPrefix(digits, "x"); isHex {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	return rune(n), ok && err == nil && n > 0
}
