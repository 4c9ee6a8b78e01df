package invitation

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"usher/ent"
	"usher/ent/invitation"
	"usher/ent/member"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/address"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/scalar"
	"usher/internal/store"
)

// InviteInput is the input of Invite.
type InviteInput struct {
	WorkspaceID   ident.ID
	Emails        []string
	Text          *string
	People        []*Invitee
	Grant         *admission.GrantInput
	Message       *string
	ExpiresAt     *time.Time // nil: the workspace's default
	NeverExpires  *bool
	SendEmail     *bool // nil means true
	RemindPending *bool
	NotifyInviter *bool
}

// Invitee is an address with a name.
type Invitee struct {
	Email     string
	FirstName *string
	LastName  *string
	// the id in another system, which finds a pending invitation or a member before the address
	ExternalID *string
}

// Invite invites people by email and returns one outcome for each distinct address, in the order of
// the input (INV-1, INV-2). Errors: FORBIDDEN without MEMBERS_INVITE anywhere in the workspace;
// BAD_USER_INPUT; NOT_FOUND for a place of the grant that the caller does not see.
func (s *Service) Invite(ctx context.Context, by *access.Caller,
	in InviteInput) (_ []*Outcome, err error) {
	defer fault.Annotate(&err, "invite users")

	b, err := s.PrepareInvite(ctx, by, in)
	if err != nil {
		return nil, err
	}
	// A dry run runs the same batch in a transaction that it rolls back (AHD-1).
	return b.runBatch(ctx)
}

// PrepareInvite checks what needs no transaction: the caller's right to invite anywhere in the
// workspace, and the form of the input. It returns the batch to run in the transaction: an
// instructor who invites into their session registers people for it. Errors: those of Invite.
func (s *Service) PrepareInvite(ctx context.Context, by *access.Caller,
	in InviteInput) (_ *InviteBatch, err error) {
	defer fault.Annotate(&err, "prepare invitations")

	// Which places the caller may invite into is decided in the transaction, with the grant. Here a
	// caller who may invite nowhere is stopped before anything is parsed or locked.
	m, err := by.RequireMembership(in.WorkspaceID)
	if err != nil {
		return nil, err
	}
	if r := in.toRegistration(m); r != nil {
		return s.authorizeTeaching(ctx, by, in, r)
	}
	if !m.CanAnywhere(access.MembersInvite) {
		return nil, fault.Denied()
	}

	b := &InviteBatch{Service: s, By: by, Grantor: m, EntryPoint: admission.EntryPointInvite,
		In: in, operation: (*InviteBatch).inviteRecipients}
	// The transaction returns these faults together with those of the grant.
	b.requested, err = in.parseRecipients()
	b.inputFaults.Add(err)
	b.Message, err = inputs.ParseText("message", in.Message, inputs.MaxMessage)
	b.inputFaults.Add(err)
	return b, nil
}

// toRegistration returns the registration that an invitation by an instructor amounts to: into one
// session that they may invite into because they teach it, and one group, as learners. It is nil for
// any other input, and for a caller who may invite there anyway.
//
// One rule decides for both operations (see Authority in docs/rules.md): otherwise an instructor
// could do by one what the other refuses.
func (in *InviteInput) toRegistration(m *access.Membership) *RegisterInput {
	g := in.Grant
	if g == nil || len(g.SessionIDs) != 1 || len(g.GroupIDs) > 1 ||
		!mayInviteIntoSession(m, g.SessionIDs[0]) || m.Throughout(access.MembersInvite) {
		return nil
	}
	// A registration gives none of these.
	learner := len(g.Roles) == 0 || len(g.Roles) == 1 && g.Roles[0] == access.Learner
	if !learner || g.OrgUnitID != nil || g.AdditionalInfo != nil ||
		len(g.ProgramIDs)+len(g.Labels)+len(g.CustomFields) > 0 {
		return nil
	}
	r := &RegisterInput{SessionID: g.SessionIDs[0], Emails: in.Emails, Text: in.Text,
		People: in.People, Message: in.Message, Locale: g.Locale,
		AccessExpiresAt: g.AccessExpiresAt}
	if len(g.GroupIDs) == 1 {
		r.GroupID = &g.GroupIDs[0]
	}
	return r
}

