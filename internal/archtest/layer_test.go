package archtest

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// layers are the packages from top to bottom. A package may import those of its own floor and of
// the floors below; what ends in /… stands for a package and all below it. A new package has to be
// given its place here.
var layers = [][]string{
	{"cmd/usher"},
	{"internal/app", "internal/demo", "internal/demo/courses"},
	{"internal/server"},
	{"graph", "internal/pages"},
	{"internal/onboarding"},
	{"internal/lifecycle"},
	{"internal/imports"},
	{"internal/importundo", "internal/mirror"},
	{"internal/emailaction"},
	{"internal/joinlink", "internal/member", "internal/card", "internal/dryrun"},
	{"internal/acceptance", "internal/provisioning", "internal/invitationemail"},
	{"internal/invitation"},
	{"internal/suppression", "internal/apikey", "internal/webhook", "internal/actionlink"},
	{"internal/admission", "internal/workspace", "internal/oidc", "internal/consent"},
	{"internal/account", "internal/training"},
	{"internal/outbox", "internal/audit", "internal/ratelimit", "internal/grouptree",
		"internal/idempotency"},
	{"internal/jobs", "internal/cookie"},
	{"internal/store", "internal/mail", "internal/devmail", "internal/config", "internal/gqlhttp",
		"internal/inputs"},
	{"internal/visibility"},
	{"ent/…"},
	{"internal/access", "internal/address", "internal/importfile", "internal/password",
		"internal/bounce", "internal/qr", "internal/inbound", "internal/searchtext",
		"internal/weburl", "internal/gqllimit"},
	{"internal/spreadsheet", "internal/jsonscan"},
	{"internal/scalar", "internal/relay"},
	{"internal/fault"},
	{"internal/i18n", "internal/ident", "internal/secret",
		"internal/fastgql", "internal/palette", "web"},
	// tools: nothing that runs imports them
	{"internal/gen/…", "internal/testkit/…", "internal/apptest", "internal/archtest"},
}

// forbiddenImports must not import each other, though their floors would let them; the first of
// each may not import the second.
var forbiddenImports = [][2]string{
	{"graph", "internal/pages"}, {"internal/pages", "graph"}, // both are entry points
	{"internal/pages", "internal/gqlhttp"},
}

// knowNoDatabase are pure: neither ent, nor store, nor SQL, not even through what they import.
var knowNoDatabase = []string{"internal/mail", "internal/address", "internal/access",
	"internal/bounce", "internal/qr", "internal/fastgql", "internal/scalar", "internal/searchtext",
	"internal/weburl", "internal/importfile", "internal/spreadsheet", "internal/gqllimit",
	"internal/jsonscan"}

func layerOf(folder string) int {
	for i, floor := range layers {
		for _, p := range floor {
			if tree, all := strings.CutSuffix(p, "/…"); p == folder || all &&
				(folder == tree || strings.HasPrefix(folder, tree+"/")) {
				return i
			}
		}
	}
	return -1
}

// readImports lists what each package imports, tests apart; own packages without the module's name.
func readImports(t *testing.T) map[string][]string {
	t.Helper()
	of := map[string][]string{}
	for _, s := range goSources(t) {
		if s.isTest() {
			continue
		}
		for _, spec := range s.ast.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			name = strings.TrimPrefix(name, "usher/")
			if !slices.Contains(of[s.folder()], name) {
				of[s.folder()] = append(of[s.folder()], name)
			}
		}
		if of[s.folder()] == nil {
			of[s.folder()] = []string{}
		}
	}
	return of
}

func TestImportsGoDownOnly(t *testing.T) {
	t.Parallel()
	tools := len(layers) - 1
	for folder, imported := range readImports(t) {
		at := layerOf(folder)
		if at < 0 {
			t.Errorf("%s has no place in the table of this test", folder)
		}
		for _, name := range imported {
			to := layerOf(name)
			switch {
			case to < 0, at < 0: // not ours, or told above
			case at != tools && to == tools:
				t.Errorf("%s imports %s, which is for tests and generating", folder, name)
			case at != tools && to < at:
				t.Errorf("%s imports %s, which is above it", folder, name)
			}
		}
		for _, pair := range forbiddenImports {
			if folder == pair[0] && slices.Contains(imported, pair[1]) {
				t.Errorf("%s imports %s", pair[0], pair[1])
			}
		}
	}
}

func TestTheTableOfPackagesNamesNoneThatIsGone(t *testing.T) {
	t.Parallel()
	of := readImports(t)
	for _, floor := range layers {
		for _, p := range floor {
			if _, known := of[strings.TrimSuffix(p, "/…")]; !known && p != "internal/testkit/…" {
				t.Errorf("%s is in the table, and there is no such package", p)
			}
		}
	}
}

func TestWhatIsPureKnowsNoDatabase(t *testing.T) {
	t.Parallel()
	of := readImports(t)
	for _, pure := range knowNoDatabase {
		seen := map[string]bool{}
		var look func(name, way string)
		look = func(name, way string) {
			if seen[name] {
				return
			}
			seen[name] = true
			way += " → " + name
			if name == "ent" || strings.HasPrefix(name, "ent/") || name == "internal/store" ||
				name == "database/sql" || strings.HasPrefix(name, "entgo.io/") {
				t.Errorf("%s reaches the database:%s", pure, way)
			}
			for _, next := range of[name] {
				look(next, way)
			}
		}
		if of[pure] == nil {
			t.Errorf("there is no package %s", pure)
		}
		look(pure, "")
	}
}

func TestTheDataModelKnowsNothingOfUsherButItsIDs(t *testing.T) {
	t.Parallel()
	for _, name := range readImports(t)["ent/schema"] {
		if strings.HasPrefix(name, "internal/") && name != "internal/ident" || layerOf(name) >= 0 &&
			!strings.HasPrefix(name, "internal/ident") {
			t.Errorf("ent/schema imports %s", name)
		}
	}
}
