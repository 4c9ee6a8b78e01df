package lifecycle

import (
	"context"
	"slices"

	"entgo.io/ent/dialect/sql"

	"usher/ent"
	"usher/ent/member"
	"usher/ent/user"
	"usher/ent/workspace"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/ident"
)

// Person is a person of an organization.
type Person struct {
	User            *ent.User
	Memberships     []*ent.Member // with their workspaces, oldest first
	IsAdministrator bool          // of the organization
}

// PeoplePage is a page of the people of an organization.
type PeoplePage struct {
	People []*Person
	More   bool // whether others follow
	// Total counts the people of the organization.
	Total func() (int, error)
}

// People returns a page of the people who are members of a workspace of an organization, oldest
// account first, behind the account after. It is empty for callers who are no administrators of the
// organization. The number of statements grows with the workspaces and not with the people.
func (s *Service) People(ctx context.Context, by *access.Caller, org *ent.Organization,
	after ident.ID, first int) (_ *PeoplePage, err error) {
	defer fault.Annotate(&err, "organization people")

	page := &PeoplePage{People: []*Person{}, Total: func() (int, error) { return 0, nil }}
	if !admission.IsAdministrator(by, org) {
		return page, nil
	}
	ctx = asSystem(ctx)
	places, err := s.Store.Workspace.Query().Where(workspace.OrganizationID(org.ID)).IDs(ctx)
	if err != nil {
		return nil, err
	}
	page.Total = func() (int, error) {
		q := s.Store.Member.Query().Where(member.WorkspaceIDIn(places...)).Unique(true)
		q.Select(member.FieldUserID)
		return q.Count(ctx)
	}
	ids, err := s.nextPeople(ctx, places, after, first+1)
	if err != nil {
		return nil, err
	}
	if page.More = len(ids) > first; page.More {
		ids = ids[:first]
	}
	users, err := s.Store.User.Query().Where(user.IDIn(ids...)).Order(ent.Asc(user.FieldID)).
		All(ctx)
	if err != nil {
		return nil, err
	}
	members, err := s.Store.Member.Query().Where(member.UserIDIn(ids...),
		member.WorkspaceIDIn(places...)).WithWorkspace().Order(ent.Asc(member.FieldID)).All(ctx)
	if err != nil {
		return nil, err
	}
	administrators := admission.AdministratorIDs(org)
	for _, u := range users {
		p := &Person{User: u, Memberships: []*ent.Member{},
			IsAdministrator: slices.Contains(administrators, u.ID)}
		for _, m := range members {
			if m.UserID == u.ID {
				p.Memberships = append(p.Memberships, m)
			}
		}
		page.People = append(page.People, p)
	}
	return page, nil
}

// nextPeople returns the ids of the next accounts that are members of some workspaces. Each
// workspace is read in the order of its index, which a statement over all of them could not use.
func (s *Service) nextPeople(ctx context.Context, places []ident.ID, after ident.ID,
	limit int) ([]ident.ID, error) {
	var ids []ident.ID
	for _, place := range places {
		members, err := s.Store.Member.Query().
			Where(member.WorkspaceID(place), func(s *sql.Selector) {
				s.Where(sql.GT(s.C(member.FieldUserID), after))
			}).
			Order(ent.Asc(member.FieldUserID)).Limit(limit).Select(member.FieldUserID).All(ctx)
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			ids = append(ids, m.UserID)
		}
	}
	ids = ident.SortDistinct(ids)
	return ids[:min(limit, len(ids))], nil
}
