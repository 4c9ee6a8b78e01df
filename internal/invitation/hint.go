package invitation

import (
	"context"
	"slices"

	"usher/ent"
	"usher/ent/member"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/address"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/store"
)

// Hints are warnings about an address or a person that the inviter probably did not mean. They
// never refuse anything: two people may have one name, and a new domain may look like an old one.

// addHints adds the hints to the outcomes of new people. The outcomes are in the order of the
// recipients.
func (b *InviteBatch) addHints(ctx context.Context, outcomes []*Outcome) error {
	sameMailbox := map[string]int{}
	for _, r := range b.Recipients {
		if r.err == nil && r.Key != "" {
			sameMailbox[r.PersonKey()]++
		}
	}
	named := namesakes{}
	for i, o := range outcomes {
		r := b.Recipients[i]
		if r.err != nil || r.Key == "" {
			continue
		}
		// Told at each of the addresses, members included: the inviter keeps one of them.
		if sameMailbox[r.PersonKey()] > 1 {
			o.Warnings = append(o.Warnings, SamePerson)
		}
		// A member has a mailbox that works.
		if o.Fault != nil || o.Member != nil {
			continue
		}
		hints, suggested := hintsOf(r.Address)
		o.Warnings, o.SuggestedEmail = append(o.Warnings, hints...), suggested
		named.addName(r.First, r.Last)
	}
	if err := named.loadMembers(ctx, b.Tx, b.By, b.Workspace.ID); err != nil {
		return err
	}
	for i, o := range outcomes {
		r := b.Recipients[i]
		if r.err == nil && o.Fault == nil && o.Member == nil &&
			named.hasOther(r.First, r.Last, r.Key, ident.ID{}) {
			o.Warnings = append(o.Warnings, SameName)
		}
	}
	return nil
}

// HintsFor returns the hints for one person, with or without an address, and the address that is
// probably meant. self is the member that the person has become; the zero id for none.
func (b *InviteBatch) HintsFor(ctx context.Context, r *Recipient,
	self ident.ID) (hints []Warning, suggested *string, err error) {
	if r.Key != "" {
		hints, suggested = hintsOf(r.Address)
	}
	named := namesakes{}
	named.addName(r.First, r.Last)
	if err := named.loadMembers(ctx, b.Tx, b.By, b.Workspace.ID); err != nil {
		return nil, nil, err
	}
	if named.hasOther(r.First, r.Last, r.Key, self) {
		hints = append(hints, SameName)
	}
	return hints, suggested, nil
}

// hintsOf returns the hints that the address alone gives.
func hintsOf(a address.Address) (hints []Warning, suggested *string) {
	if suggested = inputs.NilIfEmpty(a.Suggest()); suggested != nil {
		hints = append(hints, DomainTypo)
	}
	if a.LooksLikeAnother() {
		hints = append(hints, LookAlike)
	}
	return hints, suggested
}

// namesakes holds the members of some full names, by the name in the form of account.SortName.
type namesakes map[string][]*ent.Member

// addName adds a name to look for. A single name is too common to say anything.
func (n namesakes) addName(first, last string) {
	if first != "" && last != "" {
		n[account.SortName(&first, &last)] = nil
	}
}

// loadMembers reads the members of the noted names whom the caller sees, in one statement.
func (n namesakes) loadMembers(ctx context.Context, tx *store.Tx, by *access.Caller,
	workspace ident.ID) error {
	if len(n) == 0 {
		return nil
	}
	names := make([]string, 0, len(n))
	for name := range n {
		names = append(names, name)
	}
	// The same order in each request, so that the database plans the statement once.
	slices.Sort(names)
	found, err := tx.Member.Query().
		Where(member.WorkspaceID(workspace), member.SortNameIn(names...)).WithUser().
		All(store.AsCaller(ctx, by))
	for _, m := range found {
		n[m.SortName] = append(n[m.SortName], m)
	}
	return err
}

// hasOther tells whether a member has the name and another address. self is left out.
func (n namesakes) hasOther(first, last, key string, self ident.ID) bool {
	return slices.ContainsFunc(n[account.SortName(&first, &last)], func(m *ent.Member) bool {
		return m.ID != self &&
			(m.Edges.User == nil || inputs.ValueOrEmpty(m.Edges.User.EmailKey) != key || key == "")
	})
}
