package admission

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"usher/ent"
	"usher/ent/assignmentsource"
	"usher/ent/departure"
	"usher/ent/member"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/audit"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/ratelimit"
	"usher/internal/store"
)

// The names of the entry points, as the audit log stores them.
const (
	EntryPointInvite  = "invite"
	EntryPointJoin    = "join"
	EntryPointCreate  = "create"
	EntryPointImport  = "import"
	EntryPointGroup   = "group"
	EntryPointSession = "session"
	EntryPointMember  = "member"
	entryPointFound   = "found"
)

// EntryPoint says how a person comes in.
type EntryPoint struct {
	Name          string
	By            *access.Caller // whose act it is, for the audit log; nil for nobody signed in
	JoinedVia     member.JoinedVia
	Kind          assignmentsource.Kind // what the assignments come from
	GreetingEmail mail.Kind             // what greets the person; a welcome unless said
	Request       *ident.ID             // the join request, which the letter is about
	Source        ident.ID
	EmailDueAt    time.Time // when the letter goes out; the zero time is at once
	GreetingNote  string    // what else the greeting says
	NoGreeting    bool      // nothing greets the person
}

// Admission is one person who is about to become an active member.
type Admission struct {
	*Service
	Tx         *store.Tx
	Workspace  *ent.Workspace
	User       *ent.User
	Member     *ent.Member // set once there is one
	Grant      schema.Grant
	Grantor    *access.Membership // what the giver holds now; nil when they are gone
	EntryPoint EntryPoint
	Now        time.Time

	skipped    []schema.Detail
	GroupsGone bool // several groups were promised and none is left
}

// Admit is the only code that makes a person an active member, whatever the entry point (ADM-1). It
// takes the seat, creates or revives the member, applies the grant, writes the audit event and
// queues the mail, all in the transaction of the door.
func (a *Admission) Admit(ctx context.Context) (*ent.Member, error) {
	if err := a.takeSeat(ctx); err != nil {
		return nil, err
	}
	known, err := a.Tx.Member.Query().Where(member.UserID(a.User.ID)).Only(ctx)
	switch {
	case ent.IsNotFound(err):
		known, err = a.createMember(ctx)
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
	if _, err := a.Tx.Departure.Delete().Where(departure.UserID(a.User.ID)).Exec(ctx); err != nil {
		return nil, err
	}
	return a.Member, a.queueGreeting(ctx)
}

// LockForAdmission takes the locks that an admission by address begins with: the organization,
// whose seat it takes, and the addresses, by their keys. An empty key is none.
func LockForAdmission(ctx context.Context, tx *store.Tx, w *ent.Workspace, keys ...string) error {
	if err := tx.LockOrganization(ctx, w.OrganizationID); err != nil {
		return err
	}
	keys = slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return key == "" })
	return tx.LockAddresses(ctx, w.ID, keys...)
}

func (a *Admission) createMember(ctx context.Context) (*ent.Member, error) {
	row := a.Tx.Member.Create().SetWorkspaceID(a.Workspace.ID).SetUserID(a.User.ID).
		SetStatus(member.StatusActive).
		SetJoinedAt(a.Now).SetJoinedVia(a.EntryPoint.JoinedVia).
		SetSortName(account.SortName(a.User.FirstName, a.User.LastName)).
		SetFirstKey(account.FirstNameKey(a.User.FirstName)).
		SetUsernameKey(inputs.ValueOrEmpty(a.User.UsernameKey))
	if a.User.EmailKey != nil {
		row.SetEmailKey(*a.User.EmailKey)
	}
	m, err := row.Save(ctx)
	if err != nil {
		return nil, err
	}
	return m, a.recordAdmission(ctx, audit.MemberJoined, m)
}

func (a *Admission) reviveMember(ctx context.Context, m *ent.Member) (*ent.Member, error) {
	update := a.Tx.Member.UpdateOne(m).SetStatus(member.StatusActive).ClearDeactivatedAt()
	if m.AccessExpiresAt != nil && !m.AccessExpiresAt.After(a.Now) {
		update.ClearAccessExpiresAt()
	}
	m, err := update.Save(ctx)
	if err != nil {
		return nil, err
	}
	return m, a.recordAdmission(ctx, audit.MemberRevived, m)
}

// spareAccess leaves an end of access out of the grant for somebody who is in already, unless the
// grantor may end their access by updateMember (ADM-6). Nobody loses what they have by following a
// public link or an older invitation; and an administrator's access ends by no grant at all
// (MEM-2).
func (a *Admission) spareAccess(ctx context.Context, known *ent.Member) error {
	m, err := LockForAuthority(ctx, a.Tx, known.ID)
	if err != nil {
		return err
	}
	administers := slices.ContainsFunc(m.Edges.RoleAssignments, func(r *ent.RoleAssignment) bool {
		return r.Edges.Role.Key == access.Admin
	})
	if a.Grantor != nil && !administers {
		by := &access.Caller{Memberships: []access.Membership{*a.Grantor}}
		if AuthorityOver(by, m).RequireFull(access.MembersUpdate) == nil {
			return nil
		}
	}
	a.noteSkipped("access_expires_at", a.Grant.AccessExpiresAt.UTC().Format(time.RFC3339))
	a.Grant.AccessExpiresAt, a.Grant.DeleteOnExpiry = nil, false
	return nil
}

