package onboarding

import (
	"context"
	"slices"
	"strings"
	"time"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/member"
	"usher/ent/role"
	"usher/ent/roleassignment"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/roster"
	"usher/internal/store"
)

// UpdateMemberInput is what to change of a member. A grant is replaced whole, as far as who asks may give and take.
type UpdateMemberInput struct {
	ID              ident.ID
	Grant           *GrantInput
	AccessExpiresAt Change[time.Time]
	DeleteOnExpiry  *bool
	FirstName       *string // of a managed account alone (ACC-4)
	LastName        *string
}

// UpdateMember edits a member's place: roles, groups, unit, labels, fields, access expiry (ACC-4, ADM-6).
//
// Of a grant, roles and groups that the member has and the grant does not name are taken away where the caller could give
// them; beyond their reach everything stays. Sessions are only added: an enrolment ends by setEnrollment. Inherited roles follow.
func (s *Service) UpdateMember(ctx context.Context, by *access.Caller, in UpdateMemberInput) (*ent.Member, error) {
	m, err := s.memberFor(ctx, by, in.ID, access.MembersUpdate)
	if err != nil {
		return nil, err
	}

	e := &editing{Service: s, by: by, giver: by.In(m.WorkspaceID), in: in}
	if err := e.wellFormed(ctx, m); err != nil {
		return nil, err
	}

	scoped := store.InWorkspace(ctx, m.WorkspaceID)
	err = s.Store.Retry(scoped, func(tx *store.Tx) error { return e.run(scoped, tx) })
	if err != nil {
		return nil, err
	}
	return s.Store.Member.Get(store.AsCaller(ctx, by), in.ID)
}

// memberFor loads a member, with what they hold, for who holds a permission where the member is.
func (s *Service) memberFor(ctx context.Context, by *access.Caller, i ident.ID, may access.Permission) (*ent.Member, error) {
	if by.Anonymous() {
		return nil, fault.New(fault.Unauthenticated, "fault.unauthenticated")
	}
	m, err := s.Store.Member.Get(store.AsCaller(ctx, by), i)
	if ent.IsNotFound(err) {
		return nil, fault.Missing()
	}
	if err != nil {
		return nil, err
	}
	m, err = s.Store.Member.Query().Where(member.ID(i)).WithUser().WithWorkspace().
		WithRoleAssignments(func(q *ent.RoleAssignmentQuery) { q.WithRole() }).Only(store.InWorkspace(ctx, m.WorkspaceID))
	if err != nil {
		return nil, err
	}
	giver := by.In(m.WorkspaceID)
	if !slices.ContainsFunc(placesOf(m, m.Edges.RoleAssignments), func(at access.Place) bool { return giver.Can(may, at) }) {
		return nil, fault.New(fault.Forbidden, "member.not_yours")
	}
	return m, nil
}

// placesOf are the places where a member is: the workspace, the unit, and wherever they hold a role in it.
func placesOf(m *ent.Member, held []*ent.RoleAssignment) []access.Place {
	places := []access.Place{access.Workspace(m.WorkspaceID)}
	if m.OrgUnitID != nil {
		places = append(places, access.OrgUnit(*m.OrgUnitID))
	}
	for _, a := range held {
		if a.WorkspaceID == m.WorkspaceID {
			places = append(places, placeOf(a.PlaceID))
		}
	}
	return places
}

// editing is one change of a member on its way.
type editing struct {
	*Service
	by          *access.Caller
	giver       *access.Membership
	in          UpdateMemberInput
	first, last string

	tx        *store.Tx
	member    *ent.Member
	workspace *ent.Workspace
	now       time.Time
	what      []schema.Detail
}

func (e *editing) wellFormed(ctx context.Context, m *ent.Member) error {
	in := e.in
	if in.AccessExpiresAt.Set || in.DeleteOnExpiry != nil || in.Grant != nil && in.Grant.AccessExpiresAt != nil {
		// Security: an end of access is a deactivation with a date, and takes what that takes.
		if err := wholly(e.by, m, access.MembersUpdate); err != nil {
			return err
		}
	}
	if in.AccessExpiresAt.Value != nil && !in.AccessExpiresAt.Value.After(e.Clock()) {
		return fault.Input("accessExpiresAt", "grant.access_past", map[string]any{"Date": in.AccessExpiresAt.Value.Format(time.DateOnly)})
	}
	if in.FirstName == nil && in.LastName == nil {
		return nil
	}
	managed, err := e.managed(ctx, m.Edges.User, m.Edges.Workspace)
	if err != nil {
		return err
	}
	if !managed {
		return fault.New(fault.Forbidden, "member.name_is_theirs")
	}
	if e.first, err = personName("firstName", in.FirstName); err != nil {
		return err
	}
	e.last, err = personName("lastName", in.LastName)
	return err
}

func (e *editing) run(ctx context.Context, tx *store.Tx) (err error) {
	e.tx, e.now, e.what = tx, e.Clock(), nil
	if e.member, err = lockMember(ctx, tx, e.in.ID); err != nil {
		return err
	}
	if e.workspace, err = tx.Workspace.Get(ctx, e.member.WorkspaceID); err != nil {
		return err
	}
	if e.in.Grant != nil {
		if err := e.regrant(ctx); err != nil {
			return err
		}
	}
	if err := e.ends(ctx); err != nil {
		return err
	}
	if err := e.rename(ctx); err != nil {
		return err
	}
	return audit.Record(ctx, tx, e.now, audit.Event{
		WorkspaceID: e.workspace.ID, Action: audit.MemberEdited, Door: doorMember, By: e.by, SubjectID: e.member.ID, MemberID: e.member.ID, Details: e.what,
	})
}

