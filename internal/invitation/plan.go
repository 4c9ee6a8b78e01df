package invitation

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
	"usher/internal/store"
)

// PlanInput is the input of the operation to plan. Exactly one field is set.
type PlanInput struct {
	Invite             *InviteInput
	Create             *CreateInput
	AddToGroup         *AddInput
	RegisterForSession *RegisterInput
}

// countOperations returns the number of operations that the input names.
func (in PlanInput) countOperations() int {
	n := 0
	for _, asked := range []bool{in.Invite != nil, in.Create != nil, in.AddToGroup != nil,
		in.RegisterForSession != nil} {
		if asked {
			n++
		}
	}
	return n
}

// Plan is what an operation would do (AHD-1).
type Plan struct {
	People     []*PlannedPerson
	MailCount  int
	SeatsTaken int  // by this operation
	SeatsLeft  *int // afterwards; nil without limit, and for callers who may not see usage
}

// PlannedPerson is the result that one person would get.
type PlannedPerson struct {
	Input    string  // as Outcome.Input
	Email    *string // the clean address; nil where there is none
	Status   OutcomeStatus
	Warnings []Warning
	Sentence i18n.Message
	Member   *ent.Member    // the present member
	Groups   []*ent.Group   // that they would be in, the inherited ones included
	Sessions []*ent.Session // in which they would be enrolled
	Mails    []*PlannedMail
	Changes  []string
	Fault    *fault.Error // why nothing would be done; else nil

	key string
}

