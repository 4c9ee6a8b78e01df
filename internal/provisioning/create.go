package provisioning

import (
	"context"
	"strings"
	"time"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/member"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/address"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
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
	ExternalID      *string
	Password        *string
	SendCredentials *bool
	SendWelcome     *bool // nil means true
	Grant           *admission.GrantInput
}

// Status is the result for one person. The words are part of the public schema.
type Status string

// The results of a creation.
const (
	Created        Status = "CREATED"
	AlreadyMember  Status = "ALREADY_MEMBER"
	Deactivated    Status = "DEACTIVATED"
	InvitedInstead Status = "INVITED_INSTEAD"
)

// Creation is the result for one person.
type Creation struct {
	Status     Status
	Member     *ent.Member
	Invitation *ent.Invitation
	Warnings   []invitation.Warning
	// SuggestedEmail is the address that is probably meant, with the warning DomainTypo.
	SuggestedEmail *string

	outcome *invitation.Outcome // of the invitation, with InvitedInstead
}

// CreateUser makes an account and an active member, who takes a seat immediately (CRE-1). A person
// whose account belongs to another organization is invited instead, so that they consent (CRE-3).
// Errors: FORBIDDEN, BAD_USER_INPUT, PASSWORD_TOO_WEAK, RATE_LIMITED, SEAT_LIMIT_REACHED, CONFLICT
// if the username or the external id is taken.
func (s *Service) CreateUser(ctx context.Context, by *access.Caller,
	in CreateInput) (_ *Creation, err error) {
	defer fault.Annotate(&err, "create user")

	who, err := s.ValidateUser(ctx, by, in)
	if err != nil {
		return nil, err
	}
	if who.Key != "" {
		// Security: INVITED_INSTEAD tells that the address has an account elsewhere (CRE-3). The
		// limit is checked for every address: otherwise the refusal would tell the same.
		if err := s.Invitations.RequireLookupsLeft(ctx, invitation.ExceededLookups{By: by,
			Workspace: in.WorkspaceID, Operation: "createUser"}); err != nil {
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
		if c, err = s.CreateInTx(ctx, tx, by, in, who); err != nil ||
			c.Status != InvitedInstead {
			return err
		}
		_, err := s.Limits.Allow(ctx, tx, ratelimit.AccountLookup, invitation.LookupSubject(by),
			s.Clock())
		return err
	})
	if err != nil {
		return nil, err
	}
	return c, s.hideFromCreator(ctx, by, c)
}

// ValidateUser checks the caller's right and the input, before the hash and the transaction.
// Errors: FORBIDDEN, BAD_USER_INPUT, PASSWORD_TOO_WEAK.
func (s *Service) ValidateUser(ctx context.Context, by *access.Caller,
	in CreateInput) (_ *NewPerson, err error) {
	defer fault.Annotate(&err, "validate user")

	m, err := by.RequireMembership(in.WorkspaceID)
	if err != nil {
		return nil, err
	}
	// As in PrepareInvite: the places are compared in the transaction.
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

// CreateInTx is the transaction of CreateUser.
func (s *Service) CreateInTx(ctx context.Context, tx *store.Tx, by *access.Caller,
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
	who.Grant.ExternalID = who.ExternalID
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
		c.Warnings = append(c.Warnings, invitation.NoCurrentSession)
	}
	return c, d.addHints(ctx, c, who)
}

// hideFromCreator removes from the result of a creation the member and the invitation that the
// caller may not see, as for the outcomes of a batch.
func (s *Service) hideFromCreator(ctx context.Context, by *access.Caller, c *Creation) error {
	one := c.outcome
	if one == nil {
		one = &invitation.Outcome{}
	}
	one.Member, one.Invitation = c.Member, c.Invitation
	err := s.Invitations.HideOutcomes(ctx, by, []*invitation.Outcome{one})
	c.Member, c.Invitation = one.Member, one.Invitation
	return err
}

// NewPerson is a person to create, with an address, a username, or both.
type NewPerson struct {
	address.Address        // zero without an address
	Username, UsernameKey  string
	ExternalID             string // the id in another system
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
	external, err := inputs.ParseExternalID(in.ExternalID)
	faults.Add(err)
	p.ExternalID = inputs.ValueOrEmpty(external)
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
