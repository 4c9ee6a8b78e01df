package archtest

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// rawSQL are the only files that spell SQL themselves, each with its reason. The tenant filter does
// not see what they ask.
var rawSQL = map[string]string{
	"graph/filter.go":                "labels and answers in JSON have no words in ent; conditions on queries behind the tenant filter",
	"graph/searchpeople.go":          "the position of a text has no words in ent, nor has the table of searched words; conditions on queries behind the tenant filter, and counts of one workspace, which no answer shows",
	"graph/search.go":                "a list of ids in one argument has no words in ent; a condition on queries behind the tenant filter",
	"graph/count.go":                 "counts by status have no words in ent; on queries behind the tenant filter",
	"internal/account/load.go":       "the caller is loaded before there is a scope, over trees, in a fixed number of statements",
	"internal/account/apikey.go":     "the key is loaded before there is a scope, in one statement",
	"internal/acceptance/leadsto.go": "elements of a JSON list have no words in ent; a condition on queries behind the tenant filter",
	"internal/store/answers.go":      "takes one key out of a JSON column of many rows; it applies the tenant filter itself",
	"graph/direct.go":                "direct reads: a caller who sees the whole workspace, checked in the statement",
	"graph/directlists.go":           "direct reads",
	"graph/directmember.go":          "direct reads",
	"graph/directpage.go":            "direct reads",
	"internal/store/epoch.go":        "reads and adds up what triggers write, which ent has no words for",
	"internal/store/newaddress.go":   "asks five tables at once whether they know an address; the answer shows nothing",
	"internal/webhook/run.go":        "conditions that repeat those of partial indexes, letter by letter; as the system, and only ids of endpoints leave it",
	"internal/webhook/serve.go":      "the same; deliveries of one endpoint",
	"internal/store/eventlog.go":     "gives places to many events in one statement, behind an advisory lock; it names one workspace, and returns none of its rows",
	"internal/store/erase.go":        "writes over what is written once, when a person is forgotten; it applies the tenant filter itself",
	"internal/store/bound.go":        "passes every statement on, within the time that its context has left",
	"internal/store/bulk.go":         "many rows at once, by COPY where there is one; it applies the tenant filter itself",
	"internal/store/lock.go":         "advisory locks have no words in ent, and change nothing",
	"internal/store/lockwatch.go":    "tells from the text of a statement which rows it locks",
	"internal/store/searchwords.go":  "a migration, before ent's client may be used",
	"internal/store/markrows.go":     "many rows with values of their own in one statement; by ids that were read behind the tenant filter",
	"internal/store/savepoint.go":    "savepoints have no words in ent",
	"internal/store/backlog.go":      "counts the queue, whose tables are none of ent's, and mails of all workspaces, for the operator's metrics",
	"internal/store/argument.go":     "tells from the text of a statement whether it writes",
	"internal/store/driver.go":       "passes every statement on, and counts it",
	"internal/store/prepared.go":     "passes every statement on, and keeps it prepared",
	"internal/store/settled.go":      "asks how long transactions run, of PostgreSQL; no rows of a workspace",
	"internal/store/membercount.go":  "reads and adds up what triggers write, which ent has no words for; it checks the visibility of the caller itself",
	"internal/store/migrate.go":      "asks how far the migrations are, before ent's tables exist",
	"internal/store/migratelock.go":  "locks and copies the database, which ent has no words for",
}

// rawCalls take SQL as text, or a modifier that is written as text.
var rawCalls = []string{"QueryContext", "ExecContext", "QueryRowContext", "PrepareContext",
	"QueryRow", "Prepare", "Modify"}

// sqlWords tells SQL from other text: in capitals, as it is written here.
var sqlWords = regexp.MustCompile(
	`\b(SELECT\b|INSERT INTO|UPDATE \S+ SET|DELETE FROM|WITH RECURSIVE|COUNT\(|LOWER\(|EXISTS \(|VACUUM|PRAGMA|ALTER TABLE|CREATE (TABLE|INDEX|DATABASE)|ON CONFLICT)`)

// visitCalls visits every call of a function or a method by its name.
func visitCalls(s *goSource, visit func(name string, call *ast.CallExpr)) {
	ast.Inspect(s.ast, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		switch f := call.Fun.(type) {
		case *ast.SelectorExpr:
			visit(f.Sel.Name, call)
		case *ast.Ident:
			visit(f.Name, call)
		}
		return true
	})
}

