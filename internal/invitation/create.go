package invitation

import (
	"context"
	"strings"
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
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/mail"
	"usher/internal/password"
	"usher/internal/ratelimit"
	"usher/internal/store"
	"usher/internal/training"
)

// CreateInput describes a person for whom an account is made.
type CreateInput struct {
	WorkspaceID     ident.ID
	FirstName       string
	LastName        string
	Email           *string
	Username        *string
	Password        *string
	SendCredentials *bool
	SendWelcome     *bool // nil means true
	Grant           *admission.GrantInput
}

// CreateStatus is the result for one person. The words are part of the public schema.
type CreateStatus string

// The results of a creation.
const (
	CreateCreated        CreateStatus = "CREATED"
	CreateAlreadyMember  CreateStatus = "ALREADY_MEMBER"
	CreateDeactivated    CreateStatus = "DEACTIVATED"
	CreateInvitedInstead CreateStatus = "INVITED_INSTEAD"
)

// Creation is the result for one person.
type Creation struct {
	Status     CreateStatus
	Member     *ent.Member
	Invitation *ent.Invitation
	merged     bool // Invitation was pending before the request
	Warnings   []Warning
	// SuggestedEmail is the address that is probably meant, with the warning DomainTypo.
	SuggestedEmail *string
}

// Create makes an account and an active member, who takes a seat immediately (CRE-1). A person
// whose account belongs to another organization is invited instead, so that they consent (CRE-3).
// Errors: FORBIDDEN, BAD_USER_INPUT, PASSWORD_TOO_WEAK, RATE_LIMITED, SEAT_LIMIT_REACHED.
func (s *Service) Create(ctx context.Context, by *access.Caller,
	in CreateInput) (_ *Creation, err error) {
	defer fault.Annotate(&err, "create user")

	who, err := s.validateCreate(ctx, by, in)
	if err != nil {
		return nil, err
	}
	if who.Key != "" {
		// Security: INVITED_INSTEAD tells that the address has an account elsewhere (CRE-3). The
		// limit is checked for every address: otherwise the refusal would tell the same.
		if err := s.RequireLookupsLeft(ctx, ExceededLookups{By: by, Workspace: in.WorkspaceID,
			Operation: "createUser"}); err != nil {
			return nil, err
		}
	}
	if who.Password != "" {
		// The hash is made even if an existing account keeps its password, so that the response
		// time does not tell whether there is one.
		if who.PasswordHash, err = s.Hasher.Hash(ctx, who.Password); err != nil {
			return nil, err
		}
	}

	var c *Creation
	ctx = store.InWorkspace(ctx, in.WorkspaceID)
	err = s.Store.Retry(ctx, func(tx *store.Tx) error {
		if c, err = s.createInTransaction(ctx, tx, by, in, who); err != nil ||
			c.Status != CreateInvitedInstead {
			return err
		}
		_, err := s.Limits.Allow(ctx, tx, ratelimit.AccountLookup, lookupSubject(by), s.Clock())
		return err
	})
	if err != nil {
		return nil, err
	}
	return c, s.hideFromCreator(ctx, by, c)
}

// validateCreate checks the caller's right and the input, before the hash and the transaction.
func (s *Service) validateCreate(ctx context.Context, by *access.Caller,
	in CreateInput) (*NewPerson, error) {
	m, err := by.RequireMembership(in.WorkspaceID)
	if err != nil {
		return nil, err
	}
	// As in validateInvite: the places are compared in the transaction.
	if !m.CanAnywhere(access.MembersCreate) {
		return nil, fault.Denied()
	}

	who, err := in.parsePerson()
	if err == nil && who.Password == "" {
		return who, nil
	}
	scoped := store.InWorkspace(ctx, in.WorkspaceID)
	w, wrong := s.Store.Workspace.Get(scoped, in.WorkspaceID)
	if wrong != nil {
		return nil, wrong
	}
	var faults fault.Collector
	faults.Add(err)
	if who.Password != "" {
		faults.Add(fault.At(password.Check(who.Password, who.Display, who.Username, who.First,
			who.Last, w.Name), "password"))
	}
	if faults.HasFaults() {
		// The transaction validates the grant. Its faults are added here for the client, which
		// shows all of them beside those of the person.
		_, err := admission.ResolveGrant(scoped, s.Store.Client, access.MembersCreate, m, w,
			in.Grant, s.Clock())
		faults.Add(err)
	}
	return who, faults.Err()
}

