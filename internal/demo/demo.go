// Package demo creates the sample organization of `usher demo`: people to sign in as, groups,
// sessions and org units, and invitations in every state.
//
// The data is in two tables, academy.go and france.go. Names and texts come from the catalogue, in
// the language of the workspace. Groups, programs, sessions and org units are inserted as rows,
// because no verbs create them. People are invited and accept through the verbs, by copied links,
// so that the data is consistent. The clock of the services is set back, so that the data has a
// history.
package demo

import (
	"context"
	"fmt"
	"time"

	"usher/ent/member"
	"usher/ent/organization"
	"usher/ent/user"
	"usher/ent/workspace"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/admission"
	"usher/internal/ident"
	"usher/internal/oidc"
	"usher/internal/onboarding"
	"usher/internal/store"
	workspaces "usher/internal/workspace"
)

// Password is the password of all demo accounts. It is printed when the demo starts and is no
// secret.
const Password = "correct-usher-demo"

// The name of the organization, and its name until it is complete. After a crash the next start
// finds the second name and deletes the incomplete organization.
const (
	organizationName = "Brightwater"
	unfinishedName   = "Brightwater, unfinished"
)

// Deps are the dependencies of the demo; all of them are required.
type Deps struct {
	Store *store.Store
	onboarding.Services
	Accounts     *account.Service
	Workspaces   *workspaces.Service // for RegisterApplication
	Applications *oidc.Service       // for RegisterApplication
	Clock        func() time.Time    // UTC, to the microsecond
}

// Seed creates the demo organization on a migrated database and returns the accounts. It writes
// nothing if the organization exists, so that later changes stay. It takes about a second, mostly
// to hash passwords.
func Seed(ctx context.Context, d Deps) (*Summary, error) {
	// An interrupt takes effect afterwards, so that it leaves no partial demo.
	ctx = context.WithoutCancel(ctx)
	there, err := d.Store.Organization.Query().Where(organization.Name(organizationName)).
		Exist(store.AsSystem(ctx, "the demo asks whether its organization is there"))
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	if !there {
		s := seedRun{Deps: d, now: d.Clock(), userIDs: map[string]ident.ID{}}
		if err := s.createOrganization(ctx); err != nil {
			return nil, fmt.Errorf("demo: %w", err)
		}
	}
	return buildSummary(), nil
}

// seedRun is one run of Seed.
type seedRun struct {
	Deps
	now     time.Time
	userIDs map[string]ident.ID // by login
}

// createOrganization creates all workspaces. It begins with deleting what an interrupted run has
// left.
func (s *seedRun) createOrganization(ctx context.Context) error {
	if err := s.deleteUnfinished(ctx); err != nil {
		return err
	}
	for _, w := range workspaceTables {
		if err := s.createWorkspace(ctx, w); err != nil {
			return fmt.Errorf("%s: %w", w.slug, err)
		}
	}
	return s.finishOrganization(ctx)
}

// createWorkspace creates one workspace with everything in it.
func (s *seedRun) createWorkspace(ctx context.Context, w *workspaceTable) error {
	admin := w.people[0]
	made, err := s.servicesAgo(admin.daysAgo).Admission.FoundWorkspace(ctx, admission.FoundInput{
		Organization: unfinishedName, Workspace: w.slug, Name: w.name, Locale: string(w.locale),
		Email: admin.login, FirstName: admin.first, LastName: admin.last, Password: Password,
	})
	if err != nil {
		return err
	}
	s.userIDs[admin.login] = made.User.ID

	// Invitations and progress refer to groups, sessions and members, so these come first.
	h := &workspaceSeed{seedRun: s, workspaceTable: w, id: made.Workspace.ID,
		ids: map[string]ident.ID{}}
	if err := h.createStructure(ctx); err != nil {
		return err
	}
	for _, p := range w.people[1:] {
		if err := h.admitPerson(ctx, p); err != nil {
			return fmt.Errorf("%s: %w", p.login, err)
		}
	}
	for _, a := range h.accounts {
		if err := h.createAccount(ctx, a); err != nil {
			return fmt.Errorf("%s: %w", a.username, err)
		}
	}
	if err := h.recordProgress(ctx); err != nil {
		return err
	}
	for _, i := range w.invitations {
		if err := h.createInvitation(ctx, i); err != nil {
			return fmt.Errorf("%s: %w", i.email, err)
		}
	}
	if err := h.createJoinPage(ctx); err != nil {
		return err
	}
	for _, login := range h.requests {
		if err := h.askToJoin(ctx, login); err != nil {
			return fmt.Errorf("%s: %w", login, err)
		}
	}
	return nil
}

// servicesAgo returns the services with a clock that is set back by some days.
func (s *seedRun) servicesAgo(days int) onboarding.Services {
	return s.At(func() time.Time { return s.now.AddDate(0, 0, -days) })
}

// loadCaller returns the caller of a demo account.
func (s *seedRun) loadCaller(ctx context.Context, login string) (*access.Caller, error) {
	return s.Accounts.CallerByUserID(ctx, s.userIDs[login])
}

// deleteUnfinished deletes the incomplete organization and accounts of a run that crashed.
func (s *seedRun) deleteUnfinished(ctx context.Context) error {
	ctx = store.AsSystem(ctx, "the demo's organization goes with all of its workspaces")
	unfinished := organization.Name(unfinishedName)
	// Accounts are not deleted with an organization, because they may be in others.
	if err := s.Store.WithTx(ctx, func(tx *store.Tx) error {
		_, err := tx.User.Delete().
			Where(user.HasMembersWith(
				member.HasWorkspaceWith(workspace.HasOrganizationWith(unfinished)))).
			Exec(ctx)
		return err
	}); err != nil {
		return err
	}
	// A transaction of its own, since organizations are locked before accounts.
	return s.Store.WithTx(ctx, func(tx *store.Tx) error {
		_, err := tx.Organization.Delete().Where(unfinished).Exec(ctx)
		return err
	})
}

// finishOrganization marks all addresses as verified and gives the organization its final name. It
// runs last.
func (s *seedRun) finishOrganization(ctx context.Context) error {
	var everybody []ident.ID
	for _, i := range s.userIDs {
		everybody = append(everybody, i)
	}
	ctx = store.AsSystem(ctx, "accounts and the organization span workspaces")
	return s.Store.WithTx(ctx, func(tx *store.Tx) error {
		if err := tx.Organization.Update().Where(organization.Name(unfinishedName)).
			SetName(organizationName).Exec(ctx); err != nil {
			return err
		}
		// Security: nobody owns these mailboxes, so marking them as verified is safe. Otherwise the
		// first emailed link that is opened would end the printed password of its account (AUT-4).
		return tx.User.Update().Where(user.IDIn(everybody...)).SetEmailProven(true).Exec(ctx)
	})
}
