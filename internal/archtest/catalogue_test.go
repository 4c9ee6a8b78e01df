package archtest

import (
	"encoding/json"
	"go/ast"
	"go/token"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"usher/internal/audit"
	"usher/internal/mail"
)

// readCatalogue holds every key of the English sentences, which the tests of internal/i18n hold the
// French ones to.
func readCatalogue(t *testing.T) map[string]bool {
	t.Helper()
	keys := map[string]bool{}
	for _, f := range repoFiles(t) {
		if ok, _ := path.Match("internal/i18n/locales/*.en.json", f.path); !ok {
			continue
		}
		var sentences map[string]any
		if err := json.Unmarshal(f.text, &sentences); err != nil {
			t.Fatalf("%s: %v", f.path, err)
		}
		for key := range sentences {
			keys[key] = true
		}
	}
	if len(keys) < 100 {
		t.Fatalf("only %d sentences were found", len(keys))
	}
	return keys
}

// topicShorthands are the packages that leave the topic out when they ask for a sentence: the
// methods and functions that put it in front, by the folder of the code. Their templates ask by T.
var topicShorthands = map[string]struct {
	topic string
	calls []string
	of    string // the templates
}{
	"internal/pages":   {"pages", []string{"t", "T"}, "web/pages"},
	"internal/devmail": {"mailbox", []string{"T"}, "internal/devmail"},
	"internal/mail":    {"mail", []string{"t", "add"}, "internal/mail/templates"},
	"internal/config":  {"config", []string{"addProblem"}, "internal/config"},
}

// composedKeys are the keys that code puts together, each with how. What is in brackets is a text
// of the code, without the topic or with it; where there is none, the ends are known and each is
// tested to exist.
var composedKeys = map[string]string{
	`audit\..*`:                                "the action of an event",
	`entrypoint\..*`:                           "the entry point of an event",
	`role\..*`:                                 "the key of a built-in role",
	`invite\.not_open_.*`:                      "the state that an invitation is in",
	`grant\.field_answer_.*`:                   "the type of a custom field",
	`mail\.weekday_(?:short_)?\d`:              "the number of the day",
	`mail\.month_(?:short_)?\d+`:               "the number of the month",
	`mail\.fact_(.*)`:                          "the counter of an import",
	`config\.help_(.*)`:                        "the name of the setting",
	`pages\.(.*)_title`:                        "a page that says one thing has a title",
	`pages\.(.*)_text`:                         "and a text",
	`pages\.done_(.*)`:                         "what the path says was done",
	`(throttle\..*)_(?:seconds|minutes|hours)`: "the unit in which to say how long to wait",
}

var (
	wholeKey    = regexp.MustCompile(`^[a-z0-9_]+(\.[a-z0-9_]+)+$`)
	templateKey = regexp.MustCompile(`\bT "([a-z0-9_]+)"`)
	fileNames   = regexp.MustCompile(
		`\.(go|db|html|txt|css|js|svg|json|sql|graphql|test|md|before|xlsx|csv|zip)$`)
)

// visitLiterals visits every string in a file, but for the paths of imports.
func visitLiterals(s *goSource, visit func(text string, at ast.Node)) {
	ast.Inspect(s.ast, func(n ast.Node) bool {
		if _, isImport := n.(*ast.ImportSpec); isImport {
			return false
		}
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if text, err := strconv.Unquote(lit.Value); err == nil {
				visit(text, lit)
			}
		}
		return true
	})
}

func TestEveryKeyThatCodeNamesExists(t *testing.T) {
	t.Parallel()
	keys := readCatalogue(t)
	topics := map[string]bool{}
	for key := range keys {
		topic, _, _ := strings.Cut(key, ".")
		topics[topic] = true
	}
	for _, s := range productSources(t) {
		other := nonKeyTexts(s)
		visitLiterals(s, func(text string, at ast.Node) {
			topic, _, _ := strings.Cut(text, ".")
			if strings.HasSuffix(text, "_") {
				return // the beginning of one that is put together
			}
			if wholeKey.MatchString(text) && topics[topic] && !keys[text] &&
				!fileNames.MatchString(text) && !other[at] {
				t.Errorf("%s: no sentence has the key %s", s.position(at), text)
			}
		})
		if short, ok := topicShorthands[s.folder()]; ok {
			visitCalls(s, func(name string, call *ast.CallExpr) {
				if len(call.Args) == 0 || !slices.Contains(short.calls, name) {
					return
				}
				if text, ok := literalText(call.Args[0]); ok && wholeKey.MatchString("x."+text) &&
					!keys[short.topic+"."+text] {
					t.Errorf("%s: no sentence has the key %s.%s", s.position(call),
						short.topic, text)
				}
			})
		}
	}
	for _, short := range topicShorthands {
		for _, f := range repoFiles(t) {
			if f.folder() != short.of || !strings.HasSuffix(f.path, ".html") {
				continue
			}
			for _, m := range templateKey.FindAllSubmatch(f.text, -1) {
				if !keys[short.topic+"."+string(m[1])] {
					t.Errorf("%s: no sentence has the key %s.%s", f.path, short.topic, m[1])
				}
			}
		}
	}
}