// regrant replaces what the member was given: what goes is released first, what comes is given by the code of admission.
func (e *editing) regrant(ctx context.Context) error {
	g, err := resolve(ctx, e.tx.Client, access.MembersUpdate, e.giver, e.workspace, e.in.Grant, e.now)
	if err != nil {
		return err
	}
	if g.Locale != "" {
		return fault.Input("grant.locale", "member.locale_is_theirs")
	}
	held, err := e.tx.RoleAssignment.Query().Where(roleassignment.MemberID(e.member.ID), roleassignment.Inherited(false)).
		WithRole().WithSources().All(ctx)
	if err != nil {
		return err
	}
	var gone []ident.ID
	for _, a := range held {
		switch {
		case a.PlaceID.Kind() == ident.Session: // belongs to the session, and ends there
		case slices.Contains(g.Roles, schema.GrantedRole{RoleID: a.RoleID, PlaceID: a.PlaceID}):
		case !e.giver.Can(access.MembersUpdate, placeOf(a.PlaceID)), !e.giver.MayGive(access.NewSet(a.Edges.Role.Permissions), placeOf(a.PlaceID)):
		default:
			gone = append(gone, a.ID)
			e.what = append(e.what, schema.Detail{Name: "role", Before: a.Edges.Role.Name})
		}
	}
	if err := roster.Release(ctx, e.tx, gone); err != nil {
		return err
	}
	if err := keepAnAdmin(ctx, e.tx, e.workspace.ID); err != nil {
		return err
	}
	a := admission{
		Service: e.Service, tx: e.tx, workspace: e.workspace, member: e.member, giver: e.giver, now: e.now,
		via:   via{door: doorMember, by: e.by, kind: assignmentsource.KindDirect},
		grant: schema.Grant{Roles: g.Roles, GroupIDs: g.GroupIDs, OrgUnitID: g.OrgUnitID, SessionIDs: g.SessionIDs, ProgramIDs: g.ProgramIDs},
	}
	if err := a.apply(ctx); err != nil {
		return err
	}
	if len(gone) > 0 {
		if err := e.Training.Leave(ctx, e.tx, e.workspace.ID, []ident.ID{e.member.ID}); err != nil {
			return err
		}
	}
	return e.refill(ctx, g)
}

// refill replaces what a grant says about the person's place itself.
func (e *editing) refill(ctx context.Context, g schema.Grant) error {
	m := e.member
	update := e.tx.Member.UpdateOne(m).SetLabels(g.Labels)
	put(optional(g.AdditionalInfo), update.SetAdditionalInfo, update.ClearAdditionalInfo)
	update.SetCustomFields(joined(nil, g.CustomFields))
	if g.OrgUnitID.IsZero() && m.OrgUnitID != nil && e.giver.Can(access.MembersUpdate, access.OrgUnit(*m.OrgUnitID)) {
		update.ClearOrgUnit()
	}
	if g.AccessExpiresAt != nil {
		update.SetAccessExpiresAt(*g.AccessExpiresAt).SetDeleteOnExpiry(g.DeleteOnExpiry)
	}
	e.note("labels", strings.Join(m.Labels, ", "), strings.Join(g.Labels, ", "))
	e.note("additionalInfo", value(m.AdditionalInfo), g.AdditionalInfo)
	return update.Exec(ctx)
}

func (e *editing) note(name, before, after string) {
	if before != after {
		e.what = append(e.what, schema.Detail{Name: name, Before: before, After: after})
	}
}

// ends sets or lifts the end of the member's access.
func (e *editing) ends(ctx context.Context) error {
	update := e.tx.Member.UpdateOneID(e.member.ID).SetNillableDeleteOnExpiry(e.in.DeleteOnExpiry)
	if c := e.in.AccessExpiresAt; c.Set {
		put(c.Value, update.SetAccessExpiresAt, update.ClearAccessExpiresAt)
		e.note("accessExpiresAt", value(date(e.member.AccessExpiresAt)), value(date(c.Value)))
	}
	return update.SetUpdatedAt(e.now).Exec(ctx)
}

// rename changes the name of an account that the organization looks after.
func (e *editing) rename(ctx context.Context) error {
	if e.first == "" && e.last == "" {
		return nil
	}
	u, err := e.tx.User.UpdateOneID(e.member.UserID).SetNillableFirstName(optional(e.first)).SetNillableLastName(optional(e.last)).
		Save(store.AsSystem(ctx, "a managed account has no place outside of the organization"))
	if err != nil {
		return err
	}
	e.what = append(e.what, schema.Detail{Name: "name", After: strings.TrimSpace(value(u.FirstName) + " " + value(u.LastName))})
	return account.CopyNames(ctx, e.tx, u)
}

func lockMember(ctx context.Context, tx *store.Tx, i ident.ID) (*ent.Member, error) {
	q := tx.Member.Query().Where(member.ID(i))
	if tx.Locks() {
		q.ForUpdate()
	}
	m, err := q.Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.Missing()
	}
	return m, err
}

// keepAnAdmin refuses what would leave a workspace without an active administrator, whom nobody inside could replace. It is asked
// after the change, behind the lock of the workspace, so that two administrators cannot end each other at once.
func keepAnAdmin(ctx context.Context, tx *store.Tx, workspaceID ident.ID) error {
	if tx.Locks() {
		if _, err := tx.Workspace.Query().ForUpdate().OnlyID(ctx); err != nil {
			return err
		}
	}
	left, err := tx.RoleAssignment.Query().Where(
		roleassignment.PlaceID(workspaceID), roleassignment.HasRoleWith(role.Key(access.Admin)),
		roleassignment.HasMemberWith(member.StatusEQ(member.StatusActive)),
	).Exist(ctx)
	if err == nil && !left {
		err = fault.New(fault.Conflict, "member.last_admin")
	}
	return err
}
