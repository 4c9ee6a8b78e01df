package member

import (
	"context"
	"maps"
	"slices"
	"time"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/enrollment"
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

// UpdateMemberInput describes the changes of a member. A nil field keeps its value.
type UpdateMemberInput struct {
	ID              ident.ID
	Grant           *admission.GrantChange
	AccessExpiresAt inputs.Change[time.Time]
	DeleteOnExpiry  *bool
	ExternalID      inputs.Change[string]
	FirstName       *string // of a managed account alone (ACC-4)
	LastName        *string

	role *roleChange // of AddRole and RemoveRole
}

// UpdateMember changes a member's roles, groups, unit, labels, custom fields and end of access
// (ACC-4, ADM-6).
//
// Fields that the grant does not name stay. Roles and groups that the changed grant no longer has
// are removed if the caller could give them; outside of the caller's authority everything stays.
// Labels, additional information and custom fields need authority over the member
// (MemberAuthority), unless their value stays the same. Sessions are only added: setEnrollment ends
// an enrollment. Inherited roles follow. The result is nil when the caller no longer sees the
// member. Errors: NOT_FOUND, BAD_USER_INPUT, FORBIDDEN, CONFLICT for the last administrator and for a
// taken external id.
func (s *Service) UpdateMember(ctx context.Context, by *access.Caller,
	in UpdateMemberInput) (_ *ent.Member, err error) {
	defer fault.Annotate(&err, "update member")

	return s.editVisible(ctx, by, in)
}

// editVisible changes a member, and returns nil when the caller no longer sees them: the role or
// the unit may have been all that both had in common.
func (s *Service) editVisible(ctx context.Context, by *access.Caller,
	in UpdateMemberInput) (*ent.Member, error) {
	if err := s.editMember(ctx, by, in); err != nil {
		return nil, err
	}
	m, err := s.Store.Member.Get(store.AsCaller(ctx, by), in.ID)
	return m, ent.MaskNotFound(err)
}

// editMember makes the change of UpdateMember and reads nothing back.
func (s *Service) editMember(ctx context.Context, by *access.Caller, in UpdateMemberInput) error {
	m, err := s.Admission.RequireMember(ctx, by, in.ID, access.MembersUpdate)
	if err != nil && !fault.Has(err, fault.NotFound) {
		return err
	}

	// The right was checked without a lock. writeChanges checks it again for the member as they are
	// then, and returns the faults of the input together with those of the grant.
	e := &memberEdit{Service: s, by: by, in: in}
	e.inputFaults.Add(fault.MissingAt(err, "memberId"))
	e.validateInput()
	if m == nil {
		return e.inputFaults.Err()
	}
	e.grantor = by.In(m.WorkspaceID)

	scoped := store.InWorkspace(ctx, m.WorkspaceID)
	return s.Store.Retry(scoped, func(tx *store.Tx) error { return e.writeChanges(scoped, tx, m) })
}

// memberEdit is one change of a member. The fields from tx on belong to one attempt of the
// transaction.
type memberEdit struct {
	*Service
	by          *access.Caller
	grantor     *access.Membership
	in          UpdateMemberInput
	first, last string
	inputFaults fault.Collector // those that need no database

	tx        *store.Tx
	member    *ent.Member
	authority *admission.MemberAuthority
	workspace *ent.Workspace
	now       time.Time
	what      []schema.Detail
}

// validateInput notes the faults of everything that needs no database.
func (e *memberEdit) validateInput() {
	if e.in.role != nil {
		// The edit replaces the roles of the member by those that resolveRole works out.
		e.in.Grant = &admission.GrantChange{Roles: inputs.Change[[]string]{Set: true}}
	}
	in := e.in
	var err error
	if end := in.AccessExpiresAt.Value; end != nil && !scalar.IsDate(*end) {
		e.inputFaults.Add(checkAccessEnd(*end, e.Clock()))
	}
	e.in.ExternalID, err = inputs.ParseExternalIDChange(in.ExternalID)
	e.inputFaults.Add(err)
	e.first, err = inputs.ParsePersonName("firstName", in.FirstName)
	e.inputFaults.Add(err)
	e.last, err = inputs.ParsePersonName("lastName", in.LastName)
	e.inputFaults.Add(err)
	// A member has come in already. An ignored value would look as if it were stored.
	if in.Grant != nil && in.Grant.RedirectURL.Value != nil {
		e.inputFaults.Add(fault.Input("grant.redirectUrl", "grant.redirect_member"))
	}
	// After validation, which names the field where the client put the value.
	e.takeAccessEnd()
}

// checkAccessEnd refuses an end of access in the past with BAD_USER_INPUT.
func checkAccessEnd(end, now time.Time) error {
	if end.After(now) {
		return nil
	}
	return fault.Input("accessExpiresAt", "grant.access_past",
		i18n.Args{"Date": end.Format(time.DateOnly)})
}

// resolveAccessEnd turns an end that was given as a date into a time. It needs the time zone of the
// workspace, which is loaded in the transaction.
func (e *memberEdit) resolveAccessEnd() error {
	end := e.in.AccessExpiresAt.Value
	if end == nil || !scalar.IsDate(*end) {
		return nil
	}
	at := scalar.EndIn(*end, i18n.LoadZone(e.workspace.TimeZone))
	e.in.AccessExpiresAt.Value = &at
	return checkAccessEnd(at, e.now)
}

// takeAccessEnd copies the end of access from the grant, unless the input names one beside the
// grant.
func (e *memberEdit) takeAccessEnd() {
	g := e.in.Grant
	if g == nil {
		return
	}
	if g.AccessExpiresAt.Set && !e.in.AccessExpiresAt.Set {
		e.in.AccessExpiresAt = g.AccessExpiresAt
	}
	if g.DeleteOnExpiry.Set && e.in.DeleteOnExpiry == nil {
		e.in.DeleteOnExpiry = new(g.DeleteOnExpiry.Value != nil && *g.DeleteOnExpiry.Value)
	}
}

// endsAccess tells whether the edit changes the end of access.
func (e *memberEdit) endsAccess() bool {
	return e.in.AccessExpiresAt.Set || e.in.DeleteOnExpiry != nil
}

// writeChanges locks, authorizes and writes all changes, in the transaction.
func (e *memberEdit) writeChanges(ctx context.Context, tx *store.Tx,
	known *ent.Member) (err error) {
	// Emptied for each attempt: details of one that was rolled back must not be recorded.
	e.tx, e.now, e.what = tx, e.Clock(), nil
	// A lost administrator role, or an end of access, may leave the workspace without an
	// administrator. The workspace is locked before the member.
	var admins *admission.AdminGuard
	if e.in.Grant != nil || e.endsAccess() {
		if admins, err = admission.GuardAdmins(ctx, tx, known.WorkspaceID, e.now); err != nil {
			return err
		}
	}
	// A name belongs to the account, which comes before the member in the lock order.
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
	// A copy, since an attempt that is repeated finds the same faults again.
	faults := e.inputFaults
	// The zone of the workspace is known only now.
	faults.Add(e.resolveAccessEnd())
	var change heldChange
	if e.in.Grant != nil {
		change, err = e.planChange(ctx)
		faults.Add(err)
	}
	if err := faults.Err(); err != nil {
		return err
	}

	if e.in.Grant != nil {
		if err := e.changeHeld(ctx, change); err != nil {
			return err
		}
	}
	if err := e.writeAccessEnd(ctx); err != nil {
		return err
	}
	if err := e.writeExternalID(ctx); err != nil {
		return err
	}
	if err := e.writeNames(ctx); err != nil {
		return err
	}
	if admins != nil {
		// Asked after everything is written, since several parts of the edit may end an
		// administrator.
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

// requireAuthority checks the authority that the edit needs over the member as they are now.
// authorizeGrant checks what the grant needs.
func (e *memberEdit) requireAuthority(ctx context.Context) error {
	if err := e.authority.RequireSomewhere(access.MembersUpdate); err != nil {
		return err
	}
	if e.endsAccess() {
		// Security: an end of access is a deactivation at a date and needs the same authority.
		if err := e.authority.RequireFull(access.MembersUpdate); err != nil {
			return err
		}
	}
	// Security: partners find people by it, so that it decides who gets what they send.
	if e.in.ExternalID.Set &&
		!inputs.EqualOptional(e.in.ExternalID.Value, e.member.ExternalID) {
		if err := e.authority.RequireCare(access.MembersUpdate); err != nil {
			return RefuseAt("externalId", err)
		}
	}
	if e.in.FirstName == nil && e.in.LastName == nil {
		return nil
	}
	managed, err := admission.IsManaged(ctx, e.tx.Client, e.member.Edges.User, e.workspace)
	if err != nil {
		return err
	}
	// A person who has verified their address names themselves (ACC-4).
	if !managed {
		return fault.New(fault.Forbidden, "member.name_is_theirs")
	}
	if err := e.authority.RequireCare(access.MembersUpdate); err != nil {
		return err
	}
	// Security: the name is shown in every workspace of the organization.
	return e.authority.RequireNoLessAnywhere(ctx, e.tx.Client)
}

// changeHeld changes the roles and places that the member holds. Roles that end are released first,
// then the code of admission applies the new ones. For an unverified account that would gain
// permissions it changes nothing and invites the address instead (AUT-6).
func (e *memberEdit) changeHeld(ctx context.Context, change heldChange) error {
	held, g := change.held, change.next
	if raised, err := admission.RaisesUnverified(ctx, e.tx, e.member, g); err != nil || raised {
		if err == nil {
			b := &invitation.InviteBatch{
				Service: e.Service.Invitations, Tx: e.tx, By: e.by, Grantor: e.grantor,
				EntryPoint: admission.EntryPointMember, Workspace: e.workspace, Now: e.now,
				In: invitation.InviteInput{WorkspaceID: e.workspace.ID},
			}
			_, err = b.InviteMemberInstead(ctx, e.member, g)
		}
		return err
	}

	if err := e.noteGrantChange(ctx, held, g); err != nil {
		return err
	}
	gone := e.findGone(held, g)
	// Released before the new ones are applied: inherited memberships are worked out from what is
	// left.
	if err := grouptree.Release(ctx, e.tx, gone); err != nil {
		return err
	}
	// Roles that were named are applied even if they are held: they get another source.
	comes := g
	if !e.in.Grant.Roles.Set || e.in.role != nil {
		comes = withoutHeld(g, held)
	}
	a := admission.Admission{
		Service: e.Service.Admission, Tx: e.tx, Workspace: e.workspace, Member: e.member,
		Grantor: e.grantor, Now: e.now,
		EntryPoint: admission.EntryPoint{Name: admission.EntryPointMember, By: e.by,
			Kind: assignmentsource.KindDirect},
		Grant: schema.Grant{Roles: comes.Roles, GroupIDs: comes.GroupIDs,
			OrgUnitID: g.OrgUnitID, SessionIDs: g.SessionIDs, ProgramIDs: g.ProgramIDs},
	}
	if err := a.ApplyGrant(ctx); err != nil {
		return err
	}
	// Enrollments that only the released groups gave end after the new groups have been applied, so
	// that a session of both is kept.
	if len(gone) > 0 {
		if err := e.Training.DeleteGroupEnrollments(ctx, e.tx, e.workspace.ID,
			[]ident.ID{e.member.ID}); err != nil {
			return err
		}
	}
	return e.applyGrant(ctx, g)
}

// heldGrant returns what the member holds within the caller's authority, as a grant.
func (e *memberEdit) heldGrant(held []*ent.RoleAssignment) schema.Grant {
	m := e.member
	g := schema.Grant{Labels: m.Labels, AdditionalInfo: inputs.ValueOrEmpty(m.AdditionalInfo),
		CustomFields: m.CustomFields}
	// A unit outside of the caller's authority is left out, so that the change neither shows nor
	// moves it.
	if e.authority.AtUnit(access.MembersUpdate) {
		g.OrgUnitID = *m.OrgUnitID
	}
	for _, a := range held {
		// Roles at sessions end with the enrollment, and are no part of an edit.
		if a.PlaceID.Kind() == ident.Session ||
			!e.grantor.Can(access.MembersUpdate, access.PlaceOf(a.PlaceID)) {
			continue
		}
		g.Roles = append(g.Roles, schema.GrantedRole{RoleID: a.RoleID, PlaceID: a.PlaceID})
		if a.GroupID != nil && !slices.Contains(g.GroupIDs, *a.GroupID) {
			g.GroupIDs = append(g.GroupIDs, *a.GroupID)
		}
	}
	return g
}

// findGone returns the assignments that the changed grant no longer has and that the caller may
// remove.
func (e *memberEdit) findGone(held []*ent.RoleAssignment, g schema.Grant) (gone []ident.ID) {
	if !e.in.Grant.ChangesPlaces() {
		return nil
	}
	for _, a := range held {
		at := access.PlaceOf(a.PlaceID)
		switch {
		case a.PlaceID.Kind() == ident.Session: // ends with the enrollment
		case slices.Contains(g.Roles, schema.GrantedRole{RoleID: a.RoleID, PlaceID: a.PlaceID}):
		case !e.grantor.Can(access.MembersUpdate, at),
			!e.grantor.MayGive(access.NewSet(a.Edges.Role.Permissions), at):
		default:
			gone = append(gone, a.ID)
		}
	}
	return gone
}

// authorizeGrant checks the authority for the parts of a grant that are no roles: the unit that the
// member leaves, new enrollments, and changed labels, information and answers. FORBIDDEN at the
// field.
func (e *memberEdit) authorizeGrant(ctx context.Context, g schema.Grant) error {
	if e.in.Grant.OrgUnitID.Set && !g.OrgUnitID.IsZero() {
		if err := e.authority.RequireUnitMove(access.MembersUpdate, g.OrgUnitID); err != nil {
			return RefuseAt("grant.orgUnitId", err)
		}
	}
	// Naming a session that the member is enrolled in already needs no authority over it.
	there, err := e.tx.Enrollment.Query().
		Where(enrollment.MemberID(e.member.ID), enrollment.SessionIDIn(g.SessionIDs...),
			enrollment.StatusNEQ(enrollment.StatusWithdrawn)).All(ctx)
	if err != nil {
		return err
	}
	fresh := slices.DeleteFunc(slices.Clone(g.SessionIDs), func(id ident.ID) bool {
		return slices.ContainsFunc(there, func(row *ent.Enrollment) bool {
			return row.SessionID == id
		})
	})
	if err := e.authority.RequireEnrolling(fresh, g.ProgramIDs); err != nil {
		return RefuseAt("grant.sessionIds", err)
	}
	m, c := e.member, e.in.Grant
	for _, part := range []struct {
		field   string
		changes bool
	}{
		{"labels", c.ChangesLabels() && !slices.Equal(m.Labels, g.Labels)},
		{"additionalInfo", c.AdditionalInfo.Set &&
			inputs.ValueOrEmpty(m.AdditionalInfo) != g.AdditionalInfo},
		{"customFields", c.CustomFields.Set && !maps.Equal(m.CustomFields, g.CustomFields)},
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

// applyGrant writes labels, answers, additional information and a cleared unit. authorizeGrant has
// checked the authority.
func (e *memberEdit) applyGrant(ctx context.Context, g schema.Grant) error {
	m, c := e.member, e.in.Grant
	update := e.tx.Member.UpdateOne(m)
	if c.ChangesLabels() {
		update.SetLabels(g.Labels)
	}
	if c.CustomFields.Set {
		update.SetCustomFields(inputs.MergeAnswers(nil, g.CustomFields))
	}
	if c.AdditionalInfo.Set {
		inputs.SetOrClear(inputs.NilIfEmpty(g.AdditionalInfo), update.SetAdditionalInfo,
			update.ClearAdditionalInfo)
	}
	// A unit outside of the caller's authority is not visible to them and stays.
	if c.OrgUnitID.Set && g.OrgUnitID.IsZero() && e.authority.AtUnit(access.MembersUpdate) {
		update.ClearOrgUnit()
	}
	// An edit of roles alone needs no statement here.
	if len(update.Mutation().Fields())+len(update.Mutation().ClearedFields())+
		len(update.Mutation().ClearedEdges()) == 0 {
		return nil
	}
	return update.Exec(ctx)
}

// RefuseAt sets the field of the input that a fault is about.
func RefuseAt(field string, err error) error {
	if f, refused := fault.Of(err); refused {
		f.Field = field
	}
	return err
}

// noteChange adds a changed field to the audit event.
func (e *memberEdit) noteChange(name, before, after string) {
	if before != after {
		e.what = append(e.what, schema.Detail{Name: name, Before: before, After: after})
	}
}

// writeAccessEnd sets or clears the end of the member's access.
func (e *memberEdit) writeAccessEnd(ctx context.Context) error {
	// Written in any case: clients ask for members by the time of their last change. ent takes it
	// here and not at the beginning of the request, see store.SettledBefore.
	update := e.tx.Member.UpdateOneID(e.member.ID).SetNillableDeleteOnExpiry(e.in.DeleteOnExpiry)
	if c := e.in.AccessExpiresAt; c.Set {
		inputs.SetOrClear(c.Value, update.SetAccessExpiresAt, update.ClearAccessExpiresAt)
		e.noteChange("accessExpiresAt",
			inputs.ValueOrEmpty(inputs.FormatTime(e.member.AccessExpiresAt)),
			inputs.ValueOrEmpty(inputs.FormatTime(c.Value)))
	}
	return update.Exec(ctx)
}

// writeNames changes the name of a managed account, and its copies in all its members.
func (e *memberEdit) writeNames(ctx context.Context) error {
	if e.first == "" && e.last == "" {
		return nil
	}
	u, err := e.tx.User.UpdateOneID(e.member.UserID).SetNillableFirstName(
		inputs.NilIfEmpty(e.first)).SetNillableLastName(inputs.NilIfEmpty(e.last)).
		Save(store.AsSystem(ctx, "a managed account belongs to one organization"))
	if err != nil {
		return err
	}
	e.noteChange("name", admission.DisplayName(e.member.Edges.User), admission.DisplayName(u))
	// Lists sort by copies of the name, in every workspace of the account.
	return account.CopyNamesToMembers(ctx, e.tx, u)
}
