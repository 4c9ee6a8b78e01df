package invitation

import (
	"context"
	"slices"
	"time"

	"usher/ent"
	"usher/ent/invitation"
	"usher/ent/member"
	"usher/internal/access"
	"usher/internal/address"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/store"
)

// An id of another system tells who somebody is, while an address changes. It finds a member or a
// pending invitation before the address does (PAR-4).

// Match is whom an address and an external id are about: a member, a pending invitation, or nobody
// yet.
type Match struct {
	Member  *ent.Member
	Pending *ent.Invitation // as stored: it may have expired
	// Moved says that the member, or the invitee, is known by another address.
	Moved bool
	// Expired is another invitation of the external id, which has expired. It is closed before
	// somebody else gets the id.
	Expired *ent.Invitation
}

// MatchExternalID returns whom a recipient is about, if found is what their address alone finds. It
// returns a fault at externalId if the external id and the address belong to two different people:
// one of the two is a mistake, and a guess could change the wrong person.
func (f *RecipientFacts) MatchExternalID(externalID string, a address.Address, found Match,
	now time.Time) (Match, *fault.Error) {
	// Most recipients have none.
	if externalID == "" {
		return found, nil
	}
	match, conflict := f.matchMember(externalID, a, found)
	if match.Member == nil && conflict == "" {
		match, conflict = f.matchInvitation(externalID, a, found, now)
	}
	if conflict == "" {
		return match, nil
	}
	// Both are named as they were given. Whose they are may be hidden from the caller.
	return Match{}, fault.New(fault.Conflict, conflict,
		i18n.Args{"ExternalID": externalID, "Email": a.Display}).AtField("externalId")
}

// matchMember returns the member with an external id, or the key of a conflict. Without such a member
// it returns neither.
func (f *RecipientFacts) matchMember(externalID string, a address.Address,
	found Match) (m Match, conflict string) {
	known := f.membersByExternalID[externalID]
	switch {
	case known == nil && found.Member != nil && found.Member.ExternalID != nil:
		// Replacing the other id would cut the tie of its owner to the other system.
		return m, "invite.other_external_id"
	case known == nil:
		return m, ""
	case found.Member != nil && found.Member.ID != known.ID:
		return m, "invite.external_id_of_other"
	}
	// Whatever invitation the new address has, the person is a member.
	return Match{Member: known, Moved: a.Key != "" &&
		a.Key != inputs.ValueOrEmpty(known.Edges.User.EmailKey)}, ""
}

// matchInvitation returns the pending invitation of an external id that no member has, or what the
// address finds, or the key of a conflict.
func (f *RecipientFacts) matchInvitation(externalID string, a address.Address, found Match,
	now time.Time) (m Match, conflict string) {
	open, invited := found.Pending, f.pendingByExternalID[externalID]
	if open != nil && IsExpired(open, now) {
		open = nil
	}
	// An expired invitation holds nobody back.
	if invited != nil && IsExpired(invited, now) {
		if found.Pending == nil || found.Pending.ID != invited.ID {
			found.Expired = invited
		}
		invited = nil
	}
	switch {
	case invited == nil && open != nil && open.ExternalID != nil && *open.ExternalID != externalID:
		return m, "invite.other_external_id"
	case invited == nil:
		return found, ""
	case found.Member != nil || open != nil && open.ID != invited.ID:
		return m, "invite.external_id_of_other"
	}
	// An expired invitation of the new address is closed when this one moves there.
	return Match{Pending: invited, Moved: a.Key != "" && a.Key != invited.EmailKey}, ""
}

// knowsExternalIDs tells whether a member or a pending invitation has one of the external ids.
func (b *InviteBatch) knowsExternalIDs(ctx context.Context, externalIDs []string) (bool, error) {
	// Most requests name none, and cost no statement.
	if len(externalIDs) == 0 {
		return false, nil
	}
	known, err := b.Tx.Member.Query().Where(member.ExternalIDIn(externalIDs...)).Exist(ctx)
	if known || err != nil {
		return known, err
	}
	return b.Tx.Invitation.Query().Where(invitation.ExternalIDIn(externalIDs...),
		invitation.StatusEQ(invitation.StatusPending)).Exist(ctx)
}

