package fastgql

import (
	"context"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// Buffer collects the JSON of a response. Methods return false when gqlgen has to answer instead.
type Buffer struct {
	Ctx    context.Context // for gqlgen's functions, which report errors through it
	bytes  []byte
	budget *Budget
	taken  int // bytes already taken from the budget
	next   int // length at which the budget and the context are checked next
}

// bytesBetweenLooks is the number of bytes between two checks of the budget and the context.
const bytesBetweenLooks = 64 << 10

// checkBudget ends a response that costs too much or takes too long. It panics, because code deep
// inside a list has no other way to stop; Run recovers.
func (b *Buffer) checkBudget() {
	b.budget.consumeBudget(len(b.bytes)-b.taken, 0)
	if b.budget.isExhausted(b.Ctx) {
		panic("fastgql: the budget or the time of the response is used up")
	}
	b.taken = len(b.bytes)
	b.next = b.taken + bytesBetweenLooks
}

// Len returns the number of bytes so far.
func (b *Buffer) Len() int { return len(b.bytes) }

// Since returns the bytes that were appended after a length of the buffer. They are valid until
// more is appended.
func (b *Buffer) Since(length int) []byte { return b.bytes[length:] }

// Write appends finished JSON. It implements io.Writer for marshalers.
func (b *Buffer) Write(p []byte) (int, error) {
	b.bytes = append(b.bytes, p...)
	return len(p), nil
}

// WriteString appends finished JSON.
func (b *Buffer) WriteString(s string) (int, error) {
	b.bytes = append(b.bytes, s...)
	return len(s), nil
}

// Raw appends finished JSON. Every key of an object is written by it, so it checks the budget.
func (b *Buffer) Raw(s string) {
	if b.bytes = append(b.bytes, s...); len(b.bytes) >= b.next && b.next > 0 {
		b.checkBudget()
	}
}

// Int appends a number.
func (b *Buffer) Int(i int64) { b.bytes = strconv.AppendInt(b.bytes, i, 10) }

// Bool appends true or false.
func (b *Buffer) Bool(v bool) { b.bytes = strconv.AppendBool(b.bytes, v) }

// Null appends null and reports whether the schema allows it.
func (b *Buffer) Null(nonNull bool) bool {
	b.Raw("null")
	return !nonNull
}

// hexadecimal are the digits of escapes, in capitals as gqlgen writes them: the two answers are
// compared byte by byte.
const hexadecimal = "0123456789ABCDEF"

// String appends a string, escaped as gqlgen's MarshalString escapes.
func (b *Buffer) String(s string) {
	out := append(b.bytes, '"')
	from := 0
	// Runs without special characters are copied in one call; most strings are a single run.
	for i := range len(s) {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		out = append(out, s[from:i]...)
		from = i + 1
		switch c {
		case '\t':
			out = append(out, '\\', 't')
		case '\r':
			out = append(out, '\\', 'r')
		case '\n':
			out = append(out, '\\', 'n')
		case '\\', '"':
			out = append(out, '\\', c)
		default:
			out = append(out, '\\', 'u', '0', '0', hexadecimal[c>>4], hexadecimal[c&15])
		}
	}
	b.bytes = append(append(out, s[from:]...), '"')
}

// Time appends a time like gqlgen's MarshalTime, for which the zero time is null.
func (b *Buffer) Time(t time.Time, nonNull bool) bool {
	if t.IsZero() {
		return b.Null(nonNull)
		// The zero time is null in gqlgen's MarshalTime.
	}
	b.bytes = append(t.AppendFormat(append(b.bytes, '"'), time.RFC3339Nano), '"')
	return true
}

// Append appends a value by its own method.
func (b *Buffer) Append(v interface{ AppendGQL([]byte) []byte }) { b.bytes = v.AppendGQL(b.bytes) }

// Leaf appends the result of gqlgen's marshal function for the field's type.
func (b *Buffer) Leaf(m graphql.Marshaler, nonNull bool) bool {
	if m == graphql.Null {
		return b.Null(nonNull)
	}
	m.MarshalGQL(b)
	return true
}
