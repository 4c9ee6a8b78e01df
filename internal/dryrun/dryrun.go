package dryrun

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"usher/ent"
	"usher/ent/group"
	entmail "usher/ent/mail"
	"usher/ent/member"
	"usher/ent/organization"
	"usher/ent/schema"
	"usher/ent/user"
	"usher/ent/workspace"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/invitation"
	"usher/internal/provisioning"
	"usher/internal/store"
)

// Input is the input of the operation to run dry. The API calls it a plan. Exactly one field is
// set.
type Input struct {
	Invite             *invitation.InviteInput
	Create             *provisioning.CreateInput
	AddToGroup         *invitation.AddInput
	RegisterForSession *invitation.RegisterInput
}

// countOperations returns the number of operations that the input names.
func (in Input) countOperations() int {
	n := 0
	for _, asked := range []bool{in.Invite != nil, in.Create != nil, in.AddToGroup != nil,
		in.RegisterForSession != nil} {
		if asked {
			n++
		}
	}
	return n
}

// Result is what an operation would do (AHD-1).
type Result struct {
	People     []*Person
	EmailCount int
	SeatsTaken int  // by this operation
	SeatsLeft  *int // afterwards; nil without limit, and for callers who may not see usage
}

// Person is the result that one person would get.
type Person struct {
	Input    string  // as invitation.Outcome.Input
	Email    *string // the clean address; nil where there is none
	Status   invitation.OutcomeStatus
	Warnings []invitation.Warning
	Sentence i18n.Message
	Member   *ent.Member    // the present member
	Groups   []*ent.Group   // that they would be in, the inherited ones included
	Sessions []*ent.Session // in which they would be enrolled
	Emails   []*Email
	Changes  []string
	Fault    *fault.Error // why nothing would be done; else nil
	// SuggestedEmail is that of Outcome.
	SuggestedEmail *string

	key string
}

// conditionalMessages maps the sentences of the operations to those of a dry run. A sentence that
// is missing here is true before and after the operation.
var conditionalMessages = map[string]string{
	"invite.invited":               "plan.invited",
	"invite.invited_unsent":        "plan.invited_unsent",
	"invite.updated":               "plan.updated",
	"invite.updated_sent":          "plan.updated_sent",
	"invite.updated_replaced":      "plan.updated_replaced",
	"invite.updated_replaced_sent": "plan.updated_replaced_sent",
	"invite.updated_part":          "plan.updated_part",
	"invite.unverified":            "plan.unverified",
	"invite.held":                  "plan.held",
	"invite.added":                 "plan.added",
	"invite.already_member":        "plan.already_member",
	"invite.deactivated":           "plan.deactivated",
	"invite.suppressed":            "plan.suppressed",
	"register.added":               "plan.registered",
	"register.already":             "plan.registered_already",
	"register.not_in_unit":         "plan.not_in_unit",
}

// Message returns the result of the person as a sentence in the conditional.
func (p *Person) Message() i18n.Message {
	if key, ok := conditionalMessages[p.Sentence.Key]; ok {
		return i18n.Message{Key: key, Args: p.Sentence.Args}
	}
	return p.Sentence
}

// Email is an email that would be sent.
type Email struct {
	Kind string // in capitals: a value of EmailKind
	At   time.Time
}

// errRollback rolls back the transaction of a dry run.
var errRollback = errors.New("dryrun: rolled back")