// callReceiver is the expression that a method is called on.
func callReceiver(call *ast.CallExpr) ast.Expr {
	if f, ok := call.Fun.(*ast.SelectorExpr); ok {
		return f.X
	}
	return nil
}

// findSQL tells where a file first holds SQL: words of it in a text, or a call that takes it.
func findSQL(s *goSource) (where string, found bool) {
	note := func(n ast.Node) {
		if !found {
			where, found = s.position(n), true
		}
	}
	ast.Inspect(s.ast, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING &&
			sqlWords.MatchString(lit.Value) {
			note(n)
		}
		return !found
	})
	visitCalls(s, func(name string, call *ast.CallExpr) {
		x, _ := callReceiver(call).(*ast.Ident)
		ofBuilder := x != nil && x.Name == "sql" &&
			slices.Contains([]string{"Raw", "Expr", "ExprP", "ExprFunc"}, name)
		if slices.Contains(rawCalls, name) || ofBuilder {
			note(call)
		}
	})
	return where, found
}

func TestSQLIsSpelledOnlyWhereItIsListed(t *testing.T) {
	t.Parallel()
	spelled := map[string]bool{}
	for _, s := range productSources(t) {
		where, found := findSQL(s)
		spelled[s.path] = found
		if found && rawSQL[s.path] == "" {
			t.Errorf(
				"%s: raw SQL, which the tenant filter does not see; list the file with a reason if it must be", where)
		}
	}
	for path := range rawSQL {
		if !spelled[path] {
			t.Errorf("%s is listed for raw SQL and has none", path)
		}
	}
}

func TestEntryPointsWriteNothingThemselves(t *testing.T) {
	t.Parallel()
	for _, s := range productSources(t) {
		if s.folder() != "graph" && s.folder() != "internal/pages" {
			continue
		}
		visitCalls(s, func(name string, call *ast.CallExpr) {
			write := slices.Contains([]string{"WithTx", "Retry", "Save", "SaveX", "Exec", "ExecX",
				"ExecContext"}, name)
			for _, verb := range []string{"Create", "CreateBulk", "MapCreateBulk", "Update",
				"UpdateOne", "UpdateOneID", "Delete", "DeleteOne", "DeleteOneID"} {
				// A method of one of ent's clients stands on another selector:
				// r.Reads.Member.Update().
				_, ofClient := callReceiver(call).(*ast.SelectorExpr)
				write = write || name == verb && ofClient && !isVerbService(callReceiver(call))
			}
			if write {
				t.Errorf("%s: %s: an entry point calls verbs, and writes nothing itself",
					s.position(call), name)
			}
		})
	}
}

// isVerbService tells the services whose verbs may carry such names: r.Invitations.Update.
func isVerbService(x ast.Expr) bool {
	f, ok := x.(*ast.SelectorExpr)
	return ok && slices.Contains([]string{"Invitations", "JoinLinks", "Members", "Cards", "Imports",
		"Accounts", "Workspaces"}, f.Sel.Name)
}

func TestOnlyAdmissionMakesAMemberActive(t *testing.T) {
	t.Parallel()
	const onlyAdmission = "internal/admission/admit.go" // ADM-1
	seen := 0
	for _, s := range productSources(t) {
		member := importsMember(s)
		visitCalls(s, func(name string, call *ast.CallExpr) {
			if name != "SetStatus" || len(call.Args) != 1 || !member {
				return
			}
			active := false
			ast.Inspect(call.Args[0], func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.SelectorExpr:
					x, ok := n.X.(*ast.Ident)
					active = active || n.Sel.Name == "StatusActive" && ok && x.Name == "member"
				case *ast.BasicLit:
					active = active || n.Value == `"ACTIVE"`
				}
				return true
			})
			if active && s.path == onlyAdmission {
				seen++
			} else if active {
				t.Errorf("%s: makes a member active; only %s may", s.position(call), onlyAdmission)
			}
		})
	}
	if seen != 2 {
		t.Errorf("%s makes members active at %d places, not at 2: where one is created and where one is revived", onlyAdmission, seen)
	}
}

func importsMember(s *goSource) bool {
	return slices.ContainsFunc(s.ast.Imports, func(i *ast.ImportSpec) bool {
		return strings.Trim(i.Path.Value, `"`) == "usher/ent/member"
	})
}
