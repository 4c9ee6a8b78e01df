package admission

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/departure"
	"usher/ent/member"
	"usher/ent/organization"
	"usher/ent/predicate"
	"usher/ent/role"
	"usher/ent/roleassignment"
	"usher/ent/schema"
	"usher/ent/seat"
	"usher/ent/seatevent"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/ratelimit"
	"usher/internal/store"
)

// The names of the entry points, as the audit log stores them. They are stored words.
const (
	EntryPointInvite  = "invite"
	EntryPointJoin    = "join"
	EntryPointCreate  = "create"
	EntryPointImport  = "import"
	EntryPointGroup   = "group"
	EntryPointSession = "session"
	EntryPointMember  = "member"
	entryPointFound   = "found" // the founding of a workspace, with its first administrator
)

// SignInNote marks a welcome that tells how to sign in: an administrator typed the password and
// gives it to the person. The redirect URL of the grant stands behind it, or alone.
const SignInNote = "sign in"

// EntryPoint describes how a person is admitted.
type EntryPoint struct {
	Name          string
	By            *access.Caller // the actor of the audit event; nil for the person's own act
	JoinedVia     member.JoinedVia
	Kind          assignmentsource.Kind // the source of the assignments
	GreetingEmail mail.Kind             // the email that greets the person; Welcome if empty
	Request       *ident.ID             // the join request that the email is about
	Source        ident.ID
	EmailDueAt    time.Time // when the email is sent; zero means immediately
	GreetingNote  string    // further text of the email: SignInNote
	NoGreeting    bool      // no email greets the person
}

// Admission is the admission of one person in one transaction.
type Admission struct {
	*Service
	Tx         *store.Tx
	Workspace  *ent.Workspace
	User       *ent.User
	Member     *ent.Member // nil until it exists
	Grant      schema.Grant
	Grantor    *access.Membership // as it is now; nil if the grantor is gone
	EntryPoint EntryPoint
	Now        time.Time

	skipped    []schema.Detail
	GroupsGone bool // the grant named several groups and none is left
}

// Admit is the only code that makes a person an active member, whatever the entry point (ADM-1). In
// the transaction of the caller it takes the seat, creates or reactivates the member, applies the
// grant, records the audit event and queues the greeting. An active member keeps their place and
// gets the grant in addition. Errors: SEAT_LIMIT_REACHED; RATE_LIMITED for credentials beyond the
// limit of the mailbox.
func (a *Admission) Admit(ctx context.Context) (*ent.Member, error) {
	// The seat comes first: the organization is the first lock, and a refusal must change nothing.
	if err := a.takeSeat(ctx); err != nil {
		return nil, err
	}
	// A person has one member row in a workspace, so a former member comes back with their history.
	known, err := a.Tx.Member.Query().Where(member.UserID(a.User.ID)).Only(ctx)
	switch {
	case ent.IsNotFound(err):
		known, err = a.createMember(ctx)
	// Security: a public link or an old invitation must not shorten somebody's access.
	case err == nil && known.Status == member.StatusActive && a.Grant.AccessExpiresAt != nil:
		err = a.spareAccess(ctx, known)
	case err == nil && known.Status == member.StatusDeactivated:
		known, err = a.reviveMember(ctx, known)
	}
	if err != nil {
		return nil, err
	}
	a.Member = known

	if err := a.ApplyGrant(ctx); err != nil {
		return nil, err
	}
	// The mark of a removed member has served its purpose: joining again needed an approval
	// (JOI-9).
	if _, err := a.Tx.Departure.Delete().Where(departure.UserID(a.User.ID)).Exec(ctx); err != nil {
		return nil, err
	}
	return a.Member, a.queueGreeting(ctx)
}

// Grantor is the member or API key that last saved a grant (ADM-9). Both are nil if it is gone.
type Grantor struct{ Member, Key *ident.ID }

// GrantorOf returns the grantor of an invitation; of several, the first.
func GrantorOf(inv *ent.Invitation) Grantor { return Grantor{inv.GrantorID, inv.GrantorKeyID} }

// GrantorOfLink returns the grantor of a join link.
func GrantorOfLink(link *ent.JoinLink) Grantor { return Grantor{link.GrantorID, link.GrantorKeyID} }

