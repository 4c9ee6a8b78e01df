package invitation

import (
	"cmp"
	"context"
	"slices"
	"time"

	"usher/ent"
	"usher/ent/invitation"
	"usher/ent/member"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/mail"
	"usher/internal/store"
)

// InviteInput is whom to invite, to what, and how.
type InviteInput struct {
	WorkspaceID   ident.ID
	Emails        []string
	Text          *string
	People        []*Invitee
	Grant         *admission.GrantInput
	Message       *string
	ExpiresAt     *time.Time // nil: the workspace's default
	NeverExpires  *bool
	SendMail      *bool // nil is true
	RemindPending *bool
	NotifyInviter *bool
}

// Invitee is an address with a name.
type Invitee struct {
	Email     string
	FirstName *string
	LastName  *string
}

// Invite invites people by e-mail: one outcome for each distinct address, in the order given
// (INV-1, INV-2).
func (s *Service) Invite(ctx context.Context, by *access.Caller,
	in InviteInput) (_ []*Outcome, err error) {
	defer fault.Annotate(&err, "invite invitation")

	b, err := s.validateInvite(by, in)
	if err != nil {
		return nil, err
	}
	return b.runBatch(ctx)
}

// validateInvite is who may, and whether it is well formed: what comes before the transaction.
func (s *Service) validateInvite(by *access.Caller, in InviteInput) (*InviteBatch, error) {
	m, err := by.RequireMembership(in.WorkspaceID)
	if err != nil {
		return nil, err
	}
	if !m.CanAnywhere(access.MembersInvite) {
		return nil, fault.Denied()
	}

	b := &InviteBatch{Service: s, By: by, Grantor: m,
		EntryPoint: admission.EntryPointInvite, In: in}
	if b.requested, err = in.parseRecipients(); err != nil {
		return nil, err
	}
	b.message, err = inputs.ParseText("message", in.Message, inputs.MaxMessage)
	return b, err
}

