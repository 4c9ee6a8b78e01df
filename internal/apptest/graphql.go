package apptest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"

	"usher/ent/group"
)

// Answer is a response of the API.
type Answer struct {
	Data   json.RawMessage
	Errors []struct {
		Message    string
		Path       []any
		Extensions map[string]any
	}
	Body   string
	Status int
}

// Code returns the code of the first error, or "".
func (a *Answer) Code() string {
	if len(a.Errors) == 0 {
		return ""
	}
	code, _ := a.Errors[0].Extensions["code"].(string)
	return code
}

// Ask posts a query with a token, which may be empty, and variables.
func (k *Kit) Ask(token, query string, variables map[string]any) *Answer {
	k.T.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		k.T.Fatal(err)
	}
	req, err := http.NewRequestWithContext(k.T.Context(), http.MethodPost, k.URL+"/graphql",
		bytes.NewReader(body))
	if err != nil {
		k.T.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		k.T.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		k.T.Fatal(err)
	}

	// A response that is not JSON is a failure of the server, so its status and body are shown.
	a := &Answer{Body: string(raw), Status: resp.StatusCode}
	if err := json.Unmarshal(raw, a); err != nil {
		k.T.Fatalf("%d %s: %v", resp.StatusCode, raw, err)
	}
	return a
}

// Must is Ask that fails the test on any error. It decodes the data into out.
func (k *Kit) Must(token, query string, variables map[string]any, out any) {
	k.T.Helper()
	a := k.Ask(token, query, variables)
	if len(a.Errors) > 0 {
		k.T.Fatalf("the API refused: %s", a.Body)
	}
	if out == nil {
		return
	}
	if err := json.Unmarshal(a.Data, out); err != nil {
		k.T.Fatalf("%s: %v", a.Body, err)
	}
}

// SignIn signs in through the API and returns the access token.
func (k *Kit) SignIn(login, password string) string {
	k.T.Helper()
	var out struct {
		SignIn struct{ Auth struct{ AccessToken string } }
	}
	k.Must("", `mutation($l: String!, $p: String!) { signIn(input: {login: $l, password: $p, tokenDelivery: BODY}) { auth { accessToken } } }`,
		map[string]any{"l": login, "p": password}, &out)
	return out.SignIn.Auth.AccessToken
}

func visibilityOf(word string) group.Visibility { return group.Visibility(word) }

// sortedCopy sorts a list in place and returns it.
func sortedCopy(list []string) []string {
	slices.Sort(list)
	return list
}
