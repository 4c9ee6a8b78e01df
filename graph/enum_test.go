package graph_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"usher/internal/fault"
	"usher/internal/mail"
)

// declared lists the values of a Go type that a file declares.
func declared(t *testing.T, file, kind string) (words []string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^\s*\w+\s+`+kind+`\s+= "([^"]+)"`).
		FindAllStringSubmatch(string(text), -1) {
		words = append(words, m[1])
	}
	return words
}

// entryPointsOf lists the stored names of entry points, which the catalogue names in words.
func entryPointsOf(t *testing.T) (words []string) {
	t.Helper()
	text, err := os.ReadFile("../internal/i18n/locales/entrypoint.en.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`"entrypoint\.(\w+)"`).FindAllStringSubmatch(string(text), -1) {
		words = append(words, m[1])
	}
	return words
}

// A stored word without its value would break every client that reads it; a value without its word
// would promise what never comes.
func TestEveryStoredWordHasItsEnumValue(t *testing.T) {
	t.Parallel()
	kinds := make([]string, len(mail.Kinds))
	for i, k := range mail.Kinds {
		kinds[i] = string(k)
	}
	for enum, words := range map[string][]string{
		"AuditAction":        declared(t, "../internal/audit/audit.go", "Action"),
		"EventType":          declared(t, "../internal/audit/eventtype.go", "EventType"),
		"AuditEntryPoint":    entryPointsOf(t),
		"EmailKind":          kinds,
		"ErrorCode":          declared(t, "../internal/fault/fault.go", "Code"),
		"ImportRowErrorCode": append(declared(t, "../internal/fault/fault.go", "Code"), "WARNING"),
	} {
		var values, want []string
		for _, v := range served().Types[enum].EnumValues {
			values = append(values, v.Name)
		}
		for _, word := range words {
			want = append(want, strings.ToUpper(strings.ReplaceAll(word, ".", "_")))
		}
		slices.Sort(values)
		slices.Sort(want)
		if len(want) < 5 || !slices.Equal(values, want) {
			t.Errorf("%s has %v, the stored words are %v", enum, values, want)
		}
	}
	if string(fault.NotFound) != "NOT_FOUND" {
		t.Error("the codes of faults are not those of the schema")
	}
}
