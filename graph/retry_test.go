package graph_test

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"

	"usher/ent"
	"usher/ent/joinrequest"
	"usher/ent/signin"
	"usher/ent/webhookdelivery"
	"usher/internal/apptest"
	"usher/internal/ident"
	"usher/internal/secret"
	"usher/internal/store"
)

// retryRun is one of the two installations that the test compares. Both get the same requests in
// the same order, each on rows that are made for it.
type retryRun struct {
	*matrix
}

// person adds a person to the workspace whom no other request knows.
func (r *retryRun) person() (email string) {
	r.n++
	email = fmt.Sprintf("person%d@hill.test", r.n)
	r.Join(email, nil)
	return email
}

// personToken signs a new person in.
func (r *retryRun) personToken() string { return r.SignIn(r.person(), apptest.Password) }

// invitationToken is the token of the emailed link of a new invitation.
func (r *retryRun) invitationToken() (ident.ID, string) {
	r.n++
	inv := r.Invite(fmt.Sprintf("invited%d@hill.test", r.n), nil)
	return inv.ID, r.MailToken(inv)
}

// accountToken is the token of an emailed link about the account of an address.
func (r *retryRun) accountToken(purpose secret.Purpose, email, bound string) string {
	u := r.User(email)
	return r.Settings.Keyring.SignLink(secret.Claim{
		Purpose: purpose, ID: u.ID, Version: uint32(u.CredentialVersion),
		ExpiresAt: r.Clock.Now().Add(time.Hour).Truncate(time.Second), Binding: []string{bound},
	}).Reveal()
}

// slug is the slug of a new join link.
func (r *retryRun) slug() string {
	r.n++
	rows := &freshRows{
		matrix: r.matrix, place: r.Place, scope: "own", below: "own", made: map[string]ident.ID{},
		email: fmt.Sprintf("someone%d@hill.test", r.n),
	}
	rows.link()
	return fmt.Sprintf("fresh-%d", r.n)
}

// must sends a mutation as the administrator that prepares a request.
func (r *retryRun) must(format string, values ...any) {
	r.Must(r.token("admin"), "mutation { "+fmt.Sprintf(format, values...)+" }", nil, nil)
}

// newPassword is the password that people choose instead of apptest.Password.
const newPassword = "another good battery"

// changeTo is how a person asks for another address.
func changeTo(email string) string {
	return fmt.Sprintf("input: {email: %q, password: %q}", email, apptest.Password)
}

// joining is how a person joins by a link.
func joining(slug, email string) string {
	return fmt.Sprintf("input: {slug: %q, email: %q}", slug, email)
}

// asNewPerson is how a person without an account accepts by a link.
func asNewPerson(token string) string {
	return fmt.Sprintf(`input: {token: %q, firstName: "Jo", lastName: "Do", password: %q}`,
		token, apptest.Password)
}

// retryRequest prepares a request and returns the token of its caller, which is empty for nobody,
// and its arguments.
type retryRequest func(r *retryRun) (token, arguments string)

