package graph

import (
	"cmp"
	"context"
	"strings"

	"usher/ent"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/lifecycle"
	"usher/internal/relay"
)

const (
	// defaultPeople is how many people of an organization a page has unless the request says.
	defaultPeople = 50
	// peopleList is the list of the people of an organization in their cursors.
	peopleList = "organizationmember id ASC"
)

// organizationMembers returns a page of the people of an organization. The ids of their accounts
// are their cursors.
func (r *Resolver) organizationMembers(ctx context.Context, org *ent.Organization,
	after *ent.Cursor, first *int, before *ent.Cursor, last *int) (*OrganizationMemberConnection,
	error) {
	if err := relay.CheckCursors(after, before, peopleList); err != nil {
		return nil, err
	}
	which := lifecycle.PeopleQuery{Backward: last != nil,
		Limit: max(*cmp.Or(last, first, new(defaultPeople)), 0)}
	// A cursor of another list may be well formed and would select arbitrary people.
	for field, at := range map[string]*ent.Cursor{"after": after, "before": before} {
		if at != nil && at.ID.Kind() != ident.User {
			return nil, fault.Input(field, "graph.cursor")
		}
	}
	if after != nil {
		which.After = after.ID
	}
	if before != nil {
		which.Before = before.ID
	}
	page, err := r.Lifecycle.People(ctx, callerOf(ctx), org, which)
	if err != nil {
		return nil, err
	}
	c := &OrganizationMemberConnection{Edges: []*OrganizationMemberEdge{},
		PageInfo: &ent.PageInfo{HasNextPage: before != nil, HasPreviousPage: after != nil}}
	// On the other side there is certainly something: the row that the cursor names.
	if page.More && which.Backward {
		c.PageInfo.HasPreviousPage = true
	} else if page.More {
		c.PageInfo.HasNextPage = true
	}
	for i, person := range page.People {
		node := &OrganizationMember{User: person.User, IsAdministrator: person.IsAdministrator,
			Memberships: make([]*OrganizationMembership, len(person.Memberships))}
		for j, m := range person.Memberships {
			node.Memberships[j] = &OrganizationMembership{Workspace: m.Edges.Workspace,
				Status: m.Status, JoinedAt: m.JoinedAt}
		}
		here := &ent.Cursor{ID: person.User.ID, List: peopleList}
		if i == 0 {
			c.PageInfo.StartCursor = here
		}
		c.PageInfo.EndCursor = here
		var written strings.Builder
		here.MarshalGQL(&written)
		c.Edges = append(c.Edges, &OrganizationMemberEdge{Node: node,
			Cursor: strings.Trim(written.String(), `"`)})
	}
	if _, asked := fieldContextAt(ctx, "totalCount"); asked {
		c.TotalCount, err = page.Total()
	}
	return c, err
}
