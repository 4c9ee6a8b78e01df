package provisioning

import (
	"context"
	"time"

	"usher/ent"
	entinvitation "usher/ent/invitation"
	"usher/ent/member"
	"usher/ent/predicate"
	"usher/ent/schema"
	"usher/ent/user"
	"usher/ent/workspace"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/mail"
	"usher/internal/searchtext"
	"usher/internal/store"
)

// AccountCreation makes accounts in a transaction, for one person or for many rows of an import.
type AccountCreation struct {
	*Service
	Tx         *store.Tx
	By         *access.Caller
	Workspace  *ent.Workspace
	Grantor    *access.Membership
	EntryPoint admission.EntryPoint
	Now        time.Time
	ImportID   *ident.ID
}

// CreateOne creates one person, or sets the fault that tells why not.
func (d *AccountCreation) CreateOne(ctx context.Context, p *NewPerson) (*Creation, error) {
	u, err := d.findAccount(ctx, p)
	if err != nil {
		return nil, err
	}
	if err := d.requireFreeExternalID(ctx, p, u); err != nil {
		return nil, err
	}
	c := &Creation{Status: Created, Warnings: []invitation.Warning{}}
	// Asked in any case, because both branches below need it.
	pending, beyond, err := d.findPending(ctx, p)
	if err != nil {
		return nil, err
	}
	a := d.newAdmission(p)
	switch {
	// The invitation stays, and gets what this caller gives as a part of its own.
	case u == nil && beyond:
		return c, d.inviteInstead(ctx, c, p)
	case u == nil:
		if a.User, err = d.createAccount(ctx, p); err != nil {
			return nil, err
		}
		c.Warnings = append(c.Warnings, d.chooseGreeting(a, p)...)
	default:
		a.User = u
		members, err := d.Tx.Member.Query().Where(member.UserID(u.ID),
			member.HasWorkspaceWith(workspace.OrganizationID(d.Workspace.OrganizationID))).
			All(store.AsSystem(ctx,
				"an account may have a member in another workspace of the same organization"))
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			// Nothing is changed for a member. Their row tells the caller what there is (CRE-3).
			if m.WorkspaceID == d.Workspace.ID {
				c.Member, c.Status = m, AlreadyMember
				if m.Status == member.StatusDeactivated {
					c.Status = Deactivated
				}
				return c, nil
			}
		}
		unverified, err := account.HasUnverifiedAddress(ctx, d.Tx.Client, u)
		if err != nil {
			return nil, err
		}
		// Security: the maker of an unverified account may know its password, so the account does
		// not get another workspace (AUT-6).
		// An account of the same organization may be used as it is. Any other person is asked first
		// (CRE-3).
		if len(members) == 0 || unverified || beyond {
			return c, d.inviteInstead(ctx, c, p)
		}
		c.Warnings = append(c.Warnings, invitation.AccountExistsElsewhere)
		a.EntryPoint.NoGreeting = p.NoWelcome
	}
	if c.Member, err = a.Admit(ctx); err != nil {
		return nil, err
	}
	// An admission drops an id that another request has taken since it was asked for above.
	if p.ExternalID != "" && inputs.ValueOrEmpty(c.Member.ExternalID) != p.ExternalID {
		return nil, externalIDTaken()
	}
	return c, d.settlePending(ctx, p, pending, c.Member)
}

// newAdmission returns the admission of a person, without their account.
func (d *AccountCreation) newAdmission(p *NewPerson) *admission.Admission {
	a := &admission.Admission{Service: d.Service.Admission, Tx: d.Tx, Workspace: d.Workspace,
		Grant: p.Grant, Grantor: d.Grantor, EntryPoint: d.EntryPoint, Now: d.Now}
	a.EntryPoint.EmailDueAt = p.EmailDueAt
	return a
}

// chooseGreeting sets the email that greets the owner of a new account, and returns what the
// creator is warned of.
func (d *AccountCreation) chooseGreeting(a *admission.Admission,
	p *NewPerson) []invitation.Warning {
	// Credentials are no greeting: without them the account cannot be used.
	a.EntryPoint.NoGreeting = p.NoWelcome && !p.SendsCredentials
	switch {
	case p.SendsCredentials:
		a.EntryPoint.GreetingEmail = mail.Credentials
		return d.warnUnlessSent()
	case p.SendsSignIn:
		a.EntryPoint.GreetingNote = admission.SignInNote
		return []invitation.Warning{invitation.PasswordNotSent}
	}
	return nil
}

