package gqllimit

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

func TestInputsAreMeasuredAlikeInLiteralsAndVariables(t *testing.T) {
	t.Parallel()
	for input, field := range map[string]string{
		`{"name": "short"}`:                                           "",
		`{"name": "longer"}`:                                          "name",
		`{"labels": ["a", "b", "c"]}`:                                 "",
		`{"labels": ["a", "b", "c", "d"]}`:                            "labels",
		`{"parents": [{"name": "a"}, {"labels": [1, 2, 3, 4]}]}`:      "parents.1.labels",
		`{"answers": {"a": ["` + strings.Repeat("x", 10_001) + `"]}}`: "answers.a.0",
		`{"name": "\u00e9\u00e9\u00e9\u00e9\u00e9"}`:                  "",
	} {
		doc := parse(t, `mutation($i: GroupInput!) { createGroup(input: $i) }`)
		if errs := validator.ValidateWithRules(schema, doc, rules.NewDefaultRules()); errs != nil {
			t.Fatal(errs)
		}
		m := InputMeasurer{schema, limits}
		f := m.CheckVariable(doc, doc.Operations[0].VariableDefinitions[0], []byte(input))
		if field == "" && f != nil || field != "" && (f == nil || f.Field != field) {
			t.Errorf("variable %.80s: %v, want %q", input, f, field)
		}
		literal := strings.NewReplacer(`"name"`, "name", `"labels"`, "labels", `"parents"`,
			"parents", `"answers"`, "answers", `"a":`, "a:", "1, 2, 3, 4", `"1", "2", "3", "4"`).
			Replace(input)
		f = check(t, "mutation { createGroup(input: "+literal+") }", nil)
		if field == "" && f != nil || field != "" && (f == nil || f.Field != field) {
			t.Errorf("literal %.80s: %v, want %q", literal, f, field)
		}
	}
}

func TestValuesOfInputsCostWhatTheirWorkCosts(t *testing.T) {
	t.Parallel()
	emails := make([]any, 1001)
	for i := range emails {
		emails[i] = "a@example.org"
	}
	const query = `query($e: [String!], $t: String) { plan(emails: $e, text: $t) }`
	for name, c := range map[string]struct {
		variables map[string]any
		refused   bool
	}{
		"as many as allowed": {map[string]any{"e": emails[:1000]}, false},
		"one more":           {map[string]any{"e": emails}, true},
		"a list and a text": {map[string]any{"e": emails[:999],
			"t": strings.Repeat("x", 6*addressesPerUnit)}, true},
	} {
		f := check(t, query, c.variables)
		if c.refused != (f != nil) || f != nil && f.Message.Key != "gqlhttp.input_cost" {
			t.Errorf("%s: %v", name, f)
		}
	}
}

func TestAPlaceInAnInputHasAPath(t *testing.T) {
	t.Parallel()
	doc := parse(t, `mutation($n: String) {
  createGroup(input: {parents: [{name: "x"}, {name: $n, labels: ["a", "b"]}]}) }`)
	if errs := validator.ValidateWithRules(schema, doc, rules.NewDefaultRules()); errs != nil {
		t.Fatal(errs)
	}
	if path := FormatPath(FindVariable(doc, "n")); path != "parents.1.name" {
		t.Errorf("the variable is at %q", path)
	}
	// The parser counts the column of a text from its first letter.
	if path := FormatPath(FindLiteral(doc, 2, 72)); path != "parents.1.labels.1" {
		t.Errorf("the literal is at %q", path)
	}
	if FindVariable(doc, "m") != nil || FindLiteral(doc, 9, 9) != nil {
		t.Error("what is not there has a place")
	}
}

func TestValuesOfATextAreCountedWithTheirDepth(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]int{`1`: {1, 0}, `[1,2,3]`: {4, 1},
		`{"a":[1,{"b":"],["}]}`: {5, 3}, `"[[["`: {1, 0}} {
		if values, depth := CountValues([]byte(text)); values != want[0] || depth != want[1] {
			t.Errorf("%s: %d values, %d levels, want %v", text, values, depth, want)
		}
	}
}
