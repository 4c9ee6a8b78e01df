package graph

import (
	"context"
	"strings"

	"usher/ent"
	"usher/internal/ident"
)

// defaultPeople is how many people of an organization a page has unless the request says.
const defaultPeople = 50

// organizationMembers returns a page of the people of an organization. The ids of their accounts
// are their cursors.
func (r *Resolver) organizationMembers(ctx context.Context, org *ent.Organization, first *int,
	after *string) (*OrganizationMemberConnection, error) {
	var from ident.ID
	at, err := parseCursor("after", after)
	if err != nil {
		return nil, err
	}
	if at != nil {
		from = at.ID
	}
	size := defaultPeople
	if first != nil {
		size = max(*first, 0)
	}
	page, err := r.Lifecycle.People(ctx, callerOf(ctx), org, from, size)
	if err != nil {
		return nil, err
	}
	c := &OrganizationMemberConnection{Edges: []*OrganizationMemberEdge{},
		PageInfo: &ent.PageInfo{HasNextPage: page.More, HasPreviousPage: !from.IsZero()}}
	for i, person := range page.People {
		node := &OrganizationMember{User: person.User, IsAdministrator: person.IsAdministrator,
			Memberships: make([]*OrganizationMembership, len(person.Memberships))}
		for j, m := range person.Memberships {
			node.Memberships[j] = &OrganizationMembership{Workspace: m.Edges.Workspace,
				Status: m.Status, JoinedAt: m.JoinedAt}
		}
		here := &ent.Cursor{ID: person.User.ID}
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