// Run returns what an operation would do and changes nothing. It runs the operation itself in a
// transaction that is rolled back, and reads the result before that. So a dry run differs from the
// operation only if another request comes in between. Errors: those of the operation; RATE_LIMITED
// and UNAVAILABLE if too many dry runs wait.
func (s *Service) Run(ctx context.Context, by *access.Caller,
	in Input) (_ *Result, err error) {
	defer fault.Annotate(&err, "dry run")

	// The schema cannot say that exactly one of several inputs is given.
	if in.countOperations() != 1 {
		return nil, fault.Input("", "plan.one_operation")
	}
	var run *dryRun
	var b *invitation.InviteBatch
	switch {
	case in.Invite != nil:
		b, err = s.Invitations.PrepareInvite(ctx, by, *in.Invite)
	case in.AddToGroup != nil:
		b, err = s.Invitations.PrepareAddToGroup(ctx, by, *in.AddToGroup)
	case in.RegisterForSession != nil:
		b, err = s.Invitations.PrepareRegistration(ctx, by, *in.RegisterForSession)
	default:
		run, err = s.newCreationDryRun(ctx, by, *in.Create)
	}
	if b != nil {
		run = s.newBatchDryRun(b)
	}
	if err != nil {
		return nil, err
	}

	// After validation: a request that is refused anyway must not wait for a place.
	free, err := s.limit.acquireSlot(ctx, by)
	if err != nil {
		return nil, err
	}
	defer free()
	ctx = store.InWorkspace(ctx, run.workspace)
	err = s.Store.Retry(ctx, func(tx *store.Tx) error {
		if err := run.runOperation(ctx, tx); err != nil {
			return err
		}
		// An error is the one way to leave a transaction without a commit. Retry does not repeat
		// this one.
		return errRollback
	})
	if !errors.Is(err, errRollback) {
		return nil, err
	}
	if !by.In(run.workspace).Throughout(access.UsageView) {
		run.result.SeatsLeft = nil // as usage refuses it
	}
	if err := s.hideGroups(ctx, by, run.result.People); err != nil {
		return nil, err
	}
	return run.result, s.hidePeople(ctx, by, run.result.People)
}

