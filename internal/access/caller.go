package access

import (
	"context"
	"slices"

	"usher/internal/fault"
	"usher/internal/ident"
)

// PlaceKind is the kind of a place.
type PlaceKind uint8

// The kinds of place.
const (
	InWorkspace PlaceKind = iota
	InGroup
	InOrgUnit
	InSession
)

// Place is where a role can be held in one workspace: the workspace itself (ID is the workspace's),
// a group, an org unit or a session.
type Place struct {
	Kind PlaceKind
	ID   ident.ID
}

// Workspace returns the place of a whole workspace.
func Workspace(id ident.ID) Place { return Place{InWorkspace, id} }

// Group returns the place of a group.
func Group(id ident.ID) Place { return Place{InGroup, id} }

// OrgUnit returns the place of an org unit.
func OrgUnit(id ident.ID) Place { return Place{InOrgUnit, id} }

// Session returns the place of a session.
func Session(id ident.ID) Place { return Place{InSession, id} }

// PlaceOf returns the place that an id names.
func PlaceOf(id ident.ID) Place {
	switch id.Kind() {
	case ident.Group:
		return Group(id)
	case ident.OrgUnit:
		return OrgUnit(id)
	case ident.Session:
		return Session(id)
	}
	return Workspace(id)
}

// Holding is a set of permissions held at a place. Covers are the ids of all places of that kind
// that the place includes: itself and its descendants.
type Holding struct {
	RoleKey     string
	Permissions Set
	Place       Place
	Covers      []ident.ID
}

// Membership is a caller's roles in one workspace.
type Membership struct {
	WorkspaceID    ident.ID
	OrganizationID ident.ID
	MemberID       ident.ID // zero for an API key
	KeyID          ident.ID // zero for a member
	Archived       bool     // the workspace is archived: store refuses every write (WSP-1)
	Holdings       []Holding
}

// whileArchived are the permissions that matter in an archived workspace.
var whileArchived = SetOf([]Permission{MembersView, AuditView, UsageView})

// Usable returns those of some permissions that the caller can use now: in an archived workspace
// nothing but reading.
func (m *Membership) Usable(held Set) Set {
	if m != nil && m.Archived {
		return held & whileArchived
	}
	return held
}

// Caller is the person or API key that sent a request; without either it is anonymous. It is loaded
// from the database once for each request, so that a removed member loses access immediately.
type Caller struct {
	UserID      ident.ID
	SignInID    ident.ID
	KeyID       ident.ID
	Locale      string // the person's own; may be empty
	MustChange  bool   // the session may only change its password; Memberships is then empty
	Memberships []Membership
	// Administers are the organizations that the caller is an administrator of.
	Administers []ident.ID
}

// Anonymous reports whether the request has neither a person nor an API key.
func (c *Caller) Anonymous() bool { return c == nil || c.UserID.IsZero() && c.KeyID.IsZero() }

// RequireAuthenticated returns nil for a signed-in person or an API key that may act. Every
// operation calls it first. Errors: UNAUTHENTICATED for an anonymous caller;
// PASSWORD_CHANGE_REQUIRED for a session that may only change its password.
func (c *Caller) RequireAuthenticated() error {
	switch {
	case c.Anonymous():
		return fault.New(fault.Unauthenticated, "fault.unauthenticated")
	case c.MustChange:
		return fault.New(fault.PasswordChangeRequired, "account.change_required")
	}
	return nil
}

// RequirePerson is RequireAuthenticated for operations on the caller's own account, which an API
// key does not have, and for those that keys may not do. FORBIDDEN for an API key.
func (c *Caller) RequirePerson() error {
	if err := c.RequireAuthenticated(); err != nil {
		return err
	}
	if c.UserID.IsZero() {
		return fault.New(fault.Forbidden, "fault.person_only")
	}
	return nil
}

// In returns the caller's membership in a workspace, or nil.
func (c *Caller) In(workspace ident.ID) *Membership {
	if c == nil {
		return nil
	}
	for i := range c.Memberships {
		if c.Memberships[i].WorkspaceID == workspace {
			return &c.Memberships[i]
		}
	}
	return nil
}

// RequireMembership returns the caller's membership in a workspace: the first step of every
// operation. Errors: NOT_FOUND for a caller without membership, as for a workspace that does not
// exist; those of RequireAuthenticated.
func (c *Caller) RequireMembership(workspace ident.ID) (*Membership, error) {
	if err := c.RequireAuthenticated(); err != nil {
		return nil, err
	}
	m := c.In(workspace)
	// Security: FORBIDDEN would tell that the workspace exists.
	if m == nil {
		return nil, fault.Missing()
	}
	return m, nil
}