// retryRequests are the requests that the table of the matrix does not have, or that change nothing
// there.
var retryRequests = map[string]retryRequest{
	"signIn": func(r *retryRun) (string, string) {
		return "", fmt.Sprintf("input: {login: %q, password: %q}", r.person(), apptest.Password)
	},
	"refreshSession": func(r *retryRun) (string, string) {
		var out struct {
			SignIn struct{ Auth struct{ RefreshToken string } }
		}
		r.Must("", fmt.Sprintf(`mutation {
			signIn(input: {login: %q, password: %q, tokenDelivery: BODY}) { auth { refreshToken } }
		}`, r.person(), apptest.Password), nil, &out)
		return "", fmt.Sprintf("input: {refreshToken: %q}", out.SignIn.Auth.RefreshToken)
	},
	"removeOrganizationAdministrator": func(r *retryRun) (string, string) {
		email := r.person()
		r.Verify(email)
		ids := fmt.Sprintf("input: {organizationId: %q, userId: %q}", r.Workspace.OrganizationID,
			r.User(email).ID)
		r.must("addOrganizationAdministrator(%s) { organization { id } }", ids)
		return r.token("admin"), ids
	},
	"signOut":           func(r *retryRun) (string, string) { return r.personToken(), "" },
	"signOutEverywhere": func(r *retryRun) (string, string) { return r.personToken(), "" },
	"revokeSignIn": func(r *retryRun) (string, string) {
		email := r.person()
		r.SignIn(email, apptest.Password)
		last, err := r.Store.SignIn.Query().Where(signin.UserID(r.User(email).ID)).
			Order(ent.Desc(signin.FieldID)).FirstID(store.AsSystem(r.T.Context(), "a test looks"))
		if err != nil {
			r.T.Fatal(err)
		}
		return r.SignIn(email, apptest.Password), fmt.Sprintf("input: {signInId: %q}", last)
	},
	"requestPasswordReset": func(r *retryRun) (string, string) {
		return "", fmt.Sprintf("input: {email: %q}", r.person())
	},
	"resetPassword": func(r *retryRun) (string, string) {
		email := r.person()
		token := r.accountToken(secret.PasswordReset, email, email)
		return "", fmt.Sprintf("input: {token: %q, password: %q}", token, newPassword)
	},
	"changePassword": func(r *retryRun) (string, string) {
		return r.personToken(), fmt.Sprintf("input: {currentPassword: %q, newPassword: %q}",
			apptest.Password, newPassword)
	},
	"updateProfile": func(r *retryRun) (string, string) {
		return r.personToken(), `input: {firstName: "Jo"}`
	},
	"requestEmailChange": func(r *retryRun) (string, string) {
		email := r.person()
		return r.SignIn(email, apptest.Password), changeTo("new-" + email)
	},
	"confirmEmailChange": func(r *retryRun) (string, string) {
		email := r.person()
		r.Verify(email)
		token := r.SignIn(email, apptest.Password)
		r.Must(token, "mutation { requestEmailChange("+changeTo("new-"+email)+") { email } }",
			nil, nil)
		link := r.accountToken(secret.EmailChange, email, "new-"+email)
		return token, fmt.Sprintf("input: {token: %q}", link)
	},
	"redeemCard": func(r *retryRun) (string, string) {
		var out struct {
			IssueCard struct{ Card struct{ URL, Pin string } }
		}
		arguments := r.fresh("own", asked["issueCard"])
		r.Must(r.token("admin"), "mutation { issueCard("+arguments+") { card { url pin } } }",
			nil, &out)
		return "", fmt.Sprintf(`input: {token: %q, pin: %q, password: %q}`,
			apptest.Token(out.IssueCard.Card.URL), out.IssueCard.Card.Pin, newPassword)
	},
	"acceptInvitation": func(r *retryRun) (string, string) {
		_, token := r.invitationToken()
		return "", asNewPerson(token)
	},
	"declineInvitation": func(r *retryRun) (string, string) {
		_, token := r.invitationToken()
		return "", fmt.Sprintf("input: {token: %q, neverEmailAgain: THIS_WORKSPACE}", token)
	},
	"requestNewInvitation": func(r *retryRun) (string, string) {
		id, token := r.invitationToken()
		r.must("cancelInvitation(input: {invitationId: %q}) { invitation { id } }", id)
		return "", fmt.Sprintf("input: {token: %q}", token)
	},
	"requestInvitationMove": func(r *retryRun) (string, string) {
		_, token := r.invitationToken()
		return r.personToken(), fmt.Sprintf("input: {token: %q}", token)
	},
	"joinByLink": func(r *retryRun) (string, string) {
		slug := r.slug()
		return "", joining(slug, fmt.Sprintf("joins%d@hill.test", r.n))
	},
	"joinByLink signed in": func(r *retryRun) (string, string) {
		r.n++
		email := fmt.Sprintf("joins%d@hill.test", r.n)
		r.Account(email)
		r.Verify(email)
		return r.SignIn(email, apptest.Password), joining(r.slug(), email)
	},
	"confirmJoin": func(r *retryRun) (string, string) {
		slug := r.slug()
		email := fmt.Sprintf("joins%d@hill.test", r.n)
		r.Must("", "mutation { joinByLink("+joining(slug, email)+") { status } }", nil, nil)
		request, err := r.Store.JoinRequest.Query().
			Where(joinrequest.EmailKey(email)).OnlyID(r.In())
		if err != nil {
			r.T.Fatal(err)
		}
		token := r.Settings.Keyring.SignLink(secret.Claim{
			Purpose: secret.JoinConfirmation, ID: request, Version: 1,
			ExpiresAt: r.Clock.Now().Add(time.Hour).Truncate(time.Second),
			Binding:   []string{r.Workspace.ID.String(), email},
		}).Reveal()
		return "", asNewPerson(token)
	},
	"eraseMyAccount": func(r *retryRun) (string, string) {
		return r.personToken(), fmt.Sprintf("input: {password: %q}", apptest.Password)
	},

	"resendPendingInvitations": func(r *retryRun) (string, string) {
		r.n++
		word := fmt.Sprintf("waits%d", r.n)
		r.Invite(word+"@hill.test", nil)
		filter := `input: {workspaceId: "WORKSPACE", filter: {search: "` + word + `"}}`
		return r.token("admin"), r.fresh("own", filter)
	},
	"addToGroup a member": func(r *retryRun) (string, string) {
		added := fmt.Sprintf(`input: {groupId: "GROUP", memberIds: [%q]}`, r.Member(r.person()).ID)
		return r.token("admin"), r.fresh("own", added)
	},
	"registerForSession a group": func(r *retryRun) (string, string) {
		// The member is made in the group, and registered because they are in it.
		request := r.fresh("own",
			`input: {sessionId: "SESSION", groupIds: ["GROUP"], memberIds: ["MEMBER"]}`)
		group, _, _ := strings.Cut(request, ", memberIds")
		return r.token("admin"), group + "}"
	},
	"createJoinLink": func(r *retryRun) (string, string) {
		// With a slug, since one that is made up differs from run to run.
		return r.token("admin"), r.fresh("own",
			`input: {workspaceId: "WORKSPACE", slug: "chosen", grant: {groupIds: ["GROUP"]}}`)
	},
	"replayWebhookDeliveries": func(r *retryRun) (string, string) {
		arguments := r.fresh("own", asked["replayWebhookDeliveries"])
		endpoint, err := ident.Parse(clientID.FindString(arguments))
		if err != nil {
			r.T.Fatal(err)
		}
		r.Write(func(ctx context.Context, tx *store.Tx) error {
			return tx.WebhookDelivery.Create().SetWorkspaceID(r.Workspace.ID).
				SetWebhookID(endpoint).SetType("member.joined").SetSequenceID(r.Admin.ID).
				SetEventAt(r.Clock.Now()).SetStatus(webhookdelivery.StatusFailed).
				SetAttempts(10).Exec(ctx)
		})
		return r.token("admin"), arguments
	},
	"reactivateMember": func(r *retryRun) (string, string) {
		arguments := r.fresh("own", `input: {memberId: "MEMBER"}`)
		r.must("deactivateMember(%s) { member { id } }", arguments)
		return r.token("admin"), arguments
	},
	"deactivateMembers by a filter": func(r *retryRun) (string, string) {
		return r.token("admin"), r.fresh("own", fmt.Sprintf(`input: {members: {matching: {
			workspaceId: "WORKSPACE", filter: {email: %q}}}}`, r.person()))
	},
	"reactivateMembers": func(r *retryRun) (string, string) {
		arguments := r.fresh("own", `input: {members: {memberIds: ["MEMBER"]}}`)
		r.must("deactivateMembers(%s) { changedCount }", arguments)
		return r.token("admin"), arguments
	},
	"unassignProgram": func(r *retryRun) (string, string) {
		arguments := r.fresh("own", asked["unassignProgram"])
		r.must("assignProgram(%s) { group { id } }", arguments)
		return r.token("admin"), arguments
	},
}

