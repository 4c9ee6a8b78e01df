package member

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/enrollment"
	"usher/ent/roleassignment"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/grouptree"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/scalar"
	"usher/internal/store"
)

// UpdateMemberInput is what to change of a member. A grant is replaced whole, as far as who asks
// may give and take.
type UpdateMemberInput struct {
	ID              ident.ID
	Grant           *admission.GrantInput
	AccessExpiresAt inputs.Change[time.Time]
	DeleteOnExpiry  *bool
	FirstName       *string // of a managed account alone (ACC-4)
	LastName        *string
}

// UpdateMember edits a member's place: roles, groups, unit, labels, fields, access expiry (ACC-4,
// ADM-6).
//
// Of a grant, roles and groups that the member has and the grant does not name are taken away where
// the caller could give them; beyond their reach everything stays. What describes the member
// (labels, additional information, custom fields) takes authority over them (memberAuthority): a
// caller without it who names another value is refused, and what they do not name stays. Sessions
// are only added: an enrolment ends by setEnrollment. Inherited roles follow.
func (s *Service) UpdateMember(ctx context.Context, by *access.Caller,
	in UpdateMemberInput) (_ *ent.Member, err error) {
	defer fault.Annotate(&err, "update member")

	m, err := s.Admission.RequireMember(ctx, by, in.ID, access.MembersUpdate)
	if err != nil {
		return nil, err
	}

	e := &memberEdit{Service: s, by: by, giver: by.In(m.WorkspaceID), in: in}
	if err := e.validateInput(); err != nil {
		return nil, err
	}

	scoped := store.InWorkspace(ctx, m.WorkspaceID)
	err = s.Store.Retry(scoped, func(tx *store.Tx) error { return e.writeChanges(scoped, tx, m) })
	if err != nil {
		return nil, err
	}
	return s.Store.Member.Get(store.AsCaller(ctx, by), in.ID)
}

// memberEdit is one change of a member on its way. What stands below tx is of one attempt of the
// transaction.
type memberEdit struct {
	*Service
	by          *access.Caller
	giver       *access.Membership
	in          UpdateMemberInput
	first, last string

	tx        *store.Tx
	member    *ent.Member
	authority *admission.MemberAuthority
	workspace *ent.Workspace
	now       time.Time
	what      []schema.Detail
}

// validateInput checks what needs no database.
func (e *memberEdit) validateInput() (err error) {
	in := e.in
	var faults fault.Collector
	if end := in.AccessExpiresAt.Value; end != nil && !scalar.IsDate(*end) {
		faults.Add(checkAccessEnd(*end, e.Clock()))
	}
	e.first, err = inputs.ParsePersonName("firstName", in.FirstName)
	faults.Add(err)
	e.last, err = inputs.ParsePersonName("lastName", in.LastName)
	faults.Add(err)
	return faults.Err()
}

// checkAccessEnd refuses an end of access in the past.
func checkAccessEnd(end, now time.Time) error {
	if end.After(now) {
		return nil
	}
	return fault.Input("accessExpiresAt", "grant.access_past",
		i18n.Args{"Date": end.Format(time.DateOnly)})
}

// resolveAccessEnd turns an end that was given as a date into a moment. Only inside the transaction
// the workspace, and with it the time zone, is known.
func (e *memberEdit) resolveAccessEnd() error {
	end := e.in.AccessExpiresAt.Value
	if end == nil || !scalar.IsDate(*end) {
		return nil
	}
	at := scalar.EndIn(*end, i18n.LoadZone(e.workspace.TimeZone))
	e.in.AccessExpiresAt.Value = &at
	return checkAccessEnd(at, e.now)
}

// endsAccess tells whether the edit says anything about an end of access.
func (e *memberEdit) endsAccess() bool {
	return e.in.AccessExpiresAt.Set || e.in.DeleteOnExpiry != nil || e.in.Grant != nil &&
		e.in.Grant.AccessExpiresAt != nil
}

func (e *memberEdit) writeChanges(ctx context.Context, tx *store.Tx,
	known *ent.Member) (err error) {
	e.tx, e.now, e.what = tx, e.Clock(), nil
	var admins *admission.AdminGuard
	if e.in.Grant != nil || e.endsAccess() {
		if admins, err = admission.GuardAdmins(ctx, tx, known.WorkspaceID, e.now); err != nil {
			return err
		}
	}
	if e.first != "" || e.last != "" {
		if err := admission.LockUser(ctx, tx, known.UserID); err != nil {
			return err
		}
	}
	if e.member, err = admission.LockForAuthority(ctx, tx, e.in.ID); err != nil {
		return err
	}
	e.workspace, e.authority = e.member.Edges.Workspace, admission.AuthorityOver(e.by, e.member)
	if err := e.requireAuthority(ctx); err != nil {
		return err
	}
	if err := e.resolveAccessEnd(); err != nil {
		return err
	}

	if e.in.Grant != nil {
		if err := e.replaceRoles(ctx); err != nil {
			return err
		}
	}
	if err := e.writeAccessEnd(ctx); err != nil {
		return err
	}
	if err := e.writeNames(ctx); err != nil {
		return err
	}
	if admins != nil {
		if err := admins.Check(ctx); err != nil {
			return err
		}
	}
	return audit.Record(ctx, tx, e.now, audit.Event{
		WorkspaceID: e.workspace.ID, Action: audit.MemberEdited,
		EntryPoint: admission.EntryPointMember,
		By:         e.by, SubjectID: e.member.ID, MemberID: e.member.ID, Details: e.what,
	})
}

