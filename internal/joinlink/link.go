package joinlink

import (
	"context"
	"strconv"
	"strings"
	"time"

	"entgo.io/ent/dialect/sql"

	"usher/ent"
	"usher/ent/joinlink"
	"usher/ent/predicate"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/address"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/scalar"
	"usher/internal/store"
)

// Limits of a join link, in characters and in entries.
const (
	maxTitle     = 200
	maxWelcome   = 2_000
	maxWhitelist = 1_000
)

// CreateLinkInput describes a new join link. A nil field keeps its default.
type CreateLinkInput struct {
	WorkspaceID      ident.ID
	Slug             *string
	Enabled          *bool
	Title            *string
	WelcomeText      *string
	Whitelist        []string
	Grant            *admission.GrantInput
	ExpiresAt        *time.Time
	MaxJoins         *int
	RequiresApproval *bool
}

// UpdateLinkInput describes the changes of a join link. A grant that is set without a value is
// replaced by the default grant.
type UpdateLinkInput struct {
	ID               ident.ID
	Slug             *string
	RotateSlug       bool
	RedirectOldSlug  *bool // whether the previous slug redirects; nil means true
	Enabled          *bool
	Title            inputs.Change[string]
	WelcomeText      inputs.Change[string]
	Whitelist        OptionalList
	Grant            inputs.Change[admission.GrantChange]
	ExpiresAt        inputs.Change[time.Time]
	MaxJoins         inputs.Change[int]
	RequiresApproval *bool
}

// OptionalList is a list in an update: if it is not set the stored list stays, an empty one clears
// it.
type OptionalList struct {
	Set   bool
	Value []string
}

// CreateLink makes a join link (JOI-1). Errors: FORBIDDEN without join_links.manage or beyond the
// caller's authority, PLAN_REQUIRED, BAD_USER_INPUT, CONFLICT if the slug is taken.
func (s *Service) CreateLink(ctx context.Context, by *access.Caller,
	in CreateLinkInput) (_ *ent.JoinLink, err error) {
	defer fault.Annotate(&err, "create join link")

	m, err := by.RequireMembership(in.WorkspaceID)
	if err != nil {
		return nil, err
	}
	if !m.CanAnywhere(access.JoinLinksManage) {
		return nil, fault.Denied()
	}

	// A link without a chosen slug gets one that nobody guesses.
	slug, slugFault := generateSlug(), error(nil)
	if in.Slug != nil {
		slug, slugFault = parseSlug(*in.Slug)
	}

	linkID, now := ident.New(ident.JoinLink), s.Clock()
	ctx = store.InWorkspace(ctx, in.WorkspaceID)
	err = s.Store.WithTx(ctx, func(tx *store.Tx) error {
		w, err := tx.Workspace.Query().WithOrganization().Only(ctx)
		if err != nil {
			return err
		}
		if !w.Edges.Organization.Entitlements.JoinLinks {
			return fault.New(fault.PlanRequired, "join.plan")
		}
		create := tx.JoinLink.Create().SetID(linkID).SetWorkspaceID(w.ID).SetSlug(slug).
			SetNillableEnabled(in.Enabled).
			SetNillableRequiresApproval(in.RequiresApproval).SetWhitelist([]string{}).
			SetCreatedAt(now).SetUpdatedAt(now)
		e := linkEdit{Service: s, tx: tx, grantor: m, by: by, workspace: w, row: create.Mutation(),
			now: now}
		// All faults of the input are reported in one answer.
		var faults fault.Collector
		faults.Add(slugFault,
			e.setTexts(inputs.Change[string]{Set: true, Value: in.Title},
				inputs.Change[string]{Set: true, Value: in.WelcomeText}),
			e.setLimits(inputs.Change[time.Time]{Set: true, Value: in.ExpiresAt},
				inputs.Change[int]{Set: true, Value: in.MaxJoins}),
			e.setWhitelist(in.Whitelist),
			e.setGrant(ctx, in.Grant))
		if err := faults.Err(); err != nil {
			return err
		}

		// The unique index on the slug decides between concurrent requests for the same one.
		if err := create.Exec(ctx); ent.IsConstraintError(err) {
			return newSlugTakenFault(slug)
		} else if err != nil {
			return err
		}
		// A former slug of another workspace is taken too, so that its visitors do not land here.
		if err := claimSlug(ctx, tx, slug, w.ID, linkID); err != nil {
			return err
		}

		return audit.Record(ctx, tx, now, audit.Event{WorkspaceID: w.ID, Action: audit.JoinLinkMade,
			EntryPoint: admission.EntryPointJoin, By: by, SubjectID: linkID})
	})
	if err != nil {
		return nil, err
	}
	return s.Store.JoinLink.Get(ctx, linkID)
}

