// Package access decides who may do what. It is one table and one question.
//
// The table gives each built-in role its permissions and the kinds of place it can be held at. The
// question is Caller.Can: does any role or key of this caller carry that permission at that place?
// A place covers what lies below it: the workspace everything in it, a group and an org unit the
// ones below. The package knows no database; whoever loads a Caller puts the covered places in.
package access

import "slices"

// Permission is one thing that a role or a key lets its holder do. The vocabulary is the public
// contract.
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

// All lists every permission, in the order of the contract.
var All = []Permission{
	WorkspaceManage, MembersView, MembersInvite, MembersCreate, MembersImport, MembersUpdate,
	MembersDeactivate,
	RolesAssign, RolesManage, GroupsManage, OrgUnitsManage, ProgramsManage, SessionsManage,
	EnrollmentsManage,
	JoinLinksManage, APIKeysManage, WebhooksManage, AuditView, UsageView,
}

// Set is a set of permissions.
type Set uint32

// NewSet makes a set out of stored words; words that are no permission are left out.
func NewSet(words []string) Set {
	var s Set
	for _, w := range words {
		if i := slices.Index(All, Permission(w)); i >= 0 {
			s |= 1 << i
		}
	}
	return s
}

// Has tells whether a permission is in the set.
func (s Set) Has(p Permission) bool {
	i := slices.Index(All, p)
	return i >= 0 && s&(1<<i) != 0
}

// Within tells whether every permission of the set is in the other one too.
func (s Set) Within(other Set) bool { return s&^other == 0 }

// List returns the permissions of the set in the order of the contract.
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

// Words returns the set as roles store it, in the order of the contract.
func (s Set) Words() []string {
	words := []string{}
	for _, p := range s.List() {
		words = append(words, string(p))
	}
	return words
}

// Everything is the set of all permissions.
const Everything Set = 1<<19 - 1
