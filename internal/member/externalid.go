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
	update := e.tx.Member.UpdateOneID(e.member.ID)
	inputs.SetOrClear(c.Value, update.SetExternalID, update.ClearExternalID)
	e.noteChange("externalId", inputs.ValueOrEmpty(e.member.ExternalID),
		inputs.ValueOrEmpty(c.Value))
	return inputs.TakenExternalID(update.Exec(ctx))
}
