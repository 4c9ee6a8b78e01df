package access

import "slices"

// BuiltIn is a role that every workspace has.
type BuiltIn struct {
	Key         string
	Permissions []Permission
	Places      []PlaceKind // where it can be held
}

// The keys of the built-in roles.
const (
	Admin      = "admin"
	UserAdmin  = "user_admin"
	GroupAdmin = "group_admin"
	Manager    = "manager"
	Coach      = "coach"
	Instructor = "instructor"
	Learner    = "learner"
)

// peoplePermissions are the permissions of a user administrator on people. A group administrator
// has the same in the group, except imports; a manager in the org unit, except deactivation and
// roles.
var peoplePermissions = []Permission{MembersView, MembersInvite, MembersCreate, MembersUpdate,
	MembersDeactivate, RolesAssign}

// BuiltIns are the built-in roles.
//
// A coach who is also an instructor, and an instructor who is also a coach or a group
// administrator, may invite into the session. That rule belongs to the registration for a session
// and to no single role.
var BuiltIns = []BuiltIn{
	{Key: Admin, Permissions: All, Places: []PlaceKind{InWorkspace}},
	{Key: UserAdmin, Permissions: append(
		peoplePermissions[:len(peoplePermissions):len(peoplePermissions)], MembersImport),
		Places: []PlaceKind{InGroup, InWorkspace}},
	{Key: GroupAdmin, Permissions: append(
		peoplePermissions[:len(peoplePermissions):len(peoplePermissions)], GroupsManage),
		Places: []PlaceKind{InGroup}},
	{Key: Manager, Permissions: []Permission{MembersView, MembersInvite, MembersCreate,
		MembersUpdate, EnrollmentsManage}, Places: []PlaceKind{InOrgUnit}},
	{Key: Coach, Permissions: []Permission{MembersView}, Places: []PlaceKind{InGroup, InSession}},
	{Key: Instructor, Permissions: []Permission{MembersView}, Places: []PlaceKind{InSession}},
	{Key: Learner, Permissions: nil, Places: []PlaceKind{InGroup, InWorkspace}},
}

// CustomPlaces is where a workspace's own roles can be held, in the order in which a grant looks
// for a place: the named groups, else the unit, else the sessions, else the workspace.
var CustomPlaces = []PlaceKind{InGroup, InOrgUnit, InSession, InWorkspace}

// IsBuiltIn tells the key of a built-in role from that of a custom one.
func IsBuiltIn(key string) bool {
	return slices.ContainsFunc(BuiltIns, func(r BuiltIn) bool { return r.Key == key })
}

// PlacesOf returns the kinds of place at which a role can be held. A key that is not built in
// belongs to a custom role.
func PlacesOf(key string) []PlaceKind {
	for _, r := range BuiltIns {
		if r.Key == key {
			return r.Places
		}
	}
	return CustomPlaces
}