// inviteRecipients is the transaction of Invite.
func (b *InviteBatch) inviteRecipients(ctx context.Context) ([]*Outcome, error) {
	// The grant comes before the locks: a request that asks for too much makes nobody wait.
	grant, err := admission.ResolveGrant(ctx, b.Tx.Client, access.MembersInvite, b.Grantor,
		b.Workspace, b.In.Grant, b.Now)
	b.inputFaults.Add(err)
	if err := b.inputFaults.Err(); err != nil {
		return nil, err
	}
	if err := b.lockRecipients(ctx, grant); err != nil {
		return nil, err
	}

	outcomes, err := b.decideOutcomes(ctx)
	if err != nil {
		return nil, err
	}
	return outcomes, b.WriteAll(ctx)
}

// OutcomeStatus is the result for one address or member. The words are part of the public contract.
type OutcomeStatus string

// The outcomes.
const (
	Invited        OutcomeStatus = "INVITED"
	Updated        OutcomeStatus = "UPDATED"
	Added          OutcomeStatus = "ADDED"
	InvitedInstead OutcomeStatus = "INVITED_INSTEAD"
	AlreadyMember  OutcomeStatus = "ALREADY_MEMBER"
	Deactivated    OutcomeStatus = "DEACTIVATED"
	InvalidAddress OutcomeStatus = "INVALID_ADDRESS"
	NotAllowed     OutcomeStatus = "NOT_ALLOWED"
	Conflict       OutcomeStatus = "CONFLICT"
	Suppressed     OutcomeStatus = "SUPPRESSED"
)

// Created is the result of a dry run for an account that would be created. No entry point that
// takes many people answers it.
const Created OutcomeStatus = "CREATED"

// Warning is something that an inviter should know about an address that was invited nevertheless.
type Warning string

// The warnings.
const (
	// the address has an account in another workspace of the organization (INV-3)
	AccountExistsElsewhere Warning = "ACCOUNT_EXISTS_ELSEWHERE"
	OrgUnitReplaced        Warning = "ORG_UNIT_REPLACED"
	AdministratorRoleAdded Warning = "ADMINISTRATOR_ROLE_ADDED"
	PartsIgnored           Warning = "PARTS_IGNORED"
	AddressKept            Warning = "ADDRESS_KEPT"
	NoCurrentSession       Warning = "NO_CURRENT_SESSION"
	PasswordNotSent        Warning = "PASSWORD_NOT_SENT"
	// Hints about an address that is probably not what the inviter means.
	SamePerson Warning = "SAME_PERSON"
	DomainTypo Warning = "DOMAIN_TYPO"
	LookAlike  Warning = "LOOK_ALIKE"
	SameName   Warning = "SAME_NAME"
)

// Outcome is the result for one address or member.
type Outcome struct {
	Input      string  // the entry as given, trimmed; of a member without an address, the username
	Email      *string // the clean address; nil where there is none
	Status     OutcomeStatus
	Invitation *ent.Invitation
	merged     bool // Invitation was pending before the request
	Member     *ent.Member
	Warnings   []Warning
	// SuggestedEmail is the address that is probably meant, with the warning DomainTypo.
	SuggestedEmail *string
	Changes        []string // the parts of a pending invitation's grant that changed
	Sentence       i18n.Message
	Fault          *fault.Error // why nothing was done; nil where it was
}

func (o *Outcome) setStatus(s OutcomeStatus, m i18n.Message) { o.Status, o.Sentence = s, m }

// refuse sets a status that stands for a fault.
func (o *Outcome) refuse(s OutcomeStatus, f *fault.Error) {
	o.setStatus(s, f.Message)
	o.Fault = f
}

func newMessage(key string) i18n.Message { return i18n.Message{Key: key} }

// MaxInvited is the number of addresses that one request accepts (INV-1).
const MaxInvited = 500

// Recipient is one distinct address of a request, or the text that stood where an address should.
type Recipient struct {
	address.Address
	Raw         string
	First, Last string
	Locale      string       // of their own; empty follows the grant
	ExternalID  string       // the id in another system
	field       string       // where the external id stands in the input
	member      *ent.Member  // set for a member whom the request names
	Grant       schema.Grant // what they get
	err         *fault.Error
}

// recipientList collects distinct recipients in the order of the input.
type recipientList struct {
	all  []*Recipient
	seen map[string]bool
	// the external ids of the request, each with the address key that it stands beside
	externalIDs map[string]string
}

