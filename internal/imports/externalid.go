package imports

import (
	"context"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/ent/member"
	"usher/ent/schema"
	"usher/internal/admission"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/store"
)

// findNamelessKnown returns the external ids of members among rows with neither address nor
// username. Who has an external id needs no username: the row is about them.
func findNamelessKnown(ctx context.Context, tx *store.Tx,
	rows []*candidate) (map[string]bool, error) {
	var ids []string
	for _, c := range rows {
		if c.ExternalID != "" && c.Key == "" && c.UsernameKey == "" && c.outcome != RowError {
			ids = append(ids, c.ExternalID)
		}
	}
	found := map[string]bool{}
	if len(ids) == 0 {
		return found, nil
	}
	members, err := tx.Member.Query().Where(member.ExternalIDIn(ids...)).
		Select(member.FieldExternalID).All(ctx)
	for _, m := range members {
		found[*m.ExternalID] = true
	}
	return found, err
}

// matchExternalID makes the member or the pending invitation that has the external id of a row the
// one that the row is about: an id of another system tells who somebody is, and an address changes
// (PAR-4). It rejects the row and returns false if its address is that of somebody else.
func (j *rowEvaluator) matchExternalID(c *candidate, f *rowFacts) bool {
	found, conflict := f.MatchExternalID(c.ExternalID, c.Address,
		invitation.Match{Member: c.member, Pending: c.pending}, j.now)
	if conflict != nil {
		c.rejectRow(conflict)
		return false
	}
	if c.member, c.pending, c.expired = found.Member, found.Pending, found.Expired; !found.Moved {
		return true
	}
	// Only an import that updates changes an address: it is no empty field.
	updates := j.batch.Existing == importbatch.ExistingUpdate
	switch m := c.member; {
	case m == nil && updates:
		c.moves = true
	case m == nil:
		c.addWarningOnce("email", "import.address_kept_invited")
	// The address is the login of its owner, in whatever workspaces they are: they are asked, once.
	case !updates || !m.Edges.User.EmailProven:
		c.addWarningOnce("email", "import.address_kept")
	case inputs.ValueOrEmpty(m.ProposedEmailKey) == c.Key:
		c.addWarningOnce("email", "import.address_waits")
	default:
		c.moves = true
		c.addWarningOnce("email", "import.address_asked")
	}
	return true
}

// addWarningOnce adds a remark at a column, unless the preview has added it already.
func (c *candidate) addWarningOnce(column, key string) {
	if !c.hasNote(key) {
		c.addWarning(column, key)
	}
}

// proposeAddress asks the owner of an account whether the address of their row is theirs, and
// remembers that they were asked: the next import with this address asks nobody.
func (w *rowWriter) proposeAddress(ctx context.Context, c *candidate,
	m *ent.Member) (details []schema.Detail, err error) {
	asked, err := w.service.Accounts.ProposeEmail(ctx, w.tx, c.member.Edges.User, c.Address)
	if err != nil || !asked {
		return nil, err
	}
	return []schema.Detail{{Name: "email", Before: inputs.ValueOrEmpty(c.member.Edges.User.Email),
		After: c.Display}}, w.tx.Member.UpdateOne(m).SetProposedEmailKey(c.Key).Exec(ctx)
}

// movePending moves the pending invitation of a row to the address of the row. Its former links are
// revoked, and an email goes to the new address (INV-13).
func (w *rowWriter) movePending(ctx context.Context, c *candidate) (*ent.Invitation, error) {
	if !c.moves {
		return c.pending, nil
	}
	return w.service.Invitations.MoveInvitation(ctx, w.tx, c.pending, invitation.AddressMove{
		By: w.by, EntryPoint: admission.EntryPointImport, To: c.Address, Now: w.now,
		SendsEmail: !w.batch.Options.NoEmail && w.service.Outbox.Sends()})
}
