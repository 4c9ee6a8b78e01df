package invitation

import (
	"context"
	"strings"
	"time"

	"usher/ent"
	"usher/ent/member"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/address"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/store"
)

// AddInput is the input of AddToGroup. The members and the addresses get the roles in the group.
type AddInput struct {
	GroupID   ident.ID
	MemberIDs []ident.ID
	Emails    []string
	Text      *string
	People    []*Invitee
	Roles     []string // learner when empty
	Message   *string

	Locale          *string
	RedirectURL     *string
	AccessExpiresAt *time.Time // of the invitees
}

// AddToGroup adds members to a group immediately and invites the other addresses (INV-16). It
// returns one outcome for each person, members first.
func (s *Service) AddToGroup(ctx context.Context, by *access.Caller,
	in AddInput) (_ []*Outcome, err error) {
	defer fault.Annotate(&err, "add to group")

	b, err := s.PrepareAddToGroup(ctx, by, in)
	if err != nil {
		return nil, err
	}
	return b.runBatch(ctx)
}

// addRecipientsToGroup is the transaction of AddToGroup.
func (b *InviteBatch) addRecipientsToGroup(ctx context.Context) ([]*Outcome, error) {
	grant, err := b.resolveFlatGrant(ctx, b.Workspace)
	if err != nil {
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
	return outcomes, b.WriteAll(ctx)
}

// resolveFlatGrant resolves the grant of an input that has the parts of the grant among its own
// fields. A fault names the field of the input, and all faults of the input are returned, so that a
// form can mark all of its fields. w holds the settings that apply.
func (b *InviteBatch) resolveFlatGrant(ctx context.Context,
	w *ent.Workspace) (schema.Grant, error) {
	g, err := admission.ResolveGrant(ctx, b.Tx.Client, access.MembersInvite, b.Grantor, w,
		b.In.Grant, b.Now)
	if !b.nestedGrant {
		err = renameFaults(err)
	}
	b.inputFaults.Add(err)
	return g, b.inputFaults.Err()
}

// renameFaults gives the faults of a grant the fields of the flat input that they come from.
func renameFaults(err error) error {
	f, ok := fault.Of(err)
	if !ok || f.Field == "" {
		return err
	}
	var renamed fault.Collector
	for _, v := range f.Violations() {
		renamed.Add(fault.At(v, flatField(v.Field)))
	}
	return renamed.Err()
}

// flatField returns the field of addToGroup and registerForSession that a field of a grant comes
// from: each of them names one group and one session.
func flatField(field string) string {
	field = strings.TrimPrefix(field, "grant.")
	switch list, _, _ := strings.Cut(field, "."); list {
	case "groupIds":
		return "groupId"
	case "sessionIds":
		return "sessionId"
	}
	return field
}

// PrepareAddToGroup checks what needs no transaction: the caller's right to invite into the group,
// and the form of the input. Errors: those of AddToGroup.
func (s *Service) PrepareAddToGroup(ctx context.Context, by *access.Caller,
	in AddInput) (_ *InviteBatch, err error) {
	defer fault.Annotate(&err, "prepare additions to a group")

	if err := by.RequireAuthenticated(); err != nil {
		return nil, err
	}
	// Security: read as the caller. A group that they do not see answers like one that does not
	// exist.
	g, err := s.Store.Group.Get(store.AsCaller(ctx, by), in.GroupID)
	if ent.IsNotFound(err) {
		return nil, admission.NotFoundAt("groupId", "grant.no_group", "")
	}
	if err != nil {
		return nil, err
	}
	m := by.In(g.WorkspaceID)
	if !m.Can(access.MembersInvite, access.Group(g.ID)) {
		return nil, fault.New(fault.Forbidden, "grant.beyond_place", i18n.Args{"Place": g.Name})
	}
	n := namedPeople{grantor: m, entryPoint: admission.EntryPointGroup, members: in.MemberIDs,
		operation: (*InviteBatch).addRecipientsToGroup,
		input: InviteInput{WorkspaceID: g.WorkspaceID, Emails: in.Emails, Text: in.Text,
			People: in.People, Message: in.Message, Grant: &admission.GrantInput{
				GroupIDs: []ident.ID{g.ID}, Roles: in.Roles, Locale: in.Locale,
				RedirectURL: in.RedirectURL, AccessExpiresAt: in.AccessExpiresAt}}}
	b, err := s.newNamedBatch(ctx, by, n)
	if err == nil && len(in.MemberIDs) == 0 && !n.input.namesAddresses() {
		b.inputFaults.Add(fault.Input("emails", "invite.nobody"))
	}
	return b, err
}

// namedPeople is the members and addresses that a request names, and what they get.
type namedPeople struct {
	grantor    *access.Membership
	entryPoint string
	members    []ident.ID
	operation  batchOperation
	input      InviteInput // the addresses, and what everyone gets
}

// newNamedBatch makes a batch of members and addresses. resolveFlatGrant returns the faults of the
// input, among them NOT_FOUND for members whom the caller does not see.
func (s *Service) newNamedBatch(ctx context.Context, by *access.Caller,
	n namedPeople) (*InviteBatch, error) {
	b := &InviteBatch{Service: s, By: by, Grantor: n.grantor, EntryPoint: n.entryPoint,
		namedMembers: inputs.Distinct(n.members), In: n.input, operation: n.operation}
	var err error
	if n.input.namesAddresses() {
		b.requested, err = b.In.parseRecipients()
		b.inputFaults.Add(err)
	}
	b.Message, err = inputs.ParseText("message", n.input.Message, inputs.MaxMessage)
	b.inputFaults.Add(err)
	if len(b.namedMembers) > MaxInvited {
		b.inputFaults.Add(fault.Input("memberIds", "invite.too_many",
			i18n.Args{"Max": MaxInvited, "Given": len(b.namedMembers)}))
		return b, nil // too many to read
	}
	// Read before the transaction as the caller, because inside it the batch reads all members.
	seen, err := s.Store.Member.Query().Where(member.IDIn(b.namedMembers...),
		member.WorkspaceID(n.input.WorkspaceID)).IDs(store.AsCaller(ctx, by))
	if err == nil {
		b.inputFaults.Add(inputs.RequireAll("memberIds", "member.no_member", n.members, seen))
	}
	return b, err
}

// loadMembers puts the named members before the addresses. An address of one of them is dropped:
// the member stands for it.
func (b *InviteBatch) loadMembers(ctx context.Context) error {
	if len(b.memberIDs) == 0 {
		return nil
	}
	rows, err := b.Tx.Member.Query().Where(member.IDIn(b.memberIDs...)).WithUser().All(ctx)
	if err != nil {
		return err
	}
	byID := map[ident.ID]*ent.Member{}
	for _, m := range rows {
		byID[m.ID] = m
	}
	named := map[string]bool{}
	var people []*Recipient
	for _, id := range b.memberIDs {
		m := byID[id]
		if m == nil {
			// The whole request is refused: ids come from a list that the client has read, not from
			// typing.
			return admission.NotFoundAt("memberIds", "member.no_member", "")
		}
		u := m.Edges.User
		r := &Recipient{member: m, Raw: inputs.ValueOrEmpty(u.Username)}
		if u.EmailKey != nil {
			r.Address, r.Raw = address.Address{Display: *u.Email, Key: *u.EmailKey}, *u.Email
			named[r.Key] = true
		}
		people = append(people, r)
	}
	for _, r := range b.Recipients {
		// An outcome for the address as well would show one person twice.
		if !named[r.Key] {
			people = append(people, r)
		}
	}
	b.Recipients = people
	return nil
}
