package member

import (
	"context"

	"usher/internal/inputs"
)

// writeExternalID sets or clears the external id. CONFLICT if another member has it.
func (e *memberEdit) writeExternalID(ctx context.Context) error {
	c := e.in.ExternalID
	if !c.Set || inputs.EqualOptional(c.Value, e.member.ExternalID) {
		return nil
	}
	// No query asks beforehand: the unique index answers for requests at the same time as well.
	// An id that is set by hand is no longer the source's, and its mirror spares the member (BAT-2).
	update := e.tx.Member.UpdateOneID(e.member.ID).ClearExternalSource()
	inputs.SetOrClear(c.Value, update.SetExternalID, update.ClearExternalID)
	e.noteChange("externalId", inputs.ValueOrEmpty(e.member.ExternalID),
		inputs.ValueOrEmpty(c.Value))
	return inputs.TakenExternalID(update.Exec(ctx))
}
