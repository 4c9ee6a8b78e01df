// Package ident holds ID, the one type of every id in Usher: sortable by creation, and telling what
// it is the id of.
//
// An ID is a UUID version 7 (RFC 9562): 48 bits of Unix milliseconds, then, in the 12 bits of
// rand_a, 6 bits that hold the Kind, then a counter that keeps ids of one process in order within a
// millisecond, then chance. PostgreSQL stores it as uuid, SQLite as text; clients see "grp_" and 26
// characters of Crockford's base32. Because the kind is inside, Node(id) knows the table without
// asking the database. An ID shows when it was made: it is no secret.
//
// The package is not called id because the code that ent generates gives that name to variables.
package ident

import (
	"bytes"
	"crypto/rand"
	"database/sql/driver"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

// ID identifies one row of any table. The zero ID is the id of nothing.
type ID [16]byte

var (
	encoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)
	clock    struct {
		sync.Mutex
		last    uint64 // milliseconds of the newest id
		counter uint32 // 24 bits, counts on within one millisecond
	}
)

// New makes an id of a kind.
func New(k Kind) ID { return newAt(k, time.Now()) }

func newAt(k Kind, now time.Time) ID {
	var i ID
	_, _ = rand.Read(i[:]) // never fails, by its documentation
	ms := uint64(now.UnixMilli())

	clock.Lock()
	if ms > clock.last {
		// A fresh millisecond starts low in the counter's range, so that a burst of eight million
		// ids still fits.
		clock.last, clock.counter = ms, binary.BigEndian.Uint32(i[12:])>>9
	} else {
		clock.counter++
	}
	ms, counter := clock.last, clock.counter&0xFFFFFF
	clock.Unlock()

	binary.BigEndian.PutUint64(i[0:8], ms<<16|0x7<<12|uint64(k)<<6|uint64(counter>>18))
	i[8] = 0x80 | byte(counter>>12)&0x3F
	i[9] = byte(counter >> 4)
	i[10] = byte(counter<<4) | i[10]&0x0F
	return i
}

// Kind returns what the id is the id of; 0 for the zero ID and for what is not one of ours.
func (i ID) Kind() Kind {
	k := Kind((binary.BigEndian.Uint16(i[6:8]) >> 6) & 0x3F)
	if i[6]>>4 != 7 || prefixes[k] == "" {
		return 0
	}
	return k
}

// IsZero tells whether this is the id of nothing.
func (i ID) IsZero() bool { return i == ID{} }

// Time returns when the id was made, to the millisecond.
func (i ID) Time() time.Time {
	return time.UnixMilli(int64(binary.BigEndian.Uint64(i[0:8]) >> 16)).UTC()
}

// Floor returns what stands before every id that is made at a moment or later, for asking a
// database. It is no id itself.
func Floor(at time.Time) ID {
	var i ID
	binary.BigEndian.PutUint64(i[0:8], uint64(at.UnixMilli())<<16)
	return i
}

// Before tells whether the id was made before another.
func (i ID) Before(other ID) bool { return bytes.Compare(i[:], other[:]) < 0 }

// String returns the form that clients see, "grp_01jd…"; the zero ID is "".
func (i ID) String() string {
	b := i.AppendGQL(make([]byte, 0, 32))
	return string(b[1 : len(b)-1])
}

// AppendGQL adds the form that clients see, as a GraphQL ID.
func (i ID) AppendGQL(b []byte) []byte {
	b = append(b, '"')
	if k := i.Kind(); k != 0 {
		b = encoding.AppendEncode(append(append(b, prefixes[k]...), '_'), i[:])
	}
	return append(b, '"')
}

// UUID returns the form that the database stores.
func (i ID) UUID() string { return string(i.appendUUID(make([]byte, 0, 36))) }

// appendUUID adds the form that the database stores.
func (i ID) appendUUID(b []byte) []byte {
	for n, from := range dashes[:5] {
		if n > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, i[from:dashes[n+1]])
	}
	return b
}

