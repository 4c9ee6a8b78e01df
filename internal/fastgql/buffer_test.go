package fastgql

import (
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

func written(m graphql.Marshaler) string {
	var b strings.Builder
	m.MarshalGQL(&b)
	return b.String()
}

func FuzzAStringIsWrittenAsGqlgenWritesIt(f *testing.F) {
	for _, s := range []string{"", "plain", `"quoted" \ back`, "tab\tline\nreturn\r",
		"\x00\x01\x1f\x7f", "é😀\u2028<&>", "broken \xff utf", "\xe2\x80"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		b := &Buffer{}
		b.String(s)
		if want := written(graphql.MarshalString(s)); string(b.bytes) != want {
			t.Errorf("%q is written %s, and gqlgen writes %s", s, b.bytes, want)
		}
	})
}

func FuzzAMomentIsWrittenAsGqlgenWritesIt(f *testing.F) {
	f.Add(int64(0), int64(0), 0)
	f.Add(int64(1_795_000_000), int64(123_456_000), 3600)
	f.Add(int64(-62_135_596_800), int64(0), 0) // the zero time
	f.Add(int64(253_402_300_800), int64(1), -12_600)
	f.Fuzz(func(t *testing.T, seconds, nanoseconds int64, offset int) {
		at := time.Unix(seconds, nanoseconds).In(time.FixedZone("", offset%50_000))
		b := &Buffer{}
		allowed := b.Time(at, true)
		if want := written(graphql.MarshalTime(at)); string(b.bytes) != want ||
			allowed == at.IsZero() {
			t.Errorf("%s is written %s (%t), and gqlgen writes %s", at, b.bytes, allowed, want)
		}
	})
}

func TestNullIsWrittenWhereItIsAllowedAlone(t *testing.T) {
	t.Parallel()
	for _, nonNull := range []bool{true, false} {
		b := &Buffer{}
		if b.Leaf(graphql.Null, nonNull) == nonNull || string(b.bytes) != "null" {
			t.Errorf("null, not allowed: %t, is written %s", nonNull, b.bytes)
		}
	}
}
