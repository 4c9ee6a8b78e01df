// Package ident holds ID, the type of every id in Usher. Ids sort by creation time and contain the
// kind of their row.
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

// ID identifies one row of any table. The zero ID identifies no row.
type ID [16]byte

var (
	encoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)
	clock    struct {
		sync.Mutex
		last    uint64 // milliseconds of the newest id
		counter uint32 // 24 bits, counts on within one millisecond
	}
)

// New returns a new id of a kind.
func New(k Kind) ID { return newAt(k, time.Now()) }

// newAt makes an id. The ids of one process increase, even within a millisecond and when the clock
// goes back, because lists are ordered by them.
func newAt(k Kind, now time.Time) ID {
	var i ID
	_, _ = rand.Read(i[:]) // never fails, by its documentation
	ms := uint64(now.UnixMilli())

	clock.Lock()
	if ms > clock.last {
		// A new millisecond starts in the lower half of the counter's range, so that eight million
		// ids still fit.
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

// Kind returns the kind of the row; 0 for the zero ID and for UUIDs that New has not made.
func (i ID) Kind() Kind {
	k := Kind((binary.BigEndian.Uint16(i[6:8]) >> 6) & 0x3F)
	if i[6]>>4 != 7 || prefixes[k] == "" {
		return 0
	}
	return k
}

// IsZero reports whether this is the zero ID.
func (i ID) IsZero() bool { return i == ID{} }

// Time returns the creation time of the id, in milliseconds.
func (i ID) Time() time.Time {
	return time.UnixMilli(int64(binary.BigEndian.Uint64(i[0:8]) >> 16)).UTC()
}

// Floor returns a lower bound of all ids made at a time or later, for database queries. It is no
// valid id.
func Floor(at time.Time) ID {
	var i ID
	binary.BigEndian.PutUint64(i[0:8], uint64(at.UnixMilli())<<16)
	return i
}

// Before reports whether the id sorts before another.
func (i ID) Before(other ID) bool { return bytes.Compare(i[:], other[:]) < 0 }

// String returns the public form, "grp_01jd…"; "" for the zero ID.
func (i ID) String() string {
	b := i.AppendGQL(make([]byte, 0, 32))
	return string(b[1 : len(b)-1])
}

// AppendGQL appends the public form as a quoted GraphQL ID.
func (i ID) AppendGQL(b []byte) []byte {
	b = append(b, '"')
	if k := i.Kind(); k != 0 {
		b = encoding.AppendEncode(append(append(b, prefixes[k]...), '_'), i[:])
	}
	return append(b, '"')
}

// UUID returns the stored form.
func (i ID) UUID() string { return string(i.appendUUID(make([]byte, 0, 36))) }

// appendUUID appends the stored form.
func (i ID) appendUUID(b []byte) []byte {
	for n, from := range dashes[:5] {
		if n > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, i[from:dashes[n+1]])
	}
	return b
}

// dashes are the byte offsets of the groups of a UUID, with the start and the end.
var dashes = [6]int{0, 4, 6, 8, 10, 16}

// Parse parses the public form. Its error is about the form only; the row may not exist.
func Parse(s string) (ID, error) {
	prefix, rest, found := strings.Cut(s, "_")
	if !found || len(rest) != 26 {
		return ID{}, fmt.Errorf("ident: %q is not of the form xxx_ and 26 characters", s)
	}
	var i ID
	if n, err := encoding.Decode(i[:], []byte(rest)); err != nil || n != len(i) {
		return ID{}, fmt.Errorf("ident: %q holds characters that no id has", s)
	}
	// The last character has two spare bits, and the decoder skips line breaks. Only the canonical
	// spelling is accepted.
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

// Scan parses the stored form; NULL becomes the zero ID.
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

// scanUUID parses the stored form. It does not allocate, because lists read thousands of ids.
func scanUUID[T string | []byte](i *ID, text T) error {
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return fmt.Errorf("ident: %q is not a UUID", text)
	}
	at := 0
	for n := 0; n < 36; n += 2 {
		if text[n] == '-' {
			n++
		}
		high, low := digits[text[n]], digits[text[n+1]]
		if high > 15 || low > 15 {
			return fmt.Errorf("ident: %q is not a UUID", text)
		}
		i[at] = high<<4 | low
		at++
	}
	return nil
}

// digits maps a character to the value of its hexadecimal digit; 255 for any other character.
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

// MarshalText returns the public form, which JSON uses too.
func (i ID) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText parses the public form; "" becomes the zero ID.
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

// UnmarshalGQL parses an id of a client. Ids are opaque to clients, so a string or an integer that
// is no valid id becomes the zero ID and gets the same response as an unknown id. Booleans,
// fractions and strings that cannot be stored are errors. The code that ent generates for Node
// passes a parsed ID.
func (i *ID) UnmarshalGQL(v any) error {
	switch v := v.(type) {
	case ID:
		*i = v
	case string:
		if strings.IndexByte(v, 0) >= 0 || !utf8.ValidString(v) {
			return errors.New("ident: the text of an id cannot be stored")
		}
		// A malformed id becomes the zero id, which names no row: it is NOT_FOUND like any unknown
		// id.
		*i, _ = Parse(v)
	// An ID may be given as a number (https://spec.graphql.org/October2021/#sec-ID). No id of ours
	// is one.
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
