package admission

import (
	"context"
	"slices"
	"strings"
	"time"

	"usher/ent"
	"usher/ent/member"
	"usher/ent/schema"
	"usher/ent/user"
	"usher/ent/workspace"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/store"
)

// maxOrganizationName is the limit of the names of organizations and workspaces, in characters.
const maxOrganizationName = 200

// CreateWorkspaceInput describes a new workspace of an organization.
type CreateWorkspaceInput struct {
	OrganizationID ident.ID
	Name           string
	Slug           string
	Locale         *string // the caller's by default
	TimeZone       *string // UTC by default
}

// CreateWorkspace creates a workspace of an organization and makes the caller, who is an
// administrator of the organization, its administrator.
//
// Errors: BAD_USER_INPUT, NOT_FOUND, FORBIDDEN, CONFLICT if the slug is taken, SEAT_LIMIT_REACHED.
func (s *Service) CreateWorkspace(ctx context.Context, by *access.Caller,
	in CreateWorkspaceInput) (_ *ent.Workspace, err error) {
	defer fault.Annotate(&err, "create workspace")

	if err := requireOrganization(by, in.OrganizationID); err != nil {
		return nil, err
	}

	if err := in.validate(by); err != nil {
		return nil, err
	}

	var w *ent.Workspace
	now := s.Clock()
	system := store.AsSystem(ctx, "an administrator of an organization creates a workspace in it")
	err = s.Store.WithTx(ctx, func(tx *store.Tx) error {
		// The right is decided behind the lock, since another administrator may be removing the
		// caller.
		org, err := lockAdministered(system, tx, by, in.OrganizationID)
		if err != nil {
			return err
		}
		u, err := tx.User.Get(system, by.UserID)
		if err != nil {
			return err
		}
		if w, err = insertWorkspace(system, tx, org, workspaceRow{name: in.Name, slug: in.Slug,
			locale: *in.Locale, timeZone: *in.TimeZone}); err != nil {
			return err
		}
		m, err := s.admitFounder(ctx, tx, w, u, now)
		if err != nil {
			return err
		}
		// The caller was no member when the request began: the event names the member they became.
		founder := &access.Caller{UserID: by.UserID, Memberships: []access.Membership{
			{WorkspaceID: w.ID, OrganizationID: org.ID, MemberID: m.ID}}}
		return audit.Record(system, tx, now, audit.Event{WorkspaceID: w.ID,
			Action: audit.WorkspaceFounded, EntryPoint: entryPointFound, By: founder,
			SubjectID: w.ID})
	})
	return w, err
}

// validate refuses invalid values, each at its field, and fills in the defaults.
func (in *CreateWorkspaceInput) validate(by *access.Caller) (err error) {
	var faults fault.Collector
	in.Name, err = inputs.ParseName("name", in.Name, maxOrganizationName, "workspace.name")
	faults.Add(err)
	in.Slug = strings.TrimSpace(in.Slug)
	if !SlugForm.MatchString(in.Slug) || len(in.Slug) > 63 {
		faults.Add(fault.Input("slug", "found.slug"))
	}
	// The creator's own language is the likeliest; a tag that is not supported would be refused
	// below.
	if in.Locale == nil {
		locale := by.Locale
		if !i18n.Known(locale) {
			locale = string(i18n.English)
		}
		in.Locale = &locale
	}
	if !i18n.Known(*in.Locale) {
		faults.Add(fault.Input("locale", "input.locale", i18n.Args{"Value": *in.Locale}))
	}
	if in.TimeZone == nil {
		zone := "UTC"
		in.TimeZone = &zone
	}
	// LoadLocation takes "" for UTC and "Local" for the server's zone, which no client can mean.
	if _, err := time.LoadLocation(*in.TimeZone); err != nil || *in.TimeZone == "" ||
		*in.TimeZone == "Local" {
		faults.Add(fault.Input("timeZone", "workspace.time_zone"))
	}
	return faults.Err()
}

// UpdateOrganizationInput describes the changes of an organization. A nil field keeps its value.
type UpdateOrganizationInput struct {
	OrganizationID ident.ID
	Name           *string
}

