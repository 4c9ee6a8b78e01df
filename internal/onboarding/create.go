package onboarding

import (
	"context"
	"strconv"
	"time"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/invitation"
	"usher/ent/member"
	"usher/ent/schema"
	"usher/ent/user"
	"usher/ent/workspace"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/address"
	"usher/internal/audit"
	"usher/internal/courier"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/mail"
	"usher/internal/password"
	"usher/internal/secret"
	"usher/internal/store"
	"usher/internal/throttle"
)

// CreateInput is a person for whom an account is made.
type CreateInput struct {
	WorkspaceID     ident.ID
	FirstName       string
	LastName        string
	Email           *string
	Username        *string
	Password        *string
	SendCredentials *bool
	Grant           *GrantInput
}

// CreateStatus is what became of a person to create. The words are the public contract.
type CreateStatus string

// What can become of one.
const (
	CreateCreated        CreateStatus = "CREATED"
	CreateAlreadyMember  CreateStatus = "ALREADY_MEMBER"
	CreateDeactivated    CreateStatus = "DEACTIVATED"
	CreateInvitedInstead CreateStatus = "INVITED_INSTEAD"
)

// Creation is what became of one person.
type Creation struct {
	Status     CreateStatus
	Member     *ent.Member
	Invitation *ent.Invitation
	Warnings   []Warning
}

// Create makes an account and its place in the workspace, active and billed at once (CRE-1). Nobody's account outside the
// organization is taken into a place without their consent: they are invited instead (CRE-3).
func (s *Service) Create(ctx context.Context, by *access.Caller, in CreateInput) (*Creation, error) {
	who, err := s.creatable(ctx, by, in)
	if err != nil {
		return nil, err
	}
	if who.Key != "" {
		// Security: INVITED_INSTEAD tells that the address has an account elsewhere (CRE-3). The limit is asked of every
		// address, or to be refused by it would tell the same.
		wait, err := s.Limits.Wait(ctx, s.Store.Client, throttle.AccountLook, lookupSubject(by), s.Clock())
		if err != nil {
			return nil, err
		}
		if wait > 0 {
			if err := s.noteLookupLimit(ctx, exceededLookups{by, in.WorkspaceID, "createUser"}); err != nil {
				return nil, err
			}
			return nil, throttle.Asks(wait)
		}
	}
	if who.password != "" {
		// One that an account has already is never set, and costs the same: who creates is not told by the time.
		if who.hash, err = s.Hasher.Hash(ctx, who.password); err != nil {
			return nil, err
		}
	}

	var c *Creation
	ctx = store.InWorkspace(ctx, in.WorkspaceID)
	err = s.Store.Retry(ctx, func(tx *store.Tx) error {
		if c, err = s.create(ctx, tx, by, in, who); err != nil || c.Status != CreateInvitedInstead {
			return err
		}
		_, err := s.Limits.Allow(ctx, tx, throttle.AccountLook, lookupSubject(by), s.Clock())
		return err
	})
	if err != nil {
		return nil, err
	}
	return c, s.unseen(ctx, by, c)
}

// creatable is who may, and whether it is well formed: what comes before the hash and the transaction.
func (s *Service) creatable(ctx context.Context, by *access.Caller, in CreateInput) (*newPerson, error) {
	m, err := membership(by, in.WorkspaceID)
	if err != nil {
		return nil, err
	}
	if !m.CanAnywhere(access.MembersCreate) {
		return nil, fault.New(fault.Forbidden, "fault.forbidden")
	}

	who, err := in.newPerson()
	if err != nil || who.password == "" {
		return who, err
	}
	w, err := s.Store.Workspace.Get(store.InWorkspace(ctx, in.WorkspaceID), in.WorkspaceID)
	if err != nil {
		return nil, err
	}
	return who, password.Check(who.password, who.Display, who.username, who.first, who.last, w.Name)
}

// create is the transaction.
func (s *Service) create(ctx context.Context, tx *store.Tx, by *access.Caller, in CreateInput, who *newPerson) (*Creation, error) {
	now, m := s.Clock(), by.In(in.WorkspaceID)
	w, err := tx.Workspace.Get(ctx, in.WorkspaceID)
	if err != nil {
		return nil, err
	}
	if err := lockForAdmission(ctx, tx, w, who.Key); err != nil {
		return nil, err
	}

	if who.grant, err = resolve(ctx, tx.Client, access.MembersCreate, m, w, in.Grant, now); err != nil {
		return nil, err
	}
	d := creating{
		Service: s, tx: tx, by: by, workspace: w, giver: m, now: now,
		via: via{door: doorCreate, by: by, joined: member.JoinedViaCreated, kind: assignmentsource.KindDirect},
	}
	return d.one(ctx, who)
}

// unseen leaves out a member whom the caller may not see.
func (s *Service) unseen(ctx context.Context, by *access.Caller, c *Creation) error {
	if c.Member == nil {
		return nil
	}
	o := &Outcome{Member: c.Member}
	err := s.hide(ctx, by, []*Outcome{o})
	c.Member = o.Member
	return err
}

