package admission

import (
	"context"

	"usher/ent"
	"usher/ent/member"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
)

// This file decides whether a caller may act on an object with everything that it grants and at
// every place of it. Objects are stored grants (of invitations, join links and join requests) and
// whole accounts. RequireWithin holds the rule itself.

// RequireGrantAuthority returns FORBIDDEN with the given message unless the caller could give the
// whole stored grant now: all roles at their places, groups, unit, sessions and programs. Rows that
// no longer exist do not count.
//
// Call it inside the transaction, behind the lock of the row that holds the grant: another request
// may have merged something into it since the row was first read.
func RequireGrantAuthority(ctx context.Context, db *ent.Client, m *access.Membership,
	g schema.Grant, refusal string) error {
	covered, err := CoversGrant(ctx, db, m, g)
	if err == nil && !covered {
		err = fault.New(fault.Forbidden, refusal)
	}
	return err
}

// RequireLinkAuthority is RequireGrantAuthority for a join link. The caller must also manage join
// links at every place that the link names.
func RequireLinkAuthority(ctx context.Context, db *ent.Client, m *access.Membership,
	g schema.Grant) error {
	n, err := ReadGrant(ctx, db, g)
	if err != nil {
		return err
	}
	g = n.WithoutMissing(g)
	if n.RequireWithin(access.MembersInvite, m, g) != nil ||
		RequireReach(access.JoinLinksManage, m, g, nil) != nil {
		return fault.New(fault.Forbidden, "join.not_whole")
	}
	return nil
}

// CoversGrant tells whether a member could give the whole stored grant now, as far as its rows
// still exist (INV-7, ADM-6).
func CoversGrant(ctx context.Context, db *ent.Client, m *access.Membership,
	g schema.Grant) (bool, error) {
	if !m.CanAnywhere(access.MembersInvite) {
		return false, nil
	}
	n, err := ReadGrant(ctx, db, g)
	if err != nil {
		return false, err
	}
	return n.coversStored(m, g), nil
}

// coversStored is CoversGrant for loaded rows. If several grantors gave parts, each part is checked
// separately: taken together, a named group could hide a role of the whole workspace.
func (n *NamedPlaces) coversStored(m *access.Membership, g schema.Grant) bool {
	for _, p := range g.Parts {
		if n.RequireWithin(access.MembersInvite, m, n.WithoutMissing(p.Grant)) != nil {
			return false
		}
	}
	return len(g.Parts) > 0 || n.RequireWithin(access.MembersInvite, m, n.WithoutMissing(g)) == nil
}

// CoversAccount tells whether a caller has full authority over an account in every workspace, and
// holds everything that it holds. Operations that open the whole account, such as setting a
// password, need it.
func CoversAccount(ctx context.Context, db *ent.Client, by *access.Caller, may access.Permission,
	user ident.ID) (bool, error) {
	ctx = store.AsSystem(ctx, "a password opens everything that the account holds")
	places, err := WithAuthority(db.Member.Query().Where(member.UserID(user))).All(ctx)
	if err != nil {
		return false, err
	}
	for _, m := range places {
		a := AuthorityOver(by, m)
		if a.Here == nil || m.OrgUnitID != nil && !a.AtUnit(may) || a.RequireFull(may) != nil {
			return false, nil
		}
	}
	return true, nil
}
