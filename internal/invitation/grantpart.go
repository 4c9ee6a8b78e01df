package invitation

import (
	"context"
	"slices"

	"usher/ent"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/address"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
)

// grantPart is what one grantor gave of an invitation.
type grantPart struct {
	grantor admission.Grantor
	Grant   schema.Grant
}

// GrantParts lists what the grantors of an invitation gave, the first one first: most have one, who
// gave all of it.
func GrantParts(inv *ent.Invitation) []grantPart {
	if len(inv.Grant.Parts) == 0 {
		return []grantPart{{admission.GrantorOf(inv), inv.Grant}}
	}
	parts := make([]grantPart, len(inv.Grant.Parts))
	for i, p := range inv.Grant.Parts {
		parts[i] = grantPart{admission.Grantor{Member: idOrNil(p.GiverID),
			Key: idOrNil(p.GiverKeyID)}, p.Grant}
	}
	return parts
}

// sameGrantors tells whether two readings of an invitation have the same grantors, each of the same
// part.
func sameGrantors(a, b *ent.Invitation) bool {
	return slices.EqualFunc(GrantParts(a), GrantParts(b), func(x, y grantPart) bool {
		return x.grantor.Equals(y.grantor)
	})
}

// LoadGrantors is what each grantor of an invitation holds now, in the order of partsOf; nil for
// one who is gone.
func (s *Service) LoadGrantors(ctx context.Context,
	inv *ent.Invitation) (_ []*access.Membership, err error) {
	defer fault.Annotate(&err, "load grantors")

	var held []*access.Membership
	for _, p := range GrantParts(inv) {
		m, err := s.Admission.LoadGrantorMembership(ctx, inv.WorkspaceID, p.grantor)
		if err != nil {
			return nil, err
		}
		held = append(held, m)
	}
	return held, nil
}

// mergePart adds what an administrator gives to an invitation that gives more than they could. It
// is kept as a part of its own, so that admission asks each grantor's right for what they gave.
//
// Security: only lists grow. What the older grant leaves open (the end of access, additional
// information, answers, language, unit) is not theirs to fill, and nothing is mailed or prolonged.
// The outcome shows nothing of the invitation: it may lead to places, and give roles, that the
// administrator does not see.
func (b *InviteBatch) mergePart(ctx context.Context, o *Outcome, inv *ent.Invitation,
	more schema.Grant) error {
	more = additivePartOf(more)
	g := MergeGrants(more, inv.Grant) // what is said once stays as it was
	g.Parts = slices.Clone(inv.Grant.Parts)
	if len(g.Parts) == 0 {
		g.Parts = []schema.GrantPart{{GiverID: idOrZero(inv.GiverID),
			GiverKeyID: idOrZero(inv.GiverKeyID), Grant: inv.Grant}}
	}
	own := schema.GrantPart{Grant: more}
	if m := b.By.In(b.Workspace.ID); !m.MemberID.IsZero() {
		own.GiverID = m.MemberID
	} else {
		own.GiverKeyID = b.By.KeyID
	}
	i := slices.IndexFunc(g.Parts, func(p schema.GrantPart) bool {
		return p.GiverID == own.GiverID && p.GiverKeyID == own.GiverKeyID
	})
	if i < 0 {
		g.Parts = append(g.Parts, own)
	} else {
		g.Parts[i].Grant = MergeGrants(more, g.Parts[i].Grant)
	}

	n, err := admission.ReadGrant(ctx, b.Tx.Client, g)
	if err != nil {
		return err
	}
	update := b.Tx.Invitation.UpdateOne(inv)
	// lists go by rows, which some of the older grant's may no longer be
	SetGrant(update.Mutation(), n.WithoutMissing(g))
	if err := update.SetGrant(g).Exec(ctx); err != nil {
		return err
	}
	o.setStatus(Updated, newMessage("invite.updated_part"))
	b.events = append(b.events, b.auditEvent(audit.InvitationMerged, inv.ID))
	b.notePendingSessionEmail(pendingSessionEmail{inv.ID,
		address.Address{Display: inv.Email, Key: inv.EmailKey}, more, b.EmailDueAt})
	return nil
}

// additivePartOf is what of a grant can be added to another one without changing what that says:
// roles, groups, sessions, programs and labels.
func additivePartOf(g schema.Grant) schema.Grant {
	roles := slices.DeleteFunc(slices.Clone(g.Roles), func(r schema.GrantedRole) bool {
		return r.PlaceID.Kind() == ident.OrgUnit
	})
	return schema.Grant{Roles: roles, GroupIDs: g.GroupIDs, SessionIDs: g.SessionIDs,
		ProgramIDs: g.ProgramIDs, Labels: g.Labels}
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