// runBatch opens the door: the transaction, and what of its outcomes the caller may see.
func (b *InviteBatch) runBatch(ctx context.Context) ([]*Outcome, error) {
	var outcomes []*Outcome
	ctx = store.InWorkspace(ctx, b.In.WorkspaceID)
	err := b.Store.Retry(ctx, func(tx *store.Tx) (err error) {
		outcomes, err = b.runInTransaction(ctx, tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := b.hideInvitations(ctx, outcomes); err != nil {
		return nil, err
	}
	return outcomes, b.hideMembers(ctx, b.By, outcomes)
}

// runInTransaction is the transaction. It may be run again from its beginning.
func (b *InviteBatch) runInTransaction(ctx context.Context, tx *store.Tx) ([]*Outcome, error) {
	b.Tx, b.Now, b.Created, b.events, b.emails, b.pendingSessionEmails, b.registrants = tx,
		b.Clock(), nil, nil, nil,
		nil, nil
	// Copies: the people of groups are added to them, who may be others in the next attempt.
	b.Recipients, b.memberIDs = slices.Clone(b.requested), slices.Clone(b.namedMembers)
	if err := b.prepareRecipients(ctx); err != nil {
		return nil, err
	}
	outcomes, err := b.decideOutcomes(ctx)
	if err != nil {
		return nil, err
	}
	return outcomes, b.WriteAll(ctx)
}

// hideInvitations leaves out of the outcomes those invitations of others that the caller may not
// see. Who made one reads it in the answer, whatever else they may read.
func (b *InviteBatch) hideInvitations(ctx context.Context, outcomes []*Outcome) error {
	var ids []ident.ID
	for _, o := range outcomes {
		if o.Invitation != nil && o.Status == Updated {
			ids = append(ids, o.Invitation.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	seen, err := b.Store.Invitation.Query().Where(invitation.IDIn(ids...)).
		IDs(store.AsCaller(ctx, b.By))
	for _, o := range outcomes {
		if o.Invitation != nil && o.Status == Updated && !slices.Contains(seen, o.Invitation.ID) {
			o.Invitation = nil
		}
	}
	return err
}

// hideMembers leaves out of the outcomes those members whom the caller may not see: that an address
// is a member has to be told, who it is has not.
func (s *Service) hideMembers(ctx context.Context, by *access.Caller, outcomes []*Outcome) error {
	var ids []ident.ID
	for _, o := range outcomes {
		if o.Member != nil {
			ids = append(ids, o.Member.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	seen, err := s.Store.Member.Query().Where(member.IDIn(ids...)).All(store.AsCaller(ctx, by))
	if err != nil {
		return err
	}
	for _, o := range outcomes {
		if o.Member != nil {
			i := slices.IndexFunc(seen, func(m *ent.Member) bool { return m.ID == o.Member.ID })
			if o.Member = nil; i >= 0 {
				o.Member = seen[i]
			}
		}
	}
	return nil
}

// InviteBatch is one request's people on their way through the transaction: prepare reads, decide
// judges each of them, write puts all of it down. The number of statements does not grow with the
// addresses.
type InviteBatch struct {
	*Service
	Tx *store.Tx
	By *access.Caller
	// what the caller holds here, and what this door lets them do besides
	Grantor      *access.Membership
	EntryPoint   string // as the audit log names it
	In           InviteInput
	requested    []*Recipient // the addresses of the request
	namedMembers []ident.ID   // the members that the request names, besides the addresses
	message      string
	Now          time.Time

	// of this attempt: those of the request, and the people of its groups
	Recipients []*Recipient
	memberIDs  []ident.ID // of this attempt
	// the session that members enter, if that is what the door is for
	registration *sessionRegistration
	ImportID     *ident.ID // the import that invites, if one does
	// when the mail of who is made next goes out; the zero time is at once
	EmailDueAt time.Time
	Workspace  *ent.Workspace
	Lifetime   Lifetime
	facts      *RecipientFacts

	Created              []*NewInvitation
	events               []audit.Event
	emails               []invitationEmail
	pendingSessionEmails []pendingSessionEmail
	registrants          []sessionRegistrant
}

func (b *InviteBatch) prepareRecipients(ctx context.Context) (err error) {
	if b.Workspace, err = b.Tx.Workspace.Get(ctx, b.In.WorkspaceID); err != nil {
		return err
	}
	if b.Lifetime, err = chooseLifetime(b.Workspace, b.In.ExpiresAt, b.In.NeverExpires,
		b.Now); err != nil {
		return err
	}
	w := *b.Workspace
	if b.registration != nil && len(b.In.Emails) == 0 {
		w.Settings.RequireGroup = false // nobody new comes in
	}
	grant, err := admission.ResolveGrant(ctx, b.Tx.Client, access.MembersInvite, b.Grantor, &w,
		b.In.Grant, b.Now)
	if err != nil {
		return err
	}
	if err := b.loadMembers(ctx); err != nil {
		return err
	}
	for _, p := range b.Recipients {
		p.Grant = grant
	}
	if err := b.shareAddresses(ctx); err != nil {
		return err
	}
	b.facts, err = b.LookUpRecipients(ctx)
	return err
}

// shareAddresses holds the addresses to invite against admissions: whether one of them is a member
// is decided behind it.
func (b *InviteBatch) shareAddresses(ctx context.Context) error {
	var keys []string
	for _, p := range b.Recipients {
		if p.err == nil && p.Key != "" {
			keys = append(keys, p.Key)
		}
	}
	return b.Tx.ShareAddresses(ctx, b.Workspace.ID, keys...)
}

// decideOutcomes judges each address and notes what is to be written.
func (b *InviteBatch) decideOutcomes(ctx context.Context) ([]*Outcome, error) {
	outcomes := make([]*Outcome, len(b.Recipients))
	for i, p := range b.Recipients {
		o := &Outcome{Email: p.Raw, Warnings: []Warning{}}
		outcomes[i] = o
		member, pending := p.member, b.facts.Pending[p.Key]
		if member == nil {
			member = b.facts.Members[p.Key]
		}
		var err error
		switch {
		case p.err != nil:
			o.setStatus(InvalidAddress, p.err.Message)
		case member != nil:
			err = b.decideMember(ctx, o, member, p.Grant)
		case b.facts.Suppressed[p.Key]:
			o.setStatus(Suppressed, newMessage("invite.suppressed"))
		case pending != nil && !IsExpired(pending, b.Now):
			err = b.mergeIntoPending(ctx, o, pending, p.Grant)
		default:
			if pending != nil {
				err = b.CloseExpired(ctx, pending)
			}
			if err == nil {
				b.NoteInvitation(o, p)
			}
		}
		if err != nil {
			return nil, err
		}
		if b.facts.Elsewhere[p.Key] && (o.Status == Invited || o.Status == Updated) {
			o.Warnings = append(o.Warnings, AccountExistsElsewhere)
		}
	}
	return outcomes, nil
}

// NoteInvitation notes a new invitation.
func (b *InviteBatch) NoteInvitation(o *Outcome, p *Recipient) {
	i := ident.New(ident.Invitation)
	create := b.Tx.Invitation.Create().SetID(i).SetWorkspaceID(b.Workspace.ID).
		SetEmail(p.Display).SetEmailKey(p.Key).SetNillableFirstName(inputs.NilIfEmpty(p.First)).
		SetNillableLastName(inputs.NilIfEmpty(p.Last)).
		SetStatus("PENDING").SetNillableMessage(inputs.NilIfEmpty(b.message)).
		SetNillableLocale(inputs.NilIfEmpty(cmp.Or(p.Locale, p.Grant.Locale))).
		SetNillableExpiresAt(b.Lifetime.end).SetLifetimeDays(b.Lifetime.days).SetCreatedAt(b.Now).
		SetDeliveryStatus("NOT_SENT").
		SetNillableNotifyInviter(b.In.NotifyInviter).SetNillableImportID(b.ImportID)
	SetGrant(create.Mutation(), p.Grant)
	SetGrantor(create.Mutation(), b.By, b.Workspace.ID)
	if m := b.By.In(b.Workspace.ID); !m.MemberID.IsZero() {
		create.SetInvitedByID(m.MemberID)
	}
	o.setStatus(Invited, newMessage("invite.invited"))
	b.events = append(b.events, b.auditEvent(audit.InvitationMade, i))
	b.notePendingSessionEmail(pendingSessionEmail{i, p.Address, p.Grant, b.EmailDueAt})
	if b.sendsEmail() {
		create.SetDeliveryStatus("QUEUED").SetSentCount(1).SetLastSentAt(b.Now).
			SetNillableRemindAt(nextReminder(b.Workspace, b.Now, b.Lifetime.end, b.Now))
		b.emails = append(b.emails, invitationEmail{kind: mail.Invitation, invitation: i,
			to: p.Display, key: p.Key, version: 1, note: b.message, due: b.EmailDueAt, outcome: o})
	} else {
		o.setStatus(Invited, newMessage("invite.invited_unsent"))
	}
	b.Created = append(b.Created, &NewInvitation{p.Key, create, o})
}

// WriteAll puts down what decide noted, and reads the invitations back for the answer.
func (b *InviteBatch) WriteAll(ctx context.Context) error {
	if err := b.insertInvitations(ctx); err != nil {
		return err
	}
	if err := b.enrolRegistrants(ctx); err != nil {
		return err
	}
	if err := audit.Record(ctx, b.Tx, b.Now, b.events...); err != nil {
		return err
	}
	if err := b.queueEmails(ctx, b.Tx, b.Workspace, b.Now, b.emails...); err != nil {
		return err
	}
	return b.queueSessionEmails(ctx)
}

func (b *InviteBatch) sendsEmail() bool {
	return (b.In.SendMail == nil || *b.In.SendMail) && b.Outbox.Sends()
}

func (b *InviteBatch) auditEvent(a audit.Action, subject ident.ID) audit.Event {
	return audit.Event{WorkspaceID: b.Workspace.ID, Action: a, EntryPoint: b.EntryPoint, By: b.By,
		SubjectID: subject}
}

func (o *Outcome) setStatus(s OutcomeStatus, m i18n.Message) { o.Status, o.Sentence = s, m }

func newMessage(key string) i18n.Message { return i18n.Message{Key: key} }