// requireAuthority asks what the edit as a whole takes, of the member as they are now. What a grant
// takes, regrant asks.
func (e *memberEdit) requireAuthority(ctx context.Context) error {
	if err := e.authority.RequireSomewhere(access.MembersUpdate); err != nil {
		return err
	}
	if e.endsAccess() {
		// Security: an end of access is a deactivation with a date, and takes what that takes.
		if err := e.authority.RequireFull(access.MembersUpdate); err != nil {
			return err
		}
	}
	if e.in.FirstName == nil && e.in.LastName == nil {
		return nil
	}
	managed, err := admission.IsManaged(ctx, e.tx.Client, e.member.Edges.User, e.workspace)
	if err != nil {
		return err
	}
	if !managed {
		return fault.New(fault.Forbidden, "member.name_is_theirs")
	}
	if err := e.authority.RequireCare(access.MembersUpdate); err != nil {
		return err
	}
	// Security: an account has one name in all workspaces of its organization.
	return e.authority.RequireNoLessAnywhere(ctx, e.tx.Client)
}

// replaceRoles replaces what the member was given: what goes is released first, what comes is given
// by the code of admission.
func (e *memberEdit) replaceRoles(ctx context.Context) error {
	g, err := admission.ResolveGrant(ctx, e.tx.Client, access.MembersUpdate, e.giver, e.workspace,
		e.in.Grant, e.now)
	if err != nil {
		return err
	}
	if g.Locale != "" {
		return fault.Input("grant.locale", "member.locale_is_theirs")
	}
	if err := e.authorizeGrant(ctx, g); err != nil {
		return err
	}
	if raised, err := admission.RaisesUnverified(ctx, e.tx, e.member, g); err != nil || raised {
		if err == nil { // nothing of the grant changes a member who is no person yet (AUT-6)
			b := &invitation.InviteBatch{
				Service: e.Service.Invitations, Tx: e.tx, By: e.by, Grantor: e.giver,
				EntryPoint: admission.EntryPointMember, Workspace: e.workspace, Now: e.now,
				In: invitation.InviteInput{WorkspaceID: e.workspace.ID},
			}
			_, err = b.InviteMemberInstead(ctx, e.member, g)
		}
		return err
	}
	held, err := e.tx.RoleAssignment.Query().Where(roleassignment.MemberID(e.member.ID),
		roleassignment.Inherited(false)).
		WithRole().WithSources().All(ctx)
	if err != nil {
		return err
	}
	var gone []ident.ID
	for _, a := range held {
		switch {
		case a.PlaceID.Kind() == ident.Session: // belongs to the session, and ends there
		case slices.Contains(g.Roles, schema.GrantedRole{RoleID: a.RoleID, PlaceID: a.PlaceID}):
		case !e.giver.Can(access.MembersUpdate, admission.PlaceOf(a.PlaceID)),
			!e.giver.MayGive(access.NewSet(a.Edges.Role.Permissions), admission.PlaceOf(a.PlaceID)):
		default:
			gone = append(gone, a.ID)
			e.what = append(e.what, schema.Detail{Name: "role", Before: a.Edges.Role.Name})
		}
	}
	if err := grouptree.Release(ctx, e.tx, gone); err != nil {
		return err
	}
	a := admission.Admission{
		Service: e.Service.Admission, Tx: e.tx, Workspace: e.workspace, Member: e.member,
		Grantor: e.giver, Now: e.now,
		EntryPoint: admission.EntryPoint{Name: admission.EntryPointMember, By: e.by,
			Kind: assignmentsource.KindDirect},
		Grant: schema.Grant{Roles: g.Roles, GroupIDs: g.GroupIDs, OrgUnitID: g.OrgUnitID,
			SessionIDs: g.SessionIDs, ProgramIDs: g.ProgramIDs},
	}
	if err := a.ApplyGrant(ctx); err != nil {
		return err
	}
	if len(gone) > 0 {
		if err := e.Training.Leave(ctx, e.tx, e.workspace.ID, []ident.ID{e.member.ID}); err != nil {
			return err
		}
	}
	return e.applyGrant(ctx, g)
}

