package graph

import (
	"context"
	"encoding/json"
	"strconv"

	"usher/ent/customfield"
	"usher/internal/ident"
)

// numberFields returns the keys of a workspace's custom fields that hold numbers. They are read
// once in a request.
func (r *Resolver) numberFields(ctx context.Context, workspace ident.ID) (map[string]bool, error) {
	request := requestOf(ctx)
	request.numbers.Lock()
	defer request.numbers.Unlock()
	if known := request.numberFields[workspace]; known != nil {
		return known, nil
	}
	// A failure is not kept: the fast path stops reads, and the field is then resolved again.
	keys, err := r.Reads.CustomField.Query().Where(customfield.WorkspaceID(workspace),
		customfield.TypeEQ(customfield.TypeNumber)).Select(customfield.FieldKey).Strings(ctx)
	if err != nil {
		return nil, err
	}
	numbers := make(map[string]bool, len(keys))
	for _, key := range keys {
		numbers[key] = true
	}
	if request.numberFields == nil {
		request.numberFields = map[ident.ID]map[string]bool{}
	}
	request.numberFields[workspace] = numbers
	return numbers, nil
}

// typedAnswers returns answers as the API shows them. They are stored as texts; that to a NUMBER is
// a number.
func (r *Resolver) typedAnswers(ctx context.Context, workspace ident.ID,
	stored map[string]string) (map[string]any, error) {
	answers := make(map[string]any, len(stored))
	if len(stored) == 0 {
		return answers, nil
	}
	numbers, err := r.numberFields(ctx, workspace)
	if err != nil {
		return nil, err
	}
	for key, answer := range stored {
		answers[key] = answer
		if n, isNumber := parseNumber(answer); isNumber && numbers[key] {
			answers[key] = n
		}
	}
	return answers, nil
}

// parseNumber reads a number as it was typed: +3 and .5 are numbers too, but none in JSON.
func parseNumber(text string) (json.Number, bool) {
	var n json.Number
	if json.Unmarshal([]byte(text), &n) == nil && n != "" {
		return n, text[0] != '"'
	}
	f, err := strconv.ParseFloat(text, 64)
	return json.Number(strconv.FormatFloat(f, 'f', -1, 64)), err == nil
}
