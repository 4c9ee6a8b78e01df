package onboarding

import (
	"cmp"
	"context"
	"fmt"
	"maps"
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
	"usher/internal/courier"
	"usher/internal/ident"
	"usher/internal/mail"
	"usher/internal/store"
	"usher/internal/throttle"
)

// The doors, as the audit log names them.
const (
	doorInvite  = "invite"
	doorJoin    = "join"
	doorCreate  = "create"
	doorImport  = "import"
	doorGroup   = "group"
	doorSession = "session"
	doorMember  = "member"
	doorFound   = "found"
)

// via says how a person comes in.
type via struct {
	door    string
	by      *access.Caller // whose act it is, for the audit log; nil for nobody signed in
	joined  member.JoinedVia
	kind    assignmentsource.Kind // what the assignments come from
	letter  mail.Kind             // what greets the person; a welcome unless said
	request *ident.ID             // the join request, which the letter is about
	source  ident.ID
	due     time.Time // when the letter goes out; the zero time is at once
}

// admission is one person on the threshold.
type admission struct {
	*Service
	tx        *store.Tx
	workspace *ent.Workspace
	user      *ent.User
	member    *ent.Member // set once there is one
	grant     schema.Grant
	giver     *access.Membership // what the giver holds now; nil when they are gone
	via       via
	now       time.Time

	skipped    []schema.Detail
	groupsGone bool // several groups were promised and none is left
}

// admit is the threshold: the only code that makes a person an active member, whatever the door (ADM-1). It takes the
// seat, creates or revives the member, applies the grant, writes the audit event and queues the mail, all in the
// transaction of the door.
func (a *admission) admit(ctx context.Context) (*ent.Member, error) {
	if err := a.takeSeat(ctx); err != nil {
		return nil, err
	}
	known, err := a.tx.Member.Query().Where(member.UserID(a.user.ID)).Only(ctx)
	switch {
	case ent.IsNotFound(err):
		known, err = a.create(ctx)
	case err == nil && known.Status == member.StatusActive && a.grant.AccessExpiresAt != nil:
		err = a.spareAccess(ctx, known)
	case err == nil && known.Status == member.StatusDeactivated:
		known, err = a.revive(ctx, known)
	}
	if err != nil {
		return nil, err
	}
	a.member = known
	if err := a.apply(ctx); err != nil {
		return nil, err
	}
	if _, err := a.tx.Departure.Delete().Where(departure.UserID(a.user.ID)).Exec(ctx); err != nil {
		return nil, err
	}
	return a.member, a.greet(ctx)
}

// lockForAdmission takes the locks that an admission by address begins with: the organization, whose seat it takes, and the
// addresses, by their keys. An empty key is none.
func lockForAdmission(ctx context.Context, tx *store.Tx, w *ent.Workspace, keys ...string) error {
	if err := tx.LockOrganization(ctx, w.OrganizationID); err != nil {
		return err
	}
	keys = slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return key == "" })
	return tx.LockAddresses(ctx, w.ID, keys...)
}

func (a *admission) create(ctx context.Context) (*ent.Member, error) {
	row := a.tx.Member.Create().SetWorkspaceID(a.workspace.ID).SetUserID(a.user.ID).SetStatus(member.StatusActive).
		SetJoinedAt(a.now).SetJoinedVia(a.via.joined).SetSortName(account.SortName(a.user.FirstName, a.user.LastName)).
		SetFirstKey(account.FirstKey(a.user.FirstName)).SetUsernameKey(value(a.user.UsernameKey))
	if a.user.EmailKey != nil {
		row.SetEmailKey(*a.user.EmailKey)
	}
	m, err := row.Save(ctx)
	if err != nil {
		return nil, err
	}
	return m, a.record(ctx, audit.MemberJoined, m)
}

func (a *admission) revive(ctx context.Context, m *ent.Member) (*ent.Member, error) {
	update := a.tx.Member.UpdateOne(m).SetStatus(member.StatusActive).ClearDeactivatedAt()
	if m.AccessExpiresAt != nil && !m.AccessExpiresAt.After(a.now) {
		update.ClearAccessExpiresAt()
	}
	m, err := update.Save(ctx)
	if err != nil {
		return nil, err
	}
	return m, a.record(ctx, audit.MemberRevived, m)
}

