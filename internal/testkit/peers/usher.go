package main

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"usher/internal/ident"
	"usher/internal/searchtext"
)

// The owner of the workspace. Everything that is measured is read and written as the owner, who
// sees all of the workspace, because PostGraphile and the plain handler show everything to anybody.
const (
	ownerEmail = "owner@acme.test"
	// password is everybody's, at Usher and at better-auth.
	password = "correct-horse-battery-42"
)

// signers is the number of people who have a password.
const signers = 500

// usherServer is Usher's real binary with its database. It runs without a worker: what is queued
// stays queued, so that no email is composed while something else is measured.
type usherServer struct {
	*serverProcess
	db        *database
	workspace string
	members   []string // ids of some
	cursors   []string // of the active members, one each hundred
	pending   []string // cursors of the pending invitations, one each hundred
	token     string
	signedIn  time.Time
}

// startUsher makes a workspace with so many people and starts the server.
func startUsher(ctx context.Context, o *options, server string) (*usherServer, error) {
	db, err := createDatabase(ctx, server, "usher")
	if err != nil {
		return nil, err
	}
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	env := []string{
		"USHER_DATABASE_URL=" + db.url, "USHER_SECRET=" + strings.Repeat("AQID", 16),
		"USHER_ADDR=" + address, "USHER_PUBLIC_URL=http://" + address,
		// Emails are queued and never sent: no worker runs.
		"USHER_SMTP_URL=smtp://127.0.0.1:9", "USHER_MAIL_FROM=Usher <no-reply@usher.test>",
	}
	// The commands of an operator, in the order of the installation guide.
	if _, err := runCommand(ctx, env, "", o.usher, "migrate", "up"); err != nil {
		return nil, err
	}
	out, err := runCommand(ctx, env, password+"\n", o.usher, "admin", "create-owner",
		"--organization", "Acme", "--workspace", "academy", "--email", ownerEmail,
		"--first-name", "Olivia", "--last-name", "Owner", "--password-stdin")
	if err != nil {
		return nil, err
	}
	named := regexp.MustCompile(`\(([a-z]+_\w+)\)`).FindStringSubmatch(out)
	if named == nil {
		return nil, fmt.Errorf("create-owner names no workspace: %s", out)
	}
	u := &usherServer{db: db, workspace: named[1]}
	// People are written before the server starts, as by a restored backup: an import of so many
	// would take longer than everything that is measured.
	groups, err := u.fillPeople(ctx, o)
	if err != nil {
		return nil, err
	}
	u.serverProcess, err = startServer(ctx, o, "Usher", address, env, o.usher, "serve",
		"--no-worker")
	if err != nil {
		return nil, err
	}
	if err := u.inviteMany(ctx, o, groups); err != nil {
		return nil, err
	}
	return u, settle(ctx, db)
}

