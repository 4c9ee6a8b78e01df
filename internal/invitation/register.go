package invitation

import (
	"context"
	"slices"
	"time"

	"usher/ent"
	"usher/ent/enrollment"
	"usher/ent/group"
	"usher/ent/invitation"
	"usher/ent/member"
	"usher/ent/roleassignment"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/grouptree"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/store"
	"usher/internal/training"
)

// RegisterInput names the people to register for a session.
type RegisterInput struct {
	SessionID ident.ID
	GroupIDs  []ident.ID // their present members and invitees
	MemberIDs []ident.ID
	Emails    []string
	Text      *string
	People    []*Invitee
	GroupID   *ident.ID // in which everyone becomes a learner; instructors must name one
	Message   *string

	Locale          *string
	RedirectURL     *string
	AccessExpiresAt *time.Time // of the invitees
}

// maxRegistrations is the number of people that one request may register.
const maxRegistrations = 5_000

// Register enrolls members in a session immediately and invites the other addresses to it (PRG-2,
// INV-16). It returns one outcome for each person: members first, then invitees of the groups, then
// addresses.
func (s *Service) Register(ctx context.Context, by *access.Caller,
	in RegisterInput) (_ []*Outcome, err error) {
	defer fault.Annotate(&err, "register for session")

	b, err := s.PrepareRegistration(ctx, by, in)
	if err != nil {
		return nil, err
	}
	return b.runBatch(ctx)
}

// registerRecipients is the transaction of Register.
func (b *InviteBatch) registerRecipients(ctx context.Context) ([]*Outcome, error) {
	w := *b.Workspace
	if len(b.requested) == 0 {
		w.Settings.RequireGroup = false // without addresses, nobody new joins the workspace
	}
	grant, err := b.resolveFlatGrant(ctx, &w)
	if err != nil {
		return nil, err
	}
	if err := b.addGroupPeople(ctx); err != nil {
		return nil, err
	}
	if err := b.loadMembers(ctx); err != nil {
		return nil, err
	}
	if err := b.lockRecipients(ctx, grant); err != nil {
		return nil, err
	}

	outcomes, err := b.decideOutcomes(ctx)
	if err != nil {
		return nil, err
	}
	// Invitations come before sessions in the lock order.
	if err := b.Tx.Insert(ctx, b.newRows()...); err != nil {
		return nil, err
	}
	if err := b.enrollRegistrants(ctx); err != nil {
		return nil, err
	}
	return outcomes, b.writeEffects(ctx)
}

// PrepareRegistration checks the caller's right and the input. Errors: those of Register.
//
// A caller who may invite or enroll in the whole workspace registers anybody. A manager registers
// the people of their unit, and invitees join the unit. An instructor of the session who is also a
// coach or a group administrator registers into one group, which they must name.
func (s *Service) PrepareRegistration(ctx context.Context, by *access.Caller,
	in RegisterInput) (_ *InviteBatch, err error) {
	defer fault.Annotate(&err, "prepare registrations")

	if err := by.RequireAuthenticated(); err != nil {
		return nil, err
	}
	session, err := s.Store.Session.Get(store.AsCaller(ctx, by), in.SessionID)
	if ent.IsNotFound(err) {
		return nil, admission.NotFoundAt("sessionId", "grant.no_session", "")
	}
	if err != nil {
		return nil, err
	}
	// Refused as a whole, before anybody is looked up: no recipient could be enrolled.
	if training.IsOver(session, s.Clock()) {
		return nil, fault.New(fault.Conflict, "register.over", i18n.Args{"Name": session.Name})
	}
	m := by.In(session.WorkspaceID)
	grant := &admission.GrantInput{SessionIDs: []ident.ID{session.ID}, Locale: in.Locale,
		RedirectURL: in.RedirectURL, AccessExpiresAt: in.AccessExpiresAt}
	n := namedPeople{grantor: m, entryPoint: admission.EntryPointSession, members: in.MemberIDs,
		operation: (*InviteBatch).registerRecipients,
		input: InviteInput{WorkspaceID: session.WorkspaceID, Emails: in.Emails, Text: in.Text,
			People: in.People, Message: in.Message, Grant: grant}}
	e := &sessionRegistration{session: session, groups: inputs.Distinct(in.GroupIDs)}
	if in.GroupID != nil {
		grant.GroupIDs, grant.Roles = []ident.ID{*in.GroupID}, []string{access.Learner}
	}
	units := m.Covered(access.EnrollmentsManage, access.InOrgUnit)
	switch {
	case m.Throughout(access.MembersInvite), m.Throughout(access.EnrollmentsManage) &&
		!n.input.namesAddresses():
	case mayInviteIntoSession(m, session.ID):
		if in.GroupID == nil {
			return nil, fault.Input("groupId", "register.name_a_group")
		}
		// Security: checked before the grantor is given the group, which would show it to them.
		if err := s.requireVisibleGroups(ctx, by, session.WorkspaceID,
			[]ident.ID{*in.GroupID}); err != nil {
			return nil, fault.At(err, "groupId")
		}
		into := access.NewSet([]string{string(access.MembersInvite)})
		// The instructor's own permissions do not reach here. The batch gets what their teaching
		// allows, at this session and this group alone.
		n.grantor = m.With(
			access.Holding{Permissions: into, Place: access.Session(session.ID),
				Covers: []ident.ID{session.ID}},
			access.Holding{Permissions: into, Place: access.Group(*in.GroupID),
				Covers: []ident.ID{*in.GroupID}})
	case len(units) > 0:
		e.units = units
		// Invitees must land where the manager has authority, or the manager could not invite them
		// (ADM-6).
		grant.OrgUnitID = &units[0]
	default:
		return nil, fault.Denied()
	}
	b, err := s.newNamedBatch(ctx, by, n)
	if err != nil {
		return nil, err
	}
	b.registration = e
	// Groups count even if they turn out empty: their people are read in the transaction.
	if len(n.members) == 0 && !n.input.namesAddresses() && len(e.groups) == 0 {
		b.inputFaults.Add(fault.Input("emails", "register.nobody"))
	}
	// resolveFlatGrant requires that groupId is visible to anybody else.
	err = s.requireVisibleGroups(ctx, by, session.WorkspaceID, in.GroupIDs)
	b.inputFaults.Add(err)
	if _, isFault := fault.Of(err); err != nil && !isFault {
		return nil, err
	}
	return b, nil
}