// createInTransaction is the transaction of Create.
func (s *Service) createInTransaction(ctx context.Context, tx *store.Tx, by *access.Caller,
	in CreateInput, who *NewPerson) (*Creation, error) {
	now, m := s.Clock(), by.In(in.WorkspaceID)
	w, err := tx.Workspace.Get(ctx, in.WorkspaceID)
	if err != nil {
		return nil, err
	}
	// First of all: the seat and the address are what two requests for one person would fight over.
	if err := admission.LockForAdmission(ctx, tx, w, who.Key); err != nil {
		return nil, err
	}

	if who.Grant, err = admission.ResolveGrant(ctx, tx.Client, access.MembersCreate, m, w, in.Grant,
		now); err != nil {
		return nil, err
	}
	d := AccountCreation{
		Service: s, Tx: tx, By: by, Workspace: w, Grantor: m, Now: now,
		EntryPoint: admission.EntryPoint{Name: admission.EntryPointCreate, By: by,
			JoinedVia: member.JoinedViaCreated, Kind: assignmentsource.KindDirect},
	}
	c, err := d.CreateOne(ctx, who)
	if err != nil {
		return nil, err
	}
	// A warning and no fault: the person is enrolled as soon as the program has a session.
	idle, err := training.HasIdleProgram(ctx, tx, who.Grant, now)
	if err != nil {
		return nil, err
	}
	if idle {
		c.Warnings = append(c.Warnings, NoCurrentSession)
	}
	return c, d.addHints(ctx, c, who)
}

// NewPerson is a person to create, with an address, a username, or both.
type NewPerson struct {
	address.Address        // zero without an address
	Username, UsernameKey  string
	First, Last, Locale    string
	Password, PasswordHash string    // typed; the hash is made outside of the transaction
	SendsCredentials       bool      // a generated password is emailed
	SendsSignIn            bool      // the greeting says how to sign in with the typed password
	NoWelcome              bool      // no greeting is emailed
	EmailDueAt             time.Time // of the greeting; zero means immediately
	Raw                    string    // the address as given, trimmed
	Grant                  schema.Grant
}