// authorizeGrant asks what a grant takes beyond the places that it names: the unit that the member
// leaves, their sessions, and what describes them.
func (e *memberEdit) authorizeGrant(ctx context.Context, g schema.Grant) error {
	if !g.OrgUnitID.IsZero() {
		if err := e.authority.RequireUnitMove(access.MembersUpdate, g.OrgUnitID); err != nil {
			return RefuseAt("grant.orgUnitId", err)
		}
	}
	there, err := e.tx.Enrollment.Query().
		Where(enrollment.MemberID(e.member.ID), enrollment.SessionIDIn(g.SessionIDs...),
			enrollment.StatusNEQ(enrollment.StatusWithdrawn)).All(ctx)
	if err != nil {
		return err
	}
	fresh := slices.DeleteFunc(slices.Clone(g.SessionIDs), func(i ident.ID) bool {
		return slices.ContainsFunc(there, func(row *ent.Enrollment) bool {
			return row.SessionID == i
		})
	})
	if err := e.authority.RequireEnrolling(fresh, g.ProgramIDs); err != nil {
		return RefuseAt("grant.sessionIds", err)
	}
	m, in := e.member, e.in.Grant
	for _, part := range []struct {
		field   string
		changes bool
	}{
		{"labels", in.Labels != nil && !slices.Equal(m.Labels, g.Labels)},
		{"additionalInfo", in.AdditionalInfo != nil &&
			inputs.ValueOrEmpty(m.AdditionalInfo) != g.AdditionalInfo},
		{"customFields", in.CustomFields != nil && !maps.Equal(m.CustomFields, g.CustomFields)},
	} {
		if !part.changes {
			continue
		}
		if err := e.authority.RequireCare(access.MembersUpdate); err != nil {
			return RefuseAt("grant."+part.field, err)
		}
	}
	return nil
}

// applyGrant replaces what a grant says about the person's place itself. What it does not name is
// emptied by a caller with authority over the member, and stays for any other.
func (e *memberEdit) applyGrant(ctx context.Context, g schema.Grant) error {
	m := e.member
	update := e.tx.Member.UpdateOne(m)
	if e.authority.RequireCare(access.MembersUpdate) == nil {
		update.SetLabels(g.Labels).SetCustomFields(inputs.MergeAnswers(nil, g.CustomFields))
		inputs.SetOrClear(inputs.NilIfEmpty(g.AdditionalInfo), update.SetAdditionalInfo,
			update.ClearAdditionalInfo)
		e.noteChange("labels", strings.Join(m.Labels, ", "), strings.Join(g.Labels, ", "))
		e.noteChange("additionalInfo", inputs.ValueOrEmpty(m.AdditionalInfo), g.AdditionalInfo)
	}
	if g.OrgUnitID.IsZero() && e.authority.AtUnit(access.MembersUpdate) {
		update.ClearOrgUnit()
	}
	if g.AccessExpiresAt != nil {
		update.SetAccessExpiresAt(*g.AccessExpiresAt).SetDeleteOnExpiry(g.DeleteOnExpiry)
	}
	if len(update.Mutation().Fields())+len(update.Mutation().ClearedFields())+
		len(update.Mutation().ClearedEdges()) == 0 {
		return nil
	}
	return update.Exec(ctx)
}

// RefuseAt puts a refusal at the field of the input that it is about.
func RefuseAt(field string, err error) error {
	if f, refused := fault.Of(err); refused {
		f.Field = field
	}
	return err
}

func (e *memberEdit) noteChange(name, before, after string) {
	if before != after {
		e.what = append(e.what, schema.Detail{Name: name, Before: before, After: after})
	}
}

// writeAccessEnd sets or lifts the end of the member's access.
func (e *memberEdit) writeAccessEnd(ctx context.Context) error {
	update := e.tx.Member.UpdateOneID(e.member.ID).SetNillableDeleteOnExpiry(e.in.DeleteOnExpiry)
	if c := e.in.AccessExpiresAt; c.Set {
		inputs.SetOrClear(c.Value, update.SetAccessExpiresAt, update.ClearAccessExpiresAt)
		e.noteChange("accessExpiresAt",
			inputs.ValueOrEmpty(inputs.FormatTime(e.member.AccessExpiresAt)),
			inputs.ValueOrEmpty(inputs.FormatTime(c.Value)))
	}
	return update.SetUpdatedAt(e.now).Exec(ctx)
}

// writeNames changes the name of an account that the organization looks after.
func (e *memberEdit) writeNames(ctx context.Context) error {
	if e.first == "" && e.last == "" {
		return nil
	}
	u, err := e.tx.User.UpdateOneID(e.member.UserID).SetNillableFirstName(
		inputs.NilIfEmpty(e.first)).SetNillableLastName(inputs.NilIfEmpty(e.last)).
		Save(store.AsSystem(ctx, "a managed account has no place outside of the organization"))
	if err != nil {
		return err
	}
	e.what = append(e.what, schema.Detail{Name: "name", After: strings.TrimSpace(
		inputs.ValueOrEmpty(u.FirstName) + " " + inputs.ValueOrEmpty(u.LastName))})
	return account.CopyNamesToMembers(ctx, e.tx, u)
}
