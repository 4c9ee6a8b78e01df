package member

import (
	"bytes"
	"context"
	"slices"
	"time"

	"usher/ent"
	"usher/ent/auditevent"
	"usher/ent/card"
	"usher/ent/departure"
	"usher/ent/importrow"
	"usher/ent/invitation"
	"usher/ent/joinrequest"
	entmail "usher/ent/mail"
	"usher/ent/member"
	"usher/ent/predicate"
	"usher/ent/signin"
	"usher/ent/user"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/idempotency"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/mail"
	"usher/internal/ratelimit"
	"usher/internal/store"
)

// EraseMember removes a member and erases the person from the invitations, join requests, imports,
// emails and history of the workspace (AHD-5). It also erases the account if nobody has verified
// its address and it has no other membership. The seat ledger keeps its lines with the id of the
// account. An account that stays keeps the mark of a removed member (JOI-9). Errors: NOT_FOUND,
// FORBIDDEN, CONFLICT for the last administrator.
func (s *Service) EraseMember(ctx context.Context, by *access.Caller, id ident.ID) (err error) {
	defer fault.Annotate(&err, "erase member")

	m, err := s.Admission.RequireMember(ctx, by, id, access.MembersDeactivate)
	if err != nil {
		return err
	}
	// Security: the erasure empties histories of the whole workspace. An administrator of a group
	// may remove a member but not erase one: they could remove the traces of their own acts.
	if !by.In(m.WorkspaceID).Throughout(access.MembersDeactivate) {
		return fault.Denied()
	}

	ctx = store.InWorkspace(store.DespiteArchive(ctx, "a person may be forgotten at any time"),
		m.WorkspaceID)
	return s.Store.Retry(ctx, func(tx *store.Tx) error {
		e := personErasure{Service: s, tx: tx, by: by, now: s.Clock()}
		// Organizations come first in the lock order. A seat is freed below, and an erased account
		// administers nothing.
		if err := admission.LockForErasure(ctx, tx, m.UserID, m.WorkspaceID); err != nil {
			return err
		}
		var err error
		if e.admins, err = admission.GuardAdmins(ctx, tx, m.WorkspaceID, e.now); err != nil {
			return err
		}
		if e.user, err = tx.User.Get(e.asSystem(ctx), m.UserID); err != nil {
			return err
		}
		if err := e.lockRequests(ctx); err != nil {
			return err
		}
		if err := e.lockUser(ctx); err != nil {
			return err
		}
		m, err := admission.LockForAuthority(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := admission.AuthorityOver(by, m).RequireFull(access.MembersDeactivate); err != nil {
			return err
		}
		// An actor must exist when the event is written, and this one has just been deleted.
		if by.UserID == m.UserID {
			e.by = nil
		}

		if err := e.leaveWorkspace(ctx, m.WorkspaceID); err != nil {
			return err
		}
		// A person who is still somewhere else keeps the account: it is theirs, not this
		// workspace's.
		placed, err := tx.Member.Query().Where(member.UserID(m.UserID)).Exist(e.asSystem(ctx))
		if err != nil {
			return err
		}
		if !placed && !e.user.EmailProven {
			if err := e.eraseAccount(ctx); err != nil {
				return err
			}
		}
		if err := e.chargeInvitations(ctx); err != nil {
			return err
		}
		return idempotency.ForgetAnswers(ctx, tx, e.user.ID, m.WorkspaceID)
	})
}

// EraseAccount erases the caller's account and their data in every workspace. The password confirms
// it. Their address can be invited again later, as that of a stranger. Errors: UNAUTHENTICATED;
// CONFLICT while the person is the last administrator of a workspace.
func (s *Service) EraseAccount(ctx context.Context, by *access.Caller, password string,
	from account.Origin) (err error) {
	defer fault.Annotate(&err, "erase account")

	if err := by.RequirePerson(); err != nil {
		return err
	}
	u, err := s.Store.User.Get(
		store.AsSystem(ctx, "the signed-in account, of any workspace"), by.UserID)
	if err != nil {
		return err
	}

	// The hash is slow, so it is verified before the transaction.
	if err := s.Accounts.VerifyPassword(ctx, u, password, from); err != nil {
		return err
	}

	ctx = store.AsSystem(ctx, "an account is erased in every workspace")
	ctx = store.DespiteArchive(ctx, "a person may be erased at any time")
	return s.Store.Retry(ctx, func(tx *store.Tx) error {
		e := personErasure{Service: s, tx: tx, now: s.Clock()}
		var err error
		if e.user, err = tx.User.Get(ctx, u.ID); err != nil {
			return err
		}
		// Everything is locked before anything is erased, because the locks of all workspaces have
		// one order.
		traces, err := e.lockTraces(ctx)
		if err != nil {
			return err
		}
		// The password that was verified above may have been changed meanwhile.
		if e.user.CredentialVersion != u.CredentialVersion {
			return fault.New(fault.Unauthenticated, "fault.unauthenticated")
		}
		for _, t := range traces {
			e.admins = t.admins
			if err := e.leaveWorkspace(store.InWorkspace(ctx, t.workspace),
				t.workspace); err != nil {
				return err
			}
		}
		if err := e.eraseAccount(ctx); err != nil {
			return err
		}
		if err := e.chargeInvitations(ctx); err != nil {
			return err
		}
		left := make([]ident.ID, len(traces))
		for i, t := range traces {
			left[i] = t.workspace
		}
		return idempotency.ForgetAnswers(ctx, tx, e.user.ID, left...)
	})
}

// personErasure is the erasure of one person, in one attempt of a transaction.
type personErasure struct {
	*Service
	tx   *store.Tx
	by   *access.Caller // nil for the person's own act
	user *ent.User
	now  time.Time

	admins *admission.AdminGuard // of the workspace that is being left

	invited     int // erased invitation emails within the window of the rate limit
	lastInvited time.Time
}

// asSystem returns a context for queries across workspaces.
func (e *personErasure) asSystem(ctx context.Context) context.Context {
	return store.AsSystem(ctx,
		"an account spans workspaces; each query names the person")
}

// lockedTrace is a locked workspace that holds data about the person.
type lockedTrace struct {
	workspace ident.ID
	admins    *admission.AdminGuard
}

// lockTraces locks everything that an erasure in every workspace changes, in the lock order:
// organizations, workspaces, join requests, the account, its members. store.ErrOvertaken if another
// workspace got data about the person meanwhile.
func (e *personErasure) lockTraces(ctx context.Context) ([]lockedTrace, error) {
	workspaces, err := e.findTraces(ctx)
	if err != nil {
		return nil, err
	}
	if err := admission.LockForErasure(ctx, e.tx, e.user.ID, workspaces...); err != nil {
		return nil, err
	}
	locked := make([]lockedTrace, len(workspaces))
	for i, w := range workspaces {
		locked[i].workspace = w
		if locked[i].admins, err = admission.GuardAdmins(store.InWorkspace(ctx, w), e.tx, w,
			e.now); err != nil {
			return nil, err
		}
	}
	if err := e.lockRequests(ctx); err != nil {
		return nil, err
	}
	if err := e.lockUser(ctx); err != nil {
		return nil, err
	}
	places, err := e.tx.Member.Query().Where(member.UserID(e.user.ID)).IDs(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := e.tx.LockMembers(ctx, store.ToDelete, places...); err != nil {
		return nil, err
	}

	// The list was read without a lock. Before the account was locked, the person may have joined
	// another workspace, which is not locked.
	now, err := e.findTraces(ctx)
	if err == nil && slices.ContainsFunc(now, func(w ident.ID) bool {
		return !slices.Contains(workspaces, w)
	}) {
		err = store.ErrOvertaken
	}
	return locked, err
}

// lockRequests locks the join requests of the person in the workspaces that ctx can read.
func (e *personErasure) lockRequests(ctx context.Context) error {
	if !e.tx.Locks() {
		return nil
	}
	theirs := joinrequest.UserID(e.user.ID)
	if key := e.user.EmailKey; key != nil {
		theirs = joinrequest.Or(theirs, joinrequest.EmailKey(*key))
	}
	_, err := e.tx.JoinRequest.Query().Where(theirs).Order(ent.Asc(joinrequest.FieldID)).
		ForUpdate().All(ctx)
	return err
}

// lockUser locks the account, so that a concurrent sign-in or admission finds it erased. NOT_FOUND
// if it is erased already; store.ErrOvertaken if its address changed since the traces were found.
func (e *personErasure) lockUser(ctx context.Context) error {
	q := e.tx.User.Query().Where(user.ID(e.user.ID), user.ErasedAtIsNil())
	if e.tx.Locks() {
		q.ForUpdate()
	}
	u, err := q.Only(e.asSystem(ctx))
	if ent.IsNotFound(err) {
		return fault.Missing()
	}
	if err == nil && inputs.ValueOrEmpty(u.EmailKey) != inputs.ValueOrEmpty(e.user.EmailKey) {
		// What was found by the previous address is not all of the person. The next attempt looks
		// again.
		return store.ErrOvertaken
	}
	e.user = u
	return err
}

// findTraces returns the ids of the workspaces that hold data about the person, sorted, so that two
// concurrent erasures lock them in the same order.
//
// Security: outside of their memberships a person is identified by a verified address only.
// Otherwise a person who signed up with the address of somebody else could erase data about them.
func (e *personErasure) findTraces(ctx context.Context) ([]ident.ID, error) {
	var all []ident.ID
	id := e.user.ID
	// By account: these rows are the person's whatever their address says.
	requests, invitations := joinrequest.UserID(id), []predicate.Invitation{}
	mails := entmail.UserID(id)
	if key := e.user.EmailKey; key != nil && e.user.EmailProven {
		requests = joinrequest.Or(requests, joinrequest.EmailKey(*key))
		mails = entmail.Or(mails, entmail.ToKey(*key))
		invitations = append(invitations, invitation.EmailKey(*key))
	}
	find := func(scan func(context.Context, any) error) error {
		var rows []struct {
			WorkspaceID ident.ID `sql:"workspace_id"`
		}
		err := scan(ctx, &rows)
		for _, r := range rows {
			all = append(all, r.WorkspaceID)
		}
		return err
	}
	err := find(e.tx.Member.Query().Where(member.UserID(id)).Select(member.FieldWorkspaceID).Scan)
	if err == nil {
		err = find(e.tx.Departure.Query().Where(departure.UserID(id)).
			Select(departure.FieldWorkspaceID).Scan)
	}
	if err == nil {
		err = find(e.tx.JoinRequest.Query().Where(requests).Unique(true).
			Select(joinrequest.FieldWorkspaceID).Scan)
	}
	if err == nil {
		err = find(e.tx.Mail.Query().Where(mails, entmail.WorkspaceIDNotNil()).Unique(true).
			Select(entmail.FieldWorkspaceID).Scan)
	}
	if err == nil && len(invitations) > 0 {
		err = find(e.tx.Invitation.Query().Where(invitations...).Unique(true).
			Select(invitation.FieldWorkspaceID).Scan)
	}
	slices.SortFunc(all, func(a, b ident.ID) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(all), err
}

// leaveWorkspace erases the person from one workspace and removes their membership, if they have
// one. CONFLICT if they are the last administrator.
func (e *personErasure) leaveWorkspace(ctx context.Context, workspace ident.ID) error {
	m, err := e.tx.Member.Query().Where(member.UserID(e.user.ID)).Only(ctx)
	if err != nil && !ent.IsNotFound(err) {
		return err
	}
	// Traces first. They are found through the membership, which goes next.
	if err := e.forgetMember(ctx, m); err != nil || m == nil {
		return err
	}
	if err := e.removeMember(ctx, e.tx, m); err != nil {
		return err
	}
	if err := e.admins.Check(ctx); err != nil {
		return err
	}
	w, err := e.tx.Workspace.Get(ctx, workspace)
	if err != nil {
		return err
	}
	// The event tells that a person was erased, and not which one.
	event := audit.Event{WorkspaceID: w.ID, Action: audit.PersonErased,
		EntryPoint: admission.EntryPointMember,
		By:         e.by, SubjectID: w.ID}
	if err := audit.Record(ctx, e.tx, e.now, event); err != nil {
		return err
	}
	a := admission.Admission{Service: e.Service.Admission, Tx: e.tx, Workspace: w, User: e.user,
		Now: e.now}
	return a.FreeSeat(ctx)
}

// forgetMember erases what a workspace knows about the person. m is their membership, or nil.
func (e *personErasure) forgetMember(ctx context.Context, m *ent.Member) error {
	subjects := []ident.ID{e.user.ID}
	addressed := []predicate.Invitation{}
	asked := []predicate.JoinRequest{joinrequest.UserID(e.user.ID)}
	sent := []predicate.Mail{entmail.UserID(e.user.ID)}
	var rows []predicate.ImportRow
	if key := e.user.EmailKey; key != nil {
		addressed = append(addressed, invitation.EmailKey(*key))
		asked = append(asked, joinrequest.EmailKey(*key))
		sent = append(sent, entmail.ToKey(*key))
		rows = append(rows, importrow.EmailKey(*key))
	}
	if m != nil {
		subjects = append(subjects, m.ID)
		// An invitation to a former address is found by its member.
		addressed = append(addressed, invitation.MemberID(m.ID))
		asked = append(asked, joinrequest.MemberID(m.ID))
		rows = append(rows, importrow.MemberID(m.ID))
	}

	// Counted first, since the emails are erased below.
	if err := e.countInvitations(ctx); err != nil {
		return err
	}
	var invitations []*ent.Invitation
	requests, err := e.tx.JoinRequest.Query().Where(joinrequest.Or(asked...)).All(ctx)
	if err == nil && len(addressed) > 0 {
		invitations, err = e.tx.Invitation.Query().Where(invitation.Or(addressed...)).All(ctx)
	}
	if err != nil {
		return err
	}

	// Rows that name a former membership are found before the invitations lose their subject.
	former, err := e.findFormerMembers(ctx, invitations, requests)
	if err != nil {
		return err
	}
	subjects = append(subjects, former...)

	if err := e.forgetInvitations(ctx, e.tx, invitations); err != nil {
		return err
	}
	if err := e.forgetRequests(ctx, e.tx, requests); err != nil {
		return err
	}
	if len(rows) > 0 {
		if err := forgetRows(ctx, e.tx, importrow.Or(rows...)); err != nil {
			return err
		}
	}
	if err := forgetMails(ctx, e.tx, entmail.Or(sent...)); err != nil {
		return err
	}
	return e.forgetTraces(ctx, e.tx, subjects, nil)
}

// countInvitations counts the invitation emails to the person's mailbox in one workspace that fall
// into the window of the rate limit.
func (e *personErasure) countInvitations(ctx context.Context) error {
	key := e.user.EmailKey
	if key == nil {
		return nil
	}
	sent, err := e.tx.Mail.Query().Where(
		entmail.ToKey(*key), entmail.Kind(string(mail.Invitation)),
		entmail.StatusNEQ(entmail.StatusDropped),
		entmail.DueAtGT(e.now.Add(-ratelimit.MemberMail.Window)), entmail.DueAtLTE(e.now),
	).Order(ent.Desc(entmail.FieldDueAt)).Select(entmail.FieldDueAt).All(ctx)
	if err != nil || len(sent) == 0 {
		return err
	}
	e.invited += len(sent)
	if sent[0].DueAt.After(e.lastInvited) {
		e.lastInvited = sent[0].DueAt
	}
	return nil
}

// chargeInvitations adds the number of erased emails to the rate limit of the mailbox. Otherwise an
// administrator who invites and erases in turn could send any number of emails. The limit stores a
// hash instead of the address, for a day. Its row is locked last, as in every transaction.
func (e *personErasure) chargeInvitations(ctx context.Context) error {
	if e.invited == 0 {
		return nil
	}
	subject := ratelimit.Mailbox(*e.user.EmailKey)
	_, err := e.Limits.Charge(ctx, e.tx, ratelimit.MemberMail, subject, e.invited,
		e.lastInvited, e.now)
	return err
}

// findFormerMembers returns the ids of members that the person was through some invitations and
// requests. A removed member has no row, but their audit events remain.
func (e *personErasure) findFormerMembers(ctx context.Context, invitations []*ent.Invitation,
	requests []*ent.JoinRequest) (members []ident.ID, err error) {
	var through []ident.ID
	for _, inv := range invitations {
		through = append(through, inv.ID)
	}
	for _, r := range requests {
		through = append(through, r.ID)
	}
	events, err := e.tx.AuditEvent.Query().Where(auditevent.SubjectIDIn(through...),
		auditevent.MemberIDNotNil()).All(ctx)
	for _, event := range events {
		members = append(members, *event.MemberID)
	}
	return members, err
}

// eraseAccount erases the account itself. The row and its id stay for the seat ledger. Its sign-ins
// are deleted, and links to it are of an older credential version.
func (e *personErasure) eraseAccount(ctx context.Context) error {
	ctx = e.asSystem(ctx)
	id := e.user.ID
	if _, err := e.tx.SignIn.Delete().Where(signin.UserID(id)).Exec(ctx); err != nil {
		return err
	}
	if _, err := e.tx.Card.Delete().Where(card.UserID(id)).Exec(ctx); err != nil {
		return err
	}
	if _, err := e.tx.Departure.Delete().Where(departure.UserID(id)).Exec(ctx); err != nil {
		return err
	}
	if err := admission.ForgetAdministrator(ctx, e.tx, id); err != nil {
		return err
	}
	// Emails about the account, such as a password reset, belong to no workspace.
	if err := forgetMails(ctx, e.tx, entmail.UserID(id)); err != nil {
		return err
	}
	return e.tx.User.Update().Where(user.ID(id)).ClearEmail().ClearEmailKey().SetEmailProven(false).
		ClearUsername().ClearUsernameKey().ClearUsernameOrganizationID().ClearFirstName().
		ClearLastName().ClearLocale().
		ClearPasswordHash().SetMustChangePassword(false).ClearPasswordExpiresAt().
		ClearPendingEmail().ClearPendingEmailKey().
		AddCredentialVersion(1).SetErasedAt(e.now).SetUpdatedAt(e.now).Exec(ctx)
}
