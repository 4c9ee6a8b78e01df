package access

// BuiltIn is a role that every workspace has.
type BuiltIn struct {
	Key         string
	Permissions []Permission
	Places      []PlaceKind // where it can be held, as the table of domain.md says
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

// peoplePermissions is what a user administrator may do with people. A group administrator may do
// the same within the group, but for imports; a manager within the unit, but for deactivation and
// for roles.
var peoplePermissions = []Permission{MembersView, MembersInvite, MembersCreate, MembersUpdate,
	MembersDeactivate, RolesAssign}

// BuiltIns is the table of domain.md, 'Who may do what'.
//
// A coach who is also an instructor, and an instructor who is also a coach or a group
// administrator, may invite into the session; that is a rule of registering for a session, not of
// any one role.
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

// CustomPlaces is where a workspace's own roles can be held: the named groups, else the workspace.
var CustomPlaces = []PlaceKind{InGroup, InWorkspace}

// PlacesOf returns where a role can be held; a key that is not built in is a custom role's.
func PlacesOf(key string) []PlaceKind {
	for _, r := range BuiltIns {
		if r.Key == key {
			return r.Places
		}
	}
	return CustomPlaces
}