// Equals tells whether two grantors are the same.
func (g Grantor) Equals(other Grantor) bool {
	return inputs.EqualOptional(g.Member, other.Member) &&
		inputs.EqualOptional(g.Key, other.Key)
}

// LoadGrantorMembership returns the present membership of a grantor, or nil if it is gone.
func (s *Service) LoadGrantorMembership(ctx context.Context, workspace ident.ID,
	g Grantor) (_ *access.Membership, err error) {
	defer fault.Annotate(&err, "load grantor membership")

	if g.Member == nil {
		return s.Accounts.LoadKeyMembership(store.InWorkspace(ctx, workspace), workspace, g.Key)
	}
	return s.Accounts.LoadMembership(ctx, workspace, *g.Member)
}

// LockForAdmission locks the organization, whose seat the admission takes, and the addresses, in
// the lock order. Empty keys are ignored.
func LockForAdmission(ctx context.Context, tx *store.Tx, w *ent.Workspace, keys ...string) error {
	if err := tx.LockOrganization(ctx, w.OrganizationID); err != nil {
		return err
	}
	keys = slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return key == "" })
	return tx.LockAddresses(ctx, w.ID, keys...)
}

// LockUser locks an account, and its member in the workspace of ctx, in the lock order. It does not
// report an account that is gone; the next read of it does.
func LockUser(ctx context.Context, tx *store.Tx, id ident.ID) error {
	// On SQLite the transaction is the only writer already.
	if !tx.Locks() {
		return nil
	}
	system := store.AsSystem(ctx, "an account belongs to no workspace")
	if _, err := tx.LockUsers(system, store.ToChange, id); err != nil {
		return err
	}
	// The member is locked as well, because invitations come after members in the lock order.
	members, err := tx.Member.Query().Where(member.UserID(id)).IDs(ctx)
	if err != nil {
		return err
	}
	_, err = tx.LockMembers(ctx, store.ToChange, members...)
	return err
}

// takeSeat takes a seat of the organization unless the person has one (ADM-4). One statement
// compares and raises the count, so that concurrent admissions never exceed the limit.
// SEAT_LIMIT_REACHED.
//
// The organization is locked: a person who is admitted in one workspace while another one
// deactivates them keeps their seat, whichever transaction comes first.
func (a *Admission) takeSeat(ctx context.Context) error {
	ctx = store.AsSystem(ctx, "seats belong to the organization, in all its workspaces")
	org := a.Workspace.OrganizationID
	if err := a.Tx.LockOrganization(ctx, org); err != nil {
		return err
	}
	// The unique row of the person decides whether they need a seat. Only then is the count raised.
	err := a.newSeat().
		OnConflict(store.SkipExisting(seat.FieldOrganizationID, seat.FieldUserID)...).Exec(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // the person has a seat
	}
	if err != nil {
		return err
	}
	// Compared and raised in one statement. The transaction also takes the row of the seat back
	// when there is none left.
	n, err := a.Tx.Organization.Update().Where(organization.ID(org), hasFreeSeats(1)).
		AddSeatsTaken(1).Save(ctx)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.SeatLimitReached, "seat.none_left")
	}
	return a.newSeatEvent(a.User.ID, seatevent.KindTaken).Exec(ctx)
}

// newSeat returns the INSERT of the person's seat.
func (a *Admission) newSeat() *ent.SeatCreate {
	return a.Tx.Seat.Create().SetOrganizationID(a.Workspace.OrganizationID).
		SetUserID(a.User.ID).SetTakenAt(a.Now)
}

// newSeatEvent returns the INSERT of a line of the seat ledger.
func (a *Admission) newSeatEvent(user ident.ID, kind seatevent.Kind) *ent.SeatEventCreate {
	return a.Tx.SeatEvent.Create().SetOrganizationID(a.Workspace.OrganizationID).
		SetWorkspaceID(a.Workspace.ID).
		SetUserID(user).SetKind(kind).SetAt(a.Now)
}

// hasFreeSeats is true in the database while the organization has n free seats.
func hasFreeSeats(n int) predicate.Organization {
	return organization.Or(organization.SeatsIsNil(), func(s *entsql.Selector) {
		s.Where(entsql.P(func(b *entsql.Builder) {
			b.Ident(s.C(organization.FieldSeatsTaken)).WriteOp(entsql.OpAdd).Arg(n).
				WriteOp(entsql.OpLTE).Ident(s.C(organization.FieldSeats))
		}))
	})
}

