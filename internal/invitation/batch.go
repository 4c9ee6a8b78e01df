package invitation

import (
	"cmp"
	"context"
	"slices"
	"time"

	"usher/ent"
	"usher/ent/invitation"
	"usher/ent/member"
	"usher/ent/schema"
	"usher/ent/suppression"
	"usher/ent/user"
	"usher/ent/workspace"
	"usher/internal/access"
	"usher/internal/address"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/ratelimit"
	"usher/internal/searchtext"
	"usher/internal/store"
	"usher/internal/training"
)

// InviteBatch is the people of one request, in one attempt of its transaction: addresses are looked
// up together, each recipient gets an outcome, and what the outcomes need is written together. The
// number of statements does not grow with the recipients.
type InviteBatch struct {
	*Service
	Tx *store.Tx
	By *access.Caller
	// the membership of the caller, with what this entry point lets them do in addition
	Grantor      *access.Membership
	EntryPoint   string // the name that the audit log stores
	In           InviteInput
	operation    batchOperation
	requested    []*Recipient    // the addresses of the request
	namedMembers []ident.ID      // the members that the request names, besides the addresses
	Message      string          // of the emails
	inputFaults  fault.Collector // those found so far, returned with those of the grant
	nestedGrant  bool            // the grant is a field of the input, and faults name it so
	Now          time.Time

	// of this attempt: those of the request, and the people of its groups
	Recipients []*Recipient
	memberIDs  []ident.ID // of this attempt
	// the session that members register for; else nil
	registration *sessionRegistration
	ImportID     *ident.ID // the import that invites, if one does
	// when the email of the next invitation is sent; zero means immediately
	EmailDueAt time.Time
	Workspace  *ent.Workspace
	Lifetime   Lifetime
	facts      *RecipientFacts
	// a program of the grant has no session that is ongoing or coming
	idlePrograms bool

	Created              []*NewInvitation
	events               []audit.Event
	grantChanges         []grantChange
	emails               []invitationEmail
	pendingSessionEmails []pendingSessionEmail
	registrants          []sessionRegistrant
	moved                []ident.ID // invitations that went to another address
}

// batchOperation is what one operation does with a batch in its transaction.
type batchOperation func(*InviteBatch, context.Context) ([]*Outcome, error)