// WorkspaceIDs lists the workspaces in which the caller is active.
func (c *Caller) WorkspaceIDs() []ident.ID {
	if c == nil {
		return nil
	}
	ids := make([]ident.ID, len(c.Memberships))
	for i, m := range c.Memberships {
		ids[i] = m.WorkspaceID
	}
	return ids
}

// OrganizationIDs lists the organizations of the workspaces that the caller is active in, each
// once.
func (c *Caller) OrganizationIDs() []ident.ID {
	if c == nil {
		return nil
	}
	var ids []ident.ID
	for _, m := range c.Memberships {
		if !slices.Contains(ids, m.OrganizationID) {
			ids = append(ids, m.OrganizationID)
		}
	}
	return ids
}

// ThroughoutAny reports whether the caller holds a permission in the whole of any workspace of an
// organization.
func (c *Caller) ThroughoutAny(organization ident.ID, p Permission) bool {
	return c != nil && slices.ContainsFunc(c.Memberships, func(m Membership) bool {
		return m.OrganizationID == organization && m.Throughout(p)
	})
}

// Can reports whether the caller holds a permission at a place of this workspace.
func (m *Membership) Can(p Permission, at Place) bool {
	if m == nil {
		return false
	}
	return slices.ContainsFunc(m.Holdings, func(h Holding) bool {
		return h.Permissions.Has(p) && h.coversPlace(at)
	})
}

// CanAnywhere reports whether the caller holds a permission at any place of the workspace.
func (m *Membership) CanAnywhere(p Permission) bool {
	return m != nil && slices.ContainsFunc(m.Holdings, func(h Holding) bool {
		return h.Permissions.Has(p)
	})
}

// Throughout reports whether the caller holds a permission in the whole workspace.
func (m *Membership) Throughout(p Permission) bool {
	return m != nil && m.Can(p, Workspace(m.WorkspaceID))
}

// Held returns all permissions that the caller holds at a place.
func (m *Membership) Held(at Place) Set {
	var s Set
	if m == nil {
		return s
	}
	for _, h := range m.Holdings {
		if h.coversPlace(at) {
			s |= h.Permissions
		}
	}
	return s
}

// Everywhere returns all permissions that the caller holds anywhere in the workspace.
func (m *Membership) Everywhere() Set {
	var s Set
	if m == nil {
		return s
	}
	for _, h := range m.Holdings {
		s |= h.Permissions
	}
	return s
}

// Covered lists the ids of places of one kind at which the caller holds a permission. An id may
// occur twice.
func (m *Membership) Covered(p Permission, kind PlaceKind) []ident.ID {
	var ids []ident.ID
	if m == nil {
		return ids
	}
	for _, h := range m.Holdings {
		if h.Place.Kind == kind && h.Permissions.Has(p) {
			ids = append(ids, h.Covers...)
		}
	}
	return ids
}

// With returns a copy of the membership with more holdings. Operations use it where a rule of their
// own permits more.
func (m *Membership) With(more ...Holding) *Membership {
	// A copy: the caller's own membership must not keep the additional holdings.
	also := *m
	also.Holdings = append(slices.Clone(m.Holdings), more...)
	return &also
}

// Staff reports whether the caller holds any permission in the workspace.
func (m *Membership) Staff() bool { return m.Everywhere() != 0 }

// MayGive decides ADM-6 for one role at one place: a caller grants only permissions that they hold
// there, and needs the permission to assign roles for every role that carries a permission.
func (m *Membership) MayGive(role Set, at Place) bool {
	held := m.Held(at)
	return role.Within(held) && (role == 0 || held.Has(RolesAssign))
}

// coversPlace tells whether a holding reaches a place. Covers was expanded when the caller was
// loaded: it holds the descendants of a group and the units below a unit too (see docs/rules.md,
// "Authority").
func (h Holding) coversPlace(at Place) bool {
	// The workspace includes every place of it; a membership has no places of other workspaces.
	if h.Place.Kind == InWorkspace {
		return true
	}
	return h.Place.Kind == at.Kind && slices.Contains(h.Covers, at.ID)
}

// callerKey is the context key of the Caller, which the server sets once a request is
// authenticated.
type callerKey struct{}

// NewContext returns a context with the caller of a request.
func NewContext(ctx context.Context, c *Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// FromContext returns the caller of a request; an anonymous one if there is none, never nil.
func FromContext(ctx context.Context) *Caller {
	if c, ok := ctx.Value(callerKey{}).(*Caller); ok && c != nil {
		return c
	}
	return &Caller{}
}
