package invitation

import (
	"context"

	"usher/ent"
	"usher/ent/schema"
	"usher/internal/address"
	"usher/internal/fault"
	"usher/internal/inputs"
)

// inviteMember makes an invitation to a member's own address, or adds to the pending one, instead
// of a grant for which the member must verify the address first.
func (b *InviteBatch) inviteMember(ctx context.Context, o *Outcome, m *ent.Member,
	g schema.Grant) error {
	u := m.Edges.User
	p := &Recipient{Address: address.Address{Display: *u.Email, Key: *u.EmailKey}, Raw: *u.Email,
		Locale: inputs.ValueOrEmpty(u.Locale), Grant: g}
	pending := b.facts.Pending[p.Key]
	var err error
	switch {
	case b.facts.Suppressed[p.Key]:
		o.refuse(Suppressed, fault.New(fault.Conflict, "invite.suppressed"))
		return nil
	case pending != nil && !IsExpired(pending, b.Now):
		err = b.mergeIntoPending(ctx, o, pending, g)
	default:
		if pending != nil {
			err = b.CloseExpired(ctx, pending)
		}
		if err == nil {
			b.NoteInvitation(o, p)
		}
	}
	o.Member = m
	o.setStatus(InvitedInstead, newMessage("invite.unverified"))
	return err
}

// InviteMemberInstead is inviteMember for an entry point that changes one member. It also looks up
// and writes. The batch names the inviter and the entry point.
func (b *InviteBatch) InviteMemberInstead(ctx context.Context, m *ent.Member,
	g schema.Grant) (*Outcome, error) {
	u := m.Edges.User
	b.Lifetime = LifetimeOfDays(b.Workspace.Settings.InvitationDays, b.Now)
	b.Recipients = []*Recipient{{Address: address.Address{Display: *u.Email, Key: *u.EmailKey},
		Raw: *u.Email, Grant: g}}
	var err error
	if b.facts, err = b.LookUpRecipients(ctx); err != nil {
		return nil, err
	}
	o := &Outcome{}
	if err := b.inviteMember(ctx, o, m, g); err != nil {
		return nil, err
	}
	if o.Status == Suppressed {
		return nil, fault.New(fault.Conflict, "invite.suppressed")
	}
	return o, b.WriteAll(ctx)
}
