package graph

import (
	"context"
	"slices"

	"usher/ent/member"
	"usher/internal/ident"
)

// keptTotal returns a function for the total of a list of members. The function knows the total if
// the filter selects by status only and the store keeps the numbers of the workspace for the
// caller. Otherwise the rows are counted.
func (r *Resolver) keptTotal(workspace ident.ID,
	filter *MemberFilter) func(context.Context) (int, bool, error) {
	return func(ctx context.Context) (total int, known bool, err error) {
		statuses, all := []member.Status(nil), true
		if filter != nil && filter.Status != nil {
			statuses, all = filter.Status, false
		}
		others := len(filter.toConditions(callerOf(ctx)))
		if !all {
			others-- // the status itself
		}
		if others > 0 {
			return 0, false, nil
		}

		counts, known, err := r.Members.Store.MemberCounts(ctx, workspace)
		if err != nil || !known {
			return 0, false, err
		}
		for status, n := range counts {
			// A status that the filter names twice counts once.
			if all || slices.Contains(statuses, status) {
				total += n
			}
		}
		return total, true, nil
	}
}