// plannedMessages maps the sentences of the operations to those of a plan. A sentence that is
// missing here is true before and after the operation.
var plannedMessages = map[string]string{
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

// Message returns the planned result of the person as a sentence in the conditional.
func (p *PlannedPerson) Message() i18n.Message {
	if key, ok := plannedMessages[p.Sentence.Key]; ok {
		return i18n.Message{Key: key, Args: p.Sentence.Args}
	}
	return p.Sentence
}

// PlannedMail is an email that would be sent.
type PlannedMail struct {
	Kind string // in capitals: a value of EmailKind
	At   time.Time
}

// errPlanned rolls back the transaction of a plan.
var errPlanned = errors.New("invitation: only planned")

// Plan returns what an operation would do and changes nothing. It runs the operation itself in a
// transaction that is rolled back, and reads the result before that. So a plan differs from the
// operation only if another request comes in between. Errors: those of the operation; RATE_LIMITED
// and UNAVAILABLE if too many plans run.
func (s *Service) Plan(ctx context.Context, by *access.Caller, in PlanInput) (_ *Plan, err error) {
	defer fault.Annotate(&err, "plan operation")

	// The schema cannot say that exactly one of several inputs is given.
	if in.countOperations() != 1 {
		return nil, fault.Input("", "plan.one_operation")
	}
	var p *planRun
	var b *InviteBatch
	var operation batchOperation
	switch {
	case in.Invite != nil:
		b, err = s.validateInvite(by, *in.Invite)
		operation = (*InviteBatch).inviteRecipients
	case in.AddToGroup != nil:
		b, err = s.authorizeAddToGroup(ctx, by, *in.AddToGroup)
		operation = (*InviteBatch).addRecipientsToGroup
	case in.RegisterForSession != nil:
		b, err = s.authorizeRegistration(ctx, by, *in.RegisterForSession)
		operation = (*InviteBatch).registerRecipients
	default:
		p, err = s.planCreate(ctx, by, *in.Create)
	}
	if b != nil {
		p = s.planBatch(b, operation)
	}
	if err != nil {
		return nil, err
	}

	// After validation: a request that is refused anyway must not wait for a place.
	free, err := s.plans.acquirePlace(ctx, by)
	if err != nil {
		return nil, err
	}
	defer free()
	ctx = store.InWorkspace(ctx, p.workspace)
	err = s.Store.Retry(ctx, func(tx *store.Tx) error {
		if err := p.runPlan(ctx, tx); err != nil {
			return err
		}
		// An error is the one way to leave a transaction without a commit. Retry does not repeat
		// this one.
		return errPlanned
	})
	if !errors.Is(err, errPlanned) {
		return nil, err
	}
	if !by.In(p.workspace).Throughout(access.UsageView) {
		p.plan.SeatsLeft = nil // as usage refuses it
	}
	if err := s.hideGroups(ctx, by, p.plan.People); err != nil {
		return nil, err
	}
	return p.plan, s.hidePeople(ctx, by, p.plan.People)
}

// hideGroups removes the groups that the caller may not see. A pending invitation may lead into
// some, and so may inheriting groups.
func (s *Service) hideGroups(ctx context.Context, by *access.Caller,
	people []*PlannedPerson) error {
	var ids []ident.ID
	for _, one := range people {
		for _, g := range one.Groups {
			ids = append(ids, g.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	seen, err := s.Store.Group.Query().Where(group.IDIn(inputs.Distinct(ids)...)).
		IDs(store.AsCaller(ctx, by))
	for _, one := range people {
		one.Groups = slices.DeleteFunc(one.Groups, func(g *ent.Group) bool {
			return !slices.Contains(seen, g.ID)
		})
	}
	return err
}

// planRun is the run of one plan.
type planRun struct {
	*Service
	by        *access.Caller
	workspace ident.ID
	// the operation, which notes people
	operation func(ctx context.Context, tx *store.Tx, p *planRun) error
	grants    map[*PlannedPerson]schema.Grant
	plan      *Plan
}

// planBatch plans the operations that take many people.
func (s *Service) planBatch(b *InviteBatch, operation batchOperation) *planRun {
	return &planRun{Service: s, by: b.By, workspace: b.In.WorkspaceID,
		operation: func(ctx context.Context, tx *store.Tx, p *planRun) error {
			attempt, err := b.beginAttempt(ctx, tx)
			if err != nil {
				return err
			}
			outcomes, err := operation(attempt, ctx)
			if err != nil {
				return err
			}
			for i, o := range outcomes {
				one := &PlannedPerson{Input: o.Input, Email: o.Email, Status: o.Status,
					Warnings: o.Warnings, Sentence: o.Sentence, Member: o.Member,
					Changes: o.Changes, Fault: o.Fault, key: attempt.Recipients[i].Key}
				switch o.Status {
				case Invited, Updated:
					p.grants[one] = attempt.Recipients[i].Grant
					// else one that gives more than the caller could, which stays hidden
					if o.Invitation != nil {
						p.grants[one] = o.Invitation.Grant
					}
				case Added, InvitedInstead:
					p.grants[one] = attempt.Recipients[i].Grant
				}
				p.plan.People = append(p.plan.People, one)
			}
			return nil
		}}
}

func (s *Service) planCreate(ctx context.Context, by *access.Caller,
	in CreateInput) (*planRun, error) {
	who, err := s.validateCreate(ctx, by, in)
	if err != nil {
		return nil, err
	}
	return &planRun{Service: s, by: by, workspace: in.WorkspaceID,
		operation: func(ctx context.Context, tx *store.Tx, p *planRun) error {
			if err := detachForeignAccount(ctx, tx, in.WorkspaceID, who.Key); err != nil {
				return err
			}
			c, err := s.createInTransaction(ctx, tx, by, in, who)
			if err != nil {
				return err
			}
			one := p.notePlannedCreation(c, who)
			p.plan.People = append(p.plan.People, one)
			return nil
		}}, nil
}

// notePlannedCreation returns the planned result of a person whom createUser would create.
func (p *planRun) notePlannedCreation(c *Creation, who *NewPerson) *PlannedPerson {
	one := &PlannedPerson{Input: cmp.Or(who.Raw, who.Username),
		Email: inputs.NilIfEmpty(who.Display), Warnings: c.Warnings, Changes: []string{},
		key: who.Key}
	switch c.Status {
	case CreateCreated:
		one.Status, one.Sentence = Created, newMessage("plan.created")
		if slices.Contains(c.Warnings, AccountExistsElsewhere) {
			one.Sentence = newMessage("plan.created_elsewhere")
		}
		p.grants[one] = who.Grant
	case CreateInvitedInstead:
		one.Status, one.Sentence = InvitedInstead, newMessage("plan.invited_instead")
		p.grants[one] = who.Grant
	case CreateAlreadyMember:
		one.Status, one.Sentence, one.Member = AlreadyMember, newMessage("invite.already_member"),
			c.Member
	case CreateDeactivated:
		one.Fault = fault.New(fault.Conflict, "invite.deactivated")
		one.Status, one.Sentence, one.Member = Deactivated, one.Fault.Message, c.Member
	}
	return one
}

// detachForeignAccount removes the address from an account that has no membership in the
// organization. It runs in the transaction of a plan, which is rolled back.
//
// Security: createUser invites the owner of such an account instead, and leaves an audit event. A
// plan leaves none, so it answers as if the address were new. The request itself decides.
func detachForeignAccount(ctx context.Context, tx *store.Tx, workspaceID ident.ID,
	key string) error {
	if key == "" {
		return nil
	}
	w, err := tx.Workspace.Get(ctx, workspaceID)
	if err != nil {
		return err
	}
	if err := admission.LockForAdmission(ctx, tx, w, key); err != nil {
		return err
	}
	insider := user.HasMembersWith(
		member.HasWorkspaceWith(workspace.OrganizationID(w.OrganizationID)))
	return tx.User.Update().Where(user.EmailKey(key), user.Not(insider)).ClearEmail().
		ClearEmailKey().
		Exec(store.AsSystem(ctx, "an account of another organization is not looked at"))
}

// runPlan runs the operation and reads its results.
func (p *planRun) runPlan(ctx context.Context, tx *store.Tx) error {
	// Made in the transaction, because a second attempt must not add to the people of the first.
	p.plan, p.grants = &Plan{People: []*PlannedPerson{}}, map[*PlannedPerson]schema.Grant{}
	w, err := tx.Workspace.Get(ctx, p.workspace)
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
	if err := p.operation(ctx, tx, p); err != nil {
		return err
	}
	after, err := tx.Organization.Query().Where(organization.ID(w.OrganizationID)).Only(system)
	if err != nil {
		return err
	}
	p.plan.SeatsTaken = after.SeatsTaken - before.SeatsTaken
	if after.Seats != nil {
		left := *after.Seats - after.SeatsTaken
		p.plan.SeatsLeft = &left
	}
	if err := p.loadPlannedEmails(ctx, tx, marker); err != nil {
		return err
	}
	return p.resolvePlannedPlaces(ctx, tx, w)
}

// loadPlannedEmails reads the emails that the operation has queued.
func (p *planRun) loadPlannedEmails(ctx context.Context, tx *store.Tx, marker ident.ID) error {
	var keys []string
	for _, one := range p.plan.People {
		one.Mails = []*PlannedMail{}
		if one.key != "" {
			keys = append(keys, one.key)
		}
	}
	all, err := tx.Mail.Query().Where(entmail.WorkspaceID(p.workspace), entmail.IDGT(marker),
		entmail.ToKeyIn(keys...), entmail.StatusEQ(entmail.StatusQueued)).
		Order(ent.Asc(entmail.FieldDueAt)).All(ctx)
	if err != nil {
		return err
	}
	for _, m := range all {
		for _, one := range p.plan.People {
			if one.key == m.ToKey {
				one.Mails = append(one.Mails, &PlannedMail{strings.ToUpper(m.Kind), m.DueAt})
				p.plan.MailCount++
				break
			}
		}
	}
	return nil
}

// resolvePlannedPlaces works out the places of each person, as admission does, once for all people
// with the same grant.
func (p *planRun) resolvePlannedPlaces(ctx context.Context, tx *store.Tx, w *ent.Workspace) error {
	type landing struct {
		groups   []*ent.Group
		sessions []*ent.Session
	}
	var known []schema.Grant
	var landings []landing
	for _, one := range p.plan.People {
		one.Groups, one.Sessions = []*ent.Group{}, []*ent.Session{}
		g, lands := p.grants[one]
		if !lands {
			continue
		}
		// Grants cannot be keys of a map. Nearly always there is one.
		at := slices.IndexFunc(known, func(k schema.Grant) bool { return inputs.EqualGrants(k, g) })
		if at < 0 {
			a := admission.Admission{Service: p.Service.Admission, Tx: tx, Workspace: w, Grant: g,
				Grantor: p.by.In(w.ID), Now: p.Clock()}
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
	people []*PlannedPerson) error {
	// hideMembers works on outcomes, so each person gets one for the time of the call.
	outcomes := make([]*Outcome, len(people))
	for i, one := range people {
		outcomes[i] = &Outcome{Member: one.Member}
	}
	err := s.hideMembers(ctx, by, outcomes)
	for i, one := range people {
		one.Member = outcomes[i].Member
	}
	return err
}