// hideGroups removes the groups that the caller may not see. A pending invitation may lead into
// some, and so may inheriting groups.
func (s *Service) hideGroups(ctx context.Context, by *access.Caller,
	people []*Person) error {
	var ids []ident.ID
	for _, one := range people {
		for _, g := range one.Groups {
			ids = append(ids, g.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	// After the rollback, with a query of the caller's: the operation itself reads with the rights
	// of the workspace.
	seen, err := s.Store.Group.Query().Where(group.IDIn(inputs.Distinct(ids)...)).
		IDs(store.AsCaller(ctx, by))
	for _, one := range people {
		one.Groups = slices.DeleteFunc(one.Groups, func(g *ent.Group) bool {
			return !slices.Contains(seen, g.ID)
		})
	}
	return err
}

// dryRun is one dry run of an operation.
type dryRun struct {
	*Service
	by        *access.Caller
	workspace ident.ID
	// the operation, which notes people
	operation func(ctx context.Context, tx *store.Tx, run *dryRun) error
	grants    map[*Person]schema.Grant
	result    *Result
}

// newBatchDryRun prepares the dry run of an operation that takes many people.
func (s *Service) newBatchDryRun(b *invitation.InviteBatch) *dryRun {
	return &dryRun{Service: s, by: b.By, workspace: b.In.WorkspaceID,
		operation: func(ctx context.Context, tx *store.Tx, run *dryRun) error {
			attempt, outcomes, err := b.RunAttempt(ctx, tx)
			if err != nil {
				return err
			}
			for i, o := range outcomes {
				one := &Person{Input: o.Input, Email: o.Email, Status: o.Status,
					Warnings: o.Warnings, Sentence: o.Sentence, Member: o.Member,
					Changes: o.Changes, Fault: o.Fault, SuggestedEmail: o.SuggestedEmail,
					key: attempt.Recipients[i].Key}
				switch o.Status {
				case invitation.Invited, invitation.Updated:
					run.grants[one] = attempt.Recipients[i].Grant
					// else one that gives more than the caller could, which stays hidden
					if o.Invitation != nil {
						run.grants[one] = o.Invitation.Grant
					}
				case invitation.Added, invitation.InvitedInstead:
					run.grants[one] = attempt.Recipients[i].Grant
				}
				run.result.People = append(run.result.People, one)
			}
			return nil
		}}
}

// newCreationDryRun prepares the dry run of createUser.
func (s *Service) newCreationDryRun(ctx context.Context, by *access.Caller,
	in provisioning.CreateInput) (*dryRun, error) {
	who, err := s.Provisioning.ValidateUser(ctx, by, in)
	if err != nil {
		return nil, err
	}
	return &dryRun{Service: s, by: by, workspace: in.WorkspaceID,
		operation: func(ctx context.Context, tx *store.Tx, run *dryRun) error {
			if err := detachForeignAccount(ctx, tx, in.WorkspaceID, who.Key); err != nil {
				return err
			}
			// The password was validated and is not hashed: nothing is kept, and a hash takes 40
			// ms.
			c, err := s.Provisioning.CreateInTx(ctx, tx, by, in, who)
			if err != nil {
				return err
			}
			one := run.describeCreation(c, who)
			run.result.People = append(run.result.People, one)
			return nil
		}}, nil
}

// describeCreation returns the result of a person whom createUser would create.
func (run *dryRun) describeCreation(c *provisioning.Creation,
	who *provisioning.NewPerson) *Person {
	one := &Person{Input: cmp.Or(who.Raw, who.Username),
		Email: inputs.NilIfEmpty(who.Display), Warnings: c.Warnings, Changes: []string{},
		SuggestedEmail: c.SuggestedEmail, key: who.Key}
	switch c.Status {
	case provisioning.Created:
		one.Status, one.Sentence = invitation.Created, i18n.Message{Key: "plan.created"}
		if slices.Contains(c.Warnings, invitation.AccountExistsElsewhere) {
			one.Sentence = i18n.Message{Key: "plan.created_elsewhere"}
		}
		run.grants[one] = who.Grant
	case provisioning.InvitedInstead:
		one.Status = invitation.InvitedInstead
		one.Sentence = i18n.Message{Key: "plan.invited_instead"}
		run.grants[one] = who.Grant
	case provisioning.AlreadyMember:
		one.Status, one.Sentence, one.Member = invitation.AlreadyMember,
			i18n.Message{Key: "invite.already_member"}, c.Member
	// createUser would answer with this fault.
	case provisioning.Deactivated:
		one.Fault = fault.New(fault.Conflict, "invite.deactivated")
		one.Status, one.Sentence, one.Member = invitation.Deactivated, one.Fault.Message, c.Member
	}
	return one
}

// detachForeignAccount removes the address from an account that has no membership in the
// organization. It runs in the transaction of a dry run, which is rolled back.
//
// Security: createUser invites the owner of such an account instead, and leaves an audit event. A
// dry run leaves none, so it answers as if the address were new. The request itself decides.
func detachForeignAccount(ctx context.Context, tx *store.Tx, workspaceID ident.ID,
	key string) error {
	if key == "" {
		return nil
	}
	w, err := tx.Workspace.Get(ctx, workspaceID)
	if err != nil {
		return err
	}
	// Locked first: the account that is updated below comes later in the lock order.
	if err := admission.LockForAdmission(ctx, tx, w, key); err != nil {
		return err
	}
	insider := user.HasMembersWith(
		member.HasWorkspaceWith(workspace.OrganizationID(w.OrganizationID)))
	return tx.User.Update().Where(user.EmailKey(key), user.Not(insider)).ClearEmail().
		ClearEmailKey().
		Exec(store.AsSystem(ctx, "an account of another organization is not looked at"))
}

// runOperation runs the operation and reads its results.
func (run *dryRun) runOperation(ctx context.Context, tx *store.Tx) error {
	// Made in the transaction, because a second attempt must not add to the people of the first.
	run.result, run.grants = &Result{People: []*Person{}}, map[*Person]schema.Grant{}
	w, err := tx.Workspace.Get(ctx, run.workspace)
	if err != nil {
		return err
	}
	system := store.AsSystem(ctx, "seats are the organization's, over all its workspaces")
	// The operation raises the count itself, so the difference is what it would take.
	before, err := tx.Organization.Query().Where(organization.ID(w.OrganizationID)).Only(system)
	if err != nil {
		return err
	}
	// Ids grow with time: the emails with a greater one are those of this operation.
	marker := ident.New(ident.Mail)
	if err := run.operation(ctx, tx, run); err != nil {
		return err
	}
	after, err := tx.Organization.Query().Where(organization.ID(w.OrganizationID)).Only(system)
	if err != nil {
		return err
	}
	run.result.SeatsTaken = after.SeatsTaken - before.SeatsTaken
	if after.Seats != nil {
		left := *after.Seats - after.SeatsTaken
		run.result.SeatsLeft = &left
	}
	if err := run.loadQueuedEmails(ctx, tx, marker); err != nil {
		return err
	}
	return run.resolvePlacesOfPeople(ctx, tx, w)
}

// loadQueuedEmails reads the emails that the operation has queued.
func (run *dryRun) loadQueuedEmails(ctx context.Context, tx *store.Tx, marker ident.ID) error {
	var keys []string
	for _, one := range run.result.People {
		one.Emails = []*Email{}
		if one.key != "" {
			keys = append(keys, one.key)
		}
	}
	// By address: each person of the result has one, and may get several emails.
	all, err := tx.Mail.Query().Where(entmail.WorkspaceID(run.workspace), entmail.IDGT(marker),
		entmail.ToKeyIn(keys...), entmail.StatusEQ(entmail.StatusQueued)).
		Order(ent.Asc(entmail.FieldDueAt)).All(ctx)
	if err != nil {
		return err
	}
	for _, m := range all {
		for _, one := range run.result.People {
			if one.key == m.ToKey {
				one.Emails = append(one.Emails, &Email{strings.ToUpper(m.Kind), m.DueAt})
				run.result.EmailCount++
				break
			}
		}
	}
	return nil
}

// resolvePlacesOfPeople works out the places of each person, as admission does, once for all people
// with the same grant.
func (run *dryRun) resolvePlacesOfPeople(ctx context.Context, tx *store.Tx, w *ent.Workspace) error {
	type landing struct {
		groups   []*ent.Group
		sessions []*ent.Session
	}
	var known []schema.Grant
	var landings []landing
	for _, one := range run.result.People {
		one.Groups, one.Sessions = []*ent.Group{}, []*ent.Session{}
		g, lands := run.grants[one]
		if !lands {
			continue
		}
		// Grants cannot be keys of a map. Nearly always there is one.
		at := slices.IndexFunc(known, func(k schema.Grant) bool { return inputs.EqualGrants(k, g) })
		if at < 0 {
			a := admission.Admission{Service: run.Admission, Tx: tx, Workspace: w, Grant: g,
				Grantor: run.by.In(w.ID), Now: run.Clock()}
			places, err := a.ResolvePlaces(ctx)
			if err != nil {
				return err
			}
			l := landing{sessions: places.Sessions}
			for _, i := range a.EnteredGroups(places) {
				l.groups = append(l.groups, places.FindGroup(i))
			}
			at, known, landings = len(known), append(known, g), append(landings, l)
		}
		one.Groups, one.Sessions = append(one.Groups, landings[at].groups...),
			append(one.Sessions, landings[at].sessions...)
	}
	return nil
}

// hidePeople removes the members whom the caller may not see.
func (s *Service) hidePeople(ctx context.Context, by *access.Caller,
	people []*Person) error {
	// HideOutcomes works on outcomes, so each person gets one for the time of the call.
	outcomes := make([]*invitation.Outcome, len(people))
	for i, one := range people {
		outcomes[i] = &invitation.Outcome{Member: one.Member}
	}
	err := s.Invitations.HideOutcomes(ctx, by, outcomes)
	for i, one := range people {
		one.Member = outcomes[i].Member
	}
	return err
}
