package onboarding

import (
	"context"
	"slices"

	"usher/ent"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/address"
	"usher/internal/audit"
	"usher/internal/ident"
)

// grantPart is what one grantor gave of an invitation.
type grantPart struct {
	giver giver
	grant schema.Grant
}

// partsOf lists what the grantors of an invitation gave, the first one first: most have one, who gave all of it.
func partsOf(inv *ent.Invitation) []grantPart {
	if len(inv.Grant.Parts) == 0 {
		return []grantPart{{giverOf(inv), inv.Grant}}
	}
	parts := make([]grantPart, len(inv.Grant.Parts))
	for i, p := range inv.Grant.Parts {
		parts[i] = grantPart{giver{idOrNil(p.GiverID), idOrNil(p.GiverKeyID)}, p.Grant}
	}
	return parts
}

// sameGrantors tells whether two readings of an invitation have the same grantors, each of the same part.
func sameGrantors(a, b *ent.Invitation) bool {
	return slices.EqualFunc(partsOf(a), partsOf(b), func(x, y grantPart) bool { return x.giver.is(y.giver) })
}

// rightsOfGrantors is what each grantor of an invitation holds now, in the order of partsOf; nil for one who is gone.
func (s *Service) rightsOfGrantors(ctx context.Context, inv *ent.Invitation) ([]*access.Membership, error) {
	var held []*access.Membership
	for _, p := range partsOf(inv) {
		m, err := s.rights(ctx, inv.WorkspaceID, p.giver)
		if err != nil {
			return nil, err
		}
		held = append(held, m)
	}
	return held, nil
}

// mergePart adds what an administrator gives to an invitation that gives more than they could. It is kept as a part of its
// own, so that admission asks each grantor's right for what they gave.
//
// Security: only lists grow. What the older grant leaves open (the end of access, additional information, answers, language,
// unit) is not theirs to fill, and nothing is mailed or prolonged. The outcome shows nothing of the invitation: it may lead to
// places, and give roles, that the administrator does not see.
func (b *batch) mergePart(ctx context.Context, o *Outcome, inv *ent.Invitation, more schema.Grant) error {
	more = listsOf(more)
	g := union(more, inv.Grant) // what is said once stays as it was
	g.Parts = slices.Clone(inv.Grant.Parts)
	if len(g.Parts) == 0 {
		g.Parts = []schema.GrantPart{{GiverID: idOrZero(inv.GiverID), GiverKeyID: idOrZero(inv.GiverKeyID), Grant: inv.Grant}}
	}
	own := schema.GrantPart{Grant: more}
	if m := b.by.In(b.workspace.ID); !m.MemberID.IsZero() {
		own.GiverID = m.MemberID
	} else {
		own.GiverKeyID = b.by.KeyID
	}
	i := slices.IndexFunc(g.Parts, func(p schema.GrantPart) bool {
		return p.GiverID == own.GiverID && p.GiverKeyID == own.GiverKeyID
	})
	if i < 0 {
		g.Parts = append(g.Parts, own)
	} else {
		g.Parts[i].Grant = union(more, g.Parts[i].Grant)
	}

	n, err := readGrant(ctx, b.tx.Client, g)
	if err != nil {
		return err
	}
	update := b.tx.Invitation.UpdateOne(inv)
	setGrant(update.Mutation(), n.left(g)) // lists go by rows, which some of the older grant's may no longer be
	if err := update.SetGrant(g).Exec(ctx); err != nil {
		return err
	}
	o.say(Updated, sentence("invite.updated_part"))
	b.events = append(b.events, b.event(audit.InvitationMerged, inv.ID))
	b.promise(promised{inv.ID, address.Address{Display: inv.Email, Key: inv.EmailKey}, more, b.due})
	return nil
}

// listsOf is what of a grant can be added to another one without changing what that says: roles, groups, sessions, programs
// and labels.
func listsOf(g schema.Grant) schema.Grant {
	roles := slices.DeleteFunc(slices.Clone(g.Roles), func(r schema.GrantedRole) bool { return r.PlaceID.Kind() == ident.OrgUnit })
	return schema.Grant{Roles: roles, GroupIDs: g.GroupIDs, SessionIDs: g.SessionIDs, ProgramIDs: g.ProgramIDs, Labels: g.Labels}
}

func idOrNil(i ident.ID) *ident.ID {
	if i.IsZero() {
		return nil
	}
	return &i
}

func idOrZero(i *ident.ID) ident.ID {
	if i == nil {
		return ident.ID{}
	}
	return *i
}