// requestOf prepares the request of a name and returns the token of its caller and the request.
func (r *retryRun) requestOf(name string) (token, request string) {
	operation, _, _ := strings.Cut(name, " ")
	field := r.schema.Mutation.Fields.ForName(operation)
	var arguments string
	if prepare := retryRequests[name]; prepare != nil {
		token, arguments = prepare(r)
	} else {
		token, arguments = r.token("admin"), r.fresh("own", asked[name])
	}
	if arguments != "" {
		arguments = "(" + arguments + ")"
	}
	answer := affordable(r.schema, field.Type)
	if operation == "issueCard" { // the picture of the link, and the sheet with it, are chance
		answer = " { card { member { id } expiresAt } }"
	}
	if operation == "issueCards" {
		answer = " { results { card { member { id } expiresAt } error { code } } }"
	}
	return token, "mutation { " + operation + arguments + answer + " }"
}

// writtenBy sends a request and returns its answer and its changes, table by table: the lines of
// the snapshot that came ("+") and went ("-"), without ids, tokens and times. With a code the
// first attempt of each transaction is broken off.
func (r *retryRun) writtenBy(name, code string) (answer string, changed map[string][]string) {
	token, request := r.requestOf(name)
	before := r.Snapshot()
	r.Store.BreakOffFirst(code)
	a := r.Ask(token, request, nil)
	r.Store.BreakOffFirst("")
	after := r.Snapshot()
	if a.Code() != "" || strings.Contains(a.Body, `"code":"`) {
		r.T.Errorf("%s: %s", name, a.Body)
	}

	ids := idsOf(before, after)
	changed = map[string][]string{}
	for table := range after {
		if table == "river_notification" { // wakes workers, at most once in a while
			continue
		}
		came, went := missingIn(before[table], after[table]), missingIn(after[table], before[table])
		for _, line := range came {
			changed[table] = append(changed[table], "+ "+masked(table, line, ids))
		}
		for _, line := range went {
			changed[table] = append(changed[table], "- "+masked(table, line, ids))
		}
		slices.Sort(changed[table])
	}
	return masked("", a.Body, ids), changed
}