func (a *Admission) recordAdmission(ctx context.Context, what audit.Action, m *ent.Member) error {
	subject := m.ID
	if !a.EntryPoint.Source.IsZero() {
		subject = a.EntryPoint.Source
	}
	return audit.Record(ctx, a.Tx, a.Now, audit.Event{
		WorkspaceID: a.Workspace.ID, Action: what, EntryPoint: a.EntryPoint.Name,
		By:        a.EntryPoint.By,
		SubjectID: subject, MemberID: m.ID,
	})
}

// ApplyGrant gives a member what the grant holds and the grantor may still give. What is gone by now
// is skipped and written down (ADM-6, ADM-7).
func (a *Admission) ApplyGrant(ctx context.Context) error {
	places, err := a.ResolvePlaces(ctx)
	if err != nil {
		return err
	}
	if err := a.assignRoles(ctx, places); err != nil {
		return err
	}
	if err := a.enrolInSessions(ctx, places); err != nil {
		return err
	}
	if err := a.fillProfile(ctx, places); err != nil {
		return err
	}
	if len(a.skipped) == 0 {
		return nil
	}
	return audit.Record(ctx, a.Tx, a.Now, audit.Event{
		WorkspaceID: a.Workspace.ID, Action: audit.GrantSkipped, EntryPoint: a.EntryPoint.Name,
		SubjectID: a.subjectID(), MemberID: a.Member.ID, Details: a.skipped,
	})
}

func (a *Admission) subjectID() ident.ID {
	if a.EntryPoint.Source.IsZero() {
		return a.Member.ID
	}
	return a.EntryPoint.Source
}

func (a *Admission) noteSkipped(what, name string) {
	a.skipped = append(a.skipped, schema.Detail{Name: what, Before: name})
}

// fillProfile sets what a grant says about the person's place itself.
func (a *Admission) fillProfile(ctx context.Context, p *ResolvedPlaces) error {
	g, m := a.Grant, a.Member
	update := a.Tx.Member.UpdateOne(m)
	if p.unit != nil {
		update.SetOrgUnitID(p.unit.ID)
	}
	labels := append([]string{}, m.Labels...)
	for _, l := range g.Labels {
		if !slices.Contains(labels, l) {
			labels = append(labels, l)
		}
	}
	if len(labels) > len(m.Labels) {
		update.SetLabels(labels)
	}
	if g.AdditionalInfo != "" {
		update.SetAdditionalInfo(g.AdditionalInfo)
	}
	if g.AccessExpiresAt != nil {
		update.SetAccessExpiresAt(*g.AccessExpiresAt).SetDeleteOnExpiry(g.DeleteOnExpiry)
	}
	if len(g.CustomFields) > 0 {
		update.SetCustomFields(inputs.MergeAnswers(m.CustomFields, g.CustomFields))
	}
	if len(update.Mutation().Fields()) == 0 {
		return nil
	}
	saved, err := update.Save(ctx)
	if err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	a.Member = saved
	return nil
}

// queueGreeting queues the welcome, or what stands for it.
func (a *Admission) queueGreeting(ctx context.Context) error {
	if a.User.Email == nil || a.EntryPoint.Name == entryPointFound || a.EntryPoint.NoGreeting {
		return nil
	}
	due, send, err := a.limitGreeting(ctx)
	if err != nil || !send {
		return err
	}
	return a.Outbox.Post(ctx, a.Tx, outbox.QueuedEmail{
		Kind: cmp.Or(a.EntryPoint.GreetingEmail, mail.Welcome), WorkspaceID: &a.Workspace.ID,
		To: *a.User.Email, ToKey: *a.User.EmailKey,
		UserID: &a.User.ID, JoinRequestID: a.EntryPoint.Request, Version: a.User.CredentialVersion,
		Note: a.EntryPoint.GreetingNote, DueAt: due,
	})
}

// limitGreeting keeps the distance between emails that members send to one mailbox by creating,
// importing and reactivating people. The count belongs to the mailbox and stays when the member is
// erased. Over the limit a welcome is left out. Credentials, without which the account is of no
// use, are refused with RATE_LIMITED; for a row of an import they go out later.
func (a *Admission) limitGreeting(ctx context.Context) (due time.Time, send bool, err error) {
	due = Later(a.Now, a.EntryPoint.EmailDueAt)
	if a.EntryPoint.Name != EntryPointCreate && a.EntryPoint.Name != EntryPointMember &&
		a.EntryPoint.Name != EntryPointImport {
		return due, true, nil // the person asked for it, or an invitation was counted
	}
	wait, err := a.Limits.Allow(ctx, a.Tx, ratelimit.MemberMail,
		ratelimit.Mailbox(*a.User.EmailKey), a.Now)
	switch {
	case err != nil || wait == 0:
		return due, err == nil, err
	case a.EntryPoint.GreetingEmail != mail.Credentials:
		return due, false, nil
	case a.EntryPoint.Name != EntryPointImport:
		return due, false, ratelimit.TooManyEmails(wait)
	}
	return Later(due, a.Now.Add(wait)), true, nil
}

// Later is the later of two moments.
func Later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