// newPerson is somebody on their way to an account: by address, by username, or both.
type newPerson struct {
	address.Address       // zero without an address
	username, usernameKey string
	first, last, locale   string
	password, hash        string // typed; the hash is made outside of the transaction
	credentials           bool   // a generated password is mailed
	grant                 schema.Grant
}

func (in CreateInput) newPerson() (*newPerson, error) {
	p := &newPerson{credentials: in.SendCredentials != nil && *in.SendCredentials, password: value(in.Password)}
	var err error
	if p.first, err = personName("firstName", &in.FirstName); err != nil {
		return nil, err
	}
	if p.last, err = personName("lastName", &in.LastName); err != nil {
		return nil, err
	}
	switch {
	case p.first == "":
		return nil, fault.Input("firstName", "create.first_name")
	case p.last == "":
		return nil, fault.Input("lastName", "create.last_name")
	case value(in.Email) == "" && value(in.Username) == "":
		return nil, fault.Input("email", "create.nameless")
	case p.password != "" && p.credentials:
		return nil, fault.Input("sendCredentials", "create.password_twice")
	case p.credentials && value(in.Email) == "":
		return nil, fault.Input("sendCredentials", "create.no_mailbox")
	}
	if value(in.Email) != "" {
		if p.Address, err = address.Parse(*in.Email); err != nil {
			return nil, err
		}
	}
	if value(in.Username) != "" {
		if p.username, p.usernameKey, err = account.Username(*in.Username); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// creating is the door that makes accounts, in its transaction: for one person, or for many rows of an import.
type creating struct {
	*Service
	tx        *store.Tx
	by        *access.Caller
	workspace *ent.Workspace
	giver     *access.Membership
	via       via
	now       time.Time
	importID  *ident.ID
}

// one brings one person in, or says why not.
func (d *creating) one(ctx context.Context, p *newPerson) (*Creation, error) {
	u, err := d.known(ctx, p)
	if err != nil {
		return nil, err
	}
	c := &Creation{Status: CreateCreated, Warnings: []Warning{}}
	beyond, err := d.invitedToMore(ctx, p)
	if err != nil {
		return nil, err
	}
	a := admission{Service: d.Service, tx: d.tx, workspace: d.workspace, grant: p.grant, giver: d.giver, via: d.via, now: d.now}
	switch {
	case u == nil && beyond:
		c.Status = CreateInvitedInstead
		c.Invitation, err = d.invite(ctx, p)
		return c, err
	case u == nil:
		if a.user, err = d.account(ctx, p); err != nil {
			return nil, err
		}
		if p.credentials {
			a.via.letter = mail.Credentials
		}
	default:
		a.user = u
		places, err := d.tx.Member.Query().Where(member.UserID(u.ID), member.HasWorkspaceWith(workspace.OrganizationID(d.workspace.OrganizationID))).
			All(store.AsSystem(ctx, "an account may have a place in another workspace of the same organization"))
		if err != nil {
			return nil, err
		}
		for _, m := range places {
			if m.WorkspaceID == d.workspace.ID {
				c.Member, c.Status = m, CreateAlreadyMember
				if m.Status == member.StatusDeactivated {
					c.Status = CreateDeactivated
				}
				return c, nil
			}
		}
		unverified, err := isUnverified(ctx, d.tx.Client, u)
		if err != nil {
			return nil, err
		}
		// Security: whoever made an account first may know its password; it is not taken into another workspace (AUT-6).
		if len(places) == 0 || unverified || beyond {
			c.Status = CreateInvitedInstead
			c.Invitation, err = d.invite(ctx, p)
			return c, err
		}
		c.Warnings = append(c.Warnings, AccountExistsElsewhere)
	}
	if c.Member, err = a.admit(ctx); err != nil {
		return nil, err
	}
	return c, d.settle(ctx, p, c.Member)
}

// known finds the account of a person, by address first. A username is looked for in this organization alone.
func (d *creating) known(ctx context.Context, p *newPerson) (*ent.User, error) {
	system := store.AsSystem(ctx, "an address may have an account in any workspace, a username in any of the organization")
	if p.Key != "" {
		u, err := d.tx.User.Query().Where(user.EmailKey(p.Key)).Only(system)
		if !ent.IsNotFound(err) {
			return u, err
		}
	}
	if p.usernameKey == "" {
		return nil, nil
	}
	taken, err := d.tx.User.Query().Where(user.UsernameKey(p.usernameKey), user.UsernameOrganizationID(d.workspace.OrganizationID)).Exist(system)
	if err == nil && taken {
		f := fault.New(fault.Conflict, "create.username_taken", i18n.Args{"Username": p.username})
		f.Field = "username"
		return nil, f
	}
	return nil, err
}

// account makes a new account. Nobody has proven its address: whoever does first ends the password that was set here.
func (d *creating) account(ctx context.Context, p *newPerson) (*ent.User, error) {
	create := d.tx.User.Create().SetFirstName(p.first).SetLastName(p.last).SetNillableLocale(optional(p.grant.Locale)).
		SetNillablePasswordHash(optional(p.hash)).SetMustChangePassword(p.credentials)
	if p.locale != "" {
		create.SetLocale(p.locale)
	}
	if p.Key != "" {
		create.SetEmail(p.Display).SetEmailKey(p.Key)
	}
	if p.usernameKey != "" {
		create.SetUsername(p.username).SetUsernameKey(p.usernameKey).SetUsernameOrganizationID(d.workspace.OrganizationID)
	}
	return create.Save(store.AsSystem(ctx, "an account is the person's, not the workspace's"))
}

// invite promises the grant to somebody whose account belongs to nobody here.
func (d *creating) invite(ctx context.Context, p *newPerson) (*ent.Invitation, error) {
	b := batch{
		Service: d.Service, tx: d.tx, by: d.by, giver: d.giver, door: d.via.door, workspace: d.workspace, now: d.now, in: InviteInput{WorkspaceID: d.workspace.ID},
		life: lasting(d.workspace.Settings.InvitationDays, d.now), importID: d.importID,
		people: []*person{{Address: p.Address, raw: p.Display, first: p.first, last: p.last, grant: p.grant}},
	}
	var err error
	if b.known, err = b.look(ctx); err != nil {
		return nil, err
	}
	out, err := b.decide(ctx)
	if err != nil {
		return nil, err
	}
	if out[0].Status == Suppressed {
		return nil, fault.New(fault.Conflict, "invite.suppressed")
	}
	err = b.write(ctx)
	return out[0].Invitation, err
}

// invitedToMore tells whether the address has a pending invitation to more than the creator could give.
//
// Security: making an account for it would take that invitation from its inviter, and the address from its owner.
func (d *creating) invitedToMore(ctx context.Context, p *newPerson) (bool, error) {
	inv, err := d.pending(ctx, p)
	if inv == nil || err != nil {
		return false, err
	}
	covered, err := coversGrant(ctx, d.tx.Client, d.by.In(d.workspace.ID), inv.Grant)
	return !covered, err
}

// pending is the invitation that an address has open in the workspace, or nil.
func (d *creating) pending(ctx context.Context, p *newPerson) (*ent.Invitation, error) {
	if p.Key == "" {
		return nil, nil
	}
	inv, err := d.tx.Invitation.Query().Where(invitation.EmailKey(p.Key), open(d.now)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	return inv, err
}

// settle closes the invitation that a person had pending when their account was made: they are in.
func (d *creating) settle(ctx context.Context, p *newPerson, m *ent.Member) error {
	inv, err := d.pending(ctx, p)
	if inv == nil || err != nil {
		return err
	}
	if err := d.tx.Invitation.UpdateOne(inv).SetStatus(invitation.StatusActive).SetAcceptedAt(d.now).SetMemberID(m.ID).Exec(ctx); err != nil {
		return err
	}
	return audit.Record(ctx, d.tx, d.now, audit.Event{
		WorkspaceID: d.workspace.ID, Action: audit.InvitationSettled, Door: d.via.door, By: d.by, SubjectID: inv.ID, MemberID: m.ID,
	})
}

// credentialsLife is how long a mailed password is good for, from when it is mailed, and for one sign-in.
const credentialsLife = 24 * time.Hour

// composeCredentials makes the generated password of an account and mails it. It is derived from the account and the
// server's secret, so that a mail that is tried again says the same, and is stored nowhere but as a hash.
func (s *Service) composeCredentials(ctx context.Context, m *ent.Mail) (mail.Content, courier.Extra, error) {
	w, u, err := s.addressee(ctx, m)
	if err != nil {
		return mail.Content{}, courier.Extra{}, gone(err)
	}
	if !u.MustChangePassword || u.CredentialVersion != m.Version || u.Email == nil {
		return mail.Content{}, courier.Extra{}, courier.Gone // the person has chosen one meanwhile
	}
	generated := secret.Password(s.Keys.Derive("credentials", u.ID.String(), strconv.Itoa(u.CredentialVersion)))
	hash, err := s.Hasher.HashLow(ctx, generated)
	if err != nil {
		return mail.Content{}, courier.Extra{}, err
	}
	until := s.Clock().Add(credentialsLife)
	system := store.AsSystem(ctx, "an account is the person's, not the workspace's")
	err = s.Store.WithTx(system, func(tx *store.Tx) error {
		return tx.User.Update().Where(user.ID(u.ID), user.CredentialVersion(m.Version), user.MustChangePassword(true)).
			SetPasswordHash(hash).SetPasswordExpiresAt(until).Exec(system)
	})
	if err != nil {
		return mail.Content{}, courier.Extra{}, err
	}
	c := mail.Content{
		Kind: mail.Credentials, Locale: language(u.Locale, w), Workspace: letterhead(w), RecipientName: displayName(u),
		Username: *u.Email, Password: generated, ExpiresAt: &until, Link: s.PublicURL.JoinPath("sign-in").String(), PreferencesURL: s.preferencesLink(m),
	}
	return c, courier.Extra{ListUnsubscribe: c.PreferencesURL}, nil
}
