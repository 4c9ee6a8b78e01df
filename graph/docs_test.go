package graph_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"usher/internal/apptest"
)

// example is one document of the pages for developers with its variables.
type example struct {
	anonymous        bool
	query, variables string
}

var exampleBlock = regexp.MustCompile(
	"(?s)(<!-- anonymous -->\n)?```graphql\n(.*?)```\n(?:```json\n(.*?)```)?")

// curlDocument finds the document in the body of a request of a shell.
var curlDocument = regexp.MustCompile(`"query":"([^"]*)"`)

func readExamples(t *testing.T) []example {
	t.Helper()
	var list []example
	for _, page := range []string{"../docs/api.md", "../docs/partners.md", "../docs/events.md",
		"../docs/webhooks.md"} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range exampleBlock.FindAllStringSubmatch(string(text), -1) {
			list = append(list, example{m[1] != "", m[2], m[3]})
		}
		// The requests of a shell are not run here, but their documents must fit the schema.
		for _, m := range curlDocument.FindAllStringSubmatch(string(text), -1) {
			if _, errs := gqlparser.LoadQueryWithRules(served(), m[1],
				rules.NewDefaultRules()); errs != nil {
				t.Errorf("%s: %s\n%v", page, m[1], errs)
			}
		}
	}
	if len(list) < 15 {
		t.Fatalf("only %d examples were found", len(list))
	}
	return list
}

// TestTheExamplesOfTheDeveloperDocsRun runs each document of the pages in their order.
// Words such as $workspaceId in the variables stand for what the test, or an earlier example, made.
func TestTheExamplesOfTheDeveloperDocsRun(t *testing.T) {
	t.Parallel()
	k := apptest.New(t, "sqlite", apptest.WithoutWorker)
	p := k.Found("Acme", "acme")
	group := p.Group("Class", "PRIVATE", nil)
	invited := p.Invite("noa@example.org", nil)
	values := map[string]string{
		"adminEmail": "admin@acme.test", "password": apptest.Password,
		"workspaceId": p.Workspace.ID.String(), "groupId": group.ID.String(),
		"memberId":        p.Join("member@acme.test", nil).ID.String(),
		"invitationId":    p.Invite("cancelled@example.org", nil).ID.String(),
		"invitationToken": p.MailToken(invited),
	}
	admin := k.SignIn("admin@acme.test", apptest.Password)
	schema := served()
	for _, e := range readExamples(t) {
		if _, errs := gqlparser.LoadQueryWithRules(schema, e.query,
			rules.NewDefaultRules()); errs != nil {
			t.Errorf("%s\n%v", e.query, errs)
			continue
		}
		if strings.HasPrefix(e.query, "subscription") {
			continue // the tests of subscriptions run them
		}
		token := admin
		if e.anonymous {
			token = ""
		}
		var variables map[string]any
		if e.variables != "" {
			text := regexp.MustCompile(`\$(\w+)`).ReplaceAllStringFunc(e.variables,
				func(word string) string { return values[word[1:]] })
			if err := json.Unmarshal([]byte(text), &variables); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
		}
		answer := k.Ask(token, e.query, variables)
		if len(answer.Errors) > 0 {
			t.Errorf("%s\n%s", e.query, answer.Body)
		}
		rememberExample(answer.Data, values)
	}
}

// rememberExample keeps what later examples use of an answer.
func rememberExample(data json.RawMessage, values map[string]string) {
	var out struct {
		SignIn        struct{ Auth struct{ RefreshToken string } }
		CreateImport  struct{ Import struct{ ID string } }
		CreateWebhook struct{ Webhook struct{ ID string } }
	}
	if json.Unmarshal(data, &out) != nil {
		return
	}
	if id := out.CreateWebhook.Webhook.ID; id != "" {
		values["webhookId"] = id
	}
	if token := out.SignIn.Auth.RefreshToken; token != "" {
		values["refreshToken"] = token
	}
	if id := out.CreateImport.Import.ID; id != "" {
		values["importId"] = id
	}
}

// TestTheDeveloperDocsTellOfEachMutationWhatARepetitionDoes finds the mutation that the table of
// docs/api.md leaves out.
func TestTheDeveloperDocsTellOfEachMutationWhatARepetitionDoes(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(text), "## Repeating a request")
	if !found {
		t.Fatal("docs/api.md has no such section")
	}
	for _, f := range served().Mutation.Fields {
		if !strings.HasPrefix(f.Name, "__") && !strings.Contains(table, "`"+f.Name+"`") {
			t.Errorf("docs/api.md does not say what repeating %s does", f.Name)
		}
	}
}