// UpdateOrganization renames an organization.
//
// Errors: BAD_USER_INPUT, NOT_FOUND, FORBIDDEN.
func (s *Service) UpdateOrganization(ctx context.Context, by *access.Caller,
	in UpdateOrganizationInput) (_ *ent.Organization, err error) {
	defer fault.Annotate(&err, "update organization")

	if err := requireOrganization(by, in.OrganizationID); err != nil {
		return nil, err
	}

	if in.Name != nil {
		name, err := inputs.ParseName("name", *in.Name, maxOrganizationName, "workspace.name")
		if err != nil {
			return nil, err
		}
		in.Name = &name
	}

	return s.changeOrganization(ctx, by, in.OrganizationID, func(system context.Context,
		tx *store.Tx, org *ent.Organization) (*ent.Organization, error) {
		renamed, err := tx.Organization.UpdateOne(org).SetNillableName(in.Name).Save(system)
		// The same name again is no change, so it leaves no event in the history.
		if err != nil || renamed.Name == org.Name {
			return renamed, err
		}
		return renamed, RecordInOrganization(system, tx, by, org.ID, s.Clock(),
			audit.OrganizationEdited,
			schema.Detail{Name: "name", Before: org.Name, After: renamed.Name})
	})
}

// AddAdministrator makes a person an administrator of an organization. Nothing changes for one who
// is.
//
// Errors: NOT_FOUND unless the caller sees the person as active in a workspace of the organization;
// FORBIDDEN; CONFLICT if nobody has verified the person's address.
func (s *Service) AddAdministrator(ctx context.Context, by *access.Caller, organization,
	userID ident.ID) (_ *ent.Organization, err error) {
	defer fault.Annotate(&err, "add organization administrator")

	if err := s.requireInOrganization(ctx, by, organization, userID); err != nil {
		return nil, err
	}

	return s.changeOrganization(ctx, by, organization, func(system context.Context, tx *store.Tx,
		org *ent.Organization) (*ent.Organization, error) {
		// Nothing changes and nothing is recorded, so the request can be repeated.
		if slices.Contains(org.AdministratorIds, userID.UUID()) {
			return org, nil
		}
		// Read as the caller, so that the operation does not tell which accounts exist.
		u, err := store.FindVisible(ctx, by, tx.User.Get, userID)
		if err != nil {
			return nil, fault.MissingAt(err, "userId")
		}
		active, err := findActiveMembers(system, tx, org.ID, userID)
		if err != nil {
			return nil, err
		}
		if len(active) == 0 {
			return nil, fault.MissingAt(fault.Missing(), "userId")
		}
		// Security: the maker of an account for an address of somebody else may know its password.
		unverified, err := account.HasUnverifiedAddress(system, tx.Client, u)
		if err != nil {
			return nil, err
		}
		if unverified {
			return nil, fault.New(fault.Conflict, "organization.unverified")
		}
		org, err = tx.Organization.UpdateOne(org).
			SetAdministratorIds(append(org.AdministratorIds, userID.UUID())).Save(system)
		if err != nil {
			return nil, err
		}
		return org, RecordInOrganization(system, tx, by, org.ID, s.Clock(),
			audit.OrganizationAdministratorAdded,
			schema.Detail{Name: "administrator", After: DisplayName(u)})
	})
}

// RemoveAdministrator ends a person's rights as an administrator of an organization. Nothing
// changes for one who is none.
//
// Errors: NOT_FOUND; FORBIDDEN; CONFLICT if no other administrator is active in the organization.
func (s *Service) RemoveAdministrator(ctx context.Context, by *access.Caller, organization,
	userID ident.ID) (_ *ent.Organization, err error) {
	defer fault.Annotate(&err, "remove organization administrator")

	if err := s.requireInOrganization(ctx, by, organization, userID); err != nil {
		return nil, err
	}

	return s.changeOrganization(ctx, by, organization, func(system context.Context, tx *store.Tx,
		org *ent.Organization) (*ent.Organization, error) {
		at := slices.Index(org.AdministratorIds, userID.UUID())
		if at < 0 {
			_, err := store.FindVisible(ctx, by, tx.User.Get, userID)
			return org, fault.MissingAt(err, "userId")
		}
		// Cloned, because the row still holds the former list.
		rest := slices.Delete(slices.Clone(org.AdministratorIds), at, at+1)
		active, err := findActiveMembers(system, tx, org.ID, parseUUIDs(rest)...)
		if err != nil {
			return nil, err
		}
		// Counted by activity and not by name: an administrator who is deactivated everywhere
		// administers nothing.
		if len(active) == 0 {
			return nil, fault.New(fault.Conflict, "organization.last_administrator")
		}
		u, err := tx.User.Get(system, userID)
		if err != nil {
			return nil, err
		}
		org, err = tx.Organization.UpdateOne(org).SetAdministratorIds(rest).Save(system)
		if err != nil {
			return nil, err
		}
		return org, RecordInOrganization(system, tx, by, org.ID, s.Clock(),
			audit.OrganizationAdministratorRemoved,
			schema.Detail{Name: "administrator", Before: DisplayName(u)})
	})
}