// nonKeyArguments are the arguments that look like keys and are none: the field of an input,
// "grant.roles", which stands before the key; and a beginning that the function puts an end to.
var nonKeyArguments = map[string]int{"Input": 0, "NotFoundAt": 0, "ParseText": 0, "ParseLocale": 0,
	"missing": 0, "newWaitFault": 0}

// nonKeyTexts are the texts of a file that look like keys and are none.
func nonKeyTexts(s *goSource) map[ast.Node]bool {
	other := map[ast.Node]bool{}
	visitCalls(s, func(name string, call *ast.CallExpr) {
		if i, takes := nonKeyArguments[name]; takes && len(call.Args) > i {
			other[call.Args[i]] = true
		}
	})
	// Actions, whose keys have audit. in front, and types of events, which are no keys.
	if s.path == actionsFile || s.path == "internal/audit/eventtype.go" {
		visitLiterals(s, func(_ string, at ast.Node) { other[at] = true })
	}
	return other
}

func literalText(x ast.Expr) (string, bool) {
	lit, ok := x.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// isComposed tells whether code puts a key together, out of texts that are there.
func isComposed(key string, used map[string]bool) bool {
	topic, _, _ := strings.Cut(key, ".")
	for pattern := range composedKeys {
		m := regexp.MustCompile("^" + pattern + "$").FindStringSubmatch(key)
		if len(m) == 1 || len(m) == 2 && (used[m[1]] || used[topic+"."+m[1]]) {
			return true
		}
	}
	return false
}

func TestEveryKeyThatIsPutTogetherExists(t *testing.T) {
	t.Parallel()
	keys := readCatalogue(t)
	want := func(key string) {
		if !keys[key] {
			t.Errorf("no sentence has the key %s", key)
		}
	}
	for _, a := range readActions(t) {
		want("audit." + string(a))
	}
	for _, k := range mail.Kinds {
		for _, part := range []string{"subject", "preheader", "headline", "lead", "why"} {
			want("mail." + string(k) + "_" + part)
		}
	}
	for _, state := range []string{"pending", "active", "cancelled", "declined", "expired"} {
		want("invite.not_open_" + state)
	}
	for _, kind := range []string{"text", "number", "date", "choice"} {
		want("grant.field_answer_" + kind)
	}
	for _, role := range []string{"admin", "user_admin", "group_admin", "manager", "coach",
		"instructor", "learner"} {
		want("role." + role)
	}
	for n := range 7 {
		want("mail.weekday_" + strconv.Itoa(n))
		want("mail.weekday_short_" + strconv.Itoa(n))
	}
	for n := range 12 {
		want("mail.month_" + strconv.Itoa(n+1))
		want("mail.month_short_" + strconv.Itoa(n+1))
	}
	for _, kind := range []string{"tries", "mails", "asks"} {
		for _, unit := range []string{"seconds", "minutes", "hours"} {
			want("throttle." + kind + "_" + unit)
		}
	}
}

// actionsFile is the file that declares the actions of the history.
const actionsFile = "internal/audit/audit.go"

// readActions are the constants of audit.Action, read from the source so that none is forgotten.
func readActions(t *testing.T) []audit.Action {
	t.Helper()
	var list []audit.Action
	for _, s := range productSources(t) {
		if s.path != actionsFile {
			continue
		}
		visitLiterals(s, func(text string, _ ast.Node) {
			if wholeKey.MatchString(text) {
				list = append(list, audit.Action(text))
			}
		})
	}
	if !slices.Contains(list, audit.InvitationMade) {
		t.Fatal("the actions were not found")
	}
	return list
}

func TestNoSentenceIsWrittenForNobody(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, s := range productSources(t) {
		short, abbreviated := topicShorthands[s.folder()]
		visitLiterals(s, func(text string, _ ast.Node) {
			used[text] = true
			if abbreviated {
				used[short.topic+"."+text] = true
			}
		})
	}
	for _, short := range topicShorthands {
		for _, f := range repoFiles(t) {
			if f.folder() == short.of {
				for _, m := range templateKey.FindAllSubmatch(f.text, -1) {
					used[short.topic+"."+string(m[1])] = true
				}
			}
		}
	}
	for _, k := range mail.Kinds {
		for _, part := range []string{"subject", "preheader", "headline", "lead", "why", "button",
			"note"} {
			used["mail."+string(k)+"_"+part] = true
		}
	}
	for _, a := range readActions(t) {
		used["audit."+string(a)] = true
	}
	for _, key := range slices.Sorted(maps.Keys(readCatalogue(t))) {
		if !used[key] && (strings.HasPrefix(key, "audit.") || !isComposed(key, used)) {
			t.Errorf("nothing asks for %s", key)
		}
	}
}
