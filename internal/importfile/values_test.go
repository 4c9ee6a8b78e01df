package importfile

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestValuesOfACellAreSeparatedByBars(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]string{
		"": nil, "a": {"a"}, "a|b": {"a", "b"}, " a | b ": {"a", "b"}, "a||b|": {"a", "b"},
		`R\&D`: {`R\&D`}, `R&D \| EU`: {"R&D | EU"}, `a\\|b`: {`a\`, "b"},
		`a\\\|b`: {`a\|b`}, `a\`: {`a\`}, `C:\\x`: {`C:\\x`}, `ACME\ada|x`: {`ACME\ada`, "x"},
	} {
		if got := splitValues(in); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestJoinedValuesComeApartAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOf(rapid.StringMatching(`[a|\\é ]{1,6}`).Filter(func(s string) bool {
			return strings.TrimSpace(s) == s && s != ""
		})).Draw(t, "values")
		if got := splitValues(JoinValues(values)); !slices.Equal(got, values) {
			t.Fatalf("%q became %q by %q", values, got, JoinValues(values))
		}
	})
}
