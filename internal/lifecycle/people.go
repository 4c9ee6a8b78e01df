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

// PeopleQuery selects a page of the people of an organization, whose order is that of the ids of
// their accounts.
type PeopleQuery struct {
	After, Before ident.ID // accounts that the page is between; zero for none
	Limit         int
	Backward      bool // the last people before Before, and not the first after After
}

// People returns a page of the people who are members of a workspace of an organization, oldest
// account first. It is empty for callers who are no administrators of the
// organization. The number of statements grows with the workspaces and not with the people.
func (s *Service) People(ctx context.Context, by *access.Caller, org *ent.Organization,
	which PeopleQuery) (_ *PeoplePage, err error) {
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
	// One more is read than asked for, which tells whether more people follow.
	which.Limit++
	ids, err := s.nextPeople(ctx, places, which)
	if err != nil {
		return nil, err
	}
	if page.More = len(ids) == which.Limit; page.More && which.Backward {
		ids = ids[1:]
	} else if page.More {
		ids = ids[:len(ids)-1]
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
func (s *Service) nextPeople(ctx context.Context, places []ident.ID,
	which PeopleQuery) ([]ident.ID, error) {
	var ids []ident.ID
	order := ent.Asc(member.FieldUserID)
	if which.Backward {
		order = ent.Desc(member.FieldUserID)
	}
	// A full page of each workspace, because the next people may all be in one of them.
	for _, place := range places {
		members, err := s.Store.Member.Query().
			Where(member.WorkspaceID(place), func(s *sql.Selector) {
				s.Where(sql.GT(s.C(member.FieldUserID), which.After))
				if !which.Before.IsZero() {
					s.Where(sql.LT(s.C(member.FieldUserID), which.Before))
				}
			}).
			Order(order).Limit(which.Limit).Select(member.FieldUserID).All(ctx)
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			ids = append(ids, m.UserID)
		}
	}
	ids = ident.SortDistinct(ids)
	if which.Backward {
		return ids[max(len(ids)-which.Limit, 0):], nil
	}
	return ids[:min(which.Limit, len(ids))], nil
}
