package main

import (
	"context"
	_ "embed"
	"os"
	"path/filepath"
	"time"

	"usher/internal/ident"
)

//go:embed schema.sql
var peerSchema string

// copyBatch is the number of people that are written in one transaction.
const copyBatch = 20_000

// peerWorkspace is the workspace in the database of PostGraphile and the plain handler.
type peerWorkspace struct {
	db      *database
	id      string
	members []string // ids of some
}

// fillPeers writes the same people for PostGraphile and the plain handler: the same addresses,
// names, places, roles and times, in tables that were designed for exactly these questions.
func fillPeers(ctx context.Context, o *options, server string) (*peerWorkspace, error) {
	db, err := createDatabase(ctx, server, "peers")
	if err != nil {
		return nil, err
	}
	if _, err := db.ExecContext(ctx, peerSchema); err != nil {
		return nil, err
	}
	workspace := ident.New(ident.Workspace)
	w := &peerWorkspace{db: db, id: workspace.UUID()}
	// Places first, because the people refer to them by their ids.
	places := map[string]*tableRows{}
	for _, name := range []string{"org_units", "groups", "roles"} {
		places[name] = &tableRows{schema: "app", table: name,
			columns: []string{"id", "workspace_id", "name"}}
	}
	addPlace := func(table string, kind ident.Kind, name string) ident.ID {
		id := ident.New(kind)
		places[table].add(id, workspace, name)
		return id
	}
	var groups, units []ident.ID
	for i := range groupCount {
		groups = append(groups, addPlace("groups", ident.Group, groupName(i)))
	}
	for i := range unitCount {
		units = append(units, addPlace("org_units", ident.OrgUnit, unitName(i)))
	}
	roles := map[string]ident.ID{}
	for key, name := range roleNames {
		roles[key] = addPlace("roles", ident.Role, name)
	}
	workspaces := &tableRows{schema: "app", table: "workspaces", columns: []string{"id", "name"}}
	workspaces.add(workspace, "Academy")
	if err := copyRows(ctx, db, false, workspaces, places["org_units"], places["groups"],
		places["roles"]); err != nil {
		return nil, err
	}

	var owner ident.ID
	for from := 0; from <= o.members; from += copyBatch {
		people := &tableRows{schema: "app", table: "people",
			columns: []string{"id", "email", "first_name", "last_name"}}
		members := &tableRows{schema: "app", table: "members", columns: []string{"id",
			"workspace_id", "person_id", "org_unit_id", "status", "email", "joined_at"}}
		held := &tableRows{schema: "app", table: "assignments",
			columns: []string{"id", "member_id", "role_id", "group_id"}}
		for n := from; n <= min(o.members, from+copyBatch-1); n++ {
			user, member := ident.New(ident.User), ident.New(ident.Member)
			if n == o.members { // Usher's owner is a member too
				owner = member
				people.add(user, ownerEmail, "Olivia", "Owner")
				members.add(member, workspace, user, nil, "ACTIVE", ownerEmail, time.Now())
				continue
			}
			p := personAt(n, o.members, o.first)
			people.add(user, p.email, p.first, p.last)
			var unit any
			if p.unit >= 0 {
				unit = units[p.unit]
			}
			members.add(member, workspace, user, unit, p.status, p.email, p.joined)
			for i, group := range p.groups {
				held.add(ident.New(ident.RoleAssignment), member, roles[p.roles[i]],
					groups[group])
			}
			// Some ids are enough for asking at random, and cost little memory.
			if n%20 == 0 {
				w.members = append(w.members, member.UUID())
			}
		}
		if err := copyRows(ctx, db, false, people, members, held); err != nil {
			return nil, err
		}
	}
	if err := w.fillInvitations(ctx, o, workspace, owner, roles["learner"], groups); err != nil {
		return nil, err
	}
	return w, settle(ctx, db)
}

// fillInvitations writes the pending invitations, the last one the newest.
func (w *peerWorkspace) fillInvitations(ctx context.Context, o *options, workspace, owner,
	role ident.ID, groups []ident.ID) error {
	invitations := &tableRows{schema: "app", table: "invitations", columns: []string{"id",
		"workspace_id", "inviter_id", "email", "status", "created_at", "expires_at"}}
	withRoles := &tableRows{schema: "app", table: "invitation_roles",
		columns: []string{"invitation_id", "role_id"}}
	withGroups := &tableRows{schema: "app", table: "invitation_groups",
		columns: []string{"invitation_id", "group_id"}}
	for n := range o.invitations() {
		id, at := ident.New(ident.Invitation), o.first.Add(time.Duration(n)*time.Second)
		invitations.add(id, workspace, owner, inviteeEmail(n), "PENDING", at,
			time.Now().AddDate(0, 1, 0))
		withRoles.add(id, role)
		withGroups.add(id, groups[inviteeGroup(n)])
	}
	return copyRows(ctx, w.db, false, invitations, withRoles, withGroups)
}

// startPostGraphile starts PostGraphile on the database of the peers, with the Node that it needs:
// the one of the machine may be older.
func startPostGraphile(ctx context.Context, o *options, w *peerWorkspace) (*serverProcess, error) {
	address, port, err := freePort()
	if err != nil {
		return nil, err
	}
	return startServer(ctx, o, "PostGraphile", address, []string{"NODE_ENV=production",
		"DATABASE_URL=" + w.db.url, "PORT=" + port}, o.node(),
		filepath.Join(o.servers, "postgraphile.mjs"))
}

// startPlain starts the plain handler, which is this program again: in a process of its own, its
// processor time and memory can be told from those of the load.
func startPlain(ctx context.Context, o *options, w *peerWorkspace) (*serverProcess, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return startServer(ctx, o, "plain handler", address,
		[]string{"DATABASE_URL=" + w.db.url, "ADDRESS=" + address}, self, "plain")
}