// requireNewExternalID refuses an external id that stands beside another address already.
func (l *recipientList) requireNewExternalID(r *Recipient) error {
	if r.ExternalID == "" {
		return nil
	}
	if key, twice := l.externalIDs[r.ExternalID]; twice && key != r.Key {
		return fault.Input(r.field, "invite.external_id_twice",
			i18n.Args{"ExternalID": r.ExternalID})
	}
	l.externalIDs[r.ExternalID] = r.Key
	return nil
}

// add appends a recipient of a field, unless the same address or text is there already.
func (l *recipientList) add(field string, r *Recipient) {
	key := r.Key
	if r.err != nil {
		// An invalid entry has no address key. The mark keeps its text apart from the keys of valid
		// ones.
		key = "?" + r.Raw
		// A copy: the fault itself belongs to the parser.
		at := *r.err
		at.Field = field
		r.err = &at
	}
	if !l.seen[key] {
		l.seen[key] = true
		l.all = append(l.all, r)
	}
}

// parseRecipients parses the addresses of a request, from all its fields, each once and in order.
// An invalid address stays in the list with its fault. BAD_USER_INPUT for an empty list and for
// more than MaxInvited addresses.
func (in *InviteInput) parseRecipients() ([]*Recipient, error) {
	l := &recipientList{seen: map[string]bool{}, externalIDs: map[string]string{}}
	for i, raw := range in.Emails {
		for _, r := range parseEntry(raw) {
			l.add(fmt.Sprintf("emails.%d", i), r)
		}
	}
	if in.Text != nil {
		// The whole text is one field, so its entries share a field without a number.
		for _, r := range parseText(*in.Text) {
			if r.err != nil && r.err.Field == "text" {
				return nil, r.err // the whole text is too long
			}
			l.add("text", r)
		}
	}
	var faults fault.Collector
	for i, invitee := range in.People {
		// A bad name refuses the request: unlike an address it comes from a form, not from a pasted
		// list, and an invitation with half a name would go out.
		r, err := invitee.parseInvitee(fmt.Sprintf("people.%d", i))
		faults.Add(err)
		faults.Add(l.requireNewExternalID(r))
		l.add(fmt.Sprintf("people.%d.email", i), r)
	}
	switch {
	case faults.HasFaults():
		return nil, faults.Err()
	case len(l.all) == 0:
		return nil, fault.Input("emails", "invite.nobody")
	// Counted after duplicates are gone: a list with every address twice is fine.
	case len(l.all) > MaxInvited:
		return nil, fault.Input("emails", "invite.too_many",
			i18n.Args{"Max": MaxInvited, "Given": len(l.all)})
	}
	return l.all, nil
}

// namesAddresses tells whether a request names anybody by address.
func (in *InviteInput) namesAddresses() bool {
	return len(in.Emails) > 0 || inputs.ValueOrEmpty(in.Text) != "" || len(in.People) > 0
}

// parseEntry parses one entry of a list. An entry that holds several addresses, such as a pasted
// line, is taken apart as pasted text is.
func parseEntry(raw string) []*Recipient {
	r := parseRecipient(raw)
	// With one @ the entry is a single mistyped address, and its fault says more than the faults of
	// its pieces.
	if r.err == nil || strings.Count(raw, "@") < 2 {
		return []*Recipient{r}
	}
	parts, valid := parseText(raw), 0
	for _, part := range parts {
		if part.err == nil {
			valid++
		}
	}
	// One valid address among the pieces is rather part of a broken entry than somebody to invite.
	if valid < 2 {
		return []*Recipient{r}
	}
	return parts
}

// parseText parses pasted text.
func parseText(text string) []*Recipient {
	var all []*Recipient
	for _, e := range address.ParseList(text) {
		r := &Recipient{Address: e.Address, Raw: e.Raw}
		if e.Err != nil {
			r.err, _ = fault.Of(e.Err)
		}
		// A name typed in front of the address, as mail programs paste it, becomes the invitee's.
		r.First, r.Last = personNameOf(e.Address)
		all = append(all, r)
	}
	return all
}

// parseInvitee parses an address with a name. A typed name replaces one that stands with the
// address. field is where the invitee stands in the input.
func (i *Invitee) parseInvitee(field string) (*Recipient, error) {
	r := parseRecipient(i.Email)
	var faults fault.Collector
	for _, part := range []struct {
		name string
		from *string
		to   *string
	}{{"firstName", i.FirstName, &r.First}, {"lastName", i.LastName, &r.Last}} {
		typed, err := inputs.ParsePersonName(field+"."+part.name, part.from)
		faults.Add(err)
		if typed != "" {
			*part.to = typed
		}
	}
	external, err := inputs.ParseExternalID(i.ExternalID)
	r.ExternalID, r.field = inputs.ValueOrEmpty(external), field+".externalId"
	faults.Add(fault.At(err, r.field))
	return r, faults.Err()
}