// readPending reads and locks the pending invitations of addresses and external ids.
func (b *InviteBatch) readPending(ctx context.Context, facts *RecipientFacts, keys,
	externalIDs []string) error {
	of := invitation.EmailKeyIn(keys...)
	if len(externalIDs) > 0 {
		of = invitation.Or(of, invitation.ExternalIDIn(externalIDs...))
	}
	pending := b.Tx.Invitation.Query().Where(of, invitation.StatusEQ(invitation.StatusPending)).
		Order(ent.Asc(invitation.FieldID))
	if b.Tx.Locks() {
		// Locked in the order of ids, as store.lockOrder asks: two requests for the same addresses
		// cannot wait for each other.
		pending.ForUpdate()
	}
	rows, err := pending.All(ctx)
	for _, inv := range rows {
		facts.Pending[inv.EmailKey] = inv
		if inv.ExternalID != nil {
			facts.pendingByExternalID[*inv.ExternalID] = inv
		}
	}
	return err
}

// readExternalMembers reads the members with the external ids, with their accounts.
func (b *InviteBatch) readExternalMembers(ctx context.Context, facts *RecipientFacts,
	externalIDs []string) error {
	if len(externalIDs) == 0 {
		return nil
	}
	members, err := b.Tx.Member.Query().Where(member.ExternalIDIn(externalIDs...)).WithUser().
		All(ctx)
	for _, m := range members {
		facts.membersByExternalID[*m.ExternalID] = m
	}
	return err
}

// moveAndMerge moves the pending invitation of an external id to the recipient's address, as
// CorrectEmail does, and adds the grant. A caller who could not give all of it changes nothing.
func (b *InviteBatch) moveAndMerge(ctx context.Context, o *Outcome, inv *ent.Invitation,
	r *Recipient) error {
	// Security: the whole grant goes to another mailbox. Only the caller's own permissions count,
	// as for mergeIntoPending.
	covered, err := admission.CoversGrant(ctx, b.Tx.Client, b.By.In(b.Workspace.ID), inv.Grant)
	if err != nil {
		return err
	}
	if !covered {
		o.refuse(NotAllowed, fault.New(fault.Forbidden, "invite.not_whole").AtField(r.field))
		return nil
	}
	moved, err := b.MoveInvitation(ctx, b.Tx, inv, AddressMove{By: b.By, EntryPoint: b.EntryPoint,
		To: r.Address, SendsEmail: b.sendsEmail(), Now: b.Now})
	if err != nil {
		return err
	}
	delete(b.facts.Pending, inv.EmailKey)
	b.facts.Pending[moved.EmailKey] = moved
	o.Invitation, o.merged = moved, true
	if !inputs.EqualGrants(MergeGrants(moved.Grant, r.Grant), moved.Grant) {
		// Moving has sent the email, so merging does not remind.
		b.moved = append(b.moved, moved.ID)
		if err := b.mergeIntoPending(ctx, o, moved, r.Grant); err != nil {
			return err
		}
	}
	o.Changes = append(o.Changes, "email")
	o.setStatus(Updated, newMessage("invite.moved"))
	return nil
}

// AddressMove describes how an entry point moves a pending invitation to another address.
type AddressMove struct {
	By         *access.Caller
	EntryPoint string
	To         address.Address
	SendsEmail bool // the invitation is emailed to the new address
	Now        time.Time
}

// MoveInvitation moves a locked pending invitation to another address: its former links are revoked
// (INV-13). The caller of the function has checked authority over the whole grant and holds the lock
// of the new address. CONFLICT if the address belongs to a member, has a pending invitation, or is
// suppressed.
func (s *Service) MoveInvitation(ctx context.Context, tx *store.Tx, inv *ent.Invitation,
	m AddressMove) (_ *ent.Invitation, err error) {
	defer fault.Annotate(&err, "move invitation")

	if err := s.requireFreeAddress(ctx, tx, inv, m.To.Key); err != nil {
		return nil, err
	}
	return s.changeAddress(ctx, tx, inv, m)
}

// reminds tells whether an invitation that is pending already is emailed again by the request.
func (b *InviteBatch) reminds(id ident.ID) bool {
	return b.In.RemindPending != nil && *b.In.RemindPending && b.sendsEmail() &&
		!slices.Contains(b.moved, id)
}