// newSlug returns the slug that the link gets, or "" to keep the present one.
func (in *UpdateLinkInput) newSlug() (string, error) {
	switch {
	case in.Slug != nil && in.RotateSlug:
		return "", fault.Input("rotateSlug", "join.slug_twice")
	case in.Slug != nil:
		return parseSlug(*in.Slug)
	case in.RotateSlug:
		return generateSlug(), nil
	}
	return "", nil
}

// UpdateLink changes a join link. The caller becomes its grantor and must hold its whole grant
// (ADM-9). Errors: NOT_FOUND, FORBIDDEN, BAD_USER_INPUT, CONFLICT if the slug is taken.
func (s *Service) UpdateLink(ctx context.Context, by *access.Caller,
	in UpdateLinkInput) (_ *ent.JoinLink, err error) {
	defer fault.Annotate(&err, "update join link")

	link, m, err := s.findEditableLink(ctx, by, in.ID)
	if err != nil {
		return nil, err
	}

	slug, slugFault := in.newSlug()

	now := s.Clock()
	ctx = store.InWorkspace(ctx, link.WorkspaceID)
	err = s.Store.WithTx(ctx, func(tx *store.Tx) error {
		// Read again behind the lock. The grant that the authority is compared with must be the
		// present one.
		if link, err = lockLink(ctx, tx, in.ID); err != nil {
			return err
		}
		if err := admission.RequireLinkAuthority(ctx, tx.Client, m, link.Grant); err != nil {
			return err
		}
		w, err := tx.Workspace.Get(ctx, link.WorkspaceID)
		if err != nil {
			return err
		}

		update := tx.JoinLink.UpdateOne(link).SetNillableEnabled(in.Enabled).
			SetNillableRequiresApproval(in.RequiresApproval)
		e := linkEdit{Service: s, tx: tx, grantor: m, by: by, workspace: w, row: update.Mutation(),
			now: now, previous: &link.Grant}
		// All faults of the input are reported in one answer.
		var faults fault.Collector
		faults.Add(slugFault, e.setTexts(in.Title, in.WelcomeText),
			e.setLimits(in.ExpiresAt, in.MaxJoins))
		if in.Whitelist.Set {
			faults.Add(e.setWhitelist(in.Whitelist.Value))
		}
		if in.Grant.Set {
			faults.Add(e.changeGrant(ctx, link.Grant, in.Grant.Value))
		}
		if err := faults.Err(); err != nil {
			return err
		}

		if !in.Grant.Set {
			// The last person to save a link is its grantor (ADM-9), whatever they changed.
			admission.SetGrantor(e.row, by, w.ID)
		}
		// The same slug again retires nothing, or the link would redirect to itself.
		if slug != "" && slug != link.Slug {
			if err := e.changeSlug(ctx, link, slug, in.RedirectOldSlug == nil ||
				*in.RedirectOldSlug); err != nil {
				return err
			}
			update.SetSlug(slug)
		}

		if err := update.Exec(ctx); ent.IsConstraintError(err) {
			return newSlugTakenFault(slug)
		} else if err != nil {
			return err
		}

		changed, err := tx.JoinLink.Get(ctx, link.ID)
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, now,
			audit.Event{WorkspaceID: w.ID, Action: audit.JoinLinkEdited,
				EntryPoint: admission.EntryPointJoin,
				By:         by, SubjectID: link.ID,
				Details: append(describeLinkChanges(link, changed), e.changes...)})
	})
	if err != nil {
		return nil, err
	}
	return s.Store.JoinLink.Get(ctx, in.ID)
}

// findEditableLink loads a join link for a caller who manages join links somewhere in its
// workspace. It does not check the authority over this link: admission.RequireLinkAuthority does,
// behind the lock of the row. NOT_FOUND, FORBIDDEN.
func (s *Service) findEditableLink(ctx context.Context, by *access.Caller,
	id ident.ID) (*ent.JoinLink, *access.Membership, error) {
	if err := by.RequireAuthenticated(); err != nil {
		return nil, nil, err
	}
	link, err := s.Store.JoinLink.Get(store.AsCaller(ctx, by), id)
	if ent.IsNotFound(err) {
		return nil, nil, fault.Missing()
	}
	if err != nil {
		return nil, nil, err
	}
	m, err := by.RequireMembership(link.WorkspaceID)
	if err == nil && !m.CanAnywhere(access.JoinLinksManage) {
		err = fault.Denied()
	}
	return link, m, err
}