// missingIn lists the lines that a table does not have, or has less often.
func missingIn(table, lines []string) (missing []string) {
	count := map[string]int{}
	for _, line := range table {
		count[line]++
	}
	for _, line := range lines {
		if count[line]--; count[line] < 0 {
			missing = append(missing, line)
		}
	}
	return missing
}

// idsOf are the ids of all rows in snapshots, in the form of the database.
func idsOf(snapshots ...map[string][]string) map[string]bool {
	ids := map[string]bool{}
	for _, tables := range snapshots {
		for _, lines := range tables {
			for _, line := range lines {
				if id := storedID.FindString(line); id != "" && strings.HasPrefix(line, id) {
					ids[id] = true
				}
			}
		}
	}
	return ids
}

var (
	storedID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	clientID = regexp.MustCompile(`[a-z]{2,5}_[0-9a-hjkmnp-tv-z]{26}`)
	moment   = regexp.MustCompile(`\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?` +
		`( ?(Z|[+-]\d\d:?\d\d))?( UTC| \+0000)?`)
	// Hashes, tokens, sealed text, and in jobs a nonce and a time.
	opaque = regexp.MustCompile(`whsec_[A-Za-z0-9+/=]+|\$argon2id\$[^ "]+|[A-Za-z0-9_.=-]{30,}|[0-9a-f]{16}|"due":\d{16}|` +
		`"hint":"\w{4}"`)
	// The last characters of a key, in its row: the columns have another order on each database.
	keyHint = regexp.MustCompile(`(^|\| )[A-Za-z0-9]{4}( \||$)`)
)

