package archtest

import (
	"go/ast"
	"slices"
	"testing"
)

// namings are the setters of what members, invitations and join requests are searched by.
var namings = []string{"SetFirstName", "SetNillableFirstName", "ClearFirstName", "SetLastName",
	"SetNillableLastName", "ClearLastName", "SetEmail", "ClearEmail", "SetUsername",
	"ClearUsername"}

// writesAccountAlone are the functions that name an account which is nobody's member then, each
// with its reason.
var writesAccountAlone = map[string]string{
	"internal/admission/createworkspace.go findOwner":     "a new account",
	"internal/acceptance/acceptor.go FindOrCreateAccount": "a new account",
	"internal/provisioning/account.go newAccount":         "a new account",
	"internal/joinlink/approve.go findApplicant":          "a new account",
	"internal/member/eraseperson.go eraseAccount":         "its memberships are removed before",
	"internal/member/erase.go forgetRows":                 "rows of imports, which are not searched",
	"internal/dryrun/dryrun.go detachForeignAccount":      "in a dry run, which is rolled back",
}

// TestEveryWriteOfANameWritesTheSearchedText keeps searches true: a function that writes a name or
// an address writes the copy that is searched, too.
func TestEveryWriteOfANameWritesTheSearchedText(t *testing.T) {
	t.Parallel()
	excused := map[string]bool{}
	for _, s := range productSources(t) {
		for _, d := range s.ast.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			var names, writes bool
			ast.Inspect(f, func(n ast.Node) bool {
				if selected, ok := n.(*ast.SelectorExpr); ok {
					names = names || slices.Contains(namings, selected.Sel.Name)
					writes = writes || slices.Contains([]string{"SetSearchText",
						"CopyNamesToMembers"}, selected.Sel.Name)
				}
				if called, ok := n.(*ast.Ident); ok {
					writes = writes || called.Name == "SetSearchText" ||
						called.Name == "CopyNamesToMembers"
				}
				return true
			})
			key := s.path + " " + f.Name.Name
			switch {
			case names && !writes && writesAccountAlone[key] == "":
				t.Errorf("%s: %s writes a name or an address without the searched text",
					s.position(f), f.Name.Name)
			case names && !writes:
				excused[key] = true
			}
		}
	}
	for key := range writesAccountAlone {
		if !excused[key] {
			t.Errorf("%s is listed and needs it no more", key)
		}
	}
}
