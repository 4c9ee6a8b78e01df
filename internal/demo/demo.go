// Package demo fills a database with a believable organization, for `usher demo`: people to sign in
// as, places for them to be in, and invitations in every state.
//
// What there is stands in two tables, academy.go and france.go; names and sentences come from the
// catalogue, in the language of the workspace. Places are rows, for want of verbs. People come in
// through the verbs alone, by copied links, so that the data is what the doors would have made;
// their clock is set back for the time, so that it has a past.
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
	"usher/internal/onboarding"
	"usher/internal/store"
)

// Password is everybody's. It is printed for whoever starts the demo, and is no secret.
const Password = "correct-usher-demo"

// The organization, and what it is called until all of it is there. A process that died in between
// leaves the second name, by which the next one knows what to sweep away.
const (
	organizationName = "Brightwater"
	unfinishedName   = "Brightwater, unfinished"
)

// Deps is what Seed works with; all of it is required.
type Deps struct {
	Store *store.Store
	onboarding.Services
	Accounts *account.Service
	Clock    func() time.Time // UTC, to the microsecond
}

// Seed makes the demo's organization on a migrated database and says who can sign in. Where it is
// there already, nothing is written: what people did to it since stays. It takes about a second,
// nearly all of it for hashing passwords.
func Seed(ctx context.Context, d Deps) (*Summary, error) {
	// whoever interrupts the start waits this second rather than find half a demo
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

// seedRun is one run.
type seedRun struct {
	Deps
	now     time.Time
	userIDs map[string]ident.ID // by login
}

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

// createWorkspace makes one workspace and all that is in it.
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
	if err := h.recordProgress(ctx); err != nil {
		return err
	}
	for _, i := range w.invitations {
		if err := h.createInvitation(ctx, i); err != nil {
			return fmt.Errorf("%s: %w", i.email, err)
		}
	}
	return h.createJoinPage(ctx)
}

// servicesAgo is the services as they acted some days ago.
func (s *seedRun) servicesAgo(days int) onboarding.Services {
	return s.At(func() time.Time { return s.now.AddDate(0, 0, -days) })
}

// loadCaller is somebody of the demo, as they would ask for something now.
func (s *seedRun) loadCaller(ctx context.Context, login string) (*access.Caller, error) {
	return s.Accounts.CallerByUserID(ctx, s.userIDs[login])
}

// deleteUnfinished takes away what a run that died has left, so that this one starts from nothing.
func (s *seedRun) deleteUnfinished(ctx context.Context) error {
	ctx = store.AsSystem(ctx, "the demo's organization goes with all of its workspaces")
	return s.Store.WithTx(ctx, func(tx *store.Tx) error {
		unfinished := organization.Name(unfinishedName)
		if _, err := tx.User.Delete().
			Where(user.HasMembersWith(
				member.HasWorkspaceWith(workspace.HasOrganizationWith(unfinished)))).
			Exec(ctx); err != nil {
			return err
		}
		_, err := tx.Organization.Delete().Where(unfinished).Exec(ctx)
		return err
	})
}

// finishOrganization gives the organization its name, the last thing of all.
func (s *seedRun) finishOrganization(ctx context.Context) error {
	var everybody []ident.ID
	for _, i := range s.userIDs {
		everybody = append(everybody, i)
	}
	ctx = store.AsSystem(ctx, "accounts and the organization span workspaces")
	return s.Store.WithTx(ctx, func(tx *store.Tx) error {
		// Security: nobody has these mailboxes, so nothing is claimed of anyone. Left unproven, the
		// first mailed link that is followed in the demo would end the password that was printed
		// for its account (AUT-4).
		if err := tx.User.Update().Where(user.IDIn(everybody...)).SetEmailProven(true).
			Exec(ctx); err != nil {
			return err
		}
		return tx.Organization.Update().Where(organization.Name(unfinishedName)).
			SetName(organizationName).Exec(ctx)
	})
}
