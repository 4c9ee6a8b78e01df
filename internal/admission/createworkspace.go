package admission

import (
	"context"
	"time"

	"usher/ent"
	"usher/ent/member"
	"usher/ent/organization"
	"usher/ent/schema"
	"usher/ent/user"
	"usher/internal/access"
	"usher/internal/address"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/inputs"
	"usher/internal/password"
	"usher/internal/store"
)

// FoundInput is a new workspace and its first administrator.
type FoundInput struct {
	Organization string // its name; one of that name is used if there is one
	Workspace    string // its slug; also its name unless Name is said
	Name         string
	Email        string
	FirstName    string
	LastName     string
	Password     string // empty: none is set, and SetPasswordLink leads to one
	Locale       string
	// AddressVerified says that the operator has verified that the address is the administrator's.
	AddressVerified bool
}

// FoundResult is what came of it.
type FoundResult struct {
	Workspace *ent.Workspace
	Member    *ent.Member
	User      *ent.User
}

// FoundWorkspace makes a workspace, its built-in roles and its first administrator: what an
// operator does from the command line. An account that exists already is used as it is, if its
// address is verified: whoever made an account for somebody else's address may know its password.
// CONFLICT otherwise, unless the operator has verified the address: then the account's password,
// sessions and keys end, as at any first verification (AUT-4).
func (s *Service) FoundWorkspace(ctx context.Context, in FoundInput) (_ *FoundResult, err error) {
	defer fault.Annotate(&err, "found workspace")

	to, err := address.Parse(in.Email)
	if err != nil {
		return nil, err
	}
	if in.Organization == "" {
		return nil, fault.Input("organization", "found.organization")
	}
	if !SlugForm.MatchString(in.Workspace) || len(in.Workspace) > 63 {
		return nil, fault.Input("workspace", "found.slug")
	}
	if in.Locale, err = inputs.ParseLocale("locale", &in.Locale); err != nil {
		return nil, err
	}
	var hash string
	if in.Password != "" {
		if err := password.Check(in.Password, in.Email, in.FirstName, in.LastName,
			in.Organization); err != nil {
			return nil, err
		}
		if hash, err = s.Hasher.Hash(ctx, in.Password); err != nil {
			return nil, err
		}
	}

	f := &FoundResult{}
	now := s.Clock()
	system := store.AsSystem(ctx, "the operator founds a workspace from the command line")
	err = s.Store.WithTx(ctx, func(tx *store.Tx) error {
		if f.Workspace, err = s.createWorkspace(system, tx, in, now); err != nil {
			return err
		}
		// a seat is taken
		if err := tx.LockOrganization(system, f.Workspace.OrganizationID); err != nil {
			return err
		}
		if f.User, err = s.findOwner(system, tx, in, to, hash); err != nil {
			return err
		}
		scoped := store.InWorkspace(ctx, f.Workspace.ID)
		roles, err := tx.Role.Query().All(scoped)
		if err != nil {
			return err
		}
		a := Admission{
			Service: s, Tx: tx, Workspace: f.Workspace, User: f.User, Now: now,
			EntryPoint: EntryPoint{Name: entryPointFound, JoinedVia: member.JoinedViaFounded},
			Grant: schema.Grant{Roles: []schema.GrantedRole{{RoleID: FindRoleByName(roles,
				access.Admin).ID, PlaceID: f.Workspace.ID}}},
			// The operator gives what nobody in the workspace could have given yet.
			Grantor: &access.Membership{WorkspaceID: f.Workspace.ID,
				Holdings: []access.Holding{{Permissions: access.Everything,
					Place: access.Workspace(f.Workspace.ID)}}},
		}
		f.Member, err = a.Admit(scoped)
		return err
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (s *Service) createWorkspace(ctx context.Context, tx *store.Tx, in FoundInput,
	now time.Time) (*ent.Workspace, error) {
	org, err := tx.Organization.Query().Where(organization.Name(in.Organization)).First(ctx)
	if ent.IsNotFound(err) {
		// PLA-1: everything is on where Usher is self-hosted.
		all := schema.Entitlements{SpreadsheetImport: true, JoinLinks: true, CustomRoles: true,
			APIKeys: true}
		org, err = tx.Organization.Create().SetName(in.Organization).SetEntitlements(all).Save(ctx)
	}
	if err != nil {
		return nil, err
	}
	name := in.Name
	if name == "" {
		name = in.Workspace
	}
	l := in.Locale
	if !i18n.Known(l) {
		l = string(i18n.English)
	}
	w, err := tx.Workspace.Create().SetOrganizationID(org.ID).SetSlug(in.Workspace).SetName(name).
		SetDefaultLocale(l).
		SetSettings(schema.WorkspaceSettings{InvitationDays: 14,
			SessionReminderDaysBefore: []int{1}}).Save(ctx)
	if ent.IsConstraintError(err) {
		return nil, fault.New(fault.Conflict, "found.slug_taken", i18n.Args{"Slug": in.Workspace})
	}
	if err != nil {
		return nil, err
	}
	var roles []*ent.RoleCreate
	for _, r := range access.BuiltIns {
		words := make([]string, len(r.Permissions))
		for i, p := range r.Permissions {
			words[i] = string(p)
		}
		roles = append(roles, tx.Role.Create().SetWorkspaceID(w.ID).SetKey(r.Key).
			SetName(i18n.T(i18n.Locale(l), "role."+r.Key, nil)).
			SetPermissions(words).SetBuiltIn(true))
	}
	if err := tx.Role.CreateBulk(roles...).Exec(ctx); err != nil {
		return nil, err
	}
	return w, audit.Record(ctx, tx, now, audit.Event{WorkspaceID: w.ID,
		Action: audit.WorkspaceFounded, EntryPoint: entryPointFound, SubjectID: w.ID})
}

func (s *Service) findOwner(ctx context.Context, tx *store.Tx, in FoundInput, to address.Address,
	hash string) (*ent.User, error) {
	u, err := tx.User.Query().Where(user.EmailKey(to.Key)).Only(ctx)
	if err == nil {
		return s.verifiedOwner(ctx, tx, u, in.AddressVerified)
	}
	if !ent.IsNotFound(err) {
		return nil, err
	}
	return tx.User.Create().SetEmail(to.Display).SetEmailKey(to.Key).
		SetNillableFirstName(inputs.NilIfEmpty(in.FirstName)).
		SetNillableLastName(inputs.NilIfEmpty(in.LastName)).SetNillablePasswordHash(
		inputs.NilIfEmpty(hash)).SetNillableLocale(inputs.NilIfEmpty(in.Locale)).Save(ctx)
}

// verifiedOwner is an account that exists already and is to be an owner (AUT-6).
func (s *Service) verifiedOwner(ctx context.Context, tx *store.Tx, u *ent.User,
	verified bool) (*ent.User, error) {
	unverified, err := IsUnverified(ctx, tx.Client, u)
	if err != nil || !unverified {
		return u, err
	}
	if !verified {
		f := fault.New(fault.Conflict, "found.unverified")
		f.Field = "email"
		return nil, f
	}
	u, _, err = s.Accounts.MarkEmailVerified(ctx, tx, u)
	return u, err
}