// createMember inserts the member and records that the person joined.
func (a *Admission) createMember(ctx context.Context) (*ent.Member, error) {
	m, err := a.newMember().Save(ctx)
	if err != nil {
		return nil, err
	}
	return m, audit.Record(ctx, a.Tx, a.Now, a.admissionEvent(audit.MemberJoined, m))
}

// newMember returns the INSERT of an active member, with copies of the account's names by which
// lists are sorted and searched.
func (a *Admission) newMember() *ent.MemberCreate {
	// The copies let lists sort and search by an index of their own table.
	row := a.Tx.Member.Create().SetWorkspaceID(a.Workspace.ID).SetUserID(a.User.ID).
		SetStatus(member.StatusActive).
		SetJoinedAt(a.Now).SetJoinedVia(a.EntryPoint.JoinedVia).
		SetSortName(account.SortName(a.User.FirstName, a.User.LastName)).
		SetFirstKey(account.FirstNameKey(a.User.FirstName)).
		SetUsernameKey(inputs.ValueOrEmpty(a.User.UsernameKey)).
		SetSearchText(account.SearchText(a.User))
	if a.User.EmailKey != nil {
		row.SetEmailKey(*a.User.EmailKey)
	}
	return row
}

// reviveMember activates a deactivated member, with the roles that they held. An end of access that
// has passed is cleared, or the next run of EndAccess would end it again.
func (a *Admission) reviveMember(ctx context.Context, m *ent.Member) (*ent.Member, error) {
	update := a.Tx.Member.UpdateOne(m).SetStatus(member.StatusActive).ClearDeactivatedAt()
	if inputs.HasPassed(m.AccessExpiresAt, a.Now) {
		update.ClearAccessExpiresAt()
	}
	m, err := update.Save(ctx)
	if err != nil {
		return nil, err
	}
	return m, audit.Record(ctx, a.Tx, a.Now, a.admissionEvent(audit.MemberRevived, m))
}

// spareAccess removes the end of access from the grant of an active member, unless the grantor
// could set it by updateMember (ADM-6). Otherwise a person could lose access by using a public link
// or an older invitation. No grant ends the access of an administrator (MEM-2).
func (a *Admission) spareAccess(ctx context.Context, known *ent.Member) error {
	m, err := LockForAuthority(ctx, a.Tx, known.ID)
	if err != nil {
		return err
	}
	// Read behind the lock: the role may have been taken away while this transaction waited.
	administers := slices.ContainsFunc(m.Edges.RoleAssignments, func(r *ent.RoleAssignment) bool {
		return r.Edges.Role.Key == access.Admin
	})
	if a.Grantor != nil && !administers {
		// The grantor need not be signed in. Their membership is all that the check reads.
		by := &access.Caller{Memberships: []access.Membership{*a.Grantor}}
		if AuthorityOver(by, m).RequireFull(access.MembersUpdate) == nil {
			return nil
		}
	}
	a.noteSkipped("access_expires_at", a.Grant.AccessExpiresAt.UTC().Format(time.RFC3339))
	a.Grant.AccessExpiresAt, a.Grant.DeleteOnExpiry = nil, false
	return nil
}

// RaisesPermissions tells whether a grant gives a role with permissions that is not held yet.
func RaisesPermissions(g schema.Grant, roles []*ent.Role, held []*ent.RoleAssignment) bool {
	return slices.ContainsFunc(g.Roles, func(r schema.GrantedRole) bool {
		row := FindRoleByID(roles, r.RoleID)
		return row != nil && len(row.Permissions) > 0 &&
			!slices.ContainsFunc(held, func(a *ent.RoleAssignment) bool {
				return a.RoleID == r.RoleID && a.PlaceID == r.PlaceID
			})
	})
}

