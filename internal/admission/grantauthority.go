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

// This file answers one question for the whole package: may this caller act on this object, with
// everything that it grants and every place that it stands in? Objects are stored grants
// (invitations, join links, and the join requests behind them), members, and whole accounts. within
// holds the rule itself.

// RequireGrantAuthority refuses a caller who could not give the whole of a stored grant now: all
// roles at their places, the groups, the unit, the sessions and the programs. What of it no longer
// exists does not count. refusal is the key of the FORBIDDEN sentence.
//
// Ask it inside the transaction, behind the lock of the row that holds the grant: a merge may have
// added to it since the row was first read.
func RequireGrantAuthority(ctx context.Context, db *ent.Client, m *access.Membership,
	g schema.Grant, refusal string) error {
	covered, err := CoversGrant(ctx, db, m, g)
	if err == nil && !covered {
		err = fault.New(fault.Forbidden, refusal)
	}
	return err
}

// RequireLinkAuthority is requireGrantAuthority for a join link, whose caller also manages join
// links wherever it leads.
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

// CoversGrant tells whether a member could give the whole of a stored grant now, as far as it still
// exists (INV-7, ADM-6).
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

// coversStored is coversGrant for rows that are read already. Where several grantors gave parts,
// each part has to be covered by itself: together they might name a group that hides a role of the
// whole workspace.
func (n *NamedPlaces) coversStored(m *access.Membership, g schema.Grant) bool {
	for _, p := range g.Parts {
		if n.RequireWithin(access.MembersInvite, m, n.WithoutMissing(p.Grant)) != nil {
			return false
		}
	}
	return len(g.Parts) > 0 || n.RequireWithin(access.MembersInvite, m, n.WithoutMissing(g)) == nil
}

// CoversAccount tells whether a caller looks after all of an account: they hold a permission
// wherever it is in its own right, in every workspace and whatever became of its place there, and
// hold no less than it does. It is asked for what opens the account as a whole, such as a password.
func CoversAccount(ctx context.Context, db *ent.Client, by *access.Caller, may access.Permission,
	user ident.ID) (bool, error) {
	ctx = store.AsSystem(ctx, "a password opens all that its account holds, in any workspace")
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