// dashes are the bytes before which the form that the database stores has one, the ends included.
var dashes = [6]int{0, 4, 6, 8, 10, 16}

// Parse reads the form that clients see. Its error says what is wrong with the form, not whether
// the row exists.
func Parse(s string) (ID, error) {
	prefix, rest, found := strings.Cut(s, "_")
	if !found || len(rest) != 26 {
		return ID{}, fmt.Errorf("ident: %q is not of the form xxx_ and 26 characters", s)
	}
	var i ID
	if n, err := encoding.Decode(i[:], []byte(rest)); err != nil || n != len(i) {
		return ID{}, fmt.Errorf("ident: %q holds characters that no id has", s)
	}
	// The last character has two spare bits, and the decoder skips line breaks: one id has one
	// spelling.
	if encoding.EncodeToString(i[:]) != rest {
		return ID{}, fmt.Errorf("ident: %q is not the spelling of an id", s)
	}
	if k := i.Kind(); k == 0 || prefixes[k] != prefix {
		return ID{}, fmt.Errorf("ident: %q does not belong to its prefix", s)
	}
	return i, nil
}

// Value stores the id as text of a UUID: lib/pq would send raw bytes as bytea.
func (i ID) Value() (driver.Value, error) { return i.UUID(), nil }

// Scan reads what Value stored.
func (i *ID) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*i = ID{}
		return nil
	case []byte:
		return scanUUID(i, v)
	case string:
		return scanUUID(i, v)
	}
	return fmt.Errorf("ident: cannot read %T", src)
}

// scanUUID reads the form that the database stores. Lists read thousands of ids: it makes no
// copies.
func scanUUID[T string | []byte](i *ID, s T) error {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return fmt.Errorf("ident: %q is not a UUID", s)
	}
	at := 0
	for n := 0; n < 36; n += 2 {
		if s[n] == '-' {
			n++
		}
		high, low := digits[s[n]], digits[s[n+1]]
		if high > 15 || low > 15 {
			return fmt.Errorf("ident: %q is not a UUID", s)
		}
		i[at] = high<<4 | low
		at++
	}
	return nil
}

// digits are the values of hexadecimal digits, by character; more than 15 for anything else.
var digits = func() (values [256]byte) {
	for c := range values {
		values[c] = 255
	}
	for value, c := range []byte("0123456789abcdef") {
		values[c] = byte(value)
	}
	for value, c := range []byte("ABCDEF") {
		values[c] = byte(10 + value)
	}
	return values
}()

// MarshalText writes the form that clients see, in JSON too.
func (i ID) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText reads it back; empty text is the zero ID.
func (i *ID) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*i = ID{}
		return nil
	}
	parsed, err := Parse(string(b))
	*i = parsed
	return err
}

// MarshalGQL writes the id as a GraphQL ID.
func (i ID) MarshalGQL(w io.Writer) { _, _ = w.Write(i.AppendGQL(make([]byte, 0, 32))) }

// UnmarshalGQL reads an id that a client sent. Ids are opaque to clients: a text or a whole number
// that is no id of ours becomes the zero ID, which no row has, and so is answered like any unknown
// id. A boolean, a fraction and a text that cannot be stored are errors. The code that ent
// generates for Node hands over an ID that was read already.
func (i *ID) UnmarshalGQL(v any) error {
	switch v := v.(type) {
	case ID:
		*i = v
	case string:
		if strings.IndexByte(v, 0) >= 0 || !utf8.ValidString(v) {
			return errors.New("ident: the text of an id cannot be stored")
		}
		*i, _ = Parse(v)
	case int, int64:
		*i = ID{}
	case json.Number:
		if _, err := v.Int64(); err != nil {
			return errors.New("ident: a fraction is not an id")
		}
		*i = ID{}
	default:
		return fmt.Errorf("ident: a %T is not an id", v)
	}
	return nil
}