// spareAccess leaves an end of access out of the grant for somebody who is in already, unless the giver may end their access by
// updateMember (ADM-6). Nobody loses what they have by following a public link or an older invitation; and an administrator's
// access ends by no grant at all (MEM-2).
func (a *admission) spareAccess(ctx context.Context, known *ent.Member) error {
	m, err := lockForAuthority(ctx, a.tx, known.ID)
	if err != nil {
		return err
	}
	administers := slices.ContainsFunc(m.Edges.RoleAssignments, func(r *ent.RoleAssignment) bool { return r.Edges.Role.Key == access.Admin })
	if a.giver != nil && !administers {
		by := &access.Caller{Memberships: []access.Membership{*a.giver}}
		if authorityOver(by, m).requireFull(access.MembersUpdate) == nil {
			return nil
		}
	}
	a.skip("access_expires_at", a.grant.AccessExpiresAt.UTC().Format(time.RFC3339))
	a.grant.AccessExpiresAt, a.grant.DeleteOnExpiry = nil, false
	return nil
}

func (a *admission) record(ctx context.Context, what audit.Action, m *ent.Member) error {
	subject := m.ID
	if !a.via.source.IsZero() {
		subject = a.via.source
	}
	return audit.Record(ctx, a.tx, a.now, audit.Event{
		WorkspaceID: a.workspace.ID, Action: what, Door: a.via.door, By: a.via.by, SubjectID: subject, MemberID: m.ID,
	})
}

// apply gives a member what the grant holds and the giver may still give. What is gone by now is skipped and written
// down (ADM-6, ADM-7).
func (a *admission) apply(ctx context.Context) error {
	places, err := a.places(ctx)
	if err != nil {
		return err
	}
	if err := a.assign(ctx, places); err != nil {
		return err
	}
	if err := a.enrol(ctx, places); err != nil {
		return err
	}
	if err := a.fill(ctx, places); err != nil {
		return err
	}
	if len(a.skipped) == 0 {
		return nil
	}
	return audit.Record(ctx, a.tx, a.now, audit.Event{
		WorkspaceID: a.workspace.ID, Action: audit.GrantSkipped, Door: a.via.door, SubjectID: a.subject(), MemberID: a.member.ID, Details: a.skipped,
	})
}

func (a *admission) subject() ident.ID {
	if a.via.source.IsZero() {
		return a.member.ID
	}
	return a.via.source
}

func (a *admission) skip(what, name string) {
	a.skipped = append(a.skipped, schema.Detail{Name: what, Before: name})
}

// fill sets what a grant says about the person's place itself.
func (a *admission) fill(ctx context.Context, p *places) error {
	g, m := a.grant, a.member
	update := a.tx.Member.UpdateOne(m)
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
		update.SetCustomFields(joined(m.CustomFields, g.CustomFields))
	}
	if len(update.Mutation().Fields()) == 0 {
		return nil
	}
	saved, err := update.Save(ctx)
	if err != nil {
		return fmt.Errorf("fill: %w", err)
	}
	a.member = saved
	return nil
}

// joined lays newer answers over older ones.
func joined(older, newer map[string]string) map[string]string {
	all := map[string]string{}
	maps.Copy(all, older)
	maps.Copy(all, newer)
	return all
}

// greet queues the welcome, or what stands for it.
func (a *admission) greet(ctx context.Context) error {
	if a.user.Email == nil || a.via.door == doorFound {
		return nil
	}
	due, send, err := a.limitGreeting(ctx)
	if err != nil || !send {
		return err
	}
	return a.Courier.Post(ctx, a.tx, courier.Letter{
		Kind: cmp.Or(a.via.letter, mail.Welcome), WorkspaceID: &a.workspace.ID, To: *a.user.Email, ToKey: *a.user.EmailKey,
		UserID: &a.user.ID, JoinRequestID: a.via.request, Version: a.user.CredentialVersion, DueAt: due,
	})
}

// limitGreeting keeps the distance between emails that members send to one mailbox by creating, importing and
// reactivating people. The count belongs to the mailbox and stays when the member is erased. Over the limit a welcome is
// left out. Credentials, without which the account is of no use, are refused with RATE_LIMITED; for a row of an import
// they go out later.
func (a *admission) limitGreeting(ctx context.Context) (due time.Time, send bool, err error) {
	due = later(a.now, a.via.due)
	if a.via.door != doorCreate && a.via.door != doorMember && a.via.door != doorImport {
		return due, true, nil // the person asked for it, or an invitation was counted
	}
	wait, err := a.Limits.Allow(ctx, a.tx, throttle.MemberMail, throttle.Mailbox(*a.user.EmailKey), a.now)
	switch {
	case err != nil || wait == 0:
		return due, err == nil, err
	case a.via.letter != mail.Credentials:
		return due, false, nil
	case a.via.door != doorImport:
		return due, false, throttle.Mails(wait)
	}
	return later(due, a.now.Add(wait)), true, nil
}

// later is the later of two moments.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