// findAccount finds the account of a person, by address first. A username is unique in its
// organization only.
func (d *AccountCreation) findAccount(ctx context.Context, p *NewPerson) (*ent.User, error) {
	system := store.AsSystem(ctx,
		"an address may have an account in any workspace, a username in any of the organization")
	if p.Key != "" {
		// The address wins over the username: it says who the person is, and a username only how
		// they sign in.
		u, err := d.Tx.User.Query().Where(user.EmailKey(p.Key)).Only(system)
		if !ent.IsNotFound(err) {
			return u, err
		}
	}
	if p.UsernameKey == "" {
		return nil, nil
	}
	taken, err := d.Tx.User.Query().Where(user.UsernameKey(p.UsernameKey),
		user.UsernameOrganizationID(d.Workspace.OrganizationID)).Exist(system)
	if err == nil && taken {
		f := fault.New(fault.Conflict, "create.username_taken", i18n.Args{"Username": p.Username})
		f.Field = "username"
		return nil, f
	}
	return nil, err
}

// requireFreeExternalID refuses an external id that another person of the workspace has, with
// CONFLICT. u is the account of the person; nil for a new one.
func (d *AccountCreation) requireFreeExternalID(ctx context.Context, p *NewPerson,
	u *ent.User) error {
	if p.ExternalID == "" {
		return nil
	}
	others := d.Tx.Member.Query().Where(member.ExternalID(p.ExternalID))
	if u != nil {
		others.Where(member.UserIDNEQ(u.ID))
	}
	// The unique index would refuse it, too, but only after everything else had been written.
	taken, err := others.Exist(ctx)
	if err != nil || !taken {
		return err
	}
	return externalIDTaken()
}

// externalIDTaken returns CONFLICT at externalId.
func externalIDTaken() error {
	return fault.At(fault.New(fault.Conflict, "input.external_id_taken"), "externalId")
}

// createAccount makes a new account with an unverified address. The first verification ends the
// password that was set here (AUT-4).
func (d *AccountCreation) createAccount(ctx context.Context, p *NewPerson) (*ent.User, error) {
	// Refused, since nobody could sign in to such an account.
	if d.EntryPoint.Name == admission.EntryPointCreate && p.Key != "" && p.Password == "" &&
		!p.SendsCredentials {
		return nil, fault.Input("password", "create.no_way_in")
	}
	return d.newAccount(p).
		Save(store.AsSystem(ctx, "an account is the person's, not the workspace's"))
}

// newAccount returns the INSERT of a new account.
func (d *AccountCreation) newAccount(p *NewPerson) *ent.UserCreate {
	create := d.Tx.User.Create().SetFirstName(p.First).SetLastName(p.Last).
		SetNillableLocale(inputs.NilIfEmpty(p.Grant.Locale)).
		SetNillablePasswordHash(inputs.NilIfEmpty(p.PasswordHash)).
		SetMustChangePassword(p.SendsCredentials)
	if p.Locale != "" {
		create.SetLocale(p.Locale)
	}
	if p.Key != "" {
		create.SetEmail(p.Display).SetEmailKey(p.Key)
	}
	if p.UsernameKey != "" {
		create.SetUsername(p.Username).SetUsernameKey(p.UsernameKey).
			SetUsernameOrganizationID(d.Workspace.OrganizationID)
	}
	return create
}

// inviteInstead invites a person who must agree before they become a member: CreateOne tells when.
// It sets the status and the invitation of the creation.
func (d *AccountCreation) inviteInstead(ctx context.Context, c *Creation, p *NewPerson) error {
	b := invitation.InviteBatch{
		Service: d.Invitations, Tx: d.Tx, By: d.By, Grantor: d.Grantor,
		EntryPoint: d.EntryPoint.Name, Workspace: d.Workspace, Now: d.Now, ImportID: d.ImportID,
		In: invitation.InviteInput{WorkspaceID: d.Workspace.ID},
	}
	out, err := b.InvitePerson(ctx, &invitation.Recipient{Address: p.Address, Raw: p.Display,
		First: p.First, Last: p.Last, Grant: p.Grant, ExternalID: p.ExternalID})
	if err != nil {
		return err
	}
	if out.Fault != nil {
		return out.Fault
	}
	c.Status, c.Invitation, c.outcome = InvitedInstead, out.Invitation, out
	return nil
}

// findPending returns the open invitation of a person in the workspace, nil without one, and whether
// it gives more than the creator could. FORBIDDEN at externalId if such an invitation would have to
// move to the person's address.
//
// Security: making an account for its address would end an invitation that gives more.
func (d *AccountCreation) findPending(ctx context.Context,
	p *NewPerson) (inv *ent.Invitation, beyond bool, err error) {
	if inv, err = d.readPending(ctx, p); inv == nil || err != nil {
		return nil, false, err
	}
	covered, err := admission.CoversGrant(ctx, d.Tx.Client, d.By.In(d.Workspace.ID), inv.Grant)
	// An invitation of another mailbox cannot be accepted here instead.
	if err == nil && !covered && p.Key != "" && p.Key != inv.EmailKey {
		err = fault.At(fault.New(fault.Forbidden, "invite.not_whole"), "externalId")
	}
	return inv, !covered, err
}