// runBatch runs the operation in a retried transaction and removes from the outcomes what the
// caller may not see.
func (b *InviteBatch) runBatch(ctx context.Context) ([]*Outcome, error) {
	var outcomes []*Outcome
	// The verb has authorized the caller. Inside, the batch must see rows that the caller does not,
	// such as a pending invitation of somebody else for the same address.
	ctx = store.InWorkspace(ctx, b.In.WorkspaceID)
	err := b.Store.Retry(ctx, func(tx *store.Tx) (err error) {
		_, outcomes, err = b.RunAttempt(ctx, tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return outcomes, b.HideOutcomes(ctx, b.By, outcomes)
}

// RunAttempt runs the operation of a prepared batch in a transaction and adds the hints to its
// outcomes. They are in the order of the recipients of the attempt, which holds what was read and
// written, and may not all be visible to the caller.
func (b *InviteBatch) RunAttempt(ctx context.Context,
	tx *store.Tx) (attempt *InviteBatch, outcomes []*Outcome, err error) {
	if attempt, err = b.beginAttempt(ctx, tx); err != nil {
		return nil, nil, err
	}
	if outcomes, err = b.operation(attempt, ctx); err != nil {
		return nil, nil, err
	}
	// After everything is written: a hint changes nothing, and the creation of one person, which
	// ends in decideOutcomes too, has hints of its own.
	return attempt, outcomes, attempt.addHints(ctx, outcomes)
}

// beginAttempt returns a copy of the batch for one attempt of its transaction. Nothing that the
// attempt reads or notes reaches the batch, so a retry starts from the request alone.
func (b *InviteBatch) beginAttempt(ctx context.Context, tx *store.Tx) (*InviteBatch, error) {
	// A copy of the struct is enough. The lists that an attempt appends to start empty in b, except
	// for the two below and for inputFaults, whose appended faults the length in b leaves out.
	attempt := *b
	attempt.Tx, attempt.Now = tx, b.Clock()
	// The people of groups are added to these lists. The next attempt may read other people.
	attempt.Recipients = slices.Clone(b.requested)
	attempt.memberIDs = slices.Clone(b.namedMembers)
	var err error
	if attempt.Workspace, err = tx.GetWorkspace(ctx, b.In.WorkspaceID); err != nil {
		return nil, err
	}
	attempt.Lifetime, err = ChooseLifetime(attempt.Workspace, b.In.ExpiresAt, b.In.NeverExpires,
		attempt.Now)
	attempt.inputFaults.Add(err)
	return &attempt, nil
}

// lockRecipients gives each recipient the grant, locks their addresses and looks them up.
func (b *InviteBatch) lockRecipients(ctx context.Context, grant schema.Grant) (err error) {
	for _, r := range b.Recipients {
		// All recipients share one value. A step that changes it for one of them clones its lists
		// first.
		r.Grant = grant
		r.Grant.ExternalID = r.ExternalID
	}
	// Whether an address belongs to a member is decided behind this lock: an admission of the same
	// address takes the exclusive one.
	if err := b.shareAddresses(ctx); err != nil {
		return err
	}
	if b.idlePrograms, err = training.HasIdleProgram(ctx, b.Tx, grant, b.Now); err != nil {
		return err
	}
	b.facts, err = b.LookUpRecipients(ctx)
	return err
}

// shareAddresses takes shared locks on the addresses. Admissions of the same addresses wait for
// them.
func (b *InviteBatch) shareAddresses(ctx context.Context) error {
	var keys []string
	for _, r := range b.Recipients {
		// Invalid entries, and members without an address, have nothing to lock.
		if r.err == nil && r.Key != "" {
			keys = append(keys, r.Key)
		}
	}
	return b.Tx.ShareAddresses(ctx, b.Workspace.ID, keys...)
}

// RecipientFacts is what the database holds about the addresses of a request, by address key.
type RecipientFacts struct {
	Members    map[string]*ent.Member
	Elsewhere  map[string]bool // active in another workspace of this organization (INV-3)
	Pending    map[string]*ent.Invitation
	Suppressed map[string]bool
	allNew     bool // the database holds nothing about any of them

	// by the external ids of the recipients
	membersByExternalID map[string]*ent.Member
	pendingByExternalID map[string]*ent.Invitation
}

// LookUpRecipients looks up all addresses of the batch together and locks their pending
// invitations. Accounts outside the organization are never looked up, so nothing about them is
// disclosed.
func (b *InviteBatch) LookUpRecipients(ctx context.Context) (*RecipientFacts, error) {
	var keys, externalIDs []string
	for _, r := range b.Recipients {
		if r.err == nil && r.Key != "" {
			keys = append(keys, r.Key)
		}
		if r.err == nil && r.ExternalID != "" {
			externalIDs = append(externalIDs, r.ExternalID)
		}
	}
	// Maps by key: each of up to 500 recipients is then decided without another statement.
	facts := &RecipientFacts{Members: map[string]*ent.Member{}, Elsewhere: map[string]bool{},
		Pending: map[string]*ent.Invitation{}, Suppressed: map[string]bool{},
		membersByExternalID: map[string]*ent.Member{},
		pendingByExternalID: map[string]*ent.Invitation{}}
	if len(keys)+len(externalIDs) == 0 {
		return facts, nil
	}
	known, err := b.knowsExternalIDs(ctx, externalIDs)
	if err != nil {
		return nil, err
	}
	// Most people who are invited are new.
	if !known {
		facts.allNew, err = b.Tx.HasNoTrace(ctx, b.Workspace.ID, keys,
			b.Limits.Keys(ratelimit.MemberMail, mailboxes(keys)...))
	}
	if facts.allNew || err != nil {
		return facts, err
	}
	// Invitations are read before members: a request that waits here for an invitation that is
	// being accepted then finds its member. Members are read without a lock, so the lock order
	// holds.
	if err := b.readPending(ctx, facts, keys, externalIDs); err != nil {
		return nil, err
	}
	if err := b.readExternalMembers(ctx, facts, externalIDs); err != nil {
		return nil, err
	}
	system := store.AsSystem(ctx,
		"an address may have a member in another workspace of the same organization")
	// One statement answers both questions: member here, and active elsewhere in the organization.
	members, err := b.Tx.Member.Query().
		Where(member.HasUserWith(user.EmailKeyIn(keys...)),
			member.HasWorkspaceWith(workspace.OrganizationID(b.Workspace.OrganizationID))).
		WithUser().All(system)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		key := *m.Edges.User.EmailKey
		if m.WorkspaceID == b.Workspace.ID {
			facts.Members[key] = m
			// Whether somebody was deactivated elsewhere is no business of this workspace.
		} else if m.Status == member.StatusActive {
			facts.Elsewhere[key] = true
		}
	}
	// The zero id stands for a suppression in all workspaces.
	suppressed, err := b.Tx.Suppression.Query().Where(suppression.EmailKeyIn(keys...),
		suppression.PlaceIDIn(b.Workspace.ID, ident.ID{})).
		All(store.AsSystem(ctx, "a refusal of emails may hold for all workspaces"))
	if err != nil {
		return nil, err
	}
	for _, row := range suppressed {
		facts.Suppressed[row.EmailKey] = true
	}
	return facts, nil
}

// decideOutcomes decides the outcome of each recipient and notes what has to be written.
func (b *InviteBatch) decideOutcomes(ctx context.Context) ([]*Outcome, error) {
	outcomes := make([]*Outcome, len(b.Recipients))
	for i, r := range b.Recipients {
		o := &Outcome{Input: r.Raw, Email: inputs.NilIfEmpty(r.Display), Warnings: []Warning{},
			Changes: []string{}}
		outcomes[i] = o
		// A member whom the request names by id comes first: they may have no address at all.
		found := Match{Member: r.member, Pending: b.facts.Pending[r.Key]}
		if found.Member == nil {
			found.Member = b.facts.Members[r.Key]
		}
		found, conflict := b.facts.MatchExternalID(r.ExternalID, r.Address, found, b.Now)
		member := found.Member
		var err error
		switch {
		case r.err != nil:
			o.refuse(InvalidAddress, r.err)
		case conflict != nil:
			o.refuse(Conflict, fault.At(conflict, r.field).(*fault.Error))
		// Before suppression: adding a member to a group sends no invitation, so their wish for no
		// emails does not stand against it.
		case member != nil:
			err = b.decideMember(ctx, o, member, r.Grant)
			if found.Moved {
				// The account is the person's, and so is its address.
				o.Warnings = append(o.Warnings, AddressKept)
			}
		case b.facts.Suppressed[r.Key]:
			o.refuse(Suppressed, fault.New(fault.Conflict, "invite.suppressed"))
		default:
			err = b.decideInvitee(ctx, o, r, found)
		}
		if err != nil {
			return nil, err
		}
		// Only an invitation makes the other workspace matter. A refused address says nothing of
		// it.
		if b.facts.Elsewhere[r.Key] && (o.Status == Invited || o.Status == Updated) {
			o.Warnings = append(o.Warnings, AccountExistsElsewhere)
		}
		if b.idlePrograms && o.Fault == nil {
			o.Warnings = append(o.Warnings, NoCurrentSession)
		}
	}
	return outcomes, nil
}

// decideInvitee decides on a recipient who is no member: a pending invitation moves to the address or
// gets the grant in addition, and anybody else is invited.
func (b *InviteBatch) decideInvitee(ctx context.Context, o *Outcome, r *Recipient,
	found Match) error {
	pending := found.Pending
	if pending != nil && IsExpired(pending, b.Now) {
		// A new invitation takes the place of the expired one (INV-4).
		if err := b.CloseExpired(ctx, pending); err != nil {
			return err
		}
		pending = nil
	}
	// Closed before another invitation gets its external id, which is unique among pending ones.
	if err := b.CloseExpired(ctx, found.Expired); err != nil {
		return err
	}
	switch {
	case pending == nil:
		b.NoteInvitation(o, r)
		return nil
	case found.Moved:
		return b.moveAndMerge(ctx, o, pending, r)
	}
	// An address has one pending invitation. A second request adds to it (INV-2).
	return b.mergeIntoPending(ctx, o, pending, r.Grant)
}

// CloseExpired sets expired invitations to EXPIRED, so that a new one can be pending for the address
// and the external id (INV-4, PAR-4). It leaves out those that are nil.
func (b *InviteBatch) CloseExpired(ctx context.Context, all ...*ent.Invitation) error {
	for _, inv := range all {
		if inv == nil {
			continue
		}
		// The unique index allows one pending invitation for an address. The row that has expired
		// still counts until its status says so.
		b.events = append(b.events, b.auditEvent(audit.InvitationExpired, inv.ID))
		if err := b.Tx.Invitation.UpdateOne(inv).SetStatus(invitation.StatusExpired).
			Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// NoteInvitation notes a new invitation, which WriteAll inserts, and sets the outcome to INVITED.
func (b *InviteBatch) NoteInvitation(o *Outcome, r *Recipient) {
	id := ident.New(ident.Invitation)
	create := b.Tx.Invitation.Create().SetID(id).SetWorkspaceID(b.Workspace.ID).
		SetEmail(r.Display).SetEmailKey(r.Key).SetNillableFirstName(inputs.NilIfEmpty(r.First)).
		SetNillableLastName(inputs.NilIfEmpty(r.Last)).
		SetSearchText(searchtext.Text(r.Display, r.First, r.Last)).
		SetStatus(invitation.StatusPending).SetNillableMessage(inputs.NilIfEmpty(b.Message)).
		SetNillableLocale(inputs.NilIfEmpty(cmp.Or(r.Locale, r.Grant.Locale))).
		SetNillableExpiresAt(b.Lifetime.end).SetLifetimeDays(b.Lifetime.days).
		SetCreatedAt(b.Now).SetUpdatedAt(invitation.DefaultUpdatedAt()).
		SetDeliveryStatus(invitation.DeliveryStatusNotSent).
		SetNillableNotifyInviter(b.In.NotifyInviter).SetNillableImportID(b.ImportID)
	admission.SetGrant(create.Mutation(), r.Grant)
	admission.SetGrantor(create.Mutation(), b.By, b.Workspace.ID)
	// The inviter is a member. An invitation made by an API key has none.
	if m := b.By.In(b.Workspace.ID); !m.MemberID.IsZero() {
		create.SetInvitedByID(m.MemberID)
	}
	// The id is made here, so the audit event and the emails can name the row before it exists.
	o.setStatus(Invited, newMessage("invite.invited"))
	b.events = append(b.events, b.auditEvent(audit.InvitationMade, id))
	b.notePendingSessionEmail(pendingSessionEmail{id, r.Address, r.Grant, b.EmailDueAt})
	if b.sendsEmail() {
		create.SetDeliveryStatus(invitation.DeliveryStatusQueued).
			// Without an email there is nothing to be reminded of.
			SetNillableRemindAt(nextReminder(b.Workspace, b.Now, b.Lifetime.end, b.Now))
		b.emails = append(b.emails, invitationEmail{kind: mail.Invitation, invitation: id,
			to: r.Display, key: r.Key, version: 1, note: b.Message, due: b.EmailDueAt, outcome: o})
	} else {
		o.setStatus(Invited, newMessage("invite.invited_unsent"))
	}
	b.Created = append(b.Created, &NewInvitation{r.Key, create, o})
}

// pendingSessionEmail is an invitation that may lead into sessions, whose emails are still to be
// queued.
type pendingSessionEmail struct {
	invitation ident.ID
	address    address.Address
	grant      schema.Grant
	due        time.Time // when the invitation's own email is sent
}

// notePendingSessionEmail notes an invitation whose sessions need an email (MAI-2). An invitation
// without an email of its own gets none for its sessions.
func (b *InviteBatch) notePendingSessionEmail(p pendingSessionEmail) {
	if b.sendsEmail() && len(p.grant.GroupIDs)+len(p.grant.SessionIDs)+len(p.grant.ProgramIDs) > 0 {
		b.pendingSessionEmails = append(b.pendingSessionEmails, p)
	}
}

// WriteAll inserts the invitations that were noted and writes what goes with them. It sets the
// invitation of each outcome, as describeNew returns it.
func (b *InviteBatch) WriteAll(ctx context.Context) error {
	return b.writeEffects(ctx, b.newRows()...)
}

// writeEffects inserts rows, records the audit events, and queues the emails that the outcomes need.
func (b *InviteBatch) writeEffects(ctx context.Context, rows ...*store.Bulk) error {
	if err := b.describeGrantChanges(ctx); err != nil {
		return err
	}
	queued, err := b.scheduleEmails(ctx)
	if err != nil {
		return err
	}
	// Together, since an invitation waits for each statement.
	rows = append(rows, audit.Rows(b.Tx, b.Now, b.events...))
	if err := b.Outbox.PostWith(ctx, b.Tx, rows, queued...); err != nil {
		return err
	}
	return b.queueSessionEmails(ctx)
}

// scheduleEmails returns the emails of the batch with the times when they may be sent.
func (b *InviteBatch) scheduleEmails(ctx context.Context) ([]outbox.QueuedEmail, error) {
	if b.facts != nil && b.facts.allNew {
		// No mailbox has a cool-down.
		return holdEmails(b.Workspace, b.Now, nil, b.emails), nil
	}
	return b.Service.scheduleEmails(ctx, b.Tx, b.Workspace, b.Now, b.emails)
}

// NewInvitation is an invitation that is noted and not yet inserted.
type NewInvitation struct {
	key     string
	Row     *ent.InvitationCreate
	outcome *Outcome
}

// sendsEmail tells whether the invitations of the batch are emailed: the inviter may copy the links
// instead, and there may be no mail server.
func (b *InviteBatch) sendsEmail() bool {
	return (b.In.SendEmail == nil || *b.In.SendEmail) && b.Outbox.Sends()
}

// auditEvent returns an event of the batch about a row.
func (b *InviteBatch) auditEvent(a audit.Action, subject ident.ID) audit.Event {
	return audit.Event{WorkspaceID: b.Workspace.ID, Action: a, EntryPoint: b.EntryPoint, By: b.By,
		SubjectID: subject}
}