// RaisesUnverified tells whether a grant would give a member with an unverified account a role with
// permissions.
func RaisesUnverified(ctx context.Context, tx *store.Tx, m *ent.Member,
	g schema.Grant) (bool, error) {
	// The roles are asked first. Most grants raise nothing, and end here without a look at the
	// account.
	roles, err := tx.Role.Query().Where(role.IDIn(RoleIDs(g)...)).All(ctx)
	if err != nil || !RaisesPermissions(g, roles, nil) {
		return false, err
	}
	u := m.Edges.User
	if u == nil {
		if u, err = tx.User.Get(store.AsSystem(ctx,
			"an account belongs to no workspace"), m.UserID); err != nil {
			return false, err
		}
		m.Edges.User = u
	}
	if unverified, err := account.HasUnverifiedAddress(ctx, tx.Client,
		u); !unverified || err != nil {
		return false, err
	}
	// A role that the member holds already gives them nothing new.
	held, err := tx.RoleAssignment.Query().Where(roleassignment.MemberID(m.ID)).All(ctx)
	return RaisesPermissions(g, roles, held), err
}

// admissionEvent returns the audit event of a person who became a member, about the invitation or
// link that admitted them, if there is one.
func (a *Admission) admissionEvent(what audit.Action, m *ent.Member) audit.Event {
	subject := m.ID
	if !a.EntryPoint.Source.IsZero() {
		subject = a.EntryPoint.Source
	}
	return audit.Event{
		WorkspaceID: a.Workspace.ID, Action: what, EntryPoint: a.EntryPoint.Name,
		By:        a.EntryPoint.By,
		SubjectID: subject, MemberID: m.ID,
	}
}

// queueGreeting queues the welcome email, or the email that replaces it.
func (a *Admission) queueGreeting(ctx context.Context) error {
	if !a.sendsGreeting() {
		return nil
	}
	var wait time.Duration
	if a.limitsGreeting() {
		var err error
		// Counted in the transaction, so that a rollback gives the attempt back.
		if wait, err = a.Limits.Allow(ctx, a.Tx, ratelimit.MemberMail,
			ratelimit.Mailbox(*a.User.EmailKey), a.Now); err != nil {
			return err
		}
	}
	email, send, err := a.newGreeting(wait)
	if err != nil || !send {
		return err
	}
	return a.Outbox.Post(ctx, a.Tx, email)
}

// sendsGreeting tells whether an email greets the person, if its mailbox may get one.
func (a *Admission) sendsGreeting() bool {
	return a.User.Email != nil && a.EntryPoint.Name != entryPointFound && !a.EntryPoint.NoGreeting
}

// limitsGreeting tells whether the greeting counts against the limit of emails that members send to
// one mailbox by creating, importing and reactivating people. The count belongs to the mailbox, so
// erasing the member does not reset it. Other greetings were asked for by the person, or are
// counted with the invitation.
func (a *Admission) limitsGreeting() bool {
	return a.EntryPoint.Name == EntryPointCreate || a.EntryPoint.Name == EntryPointMember ||
		a.EntryPoint.Name == EntryPointImport
}

// newGreeting returns the greeting for a mailbox that has to wait so long for another email; zero
// for one that may get it now. Over the limit a welcome is left out. Credentials are refused with
// RATE_LIMITED, because the account cannot be used without them; those of an import row are sent
// later.
func (a *Admission) newGreeting(wait time.Duration) (email outbox.QueuedEmail, send bool,
	err error) {
	kind, note := cmp.Or(a.EntryPoint.GreetingEmail, mail.Welcome), a.EntryPoint.GreetingNote
	due := Later(a.Now, a.EntryPoint.EmailDueAt)
	switch {
	case wait == 0:
	case kind != mail.Credentials:
		return email, false, nil
	case a.EntryPoint.Name != EntryPointImport:
		return email, false, ratelimit.TooManyEmails(wait)
	default:
		due = Later(due, a.Now.Add(wait))
	}
	// The member keeps no redirect URL, and the email is composed later.
	if kind == mail.Welcome {
		note = strings.TrimSpace(note + " " + a.Grant.RedirectURL)
	}
	return outbox.QueuedEmail{
		Kind: kind, WorkspaceID: &a.Workspace.ID,
		To: *a.User.Email, ToKey: *a.User.EmailKey,
		UserID: &a.User.ID, JoinRequestID: a.EntryPoint.Request, Version: a.User.CredentialVersion,
		Note: note, DueAt: due,
	}, true, nil
}

// Later returns the later of two times.
func Later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
