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
	"usher/internal/account"
	"usher/internal/address"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/password"
	"usher/internal/store"
)

// FoundInput describes a new workspace and its first administrator.
type FoundInput struct {
	Organization string // the name; an existing organization of that name is used
	Workspace    string // the slug; also the name if Name is empty
	Name         string
	Email        string
	FirstName    string
	LastName     string
	Password     string // if empty, SetPasswordLink lets the person set one
	Locale       string
	// AddressVerified says that the operator has verified that the address is the administrator's.
	AddressVerified bool
}

// FoundResult is the result of FoundWorkspace.
type FoundResult struct {
	Workspace *ent.Workspace
	Member    *ent.Member
	User      *ent.User
}

// FoundWorkspace creates a workspace with its built-in roles and its first administrator. The
// operator runs it from the command line. An existing account is used if its address is verified:
// otherwise the maker of the account may know its password. CONFLICT for an unverified one, unless
// the operator has verified the address: then the account's password, sessions and keys end, as at
// any first verification (AUT-4).
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
		// Outside of the transaction, because hashing is slow.
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
		// The seat is taken below, and the organization comes first in the lock order.
		if err := tx.LockOrganization(system, f.Workspace.OrganizationID); err != nil {
			return err
		}
		if f.User, err = s.findOwner(system, tx, in, to, hash); err != nil {
			return err
		}
		// Through Admit, like everybody else, so that the founder takes a seat (ADM-1).
		if f.Member, err = s.admitFounder(ctx, tx, f.Workspace, f.User, now); err != nil {
			return err
		}
		return s.appointFirstAdministrator(system, tx, f.Workspace.OrganizationID, f.User)
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// admitFounder admits the first administrator of a new workspace.
func (s *Service) admitFounder(ctx context.Context, tx *store.Tx, w *ent.Workspace, u *ent.User,
	now time.Time) (*ent.Member, error) {
	scoped := store.InWorkspace(ctx, w.ID)
	roles, err := tx.Role.Query().All(scoped)
	if err != nil {
		return nil, err
	}
	a := Admission{
		Service: s, Tx: tx, Workspace: w, User: u, Now: now,
		EntryPoint: EntryPoint{Name: entryPointFound, JoinedVia: member.JoinedViaFounded},
		Grant: schema.Grant{Roles: []schema.GrantedRole{{RoleID: FindRoleByName(roles,
			access.Admin).ID, PlaceID: w.ID}}},
		// Nobody in the new workspace could give this grant yet.
		Grantor: &access.Membership{WorkspaceID: w.ID,
			Holdings: []access.Holding{{Permissions: access.Everything,
				Place: access.Workspace(w.ID)}}},
	}
	return a.Admit(scoped)
}

// appointFirstAdministrator makes the person an administrator of the organization if no present one
// is active in it.
func (s *Service) appointFirstAdministrator(ctx context.Context, tx *store.Tx,
	organization ident.ID, u *ent.User) error {
	org, err := tx.Organization.Get(ctx, organization)
	if err != nil {
		return err
	}
	// An organization whose administrators have all left would have nobody to create workspaces.
	active, err := findActiveMembers(ctx, tx, org.ID, parseUUIDs(org.AdministratorIds)...)
	if err != nil || len(active) > 0 {
		return err
	}
	return tx.Organization.UpdateOne(org).
		SetAdministratorIds(append(org.AdministratorIds, u.ID.UUID())).Exec(ctx)
}

// createWorkspace inserts the workspace, and its organization if there is none of that name.
func (s *Service) createWorkspace(ctx context.Context, tx *store.Tx, in FoundInput,
	now time.Time) (*ent.Workspace, error) {
	org, err := tx.Organization.Query().Where(organization.Name(in.Organization)).First(ctx)
	if ent.IsNotFound(err) {
		// A self-hosted organization has every entitlement (PLA-1).
		all := schema.Entitlements{SpreadsheetImport: true, JoinLinks: true, CustomRoles: true,
			APIKeys: true}
		org, err = tx.Organization.Create().SetName(in.Organization).SetEntitlements(all).Save(ctx)
	}
	if err != nil {
		return nil, err
	}
	row := workspaceRow{name: in.Name, slug: in.Workspace, locale: in.Locale, timeZone: "UTC"}
	if row.name == "" {
		row.name = in.Workspace
	}
	if !i18n.Known(row.locale) {
		row.locale = string(i18n.English)
	}
	w, err := insertWorkspace(ctx, tx, org, row)
	if err != nil {
		return nil, err
	}
	return w, audit.Record(ctx, tx, now, audit.Event{WorkspaceID: w.ID,
		Action: audit.WorkspaceFounded, EntryPoint: entryPointFound, SubjectID: w.ID})
}

// workspaceRow holds the valid columns of a new workspace.
type workspaceRow struct{ name, slug, locale, timeZone string }

// insertWorkspace inserts a workspace and its built-in roles. CONFLICT if the slug is taken.
func insertWorkspace(ctx context.Context, tx *store.Tx, org *ent.Organization,
	row workspaceRow) (*ent.Workspace, error) {
	w, err := tx.Workspace.Create().SetOrganizationID(org.ID).SetSlug(row.slug).SetName(row.name).
		SetDefaultLocale(row.locale).SetTimeZone(row.timeZone).
		SetSettings(schema.WorkspaceSettings{InvitationDays: 14,
			SessionReminderDaysBefore: []int{1}}).Save(ctx)
	// The unique slug decides between two requests; looking it up before would leave a gap.
	if ent.IsConstraintError(err) {
		return nil, fault.New(fault.Conflict, "found.slug_taken", i18n.Args{"Slug": row.slug})
	}
	if err != nil {
		return nil, err
	}
	// Built-in roles are rows of each workspace, so that assignments refer to them as to custom
	// ones.
	var roles []*ent.RoleCreate
	for _, r := range access.BuiltIns {
		words := make([]string, len(r.Permissions))
		for i, p := range r.Permissions {
			words[i] = string(p)
		}
		roles = append(roles, tx.Role.Create().SetWorkspaceID(w.ID).SetKey(r.Key).
			SetName(i18n.T(i18n.Locale(row.locale), "role."+r.Key, nil)).
			SetPermissions(words).SetBuiltIn(true))
	}
	return w, tx.Role.CreateBulk(roles...).Exec(ctx)
}

// findOwner returns the account of the first administrator, or makes one.
func (s *Service) findOwner(ctx context.Context, tx *store.Tx, in FoundInput, to address.Address,
	hash string) (*ent.User, error) {
	u, err := tx.User.Query().Where(user.EmailKey(to.Key)).Only(ctx)
	if err == nil {
		return s.requireVerifiedOwner(ctx, tx, u, in.AddressVerified)
	}
	if !ent.IsNotFound(err) {
		return nil, err
	}
	return tx.User.Create().SetEmail(to.Display).SetEmailKey(to.Key).
		SetNillableFirstName(inputs.NilIfEmpty(in.FirstName)).
		SetNillableLastName(inputs.NilIfEmpty(in.LastName)).SetNillablePasswordHash(
		inputs.NilIfEmpty(hash)).SetNillableLocale(inputs.NilIfEmpty(in.Locale)).Save(ctx)
}

// requireVerifiedOwner returns an existing account that is to become an owner (AUT-6). CONFLICT if
// nobody has verified its address.
func (s *Service) requireVerifiedOwner(ctx context.Context, tx *store.Tx, u *ent.User,
	verified bool) (*ent.User, error) {
	unverified, err := account.HasUnverifiedAddress(ctx, tx.Client, u)
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