// masked takes out of a line what differs from run to run. Of an id its kind remains, with a
// question mark when no row has it: such as that of a row which only the broken-off attempt
// wrote.
func masked(table, line string, ids map[string]bool) string {
	// A sequence goes on when a transaction is rolled back.
	if table == "river_job" || table == "member_counts" || table == "epochs" {
		_, line, _ = strings.Cut(line, apptest.SnapshotSeparator)
	}
	binary := func(c rune) bool { return c < ' ' && c != '\n' && c != '\t' }
	cells := strings.Split(line, apptest.SnapshotSeparator)
	for i, cell := range cells {
		if !utf8.ValidString(cell) || strings.ContainsFunc(cell, binary) {
			cells[i] = "BYTES"
		}
	}
	line = strings.Join(cells, apptest.SnapshotSeparator)
	line = clientID.ReplaceAllStringFunc(line, func(s string) string {
		if id, err := ident.Parse(s); err == nil {
			return id.UUID()
		}
		return s
	})
	line = storedID.ReplaceAllStringFunc(line, func(s string) string {
		var id ident.ID
		if err := id.Scan(s); err != nil || id.IsZero() {
			return s
		}
		kind, _, _ := strings.Cut(id.String(), "_")
		if !ids[s] {
			kind += "?"
		}
		return "<" + kind + ">"
	})
	line = opaque.ReplaceAllString(moment.ReplaceAllString(line, "TIME"), "TOKEN")
	if strings.Contains(line, "<key>") {
		line = keyHint.ReplaceAllString(line, "${1}HINT${2}")
	}
	return line
}

// hasRequest tells whether one of the names is of a request for an operation.
func hasRequest(names []string, operation string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		asks, _, _ := strings.Cut(name, " ")
		return asks == operation
	})
}

// retryNames lists the requests of the test: those of retryRequests, and the mutations among asked.
func retryNames(schema *ast.Schema) []string {
	names := slices.Collect(maps.Keys(retryRequests))
	for name := range asked {
		operation, _, _ := strings.Cut(name, " ")
		if retryRequests[name] == nil && schema.Mutation.Fields.ForName(operation) != nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// compareRetry sends a request to both installations, and to the second one with a broken-off
// attempt.
func compareRetry(t *testing.T, name string, undisturbed, retried *retryRun) {
	t.Helper()
	want, wantChanged := undisturbed.writtenBy(name, "")
	got, gotChanged := retried.writtenBy(name, "40001")
	if got != want {
		t.Errorf("%s, tried again, answers\n%s\nand otherwise\n%s", name, got, want)
	}
	if len(wantChanged) == 0 {
		t.Errorf("%s changes nothing: its request proves nothing", name)
	}
	tables := maps.Clone(wantChanged)
	maps.Copy(tables, gotChanged)
	for table := range tables {
		if !slices.Equal(gotChanged[table], wantChanged[table]) {
			t.Errorf("%s, tried again, changes %s\n%s\nand otherwise\n%s", name, table,
				strings.Join(gotChanged[table], "\n"), strings.Join(wantChanged[table], "\n"))
		}
	}
}

// State of a verb that survives a broken-off attempt shows in the second one: a doubled outcome
// or email, an event about a row that nobody wrote. Every mutation is sent to two installations,
// and one of them breaks off the first attempt of each transaction as late as a database can: at
// its commit. Answers and changes have to be the same.
//
// PostgreSQL takes three times as long as SQLite, and runs one request of each mutation.
func TestAMutationThatIsTriedAgainDoesWhatItDoesOnce(t *testing.T) {
	t.Parallel()
	schema := served()
	names := retryNames(schema)
	for _, field := range schema.Mutation.Fields {
		if !hasRequest(names, field.Name) {
			t.Errorf("%s has no request: add one to asked, or to retryRequests", field.Name)
		}
	}
	for _, kind := range []string{"sqlite", "postgres"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			install := func() *retryRun {
				public := apptest.WithPublicURL("https://usher.test")
				k := apptest.New(t, kind, apptest.WithoutWorker, public)
				return &retryRun{newMatrix(t, k)}
			}
			undisturbed, retried, last := install(), install(), ""
			for _, name := range names {
				operation, _, _ := strings.Cut(name, " ")
				if kind == "postgres" && operation == last {
					continue
				}
				last = operation
				compareRetry(t, name, undisturbed, retried)
			}
		})
	}
}
