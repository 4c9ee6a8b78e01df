// Package access decides authorization. It consists of one table and one question.
//
// The table gives each built-in role its permissions and the kinds of place at which it can be
// held. The question is Membership.Can: does a role or key of this caller carry that permission at
// that place? A place includes its descendants: the workspace includes everything in it, a group
// and an org unit those below them. The package does not use the database; internal/account loads
// callers with the places that they cover.
package access

import "slices"

// Permission is one thing that a role or a key permits. The values are part of the public API.
type Permission string

// The permissions.
const (
	WorkspaceManage   Permission = "WORKSPACE_MANAGE"
	MembersView       Permission = "MEMBERS_VIEW"
	MembersInvite     Permission = "MEMBERS_INVITE"
	MembersCreate     Permission = "MEMBERS_CREATE"
	MembersImport     Permission = "MEMBERS_IMPORT"
	MembersUpdate     Permission = "MEMBERS_UPDATE"
	MembersDeactivate Permission = "MEMBERS_DEACTIVATE"
	RolesAssign       Permission = "ROLES_ASSIGN"
	RolesManage       Permission = "ROLES_MANAGE"
	GroupsManage      Permission = "GROUPS_MANAGE"
	OrgUnitsManage    Permission = "ORG_UNITS_MANAGE"
	ProgramsManage    Permission = "PROGRAMS_MANAGE"
	SessionsManage    Permission = "SESSIONS_MANAGE"
	EnrollmentsManage Permission = "ENROLLMENTS_MANAGE"
	JoinLinksManage   Permission = "JOIN_LINKS_MANAGE"
	APIKeysManage     Permission = "API_KEYS_MANAGE"
	WebhooksManage    Permission = "WEBHOOKS_MANAGE"
	AuditView         Permission = "AUDIT_VIEW"
	UsageView         Permission = "USAGE_VIEW"
)

// All lists every permission, in the order of the API.
var All = []Permission{
	WorkspaceManage, MembersView, MembersInvite, MembersCreate, MembersImport, MembersUpdate,
	MembersDeactivate,
	RolesAssign, RolesManage, GroupsManage, OrgUnitsManage, ProgramsManage, SessionsManage,
	EnrollmentsManage,
	JoinLinksManage, APIKeysManage, WebhooksManage, AuditView, UsageView,
}

// Set is a set of permissions.
type Set uint32

// NewSet returns the set of some stored permissions. Unknown words are ignored, because a newer
// release may have stored them.
func NewSet(words []string) Set {
	var s Set
	for _, w := range words {
		if i := slices.Index(All, Permission(w)); i >= 0 {
			s |= 1 << i
		}
	}
	return s
}

// Has reports whether a permission is in the set.
func (s Set) Has(p Permission) bool {
	i := slices.Index(All, p)
	return i >= 0 && s&(1<<i) != 0
}

// Within reports whether every permission of the set is in other.
func (s Set) Within(other Set) bool { return s&^other == 0 }

// List returns the permissions of the set in the order of the API.
func (s Set) List() []Permission {
	list := []Permission{}
	for i, p := range All {
		if s&(1<<i) != 0 {
			list = append(list, p)
		}
	}
	return list
}

// SetOf returns the set of some permissions.
func SetOf(permissions []Permission) Set {
	var s Set
	for _, p := range permissions {
		if i := slices.Index(All, p); i >= 0 {
			s |= 1 << i
		}
	}
	return s
}

// Words returns the set in its stored form, in the order of the API.
func (s Set) Words() []string {
	words := []string{}
	for _, p := range s.List() {
		words = append(words, string(p))
	}
	return words
}

// Everything is the set of all permissions.
const Everything Set = 1<<19 - 1
