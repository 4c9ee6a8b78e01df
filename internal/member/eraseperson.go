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
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/mail"
	"usher/internal/ratelimit"
	"usher/internal/store"
)

// EraseMember has a workspace forget a person (AHD-5): they are removed, and what is told of them
// in invitations, requests, imports, mails and histories is emptied. An account that the
// organization looks after and that has no other place is erased with it. The ledger of seats keeps
// its lines, of an id that nobody bears any more; the mark of who was removed stays with an account
// that goes on (JOI-9).
func (s *Service) EraseMember(ctx context.Context, by *access.Caller, i ident.ID) (err error) {
	defer fault.Annotate(&err, "erase member")

	m, err := s.Admission.RequireMember(ctx, by, i, access.MembersDeactivate)
	if err != nil {
		return err
	}
	if !by.In(m.WorkspaceID).Throughout(access.MembersDeactivate) {
		// Security: it empties histories of the whole workspace, so a group's administrator, who
		// may remove, may not erase: they would wipe out what they have done.
		return fault.Denied()
	}

	ctx = store.InWorkspace(ctx, m.WorkspaceID)
	return s.Store.Retry(ctx, func(tx *store.Tx) error {
		e := personErasure{Service: s, tx: tx, by: by, now: s.Clock()}
		if err := tx.LockOrganizationOf(ctx, m.WorkspaceID); err != nil { // a seat is freed
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
		m, err := admission.LockForAuthority(ctx, tx, i)
		if err != nil {
			return err
		}
		if err := admission.AuthorityOver(by, m).RequireFull(access.MembersDeactivate); err != nil {
			return err
		}
		if by.UserID == m.UserID {
			e.by = nil // the member who did it is gone with it
		}
		if err := e.leaveWorkspace(ctx, m.WorkspaceID); err != nil {
			return err
		}
		placed, err := tx.Member.Query().Where(member.UserID(m.UserID)).Exist(e.asSystem(ctx))
		if err != nil {
			return err
		}
		if !placed && !e.user.EmailProven {
			if err := e.eraseAccount(ctx); err != nil {
				return err
			}
		}
		return e.chargeInvitations(ctx)
	})
}

// EraseAccount is a person's own wish to be forgotten, everywhere; the password says that it is
// them. CONFLICT while they are the last administrator of a workspace. Their address can be invited
// again, as a stranger's.
func (s *Service) EraseAccount(ctx context.Context, by *access.Caller, password string,
	from account.Origin) (err error) {
	defer fault.Annotate(&err, "erase account")

	if err := by.AuthenticatedPerson(); err != nil {
		return err
	}
	u, err := s.Store.User.Get(
		store.AsSystem(ctx, "who is signed in, whichever workspaces they are in"), by.UserID)
	if err != nil {
		return err
	}

	if err := s.Accounts.VerifyPassword(ctx, u, password, from); err != nil {
		return err
	}

	ctx = store.AsSystem(ctx, "a person who wants to be forgotten is forgotten in every workspace")
	return s.Store.Retry(ctx, func(tx *store.Tx) error {
		e := personErasure{Service: s, tx: tx, now: s.Clock()}
		var err error
		if e.user, err = tx.User.Get(ctx, u.ID); err != nil {
			return err
		}
		traces, err := e.lockTraces(ctx)
		if err != nil {
			return err
		}
		if e.user.CredentialVersion != u.CredentialVersion {
			// the password was changed meanwhile
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
		return e.chargeInvitations(ctx)
	})
}

// personErasure is one person on their way out of memory.
type personErasure struct {
	*Service
	tx   *store.Tx
	by   *access.Caller // nil: the person themself
	user *ent.User
	now  time.Time

	admins *admission.AdminGuard // of the workspace that is left

	invited     int // emails of invitations within the window of the limit, which are erased
	lastInvited time.Time
}

func (e *personErasure) asSystem(ctx context.Context) context.Context {
	return store.AsSystem(ctx,
		"an account spans workspaces; each query names the one to be forgotten")
}

// lockedTrace is a workspace that knows something of the person, locked and guarded.
type lockedTrace struct {
	workspace ident.ID
	admins    *admission.AdminGuard
}

// lockTraces locks all that an erasure in every workspace changes, in the order of locks:
// organizations, workspaces, join requests, the account, its members.
func (e *personErasure) lockTraces(ctx context.Context) ([]lockedTrace, error) {
	workspaces, err := e.findTraces(ctx)
	if err != nil {
		return nil, err
	}
	if err := e.tx.LockOrganizationOf(ctx, workspaces...); err != nil {
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

	// A workspace that the person came into before the account was locked is not among those that
	// are locked.
	now, err := e.findTraces(ctx)
	if err == nil && slices.ContainsFunc(now, func(w ident.ID) bool {
		return !slices.Contains(workspaces, w)
	}) {
		err = store.ErrOvertaken
	}
	return locked, err
}

// lockRequests locks the join requests of the person, in the workspaces that ctx shows.
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

// lockUser locks the account: a sign-in to it, or an admission with it, at this moment finds it
// gone. ErrOvertaken when its address has changed, by which the person's traces were found.
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
		return store.ErrOvertaken
	}
	e.user = u
	return err
}

// findTraces are the workspaces that know something of the person, in one order for all, so that
// two erasures do not wait for each other.
//
// Security: where they have no place, only a proven address speaks for them. Else whoever signed up
// with somebody else's address could have other workspaces forget that somebody.
func (e *personErasure) findTraces(ctx context.Context) ([]ident.ID, error) {
	var all []ident.ID
	id := e.user.ID
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

// leaveWorkspace has one workspace forget the person, and takes them out if they are in.
func (e *personErasure) leaveWorkspace(ctx context.Context, workspace ident.ID) error {
	m, err := e.tx.Member.Query().Where(member.UserID(e.user.ID)).Only(ctx)
	if err != nil && !ent.IsNotFound(err) {
		return err
	}
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
	// It is told that somebody was forgotten, and not who.
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

// forgetMember empties what a workspace tells of the person; m is their place there, nil for none.
func (e *personErasure) forgetMember(ctx context.Context, m *ent.Member) error {
	subjects := []ident.ID{e.user.ID}
	promised := []predicate.Invitation{}
	asked := []predicate.JoinRequest{joinrequest.UserID(e.user.ID)}
	sent := []predicate.Mail{entmail.UserID(e.user.ID)}
	var rows []predicate.ImportRow
	if key := e.user.EmailKey; key != nil {
		promised = append(promised, invitation.EmailKey(*key))
		asked = append(asked, joinrequest.EmailKey(*key))
		sent = append(sent, entmail.ToKey(*key))
		rows = append(rows, importrow.EmailKey(*key))
	}
	if m != nil {
		subjects = append(subjects, m.ID)
		promised = append(promised, invitation.MemberID(m.ID)) // invited at an address of before
		asked = append(asked, joinrequest.MemberID(m.ID))
		rows = append(rows, importrow.MemberID(m.ID))
	}

	if err := e.countInvitations(ctx); err != nil {
		return err
	}
	var invitations []*ent.Invitation
	requests, err := e.tx.JoinRequest.Query().Where(joinrequest.Or(asked...)).All(ctx)
	if err == nil && len(promised) > 0 {
		invitations, err = e.tx.Invitation.Query().Where(invitation.Or(promised...)).All(ctx)
	}
	if err != nil {
		return err
	}
	former, err := e.findFormerAddresses(ctx, invitations, requests)
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

// countInvitations counts the emails of invitations to the person's mailbox in one workspace,
// before they are erased.
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

// chargeInvitations moves the count of the erased emails to the limit of the mailbox. Otherwise
// inviting and erasing in turn would send emails without end. The limit names nobody, and forgets
// in a day. As in every transaction the row of the limit is locked last, so that no transaction
// that holds it waits for another lock.
func (e *personErasure) chargeInvitations(ctx context.Context) error {
	if e.invited == 0 {
		return nil
	}
	subject := ratelimit.Mailbox(*e.user.EmailKey)
	_, err := e.Limits.Charge(ctx, e.tx, ratelimit.MemberMail, subject, e.invited,
		e.lastInvited, e.now)
	return err
}

// findFormerAddresses are the members that the person was through some invitations and requests: of
// who was removed no row is left, but what happened to them is still told.
func (e *personErasure) findFormerAddresses(ctx context.Context, invitations []*ent.Invitation,
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

// eraseAccount empties the account itself. Its id stays, for the ledger; whoever has it in hand
// finds nobody behind it: its sign-ins are gone, and links that name it are of an older version.
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
	// those about the account belong to no workspace
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