// fillPeople writes the places and the people of the workspace. It returns the groups' ids.
func (u *usherServer) fillPeople(ctx context.Context, o *options) (groups []ident.ID, err error) {
	workspace, err := ident.Parse(u.workspace)
	if err != nil {
		return nil, err
	}
	roles := map[string]ident.ID{}
	for key := range roleNames {
		var id ident.ID
		if err := u.db.QueryRowContext(ctx, "SELECT id FROM roles WHERE workspace_id = $1 AND key = $2",
			workspace, key).Scan(&id); err != nil {
			return nil, err
		}
		roles[key] = id
	}
	// The columns without a default that the migrations of today know. A new one that must not be
	// null fails here.
	placeColumns := []string{"id", "created_at", "updated_at", "name", "workspace_id"}
	groupRows := &tableRows{table: "groups", columns: append(placeColumns, "visibility")}
	unitRows := &tableRows{table: "org_units", columns: placeColumns}
	var units []ident.ID
	for i := range groupCount {
		groups = append(groups, ident.New(ident.Group))
		groupRows.add(groups[i], o.first, o.first, groupName(i), workspace, "PRIVATE")
	}
	for i := range unitCount {
		units = append(units, ident.New(ident.OrgUnit))
		unitRows.add(units[i], o.first, o.first, unitName(i), workspace)
	}
	if err := copyPublic(ctx, u.db, groupRows, unitRows); err != nil {
		return nil, err
	}
	// In batches, because the rows of one are held in memory until they are copied.
	for from := 0; from < o.members; from += copyBatch {
		users := &tableRows{table: "users", columns: []string{"id", "created_at", "updated_at",
			"email", "email_key", "email_proven", "first_name", "last_name"}}
		members := &tableRows{table: "members", columns: []string{"id", "created_at",
			"updated_at", "status", "labels", "custom_fields", "joined_at", "joined_via",
			"email_key", "sort_name", "first_key", "search_text", "workspace_id",
			"user_id", "org_unit_id"}}
		held := &tableRows{table: "role_assignments", columns: []string{"id", "place_id",
			"created_at", "workspace_id", "member_id", "role_id", "group_id"}}
		for n := from; n < min(o.members, from+copyBatch); n++ {
			p, user, member := personAt(n, o.members, o.first), ident.New(ident.User),
				ident.New(ident.Member)
			users.add(user, p.joined, p.joined, p.email, p.email, true, p.first, p.last)
			var unit any
			if p.unit >= 0 {
				unit = units[p.unit]
			}
			members.add(member, p.joined, p.joined, p.status, "[]", "{}", p.joined, "IMPORTED",
				p.email, strings.ToLower(p.last), strings.ToLower(p.first),
				searchtext.Text(p.email, p.first, p.last), workspace, user, unit)
			for i, group := range p.groups {
				held.add(ident.New(ident.RoleAssignment), groups[group], p.joined, workspace,
					member, roles[p.roles[i]], groups[group])
			}
		}
		if err := copyPublic(ctx, u.db, users, members, held); err != nil {
			return nil, err
		}
	}
	// One hash is enough for all: it is what verifying costs, not what it is of.
	_, err = u.db.ExecContext(ctx, `UPDATE users SET password_hash = o.password_hash FROM users o
WHERE o.email = $1 AND users.email = ANY(SELECT 'member' || n || '@example.org'
FROM generate_series(0, $2::int - 1) n)`, ownerEmail, signers)
	return groups, err
}

// copyPublic writes rows of Usher's tables, with the triggers that its migrations made.
func copyPublic(ctx context.Context, db *database, tables ...*tableRows) error {
	for _, t := range tables {
		t.schema = "public"
	}
	return copyRows(ctx, db, true, tables...)
}

// inviteMany makes the pending invitations through the API, as a client does: an invitation has
// rows in several tables, and queued emails, that only the server knows how to write.
func (u *usherServer) inviteMany(ctx context.Context, o *options, groups []ident.ID) error {
	for from := 0; from < o.invitations(); from += inviteBatch {
		// Asked in each round, because a token is valid for minutes only.
		token, err := u.accessToken(ctx)
		if err != nil {
			return err
		}
		emails := make([]string, inviteBatch)
		for i := range emails {
			emails[i] = inviteeEmail(from + i)
		}
		var out struct{ InviteUsers struct{ InvitedCount int } }
		if err := postGraphQL(ctx, u.serverProcess, token,
			`mutation($i: InviteUsersInput!) { inviteUsers(input: $i) { invitedCount } }`,
			map[string]any{"i": map[string]any{"workspaceId": u.workspace, "emails": emails,
				"grant": map[string]any{
					"groupIds": []string{groups[inviteeGroup(from)].String()}}}}, &out); err != nil {
			return err
		}
		if n := out.InviteUsers.InvitedCount; n != inviteBatch {
			return fmt.Errorf("%d of %d addresses were invited", n, inviteBatch)
		}
	}
	return nil
}

// accessToken returns an access token of the owner. Such a token is valid for five minutes, so it
// is renewed between two measurements and never during one.
func (u *usherServer) accessToken(ctx context.Context) (string, error) {
	if time.Since(u.signedIn) < time.Minute {
		return u.token, nil
	}
	access, _, err := u.signIn(ctx, ownerEmail)
	u.token, u.signedIn = access, time.Now()
	return access, err
}

const signInMutation = `mutation($i: SignInInput!) {
	signIn(input: $i) { auth { accessToken refreshToken } } }`

// signIn returns the tokens of a new sign-in.
func (u *usherServer) signIn(ctx context.Context, login string) (access, refresh string,
	err error) {
	var out struct {
		SignIn struct {
			Auth struct{ AccessToken, RefreshToken string }
		}
	}
	err = postGraphQL(ctx, u.serverProcess, "", signInMutation, map[string]any{"i": map[string]any{
		"login": login, "password": password, "tokenDelivery": "BODY"}}, &out)
	return out.SignIn.Auth.AccessToken, out.SignIn.Auth.RefreshToken, err
}