// mayInviteIntoSession tells whether a caller may invite into a session because they teach it and
// are a coach or a group administrator in the workspace (see Authority in docs/rules.md).
func mayInviteIntoSession(m *access.Membership, session ident.ID) bool {
	teaches := slices.ContainsFunc(m.Holdings, func(h access.Holding) bool {
		return h.RoleKey == access.Instructor && h.Place == access.Session(session)
	})
	return teaches && slices.ContainsFunc(m.Holdings, func(h access.Holding) bool {
		return h.RoleKey == access.Coach || h.RoleKey == access.GroupAdmin
	})
}

// InvitesIntoSession tells whether a member may invite into one session because they teach it,
// though no role of theirs holds the permission to invite there.
func InvitesIntoSession(m *access.Membership, session ident.ID) bool {
	return m != nil && mayInviteIntoSession(m, session)
}

// InvitesIntoSessions tells whether a member may invite into a session that they teach, though no
// role of theirs holds the permission to invite.
func InvitesIntoSessions(m *access.Membership) bool {
	return m != nil && slices.ContainsFunc(m.Holdings, func(h access.Holding) bool {
		return h.Place.Kind == access.InSession && mayInviteIntoSession(m, h.Place.ID)
	})
}

// requireVisibleGroups returns NOT_FOUND for each of groupIds that the caller cannot see in the
// workspace.
func (s *Service) requireVisibleGroups(ctx context.Context, by *access.Caller, workspace ident.ID,
	ids []ident.ID) error {
	if len(ids) == 0 {
		return nil
	}
	seen, err := s.Store.Group.Query().Where(group.IDIn(ids...), group.WorkspaceID(workspace)).
		IDs(store.AsCaller(ctx, by))
	if err != nil {
		return err
	}
	return inputs.RequireAll("groupIds", "grant.no_group", ids, seen)
}

// sessionRegistration is the session that people are registered for.
type sessionRegistration struct {
	session *ent.Session
	groups  []ident.ID // whose people are registered
	units   []ident.ID // limits the people to those of these units; nil for all
}

// sessionRegistrant is a member who is enrolled in a session.
type sessionRegistrant struct {
	outcome *Outcome
	member  *ent.Member
	grant   schema.Grant
}

// addGroupPeople adds the people of groups to a batch: active members, then invitees.
//
// Security: only people whom the caller can see. Outcomes contain addresses, and membership of a
// group does not show who else is in it.
func (b *InviteBatch) addGroupPeople(ctx context.Context) error {
	if len(b.registration.groups) == 0 {
		return nil
	}
	seen := store.AsCaller(ctx, b.By)
	in := roleassignment.GroupIDIn(b.registration.groups...)
	ids, err := b.Tx.Member.Query().Where(member.StatusEQ(member.StatusActive),
		member.HasRoleAssignmentsWith(in)).
		Order(ent.Asc(member.FieldID)).Limit(maxRegistrations + 1).IDs(seen)
	if err != nil {
		return err
	}
	// One more than the limit is read, which is enough to know that there are too many.
	pending, err := b.Tx.Invitation.Query().
		Where(IsOpen(b.Now), invitation.HasGroupsWith(group.IDIn(b.registration.groups...))).
		Order(ent.Asc(invitation.FieldID)).Limit(maxRegistrations + 1).All(seen)
	if err != nil {
		return err
	}
	b.memberIDs = inputs.Distinct(append(b.memberIDs, ids...))
	named := map[string]bool{}
	for _, r := range b.Recipients {
		named[r.Key] = true
	}
	for _, inv := range pending {
		if !named[inv.EmailKey] {
			b.Recipients = append(b.Recipients, parseRecipient(inv.Email))
		}
	}
	if len(b.memberIDs)+len(b.Recipients) > maxRegistrations {
		return fault.Input("groupIds", "register.too_many", i18n.Args{"Max": maxRegistrations})
	}
	return nil
}