// Administrators reads the administrators of an organization, oldest account first. It is empty for
// a caller who is none.
func (s *Service) Administrators(ctx context.Context, by *access.Caller,
	org *ent.Organization) (_ []*ent.User, err error) {
	defer fault.Annotate(&err, "organization administrators")

	if !IsAdministrator(by, org) {
		return []*ent.User{}, nil
	}
	system := store.AsSystem(ctx, "administrators of an organization see each other")
	return s.Store.User.Query().Where(user.IDIn(parseUUIDs(org.AdministratorIds)...)).
		Order(ent.Asc(user.FieldID)).All(system)
}

// IsAdministrator tells whether a caller is an administrator of an organization: named as one, and
// active in one of its workspaces.
func IsAdministrator(by *access.Caller, org *ent.Organization) bool {
	return by.RequirePerson() == nil &&
		slices.Contains(by.OrganizationIDs(), org.ID) &&
		slices.Contains(org.AdministratorIds, by.UserID.UUID())
}

// requireOrganization returns NOT_FOUND unless the caller is a person who is active in a workspace
// of the organization.
func requireOrganization(by *access.Caller, organization ident.ID) error {
	if err := by.RequirePerson(); err != nil {
		return err
	}
	if !slices.Contains(by.OrganizationIDs(), organization) {
		return fault.Missing()
	}
	return nil
}

// requireInOrganization is requireOrganization for an operation that names a person as well. If the
// organization is missing, a person whom the caller does not see is reported beside it.
func (s *Service) requireInOrganization(ctx context.Context, by *access.Caller, organization,
	userID ident.ID) error {
	err := requireOrganization(by, organization)
	if !fault.Has(err, fault.NotFound) {
		return err
	}
	var faults fault.Collector
	faults.Add(fault.MissingAt(err, "organizationId"))
	_, err = store.FindVisible(ctx, by, s.Store.User.Get, userID)
	faults.Add(fault.MissingAt(err, "userId"))
	return faults.Err()
}

// lockAdministered locks an organization and returns it. FORBIDDEN unless the caller is an
// administrator of it, which is decided behind the lock.
func lockAdministered(ctx context.Context, tx *store.Tx, by *access.Caller,
	organization ident.ID) (*ent.Organization, error) {
	if err := tx.LockOrganization(ctx, organization); err != nil {
		return nil, err
	}
	org, err := tx.Organization.Get(ctx, organization)
	if err != nil {
		return nil, err
	}
	if !IsAdministrator(by, org) {
		return nil, fault.Denied()
	}
	return org, nil
}

// changeOrganization calls change with the locked organization, for an administrator of it.
func (s *Service) changeOrganization(ctx context.Context, by *access.Caller, organization ident.ID,
	change func(context.Context, *store.Tx, *ent.Organization) (*ent.Organization,
		error)) (org *ent.Organization, err error) {
	system := store.AsSystem(ctx, "an administrator of an organization changes it")
	err = s.Store.WithTx(ctx, func(tx *store.Tx) error {
		locked, err := lockAdministered(system, tx, by, organization)
		if err != nil {
			return err
		}
		org, err = change(system, tx, locked)
		return err
	})
	return org, err
}

// RecordInOrganization records what happened to an organization in each of its workspaces, whose
// administrators read it there.
func RecordInOrganization(ctx context.Context, tx *store.Tx, by *access.Caller,
	organization ident.ID, at time.Time, action audit.Action, details ...schema.Detail) error {
	ids, err := tx.Workspace.Query().Where(workspace.OrganizationID(organization)).IDs(ctx)
	if err != nil {
		return err
	}
	events := make([]audit.Event, len(ids))
	for i, id := range ids {
		events[i] = audit.Event{WorkspaceID: id, Action: action, By: by, SubjectID: organization,
			Details: details}
	}
	return audit.Record(ctx, tx, at, events...)
}

// findActiveMembers returns those of some users who are active in a workspace of an organization,
// by their members.
func findActiveMembers(ctx context.Context, tx *store.Tx, organization ident.ID,
	users ...ident.ID) ([]*ent.Member, error) {
	return tx.Member.Query().Where(member.UserIDIn(users...),
		member.StatusEQ(member.StatusActive),
		member.HasWorkspaceWith(workspace.OrganizationID(organization))).All(ctx)
}

// AdministratorIDs returns the users who are named as administrators of an organization.
func AdministratorIDs(org *ent.Organization) []ident.ID { return parseUUIDs(org.AdministratorIds) }

// parseUUIDs reads stored ids. One that is no UUID is left out.
func parseUUIDs(stored []string) []ident.ID {
	ids := make([]ident.ID, 0, len(stored))
	for _, text := range stored {
		var id ident.ID
		if err := id.Scan(text); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}