// linkEdit is a join link that is being created or changed, in one transaction.
type linkEdit struct {
	*Service
	tx        *store.Tx
	grantor   *access.Membership
	by        *access.Caller
	workspace *ent.Workspace
	row       *ent.JoinLinkMutation
	now       time.Time
	changes   []schema.Detail
	previous  *schema.Grant // nil for a new link
}

// setTexts validates the title and the welcome text and writes those that are set.
func (e *linkEdit) setTexts(title, welcome inputs.Change[string]) error {
	var faults fault.Collector
	heading, err := inputs.ParseLine("title", title.Value, maxTitle)
	faults.Add(err)
	words, err := inputs.ParseText("welcomeText", welcome.Value, maxWelcome)
	faults.Add(err)
	if err := faults.Err(); err != nil {
		return err
	}
	if title.Set {
		setOrClear(inputs.NilIfEmpty(heading), e.row.SetTitle, e.row.ClearTitle)
	}
	if welcome.Set {
		setOrClear(inputs.NilIfEmpty(words), e.row.SetWelcomeText, e.row.ClearWelcomeText)
	}
	return nil
}

// setLimits validates and writes the expiry and the limit on people. A date without a time means
// the end of that day in the workspace's time zone.
func (e *linkEdit) setLimits(expires inputs.Change[time.Time], most inputs.Change[int]) error {
	var faults fault.Collector
	if expires.Set {
		end := expires.Value
		if end != nil {
			at := scalar.EndIn(*end, i18n.LoadZone(e.workspace.TimeZone))
			// A link that ended on the day it was made would only puzzle its visitors.
			if end = &at; !at.After(e.now) {
				faults.Add(fault.Input("expiresAt", "invite.expiry_past",
					i18n.Args{"Date": at.Format(time.DateOnly)}))
			}
		}
		setOrClear(end, e.row.SetExpiresAt, e.row.ClearExpiresAt)
	}
	if most.Set {
		faults.Add(checkMaxJoins(most.Value))
		setOrClear(most.Value, e.row.SetMaxJoins, e.row.ClearMaxJoins)
	}
	return faults.Err()
}

// setWhitelist replaces the whitelist. Entries are stored in their normalized form, with
// international domains in the script that administrators read.
func (e *linkEdit) setWhitelist(entries []string) error {
	list, err := parseWhitelist(entries)
	if err != nil {
		return err
	}
	e.row.SetWhitelist(list)
	return nil
}

// parseWhitelist returns the entries of a whitelist in the form in which they are stored.
func parseWhitelist(entries []string) ([]string, error) {
	if len(entries) > maxWhitelist {
		return nil, fault.Input("whitelist", "join.whitelist_long",
			i18n.Args{"Max": maxWhitelist, "Given": len(entries)})
	}
	// Compiled as at a join, so that an entry that could never match is refused now.
	list, err := address.CompileWhitelist(entries)
	if err != nil {
		return nil, err
	}
	shown := []string{}
	for _, entry := range list.Entries() {
		shown = append(shown, address.Readable(entry))
	}
	return shown, nil
}

// checkMaxJoins refuses a limit below one; nil is no limit.
func checkMaxJoins(most *int) error {
	if most != nil && *most < 1 {
		return fault.Input("maxJoins", "join.max_joins")
	}
	return nil
}

// setGrant replaces the grant of the link. nil gives the default grant.
func (e *linkEdit) setGrant(ctx context.Context, in *admission.GrantInput) error {
	g, err := admission.ResolveGrant(ctx, e.tx.Client, access.MembersInvite, e.grantor, e.workspace,
		in, e.now)
	if err != nil {
		return err
	}
	return e.writeGrant(ctx, g)
}

// changeGrant applies a change to the grant of the link. nil replaces it by the default grant.
func (e *linkEdit) changeGrant(ctx context.Context, previous schema.Grant,
	c *admission.GrantChange) error {
	if c == nil {
		return e.setGrant(ctx, nil)
	}
	g, err := admission.ChangeGrant(ctx, e.tx.Client, access.MembersInvite, e.grantor, e.workspace,
		previous, c, e.now)
	if err != nil {
		return err
	}
	return e.writeGrant(ctx, g)
}

