package onboarding

import (
	"context"

	"usher/ent"
	"usher/ent/member"
	"usher/ent/roleassignment"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
)

// This file answers one question for the whole package: may this caller act on this object, with everything that it
// grants and every place that it stands in? Objects are stored grants (invitations, join links, and the join requests
// behind them), members, and whole accounts. within holds the rule itself.

// requireGrantAuthority refuses a caller who could not give the whole of a stored grant now: all roles at their places,
// the groups, the unit, the sessions and the programs. What of it no longer exists does not count. refusal is the key of
// the FORBIDDEN sentence.
//
// Ask it inside the transaction, behind the lock of the row that holds the grant: a merge may have added to it since the
// row was first read.
func requireGrantAuthority(ctx context.Context, db *ent.Client, m *access.Membership, g schema.Grant, refusal string) error {
	covered, err := coversGrant(ctx, db, m, g)
	if err == nil && !covered {
		err = fault.New(fault.Forbidden, refusal)
	}
	return err
}

// requireLinkAuthority is requireGrantAuthority for a join link, whose caller also manages join links wherever it leads.
func requireLinkAuthority(ctx context.Context, db *ent.Client, m *access.Membership, g schema.Grant) error {
	n, err := readGrant(ctx, db, g)
	if err != nil {
		return err
	}
	g = n.left(g)
	if n.within(access.MembersInvite, m, g) != nil || reach(access.JoinLinksManage, m, g, nil) != nil {
		return fault.New(fault.Forbidden, "join.not_whole")
	}
	return nil
}

// coversGrant tells whether a member could give the whole of a stored grant now, as far as it still exists (INV-7, ADM-6).
func coversGrant(ctx context.Context, db *ent.Client, m *access.Membership, g schema.Grant) (bool, error) {
	if !m.CanAnywhere(access.MembersInvite) {
		return false, nil
	}
	n, err := readGrant(ctx, db, g)
	if err != nil {
		return false, err
	}
	return n.within(access.MembersInvite, m, n.left(g)) == nil, nil
}

// coversMember tells whether a caller could make a member what they are now: the caller holds the permission at every place
// where the member is in their own right, and could give each of their roles there. held are the member's assignments with
// their roles. Inherited ones follow from the others.
func coversMember(m *access.Membership, may access.Permission, of *ent.Member, held []*ent.RoleAssignment) bool {
	g := schema.Grant{}
	if of.OrgUnitID != nil {
		g.OrgUnitID = *of.OrgUnitID
	}
	var roles []*ent.Role
	for _, a := range held {
		if a.MemberID != of.ID || a.Inherited {
			continue
		}
		roles = append(roles, a.Edges.Role)
		g.Roles = append(g.Roles, schema.GrantedRole{RoleID: a.RoleID, PlaceID: a.PlaceID})
		switch a.PlaceID.Kind() {
		case ident.Group:
			g.GroupIDs = append(g.GroupIDs, a.PlaceID)
		case ident.Session:
			g.SessionIDs = append(g.SessionIDs, a.PlaceID)
		}
	}
	return within(may, m, g, roles, nil) == nil
}

// coversAccount is coversMember in every workspace that an account is in, whatever became of its place there. It is asked
// for what opens the account as a whole, such as a password.
func coversAccount(ctx context.Context, db *ent.Client, by *access.Caller, may access.Permission, user ident.ID) (bool, error) {
	ctx = store.AsSystem(ctx, "a password opens all that its account holds, in any workspace")
	places, err := db.Member.Query().Where(member.UserID(user)).All(ctx)
	if err != nil {
		return false, err
	}
	held, err := db.RoleAssignment.Query().Where(roleassignment.HasMemberWith(member.UserID(user))).WithRole().All(ctx)
	if err != nil {
		return false, err
	}
	for _, m := range places {
		if !coversMember(by.In(m.WorkspaceID), may, m, held) {
			return false, nil
		}
	}
	return true, nil
}
