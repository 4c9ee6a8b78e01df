package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// post sends JSON to a server and decodes its answer; headers are in pairs. It is for preparing,
// not for measuring.
func post(ctx context.Context, url string, in, out any, headers ...string) (*http.Response, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(string(body)))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode >= http.StatusMultipleChoices {
		return nil, fmt.Errorf("%s answered %s: %.500s", url, answer.Status, text)
	}
	if err := json.Unmarshal(text, out); err != nil {
		return nil, fmt.Errorf("%s answered %.500s: %w", url, text, err)
	}
	return answer, nil
}

// graphqlBody is the body of a GraphQL request.
func graphqlBody(query string, variables map[string]any) string {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		panic(err) // variables are texts
	}
	return string(body)
}

// postGraphQL sends a GraphQL request and decodes its data.
func postGraphQL(ctx context.Context, s *serverProcess, token, query string,
	variables map[string]any, out any) error {
	var answer struct {
		Data   json.RawMessage `json:"data"`
		Errors json.RawMessage `json:"errors"`
	}
	headers := []string{}
	if token != "" {
		headers = []string{"Authorization", "Bearer " + token}
	}
	if _, err := post(ctx, "http://"+s.address+"/graphql",
		map[string]any{"query": query, "variables": variables}, &answer, headers...); err != nil {
		return err
	}
	if len(answer.Errors) > 0 && string(answer.Errors) != "null" && string(answer.Errors) != "[]" {
		return fmt.Errorf("%s answered %.500s", s.name, answer.Errors)
	}
	return json.Unmarshal(answer.Data, out)
}
