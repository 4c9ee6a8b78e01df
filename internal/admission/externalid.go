package admission

import (
	"context"

	"usher/ent/member"
)

// dropTakenExternalID removes the external id from the grant if another member has it meanwhile, and
// notes that it is left out: a person is never kept out because of it. Errors of the caller who
// names a taken one come before.
func (a *Admission) dropTakenExternalID(ctx context.Context) error {
	if a.Grant.ExternalID == "" || a.Member.ExternalID != nil {
		return nil
	}
	taken, err := a.Tx.Member.Query().Where(member.ExternalID(a.Grant.ExternalID)).Exist(ctx)
	if err != nil || !taken {
		return err
	}
	a.noteSkipped("externalId", a.Grant.ExternalID)
	a.Grant.ExternalID = ""
	return nil
}
