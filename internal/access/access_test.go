package access

import (
	"context"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"usher/internal/ident"
)

func TestTheSetOfEverythingHoldsEveryPermission(t *testing.T) {
	t.Parallel()
	if !slices.Equal(Everything.List(), All) {
		t.Errorf("Everything is %v", Everything.List())
	}
	if len(All) > 32 {
		t.Error("a set has no room for so many permissions")
	}
	seen := map[Permission]bool{}
	for _, p := range All {
		if seen[p] {
			t.Errorf("%s is listed twice", p)
		}
		seen[p] = true
	}
}

func TestASetIsWhatItWasMadeOf(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfDistinct(rapid.SampledFrom(All), rapid.ID[Permission]).
			Draw(t, "words")
		other := rapid.SliceOf(rapid.SampledFrom(All)).Draw(t, "other")
		set, beside := NewSet(texts(words)), NewSet(texts(other))
		for _, p := range All {
			if set.Has(p) != slices.Contains(words, p) {
				t.Fatalf("Has(%s) = %v in %v", p, set.Has(p), words)
			}
		}
		if NewSet(texts(set.List())) != set {
			t.Fatalf("%v came back as %v", words, set.List())
		}
		within := !slices.ContainsFunc(words, func(p Permission) bool {
			return !slices.Contains(other, p)
		})
		if set.Within(beside) != within {
			t.Fatalf("%v within %v: %v", words, other, !within)
		}
	})
}

func texts(list []Permission) []string {
	words := make([]string, len(list))
	for i, p := range list {
		words[i] = string(p)
	}
	return words
}

func TestAWordThatIsNoPermissionGivesNothing(t *testing.T) {
	t.Parallel()
	if s := NewSet([]string{"", "members_view", "ROOT", "MEMBERS_VIEW "}); s != 0 {
		t.Errorf("%v", s.List())
	}
	if Set(0).Has("ROOT") || Everything.Has("ROOT") {
		t.Error("somebody holds a permission that does not exist")
	}
}

// The table of domain.md, 'Who may do what', written once more: a change of the one must be meant.
func TestTheBuiltInRolesHoldWhatTheTableSays(t *testing.T) {
	t.Parallel()
	many := []Permission{MembersView, MembersInvite, MembersCreate, MembersUpdate,
		MembersDeactivate, RolesAssign}
	for key, want := range map[string]struct {
		may    []Permission
		places []PlaceKind
	}{
		Admin:      {All, []PlaceKind{InWorkspace}},
		UserAdmin:  {append(slices.Clone(many), MembersImport), []PlaceKind{InGroup, InWorkspace}},
		GroupAdmin: {append(slices.Clone(many), GroupsManage), []PlaceKind{InGroup}},
		Manager: {[]Permission{MembersView, MembersInvite, MembersCreate, MembersUpdate,
			EnrollmentsManage}, []PlaceKind{InOrgUnit}},
		Coach:      {[]Permission{MembersView}, []PlaceKind{InGroup, InSession}},
		Instructor: {[]Permission{MembersView}, []PlaceKind{InSession}},
		Learner:    {nil, []PlaceKind{InGroup, InWorkspace}},
	} {
		i := slices.IndexFunc(BuiltIns, func(r BuiltIn) bool { return r.Key == key })
		if i < 0 {
			t.Errorf("there is no role %s", key)
			continue
		}
		if has, may := NewSet(texts(BuiltIns[i].Permissions)), NewSet(texts(want.may)); has != may {
			t.Errorf("%s may %v, want %v", key, has.List(), may.List())
		}
		if !slices.Equal(PlacesOf(key), want.places) {
			t.Errorf("%s is held at %v, want %v", key, PlacesOf(key), want.places)
		}
	}
	if len(BuiltIns) != 7 {
		t.Errorf("there are %d built-in roles", len(BuiltIns))
	}
	if !slices.Equal(PlacesOf(ident.New(ident.Role).String()), CustomPlaces) {
		t.Error("a custom role cannot be held where custom roles are")
	}
}

// place makes a membership with one holding.
func place(w ident.ID, h Holding) *Membership {
	return &Membership{WorkspaceID: w, Holdings: []Holding{h}}
}

func TestAPlaceCoversItselfAndWhatLiesBelow(t *testing.T) {
	t.Parallel()
	w, other := ident.New(ident.Workspace), ident.New(ident.Workspace)
	g, below, beside := ident.New(ident.Group), ident.New(ident.Group), ident.New(ident.Group)
	view := NewSet([]string{string(MembersView)})
	group := place(w, Holding{Permissions: view, Place: Group(g), Covers: []ident.ID{g, below}})
	whole := place(w, Holding{Permissions: view, Place: Workspace(w)})
	for _, c := range []struct {
		name string
		m    *Membership
		p    Permission
		at   Place
		may  bool
	}{
		{"the group itself", group, MembersView, Group(g), true},
		{"a group below", group, MembersView, Group(below), true},
		{"a group beside", group, MembersView, Group(beside), false},
		{"another permission", group, MembersInvite, Group(g), false},
		{"the workspace, from a group", group, MembersView, Workspace(w), false},
		{"a unit of the same id", group, MembersView, OrgUnit(g), false},
		{"a session of the same id", group, MembersView, Session(g), false},
		{"any group, from the workspace", whole, MembersView, Group(beside), true},
		{"any unit, from the workspace", whole, MembersView, OrgUnit(beside), true},
		{"the workspace", whole, MembersView, Workspace(w), true},
		{"nobody", nil, MembersView, Workspace(other), false},
	} {
		if c.m.Can(c.p, c.at) != c.may {
			t.Errorf("%s: Can is not %v", c.name, c.may)
		}
	}
	if group.Throughout(MembersView) || !whole.Throughout(MembersView) || (*Membership)(nil).
		Throughout(MembersView) {
		t.Error("Throughout does not mean the whole workspace")
	}
	if !group.CanAnywhere(MembersView) || group.CanAnywhere(MembersInvite) || (*Membership)(nil).
		CanAnywhere(MembersView) {
		t.Error("CanAnywhere does not mean any place")
	}
	if got := group.Covered(MembersView, InGroup); !slices.Equal(got, []ident.ID{g, below}) {
		t.Errorf("Covered = %v", got)
	}
	if len(group.Covered(MembersView, InOrgUnit))+len(group.Covered(MembersInvite, InGroup))+
		len((*Membership)(nil).Covered(MembersView, InGroup)) != 0 {
		t.Error("Covered lists places that the permission is not held at")
	}
}

