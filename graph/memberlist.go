package graph

import (
	"context"

	"usher/ent"
	"usher/ent/member"
	"usher/ent/predicate"
	"usher/internal/ident"
)

// paginateMembers returns a page of the members of a workspace that match a filter and some more
// conditions.
func (r *Resolver) paginateMembers(ctx context.Context, workspace ident.ID, page pageArgs,
	filter *MemberFilter, order *ent.MemberOrder,
	more ...predicate.Member) (*ent.MemberConnection, error) {
	after, before, err := parseCursors(page.after, page.before)
	if err != nil {
		return nil, err
	}
	order = orDefault(order, newestMembers)
	// Read before the rows: a resolver that queries inside the fast path makes gqlgen answer.
	if _, asked := fieldContextAt(ctx, "edges", "node", "customFields"); asked {
		if _, err := r.numberFields(ctx, workspace); err != nil {
			return nil, err
		}
	}
	settled, err := r.endBeforeUnsettled(ctx, filter.changedSince(),
		order.Field.String() == ent.MemberOrderFieldUpdatedAt.String())
	if err != nil {
		return nil, err
	}
	query := r.Reads.Member.Query().Where(member.WorkspaceID(workspace), settled).Where(more...)
	options := []ent.MemberPaginateOption{ent.WithMemberOrder(order)}

	// Words and kept totals know nothing of further conditions, so they answer only without.
	if search := r.toWordSearch(ctx, workspace, filter); search != nil && len(more) == 0 {
		query.Where(filter.toConditions(callerOf(ctx))...)
		options = append(options, ent.WithMemberTotal(search.total),
			ent.WithMemberNarrowing(search.narrowPage))
	} else {
		few, err := r.fewMembers(ctx, workspace, filter)
		if err != nil {
			return nil, err
		}
		query.Where(filter.toPagePredicate(callerOf(ctx), order), few)
		if len(more) == 0 {
			options = append(options, ent.WithMemberTotal(r.keptTotal(workspace, filter)))
		}
	}
	return query.Paginate(ctx, after, page.first, before, page.last, options...)
}

// countMembers counts the members that match a filter by status, in one statement. The status of
// the filter is ignored.
func (r *Resolver) countMembers(ctx context.Context, workspace ident.ID,
	filter *MemberFilter) (*MemberCounts, error) {
	// A copy, because the same filter belongs to the list beside the counts.
	if filter != nil {
		all := *filter
		all.Status = nil
		filter = &all
	}
	if search := r.toWordSearch(ctx, workspace, filter); search != nil {
		counts, err := search.countByStatus(ctx)
		return &MemberCounts{Active: counts[member.StatusActive],
			Deactivated: counts[member.StatusDeactivated]}, err
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
