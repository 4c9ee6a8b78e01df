package scalar_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"
	"unicode/utf8"

	"usher/internal/fault"
	"usher/internal/scalar"
)

func refusedAs(t *testing.T, name string, err error) {
	t.Helper()
	if f, ok := fault.Of(err); !ok || f.Code != fault.BadUserInput {
		t.Errorf("%s: %v", name, err)
	}
}

func TestScalarsTakeTheirOwnKindAlone(t *testing.T) {
	t.Parallel()
	for _, v := range []any{nil, 42, int64(42), 4.2, json.Number("42"), true, []any{"a"},
		map[string]any{}, "a\x00b", "\xff", "\xed\xa0\x80"} {
		_, err := scalar.UnmarshalString(v)
		refusedAs(t, "String", err)
	}
	for _, v := range []any{nil, "42", true, 4.2, json.Number("4.2"), json.Number("1e3"),
		json.Number("2147483648"), int64(-1 << 40)} {
		_, err := scalar.UnmarshalInt(v)
		refusedAs(t, "Int", err)
	}
	for _, v := range []any{
		nil, "", 42, json.Number("1790000000"), "2026-11-29", "2026-11-29 09:30:00",
		"9999-12-31T23:59:59-23:59", "2201-01-01T00:00:00Z",
		"1900-01-01T00:00:00+01:00", "0001-01-01T00:00:00Z", "2200-12-31T23:59:59-00:01",
		"2026-02-30T00:00:00Z", "10000-01-01T00:00:00Z",
	} {
		_, err := scalar.UnmarshalTime(v)
		refusedAs(t, "Time", err)
	}
	deep := map[string]any{"a": []any{map[string]any{"b": []any{"c"}}}}
	for _, v := range []any{nil, "a", []any{}, map[string]any{"\x00": "a"},
		map[string]any{"a": "\x00"}, map[string]any{"a": []any{"\xff"}}, deep} {
		_, err := scalar.UnmarshalMap(v)
		refusedAs(t, "Map", err)
	}

	if s, err := scalar.UnmarshalString("é😀\t\n"); err != nil || s != "é😀\t\n" {
		t.Errorf("a text: %q, %v", s, err)
	}
	if n, err := scalar.UnmarshalInt(json.Number("-2147483648")); err != nil || n != -1<<31 {
		t.Errorf("a number: %d, %v", n, err)
	}
	for _, text := range []string{"1900-01-01T00:00:00Z", "2200-12-31T23:59:59.999999999Z",
		"2026-11-29T09:30:00.5+05:45"} {
		if _, err := scalar.UnmarshalTime(text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, err := scalar.UnmarshalMap(map[string]any{"size": json.Number("42"), "shoe": "41",
		"none": nil}); err != nil {
		t.Errorf("answers: %v", err)
	}
}

// What a scalar takes is read back by both databases as it was sent.
func FuzzWhatIsTakenCanBeStored(f *testing.F) {
	for _, seed := range []string{
		"", "a", "a\x00", "\xff", "2026-11-29T09:30:00Z", "9999-12-31T23:59:59-23:59",
		"0000-00-00T00:00:00Z", "2200-12-31T23:59:59+23:59",
		"-001-01-01T00:00:00Z", "2026-11-29T24:00:00Z", "2026-11-29T09:30:00,5Z",
		"2026-11-29t09:30:00z",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if s, err := scalar.UnmarshalString(text); err == nil &&
			(!utf8.ValidString(s) || bytes.IndexByte([]byte(s), 0) >= 0) {
			t.Errorf("%q is taken", text)
		}
		at, err := scalar.UnmarshalTime(text)
		if err != nil {
			return
		}
		stored := at.UTC().Format("2006-01-02 15:04:05.999999999-07:00")
		back, err := time.Parse("2006-01-02 15:04:05.999999999-07:00", stored)
		if err != nil || !back.Equal(at) || len(at.UTC().Format(time.DateOnly)) != 10 {
			t.Errorf("%q is stored as %s and read as %v: %v", text, stored, back, err)
		}
	})
}

// A half of a pair becomes U+0000, which String refuses; whatever else there is stays as it is.
func FuzzLoneSurrogatesAreHidden(f *testing.F) {
	for _, seed := range []string{
		`"\ud800"`, `"\udc00"`, `"\ud83d\ude00"`, `"\ud83d\ud83d\ude00"`, `"\\ud800"`, `"\\\ud800"`,
		`"\ud800\\udc00"`, `"\uD8"`, `{"\uDFFF":1}`, `"\u0041"`,
		`"\ud83d\u0041"`, `"\ude00\ud83d"`, `\`, `"\"`, `"\ud83d`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		before := bytes.Clone(text)
		scalar.HideLoneSurrogates(text)
		if len(text) != len(before) {
			t.Fatalf("%q became %q", before, text)
		}
		var was, is string
		if !utf8.Valid(before) || json.Unmarshal(before, &was) != nil {
			return
		}
		if json.Unmarshal(text, &is) != nil {
			t.Fatalf("%q became %q, which is no JSON", before, text)
		}
		// The standard library puts U+FFFD where a half stands alone.
		if bytes.Contains(before, []byte("\ufffd")) ||
			bytes.Contains(bytes.ToLower(before), []byte(`\ufffd`)) {
			return
		}
		if want := string(bytes.ReplaceAll([]byte(was), []byte("\ufffd"), []byte{0})); is != want {
			t.Errorf("%q is read as %q, want %q", text, is, want)
		}
	})
}