// parsePerson validates the person of the input and reports all faults together.
func (in CreateInput) parsePerson() (*NewPerson, error) {
	p := &NewPerson{SendsCredentials: in.SendCredentials != nil && *in.SendCredentials,
		Password: inputs.ValueOrEmpty(in.Password)}
	var faults fault.Collector
	for _, part := range []struct {
		field, missing string
		typed          string
		to             *string
	}{
		{"firstName", "create.first_name", in.FirstName, &p.First},
		{"lastName", "create.last_name", in.LastName, &p.Last},
	} {
		name, err := inputs.ParsePersonName(part.field, &part.typed)
		if err == nil && name == "" {
			err = fault.Input(part.field, part.missing)
		}
		*part.to = name
		faults.Add(err)
	}
	email, username := inputs.ValueOrEmpty(in.Email), inputs.ValueOrEmpty(in.Username)
	switch {
	case email == "" && username == "":
		faults.Add(fault.Input("email", "create.nameless"))
	case p.SendsCredentials && email == "":
		faults.Add(fault.Input("sendCredentials", "create.no_mailbox"))
	}
	if p.Password != "" && p.SendsCredentials {
		// A typed password is never emailed. The email says how to sign in with it.
		p.SendsCredentials, p.SendsSignIn = false, true
	}
	p.NoWelcome = in.SendWelcome != nil && !*in.SendWelcome && !p.SendsSignIn
	var err error
	if email != "" {
		p.Raw = strings.TrimSpace(email)
		p.Address, err = address.Parse(email)
		faults.Add(err)
	}
	if username != "" {
		p.Username, p.UsernameKey, err = account.ParseUsername(username)
		faults.Add(err)
	}
	return p, faults.Err()
}

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
	c := &Creation{Status: CreateCreated, Warnings: []Warning{}}
	// Asked in any case, because both branches below need it.
	beyond, err := d.hasBroaderInvitation(ctx, p)
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
				c.Member, c.Status = m, CreateAlreadyMember
				if m.Status == member.StatusDeactivated {
					c.Status = CreateDeactivated
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
		c.Warnings = append(c.Warnings, AccountExistsElsewhere)
		a.EntryPoint.NoGreeting = p.NoWelcome
	}
	if c.Member, err = a.Admit(ctx); err != nil {
		return nil, err
	}
	return c, d.settlePending(ctx, p, c.Member)
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
func (d *AccountCreation) chooseGreeting(a *admission.Admission, p *NewPerson) []Warning {
	// Credentials are no greeting: without them the account cannot be used.
	a.EntryPoint.NoGreeting = p.NoWelcome && !p.SendsCredentials
	switch {
	case p.SendsCredentials:
		a.EntryPoint.GreetingEmail = mail.Credentials
		return d.warnUnlessSent()
	case p.SendsSignIn:
		a.EntryPoint.GreetingNote = signInNote
		return []Warning{PasswordNotSent}
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
	b := InviteBatch{
		Service: d.Service, Tx: d.Tx, By: d.By, Grantor: d.Grantor, EntryPoint: d.EntryPoint.Name,
		Workspace: d.Workspace, Now: d.Now, In: InviteInput{WorkspaceID: d.Workspace.ID},
		Lifetime: LifetimeOfDays(d.Workspace.Settings.InvitationDays, d.Now), ImportID: d.ImportID,
		Recipients: []*Recipient{{Address: p.Address, Raw: p.Display, First: p.First, Last: p.Last,
			Grant: p.Grant}},
	}
	var err error
	if b.facts, err = b.LookUpRecipients(ctx); err != nil {
		return err
	}
	out, err := b.decideOutcomes(ctx)
	if err != nil {
		return err
	}
	// The outcome of a batch becomes the fault of a verb for one person.
	if out[0].Status == Suppressed {
		return fault.New(fault.Conflict, "invite.suppressed")
	}
	err = b.WriteAll(ctx)
	c.Status, c.Invitation, c.merged = CreateInvitedInstead, out[0].Invitation, out[0].merged
	return err
}

// hasBroaderInvitation tells whether the address has a pending invitation that grants more than the
// creator could give.
//
// Security: making an account for the address would end that invitation.
func (d *AccountCreation) hasBroaderInvitation(ctx context.Context, p *NewPerson) (bool, error) {
	inv, err := d.findPending(ctx, p)
	if inv == nil || err != nil {
		return false, err
	}
	covered, err := admission.CoversGrant(ctx, d.Tx.Client, d.By.In(d.Workspace.ID), inv.Grant)
	return !covered, err
}

// findPending returns the pending invitation of an address in the workspace, or nil.
func (d *AccountCreation) findPending(ctx context.Context, p *NewPerson) (*ent.Invitation, error) {
	if p.Key == "" {
		return nil, nil
	}
	inv, err := d.Tx.Invitation.Query().Where(invitation.EmailKey(p.Key), IsOpen(d.Now)).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	return inv, err
}

// settlePending closes the pending invitation of a person who has just become a member.
func (d *AccountCreation) settlePending(ctx context.Context, p *NewPerson, m *ent.Member) error {
	inv, err := d.findPending(ctx, p)
	if inv == nil || err != nil {
		return err
	}
	// Settled and not cancelled: its link then leads to sign-in, like that of an accepted one.
	if err := d.Tx.Invitation.UpdateOne(inv).SetStatus(invitation.StatusActive).
		SetAcceptedAt(d.Now).SetMemberID(m.ID).Exec(ctx); err != nil {
		return err
	}
	return audit.Record(ctx, d.Tx, d.Now, audit.Event{
		WorkspaceID: d.Workspace.ID, Action: audit.InvitationSettled, EntryPoint: d.EntryPoint.Name,
		By: d.By, SubjectID: inv.ID, MemberID: m.ID,
	})
}