// noteRegistrant notes a member to be enrolled in the session.
func (b *InviteBatch) noteRegistrant(o *Outcome, m *ent.Member, grant schema.Grant) error {
	if units := b.registration.units; units != nil &&
		(m.OrgUnitID == nil || !slices.Contains(units, *m.OrgUnitID)) {
		o.refuse(NotAllowed, fault.New(fault.Forbidden, "register.not_in_unit"))
		return nil
	}
	b.registrants = append(b.registrants, sessionRegistrant{o, m, grant})
	return nil
}

// lockGroups locks the groups that members and invitees join, before the sessions, in the lock
// order.
func (b *InviteBatch) lockGroups(ctx context.Context) error {
	var groups []ident.ID
	for _, e := range b.registrants {
		groups = append(groups, e.grant.GroupIDs...)
	}
	for _, p := range b.pendingSessionEmails {
		groups = append(groups, p.grant.GroupIDs...)
	}
	_, err := grouptree.LockWithInheriting(ctx, b.Tx, inputs.Distinct(groups))
	return err
}

// enrollRegistrants enrolls the noted members in the session together, and adds each to the named
// group.
func (b *InviteBatch) enrollRegistrants(ctx context.Context) error {
	if len(b.registrants) == 0 {
		return nil
	}
	ids := make([]ident.ID, len(b.registrants))
	for i, e := range b.registrants {
		ids[i] = e.member.ID
	}
	if err := b.lockGroups(ctx); err != nil {
		return err
	}
	session := b.registration.session
	// Read before Enroll writes, since the outcomes tell who was enrolled before.
	there, err := b.Tx.Enrollment.Query().
		Where(enrollment.SessionID(session.ID), enrollment.StatusNEQ(enrollment.StatusWithdrawn),
			enrollment.MemberIDIn(ids...)).
		Select(enrollment.FieldMemberID).All(ctx)
	if err != nil {
		return err
	}
	inside := map[ident.ID]bool{}
	for _, row := range there {
		inside[row.MemberID] = true
	}
	for _, e := range b.registrants {
		fresh := !inside[e.member.ID]
		// Only the part that concerns the group. The session of the grant is enrolled below, for
		// all together.
		if part := (schema.Grant{GroupIDs: e.grant.GroupIDs, Roles: e.grant.Roles}); len(
			part.GroupIDs) > 0 {
			joins, err := b.findNewParts(ctx, e.member, part)
			if err != nil {
				return err
			}
			if len(joins.Roles)+len(joins.SessionIDs) > 0 {
				fresh = true
				a := admission.Admission{Service: b.Service.Admission, Tx: b.Tx,
					Workspace: b.Workspace, Member: e.member, Grant: part, Grantor: b.Grantor,
					EntryPoint: admission.EntryPoint{Name: b.EntryPoint, By: b.By}, Now: b.Now}
				if err := a.ApplyGrant(ctx); err != nil {
					return err
				}
			}
		}
		if !fresh {
			e.outcome.setStatus(AlreadyMember, newMessage("register.already"))
			continue
		}
		e.outcome.setStatus(Added, newMessage("register.added"))
		event := b.auditEvent(audit.MemberEnrolled, session.ID)
		event.MemberID = e.member.ID
		event.Details = []schema.Detail{{Name: "session", After: session.Name}}
		b.events = append(b.events, event)
	}
	return b.Training.EnrollMembers(ctx, b.Tx, b.Workspace.ID, ids, []*ent.Session{session}, true)
}

// authorizeTeaching is PrepareRegistration for inviteUsers: what the input says of the invitation
// itself holds, and faults name its fields.
func (s *Service) authorizeTeaching(ctx context.Context, by *access.Caller, in InviteInput,
	r *RegisterInput) (*InviteBatch, error) {
	b, err := s.PrepareRegistration(ctx, by, *r)
	if f, refused := fault.Of(err); refused && f.Field == "groupId" {
		return nil, fault.At(err, "grant.groupIds")
	}
	if err != nil {
		return nil, err
	}
	b.nestedGrant = true
	b.In.ExpiresAt, b.In.NeverExpires, b.In.SendEmail = in.ExpiresAt, in.NeverExpires, in.SendEmail
	b.In.RemindPending, b.In.NotifyInviter = in.RemindPending, in.NotifyInviter
	return b, nil
}