// writeGrant writes a grant that the caller may give. FORBIDDEN if it names a place in which they
// may not manage join links.
func (e *linkEdit) writeGrant(ctx context.Context, g schema.Grant) error {
	// A link is open to everybody who has it. Inviting people into a place one by one is the lesser
	// right.
	if err := admission.RequireReach(access.JoinLinksManage, e.grantor, g, nil); err != nil {
		return fault.New(fault.Forbidden, "join.beyond")
	}
	if e.previous != nil {
		// The history of a new link needs no list of differences.
		changed, err := admission.DescribeGrantChange(ctx, e.tx.Client, *e.previous, g)
		if err != nil {
			return err
		}
		e.changes = append(e.changes, changed...)
	}
	admission.SetGrant(e.row, g)
	admission.SetGrantor(e.row, e.by, e.workspace.ID)
	return nil
}

// changeSlug gives the link another slug. The previous one stays with the workspace. It redirects
// for redirectPeriod if redirects is set.
func (e *linkEdit) changeSlug(ctx context.Context, link *ent.JoinLink, slug string,
	redirects bool) error {
	// Without a redirect the former slug is kept all the same, so that nobody else can claim it.
	until := e.now
	if redirects {
		until = e.now.Add(redirectPeriod)
	}
	if err := retireSlug(ctx, e.tx, link.Slug, until); err != nil {
		return err
	}
	e.changes = append(e.changes, schema.Detail{Name: "slug", Before: link.Slug, After: slug})
	return claimSlug(ctx, e.tx, slug, link.WorkspaceID, link.ID)
}

// describeLinkChanges returns one detail for each field that differs, by its name in the API. The
// slug and the grant are noted where they change.
func describeLinkChanges(previous, link *ent.JoinLink) (details []schema.Detail) {
	text := inputs.ValueOrEmpty
	flag := strconv.FormatBool
	// The names are those of the API, so that a client can label them as it labels its form.
	for _, d := range []schema.Detail{
		{Name: "enabled", Before: flag(previous.Enabled), After: flag(link.Enabled)},
		{Name: "title", Before: text(previous.Title), After: text(link.Title)},
		{Name: "welcomeText", Before: text(previous.WelcomeText), After: text(link.WelcomeText)},
		{Name: "whitelist", Before: strings.Join(previous.Whitelist, ", "),
			After: strings.Join(link.Whitelist, ", ")},
		{Name: "expiresAt", Before: text(inputs.FormatTime(previous.ExpiresAt)),
			After: text(inputs.FormatTime(link.ExpiresAt))},
		{Name: "maxJoins", Before: formatLimit(previous.MaxJoins),
			After: formatLimit(link.MaxJoins)},
		{Name: "requiresApproval", Before: flag(previous.RequiresApproval),
			After: flag(link.RequiresApproval)},
	} {
		if d.Before != d.After {
			details = append(details, d)
		}
	}
	return details
}

// formatLimit returns a limit as text, "" for none.
func formatLimit(limit *int) string {
	if limit == nil {
		return ""
	}
	return strconv.Itoa(*limit)
}

// lockLink loads and locks a join link. NOT_FOUND if it is gone.
func lockLink(ctx context.Context, tx *store.Tx, id ident.ID) (*ent.JoinLink, error) {
	q := tx.JoinLink.Query().Where(joinlink.ID(id))
	if tx.Locks() {
		q.ForUpdate()
	}
	link, err := q.Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.Missing()
	}
	return link, err
}

// newSlugTakenFault returns CONFLICT for the field `slug`.
func newSlugTakenFault(slug string) error {
	f := fault.New(fault.Conflict, "join.slug_taken", i18n.Args{"Slug": slug})
	f.Field = "slug"
	return f
}

// setOrClear calls set with the value, or clear if it is nil.
func setOrClear[T any](v *T, set func(T), clear func()) {
	if v == nil {
		clear()
		return
	}
	set(*v)
}

// hasRoomLeft is true in the database while the link has fewer people than its limit.
func hasRoomLeft() predicate.JoinLink {
	return joinlink.Or(joinlink.MaxJoinsIsNil(), func(s *sql.Selector) {
		s.Where(sql.ColumnsLT(s.C(joinlink.FieldJoinCount), s.C(joinlink.FieldMaxJoins)))
	})
}