// parseRecipient parses one address. The fault of an invalid one is kept in the recipient.
func parseRecipient(raw string) *Recipient {
	r := &Recipient{Raw: strings.TrimSpace(raw)}
	a, err := address.Parse(raw)
	r.Address = a
	if err != nil {
		r.err, _ = fault.Of(err)
	}
	r.First, r.Last = personNameOf(a)
	return r
}

// personNameOf returns the name that was pasted with an address, if it is the name of a person; see
// address.SplitPersonName.
func personNameOf(a address.Address) (first, last string) { return address.SplitPersonName(a.Name) }

// HideOutcomes removes from the outcomes the invitations and members that the caller may not see.
//
// Security: outcomes hold rows that the transaction read without the caller's visibility.
func (s *Service) HideOutcomes(ctx context.Context, by *access.Caller,
	outcomes []*Outcome) (err error) {
	defer fault.Annotate(&err, "hide outcomes")

	if err := s.hideInvitations(ctx, by, outcomes); err != nil {
		return err
	}
	return s.hideMembers(ctx, by, outcomes)
}

// hideInvitations removes from the outcomes the invitations that were pending before the request and
// that the caller may not see. A caller always sees an invitation that they have just made.
func (s *Service) hideInvitations(ctx context.Context, by *access.Caller,
	outcomes []*Outcome) error {
	var ids []ident.ID
	for _, o := range outcomes {
		// Not by status: a member may be invited instead, by merging into a pending invitation.
		if o.Invitation != nil && o.merged {
			ids = append(ids, o.Invitation.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	// Read as the caller, outside the transaction: the tenant filter knows what each caller sees.
	seen, err := s.Store.Invitation.Query().Where(invitation.IDIn(ids...)).
		IDs(store.AsCaller(ctx, by))
	for _, o := range outcomes {
		if o.Invitation != nil && o.merged && !slices.Contains(seen, o.Invitation.ID) {
			o.Invitation = nil
		}
	}
	return err
}

// hideMembers removes from the outcomes the members whom the caller may not see. The status still
// tells that the address belongs to a member.
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
	// The rows that the caller sees also replace those of the transaction, which read without the
	// filter of the caller.
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

// Lifetime is how long an invitation is valid: its end, and the number of days that a resend gives
// it again. The zero Lifetime has no end.
type Lifetime struct {
	end  *time.Time
	days int
}

// ChooseLifetime returns the lifetime that the inviter chose, or the default of the workspace.
// BAD_USER_INPUT for an end in the past and for an end together with none.
func ChooseLifetime(w *ent.Workspace, at *time.Time, never *bool, now time.Time) (Lifetime, error) {
	switch {
	case never != nil && *never && at != nil:
		return Lifetime{}, fault.Input("neverExpires", "invite.expiry_twice")
	case never != nil && *never:
		return Lifetime{}, nil
	case at != nil:
		// A date without a time means the end of that day where the workspace is.
		end := scalar.EndIn(*at, i18n.LoadZone(w.TimeZone))
		if !end.After(now) {
			return Lifetime{}, fault.Input("expiresAt", "invite.expiry_past",
				i18n.Args{"Date": end.Format(time.DateOnly)})
		}
		return LifetimeUntil(end, now), nil
	}
	return LifetimeOfDays(w.Settings.InvitationDays, now), nil
}

// LifetimeUntil returns the lifetime of an invitation that is made now and ends at a moment. A resend
// gives it as many days again.
func LifetimeUntil(end, now time.Time) Lifetime {
	const day = 24 * time.Hour
	// Begun days count: an end in three days is always a little less than three days away.
	return Lifetime{end: &end, days: int((end.Sub(now) + day - 1) / day)}
}

// End returns when the invitation ends; nil for never.
func (l Lifetime) End() *time.Time { return l.end }

// LifetimeOfDays returns a lifetime of whole days; 0 means no end.
func LifetimeOfDays(days int, now time.Time) Lifetime {
	if days == 0 {
		return Lifetime{}
	}
	end := now.AddDate(0, 0, days)
	return Lifetime{end: &end, days: days}
}