// ADM-6: nobody hands out more than they hold, at the place where they hand it out.
func TestNobodyGivesMoreThanTheyHold(t *testing.T) {
	t.Parallel()
	w, g, elsewhere := ident.New(ident.Workspace), ident.New(ident.Group), ident.New(ident.Group)
	set := func(key string) Set {
		i := slices.IndexFunc(BuiltIns, func(r BuiltIn) bool { return r.Key == key })
		return NewSet(texts(BuiltIns[i].Permissions))
	}
	whole := func(key string) *Membership {
		return place(w, Holding{Permissions: set(key), Place: Workspace(w)})
	}
	group := func(key string) *Membership {
		return place(w, Holding{Permissions: set(key), Place: Group(g), Covers: []ident.ID{g}})
	}
	for _, c := range []struct {
		grantor string
		m       *Membership
		role    string
		at      Place
		may     bool
	}{
		{"admin", whole(Admin), Admin, Workspace(w), true},
		{"admin", whole(Admin), GroupAdmin, Group(g), true},
		{"user admin", whole(UserAdmin), UserAdmin, Workspace(w), true},
		{"user admin", whole(UserAdmin), Admin, Workspace(w), false},
		// holds GROUPS_MANAGE, they do not
		{"user admin", whole(UserAdmin), GroupAdmin, Group(g), false},
		{"user admin of a group", group(UserAdmin), UserAdmin, Group(g), true},
		{"user admin of a group", group(UserAdmin), UserAdmin, Workspace(w), false},
		{"user admin of a group", group(UserAdmin), Coach, Group(elsewhere), false},
		{"group admin", group(GroupAdmin), GroupAdmin, Group(g), true},
		{"group admin", group(GroupAdmin), Admin, Workspace(w), false},
		{"group admin", group(GroupAdmin), UserAdmin, Group(g), false}, // imports
		{"coach", group(Coach), Coach, Group(g), false},                // sees, and assigns nothing
		// a role without permissions hands out nothing
		{"coach", group(Coach), Learner, Group(g), true},
		{"learner", whole(Learner), Learner, Workspace(w), true},
		{"learner", whole(Learner), Coach, Group(g), false},
		{"nobody", nil, Coach, Group(g), false},
	} {
		if c.m.MayGive(set(c.role), c.at) != c.may {
			t.Errorf("%s gives %s at %v: not %v", c.grantor, c.role, c.at.Kind, c.may)
		}
	}
}

func TestWhatIsHeldAddsUpOverRoles(t *testing.T) {
	t.Parallel()
	w, g := ident.New(ident.Workspace), ident.New(ident.Group)
	m := &Membership{WorkspaceID: w, Holdings: []Holding{
		{Permissions: NewSet([]string{"MEMBERS_VIEW"}), Place: Workspace(w)},
		{Permissions: NewSet([]string{"GROUPS_MANAGE"}), Place: Group(g), Covers: []ident.ID{g}},
	}}
	if got := m.Held(Group(g)).List(); !slices.Equal(got, []Permission{MembersView, GroupsManage}) {
		t.Errorf("in the group: %v", got)
	}
	if got := m.Held(Workspace(w)).List(); !slices.Equal(got, []Permission{MembersView}) {
		t.Errorf("in the workspace: %v", got)
	}
	if got := m.Everywhere().List(); !slices.Equal(got, []Permission{MembersView, GroupsManage}) {
		t.Errorf("everywhere: %v", got)
	}
	if !m.Staff() || (&Membership{WorkspaceID: w}).Staff() || (*Membership)(nil).Staff() {
		t.Error("Staff does not mean any permission at all")
	}
}

func TestNobodyIsACallerToo(t *testing.T) {
	t.Parallel()
	var none *Caller
	w := ident.New(ident.Workspace)
	if !none.Anonymous() || none.In(w) != nil || none.WorkspaceIDs() != nil {
		t.Error("nobody has something")
	}
	if c := FromContext(context.Background()); c == nil || !c.Anonymous() {
		t.Errorf("a context without a caller has %v", c)
	}
	if c := FromContext(NewContext(context.Background(), nil)); c == nil || !c.Anonymous() {
		t.Errorf("a context with no caller has %v", c)
	}
	person := &Caller{UserID: ident.New(ident.User), Memberships: []Membership{{WorkspaceID: w}}}
	key := &Caller{KeyID: ident.New(ident.APIKey)}
	if person.Anonymous() || key.Anonymous() {
		t.Error("a person or a key is nobody")
	}
	if FromContext(NewContext(context.Background(), person)) != person {
		t.Error("the context lost its caller")
	}
	if person.In(w) != &person.Memberships[0] || person.In(ident.New(ident.Workspace)) != nil ||
		!slices.Equal(person.WorkspaceIDs(), []ident.ID{w}) {
		t.Error("a person is not where they are")
	}
}
