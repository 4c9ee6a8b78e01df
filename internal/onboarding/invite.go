package onboarding

import (
	"cmp"
	"context"
	"slices"
	"time"

	"usher/ent"
	"usher/ent/invitation"
	"usher/ent/member"
	"usher/internal/access"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/mail"
	"usher/internal/store"
)

// InviteInput is whom to invite, to what, and how.
type InviteInput struct {
	WorkspaceID   ident.ID
	Emails        []string
	Text          *string
	People        []*Invitee
	Grant         *GrantInput
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

// Invite invites people by e-mail: one outcome for each distinct address, in the order given (INV-1, INV-2).
func (s *Service) Invite(ctx context.Context, by *access.Caller, in InviteInput) ([]*Outcome, error) {
	b, err := s.inviting(by, in)
	if err != nil {
		return nil, err
	}
	return b.commit(ctx)
}

// inviting is who may, and whether it is well formed: what comes before the transaction.
func (s *Service) inviting(by *access.Caller, in InviteInput) (*batch, error) {
	m, err := membership(by, in.WorkspaceID)
	if err != nil {
		return nil, err
	}
	if !m.CanAnywhere(access.MembersInvite) {
		return nil, fault.New(fault.Forbidden, "fault.forbidden")
	}

	b := &batch{Service: s, by: by, giver: m, door: doorInvite, in: in}
	if b.given, err = in.people(); err != nil {
		return nil, err
	}
	b.message, err = text("message", in.Message, maxMessage)
	return b, err
}

// commit opens the door: the transaction, and what of its outcomes the caller may see.
func (b *batch) commit(ctx context.Context) ([]*Outcome, error) {
	var outcomes []*Outcome
	ctx = store.InWorkspace(ctx, b.in.WorkspaceID)
	err := b.Store.Retry(ctx, func(tx *store.Tx) (err error) {
		outcomes, err = b.run(ctx, tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := b.hideInvitations(ctx, outcomes); err != nil {
		return nil, err
	}
	return outcomes, b.hide(ctx, b.by, outcomes)
}

// run is the transaction. It may be run again from its beginning.
func (b *batch) run(ctx context.Context, tx *store.Tx) ([]*Outcome, error) {
	b.tx, b.now, b.made, b.events, b.mails, b.promised, b.entrants = tx, b.Clock(), nil, nil, nil, nil, nil
	// Copies: the people of groups are added to them, who may be others in the next attempt.
	b.people, b.members = slices.Clone(b.given), slices.Clone(b.named)
	if err := b.prepare(ctx); err != nil {
		return nil, err
	}
	outcomes, err := b.decide(ctx)
	if err != nil {
		return nil, err
	}
	return outcomes, b.write(ctx)
}

// hideInvitations leaves out of the outcomes those invitations of others that the caller may not see. Who made one reads
// it in the answer, whatever else they may read.
func (b *batch) hideInvitations(ctx context.Context, outcomes []*Outcome) error {
	var ids []ident.ID
	for _, o := range outcomes {
		if o.Invitation != nil && o.Status == Updated {
			ids = append(ids, o.Invitation.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	seen, err := b.Store.Invitation.Query().Where(invitation.IDIn(ids...)).IDs(store.AsCaller(ctx, b.by))
	for _, o := range outcomes {
		if o.Invitation != nil && o.Status == Updated && !slices.Contains(seen, o.Invitation.ID) {
			o.Invitation = nil
		}
	}
	return err
}

// hide leaves out of the outcomes those members whom the caller may not see: that an address is a member has to be told,
// who it is has not.
func (s *Service) hide(ctx context.Context, by *access.Caller, outcomes []*Outcome) error {
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

// batch is one request's people on their way through the transaction: prepare reads, decide judges each of them, write puts
// all of it down. The number of statements does not grow with the addresses.
type batch struct {
	*Service
	tx      *store.Tx
	by      *access.Caller
	giver   *access.Membership // what the caller holds here, and what this door lets them do besides
	door    string             // as the audit log names it
	in      InviteInput
	given   []*person  // the addresses of the request
	named   []ident.ID // the members that the request names, besides the addresses
	message string
	now     time.Time

	people    []*person  // of this attempt: those of the request, and the people of its groups
	members   []ident.ID // of this attempt
	entering  *entering  // the session that members enter, if that is what the door is for
	importID  *ident.ID  // the import that invites, if one does
	due       time.Time  // when the mail of who is made next goes out; the zero time is at once
	workspace *ent.Workspace
	life      life
	known     *known

	made     []*making
	events   []audit.Event
	mails    []letter
	promised []promised
	entrants []entrant
}

func (b *batch) prepare(ctx context.Context) (err error) {
	if b.workspace, err = b.tx.Workspace.Get(ctx, b.in.WorkspaceID); err != nil {
		return err
	}
	if b.life, err = lifeOf(b.workspace, b.in.ExpiresAt, b.in.NeverExpires, b.now); err != nil {
		return err
	}
	w := *b.workspace
	if b.entering != nil && len(b.in.Emails) == 0 {
		w.Settings.RequireGroup = false // nobody new comes in
	}
	grant, err := resolve(ctx, b.tx.Client, access.MembersInvite, b.giver, &w, b.in.Grant, b.now)
	if err != nil {
		return err
	}
	if err := b.gather(ctx); err != nil {
		return err
	}
	for _, p := range b.people {
		p.grant = grant
	}
	if err := b.shareAddresses(ctx); err != nil {
		return err
	}
	b.known, err = b.look(ctx)
	return err
}

// shareAddresses holds the addresses to invite against admissions: whether one of them is a member is decided behind it.
func (b *batch) shareAddresses(ctx context.Context) error {
	var keys []string
	for _, p := range b.people {
		if p.err == nil && p.Key != "" {
			keys = append(keys, p.Key)
		}
	}
	return b.tx.ShareAddresses(ctx, b.workspace.ID, keys...)
}

// decide judges each address and notes what is to be written.
func (b *batch) decide(ctx context.Context) ([]*Outcome, error) {
	outcomes := make([]*Outcome, len(b.people))
	for i, p := range b.people {
		o := &Outcome{Email: p.raw, Warnings: []Warning{}}
		outcomes[i] = o
		member, pending := p.member, b.known.pending[p.Key]
		if member == nil {
			member = b.known.members[p.Key]
		}
		var err error
		switch {
		case p.err != nil:
			o.say(InvalidAddress, p.err.Message)
		case member != nil:
			err = b.existing(ctx, o, member, p.grant)
		case b.known.suppressed[p.Key]:
			o.say(Suppressed, sentence("invite.suppressed"))
		case pending != nil && !expired(pending, b.now):
			err = b.merge(ctx, o, pending, p.grant)
		default:
			if pending != nil {
				err = b.close(ctx, pending)
			}
			if err == nil {
				b.make(o, p)
			}
		}
		if err != nil {
			return nil, err
		}
		if b.known.elsewhere[p.Key] && (o.Status == Invited || o.Status == Updated) {
			o.Warnings = append(o.Warnings, AccountExistsElsewhere)
		}
	}
	return outcomes, nil
}

// make notes a new invitation.
func (b *batch) make(o *Outcome, p *person) {
	i := ident.New(ident.Invitation)
	create := b.tx.Invitation.Create().SetID(i).SetWorkspaceID(b.workspace.ID).
		SetEmail(p.Display).SetEmailKey(p.Key).SetNillableFirstName(optional(p.first)).SetNillableLastName(optional(p.last)).
		SetStatus("PENDING").SetNillableMessage(optional(b.message)).SetNillableLocale(optional(cmp.Or(p.locale, p.grant.Locale))).
		SetNillableExpiresAt(b.life.end).SetLifetimeDays(b.life.days).SetCreatedAt(b.now).SetDeliveryStatus("NOT_SENT").
		SetNillableNotifyInviter(b.in.NotifyInviter).SetNillableImportID(b.importID)
	setGrant(create.Mutation(), p.grant)
	setGiver(create.Mutation(), b.by, b.workspace.ID)
	if m := b.by.In(b.workspace.ID); !m.MemberID.IsZero() {
		create.SetInvitedByID(m.MemberID)
	}
	o.say(Invited, sentence("invite.invited"))
	b.events = append(b.events, b.event(audit.InvitationMade, i))
	b.promise(promised{i, p.Address, p.grant, b.due})
	if b.mailing() {
		create.SetDeliveryStatus("QUEUED").SetSentCount(1).SetLastSentAt(b.now).
			SetNillableRemindAt(reminder(b.workspace, b.now, b.life.end, b.now))
		b.mails = append(b.mails, letter{kind: mail.Invitation, invitation: i, to: p.Display, key: p.Key, version: 1, note: b.message, due: b.due, outcome: o})
	} else {
		o.say(Invited, sentence("invite.invited_unsent"))
	}
	b.made = append(b.made, &making{p.Key, create, o})
}

// write puts down what decide noted, and reads the invitations back for the answer.
func (b *batch) write(ctx context.Context) error {
	if err := b.insert(ctx); err != nil {
		return err
	}
	if err := b.enter(ctx); err != nil {
		return err
	}
	if err := audit.Record(ctx, b.tx, b.now, b.events...); err != nil {
		return err
	}
	if err := b.post(ctx, b.tx, b.workspace, b.now, b.mails...); err != nil {
		return err
	}
	return b.promiseSessions(ctx)
}

func (b *batch) mailing() bool {
	return (b.in.SendMail == nil || *b.in.SendMail) && b.Courier.Sends()
}

func (b *batch) event(a audit.Action, subject ident.ID) audit.Event {
	return audit.Event{WorkspaceID: b.workspace.ID, Action: a, Door: b.door, By: b.by, SubjectID: subject}
}

func (o *Outcome) say(s OutcomeStatus, m i18n.Message) { o.Status, o.Sentence = s, m }

func sentence(key string) i18n.Message { return i18n.Message{Key: key} }
