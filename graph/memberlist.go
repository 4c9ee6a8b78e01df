package graph

import (
	"context"

	"usher/ent"
	"usher/ent/member"
	"usher/internal/ident"
)

// listMembers returns the query of a list of members of a workspace, for a page in an order.
func (r *Resolver) listMembers(ctx context.Context, workspace ident.ID, filter *MemberFilter,
	order *ent.MemberOrder) (*ent.MemberQuery, error) {
	if _, asked := fieldContextAt(ctx, "edges", "node", "customFields"); asked {
		if _, err := r.numberFields(ctx, workspace); err != nil {
			return nil, err
		}
	}
	few, err := r.fewMembers(ctx, workspace, filter)
	if err != nil {
		return nil, err
	}
	return r.Reads.Member.Query().
		Where(member.WorkspaceID(workspace), filter.toPagePredicate(callerOf(ctx), order), few), nil
}

// countMembers counts the members that match a filter by status, in one statement. The status of
// the filter is ignored.
func (r *Resolver) countMembers(ctx context.Context, workspace ident.ID,
	filter *MemberFilter) (*MemberCounts, error) {
	if filter != nil {
		all := *filter
		all.Status = nil
		filter = &all
	}
	few, err := r.fewMembers(ctx, workspace, filter)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		Status member.Status `json:"status"`
		Count  int           `json:"count"`
	}
	if err := r.Reads.Member.Query().
		Where(member.WorkspaceID(workspace), filter.toPredicate(callerOf(ctx)), few).
		GroupBy(member.FieldStatus).Aggregate(ent.Count()).Scan(ctx, &rows); err != nil {
		return nil, err
	}
	counts := &MemberCounts{}
	for _, row := range rows {
		switch row.Status {
		case member.StatusActive:
			counts.Active = row.Count
		case member.StatusDeactivated:
			counts.Deactivated = row.Count
		}
	}
	return counts, nil
}
