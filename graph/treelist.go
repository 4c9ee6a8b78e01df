package graph

import (
	"context"

	"usher/ent"
	"usher/ent/group"
	"usher/ent/member"
	"usher/ent/orgunit"
	"usher/internal/ident"
)

// listGroups returns the query of a list of groups of a workspace.
func (r *Resolver) listGroups(ctx context.Context, workspace ident.ID,
	filter *GroupFilter) (*ent.GroupQuery, error) {
	found, err := r.searchGroups(ctx, workspace, filter)
	if err != nil {
		return nil, err
	}
	return r.Reads.Group.Query().
		Where(group.WorkspaceID(workspace), filter.toPredicate(callerOf(ctx)), found), nil
}

// listOrgUnits returns the query of a list of org units of a workspace.
func (r *Resolver) listOrgUnits(ctx context.Context, workspace ident.ID,
	filter *OrgUnitFilter) (*ent.OrgUnitQuery, error) {
	found, err := r.searchOrgUnits(ctx, workspace, filter)
	if err != nil {
		return nil, err
	}
	return r.Reads.OrgUnit.Query().
		Where(orgunit.WorkspaceID(workspace), filter.toPredicate(callerOf(ctx)), found), nil
}

// treeCount is a number of rows below a row of a tree.
type treeCount struct {
	ParentID  ident.ID `json:"parent_id"`
	OrgUnitID ident.ID `json:"org_unit_id"`
	Count     int      `json:"count"`
}

// countsByID returns counts by the id of the row that they belong to.
func countsByID(rows []treeCount, id func(treeCount) ident.ID) map[ident.ID]int {
	counts := make(map[ident.ID]int, len(rows))
	for _, row := range rows {
		counts[id(row)] = row.Count
	}
	return counts
}

func parentOf(row treeCount) ident.ID { return row.ParentID }
func unitOf(row treeCount) ident.ID   { return row.OrgUnitID }
func orgUnitID(u *ent.OrgUnit) ident.ID {
	return u.ID
}

// childGroupCounts counts the child groups of each group of a page.
func (r *Resolver) childGroupCounts(ctx context.Context,
	page []*ent.Group) (map[ident.ID]int, error) {
	var counted []treeCount
	err := r.Reads.Group.Query().Where(group.ParentIDIn(idsOf(page, groupID)...)).
		GroupBy(group.FieldParentID).Aggregate(ent.Count()).Scan(ctx, &counted)
	return countsByID(counted, parentOf), err
}

// childUnitCounts counts the child units of each org unit of a page.
func (r *Resolver) childUnitCounts(ctx context.Context,
	page []*ent.OrgUnit) (map[ident.ID]int, error) {
	var counted []treeCount
	err := r.Reads.OrgUnit.Query().Where(orgunit.ParentIDIn(idsOf(page, orgUnitID)...)).
		GroupBy(orgunit.FieldParentID).Aggregate(ent.Count()).Scan(ctx, &counted)
	return countsByID(counted, parentOf), err
}

// unitMemberCounts counts the active members of each org unit of a page.
func (r *Resolver) unitMemberCounts(ctx context.Context,
	page []*ent.OrgUnit) (map[ident.ID]int, error) {
	var counted []treeCount
	err := r.Reads.Member.Query().
		Where(member.OrgUnitIDIn(idsOf(page, orgUnitID)...),
			member.StatusEQ(member.StatusActive)).
		GroupBy(member.FieldOrgUnitID).Aggregate(ent.Count()).Scan(ctx, &counted)
	return countsByID(counted, unitOf), err
}