// readPending returns the open invitation of a person, by their external id or their address.
// CONFLICT at externalId if the two belong to two people, and if the invitation of the address has
// another external id (PAR-4).
func (d *AccountCreation) readPending(ctx context.Context,
	p *NewPerson) (*ent.Invitation, error) {
	var known []predicate.Invitation
	if p.Key != "" {
		known = append(known, entinvitation.EmailKey(p.Key))
	}
	if p.ExternalID != "" {
		known = append(known, entinvitation.ExternalID(p.ExternalID))
	}
	// A person with a username alone cannot have been invited.
	if len(known) == 0 {
		return nil, nil
	}
	all, err := d.Tx.Invitation.Query().Where(entinvitation.Or(known...), invitation.IsOpen(d.Now)).
		All(ctx)
	switch {
	case err != nil || len(all) == 0:
		return nil, err
	case len(all) > 1:
		return nil, conflictOf(p, "invite.external_id_of_other")
	case p.ExternalID != "" && all[0].ExternalID != nil && *all[0].ExternalID != p.ExternalID:
		return nil, conflictOf(p, "invite.other_external_id")
	}
	return all[0], nil
}

// conflictOf returns CONFLICT at externalId, with the external id and the address of a person.
func conflictOf(p *NewPerson, key string) error {
	return fault.At(fault.New(fault.Conflict, key,
		i18n.Args{"ExternalID": p.ExternalID, "Email": p.Display}), "externalId")
}

// settlePending closes the pending invitation of a person who has just become a member. One that
// the external id found at another address moves to the person's address first, so that nobody can
// use its former link.
func (d *AccountCreation) settlePending(ctx context.Context, p *NewPerson, inv *ent.Invitation,
	m *ent.Member) error {
	if inv == nil {
		return nil
	}
	// Settled and not cancelled: its link then leads to sign-in, like that of an accepted one.
	update := d.Tx.Invitation.Update().
		Where(entinvitation.ID(inv.ID), entinvitation.StatusEQ(entinvitation.StatusPending)).
		SetStatus(entinvitation.StatusActive).SetAcceptedAt(d.Now).SetMemberID(m.ID)
	events := []audit.Event{{WorkspaceID: d.Workspace.ID, Action: audit.InvitationSettled,
		EntryPoint: d.EntryPoint.Name, By: d.By, SubjectID: inv.ID, MemberID: m.ID}}
	if p.Key != "" && p.Key != inv.EmailKey {
		update.SetEmail(p.Display).SetEmailKey(p.Key).AddLinkVersion(1).
			SetSearchText(searchtext.Text(p.Display, inputs.ValueOrEmpty(inv.FirstName),
				inputs.ValueOrEmpty(inv.LastName)))
		moved := events[0]
		moved.Action, moved.MemberID = audit.InvitationReaddress, ident.ID{}
		moved.Details = []schema.Detail{{Name: "email", Before: inv.Email, After: p.Display}}
		events = []audit.Event{moved, events[0]}
	}
	n, err := update.Save(ctx)
	if err != nil {
		return err
	}
	// The lock of the new address does not hold the former one: its invitee may have accepted.
	if n == 0 {
		return store.ErrOvertaken
	}
	return audit.Record(ctx, d.Tx, d.Now, events...)
}

// addHints adds the hints to the creation of one person.
func (d *AccountCreation) addHints(ctx context.Context, c *Creation, who *NewPerson) error {
	// A member who was there before needs no hint.
	if c.Status != Created && c.Status != InvitedInstead {
		return nil
	}
	created := ident.ID{}
	if c.Member != nil {
		created = c.Member.ID
	}
	b := invitation.InviteBatch{Tx: d.Tx, By: d.By, Workspace: d.Workspace}
	hints, suggested, err := b.HintsFor(ctx, &invitation.Recipient{Address: who.Address,
		First: who.First, Last: who.Last}, created)
	c.Warnings, c.SuggestedEmail = append(c.Warnings, hints...), suggested
	return err
}

// warnUnlessSent returns a warning if the credentials of an account cannot be emailed: without a
// mail server the account exists and its password reaches nobody.
func (d *AccountCreation) warnUnlessSent() []invitation.Warning {
	if d.EntryPoint.Name != admission.EntryPointCreate || d.Outbox.Sends() {
		return nil
	}
	return []invitation.Warning{invitation.PasswordNotSent}
}
