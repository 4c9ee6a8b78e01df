package imports

import (
	"context"
	"hash/maphash"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mozillazg/go-unidecode"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/ent/member"
	"usher/ent/user"
	"usher/ent/workspace"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	files "usher/internal/importfile"
	"usher/internal/invitation"
	"usher/internal/mirror"
	"usher/internal/store"
)

// rowEvaluator decides what rows do. The preview and the running import both use it.
type rowEvaluator struct {
	*rowReader
	service   *Service
	by        *access.Caller
	seatsLeft *int // seats that the rows evaluated so far leave; nil without a limit
	preview   bool // nothing is written yet

	seed               maphash.Seed
	firstRows          map[uint64]int  // number of the first row of each person, by hash
	generatedUsernames map[string]bool // usernames made for earlier rows

	presence *mirror.Presence // whom the rows of the file name; only in the preview of a sync

	running             bool              // rows are written: members are locked before evaluation
	adminsWithNewExpiry map[ident.ID]bool // administrators whose access earlier rows let end
}

// newRowEvaluator loads the workspace and the directory of an import.
func newRowEvaluator(ctx context.Context, s *Service, db *ent.Client, b *ent.ImportBatch,
	by *access.Caller) (*rowEvaluator, error) {
	// With the organization, whose seats limit how many rows can create accounts.
	w, err := db.Workspace.Query().Where(workspace.ID(b.WorkspaceID)).WithOrganization().Only(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := readDirectory(ctx, db, by.In(w.ID))
	if err != nil {
		return nil, err
	}
	j := &rowEvaluator{
		rowReader: &rowReader{batch: b, workspace: w, directory: dir, now: s.Clock(),
			zone: i18n.LoadZone(w.TimeZone), columns: restoreColumns(b.Columns)},
		service: s, by: by,
		seed: maphash.MakeSeed(), firstRows: map[uint64]int{},
		generatedUsernames: map[string]bool{},
	}
	if org := w.Edges.Organization; org.Seats != nil {
		left := *org.Seats - org.SeatsTaken
		j.seatsLeft = &left
	}
	return j, nil
}

// forAttempt copies the evaluator and some rows for one attempt of a transaction. Seats, usernames
// and rows noted by a failed attempt must not be seen by the next one, which would take a seat
// twice and reject the last row.
func (j *rowEvaluator) forAttempt(rows []*candidate) (*rowEvaluator, []*candidate) {
	// The columns, the directory and the workspace are only read, so they are not copied.
	// Both structs are copied, because the reader is embedded as a pointer.
	copied, read := *j, *j.rowReader
	copied.rowReader, copied.generatedUsernames, copied.adminsWithNewExpiry = &read,
		maps.Clone(j.generatedUsernames), maps.Clone(j.adminsWithNewExpiry)
	if j.seatsLeft != nil {
		left := *j.seatsLeft
		copied.seatsLeft = &left
	}
	own := make([]*candidate, len(rows))
	for i, c := range rows {
		row := *c
		row.faults = slices.Clone(c.faults)
		own[i] = &row
	}
	return &copied, own
}

// rowFacts are what the database holds about some rows.
type rowFacts struct {
	*invitation.RecipientFacts
	accounts         map[string]*ent.User // by address key
	related          map[string]bool      // those with a place in the organization
	byUsername       map[string]*ent.User // by username key, in the organization
	workspaceMembers map[ident.ID]*ent.Member

	unverified map[ident.ID]bool // accounts whose address nobody has verified (AUT-6)
}

// evaluateRows evaluates rows together, with a number of statements that does not depend on their
// number.
func (j *rowEvaluator) evaluateRows(ctx context.Context, tx *store.Tx,
	rows []*candidate) (*rowFacts, error) {
	known, err := findNamelessKnown(ctx, tx, rows)
	if err != nil {
		return nil, err
	}
	for _, c := range rows {
		// Nobody gets a username in order to leave.
		if known[c.ExternalID] || j.leaves(c) {
			continue
		}
		// First, because the lookup below needs the username of every row.
		if err := j.generateUsername(ctx, tx, c); err != nil {
			return nil, err
		}
	}
	f, err := j.loadFacts(ctx, tx, rows)
	if err != nil {
		return nil, err
	}
	// Before the evaluation, which would count a seat for a row that is rejected.
	if err := j.refuseNamesakes(ctx, tx, rows); err != nil {
		return nil, err
	}
	for _, c := range rows {
		if c.outcome != RowError {
			j.evaluateRow(c, f)
		}
	}
	return f, j.compareMembers(ctx, tx, rows, f)
}

// refuseDuplicate notes the person of a row, and rejects a row whose person was in an earlier row.
func (j *rowEvaluator) refuseDuplicate(c *candidate) {
	key := c.personKey()
	if key == "" {
		j.noteSameNames(c)
	}
	column := "email"
	if c.Key == "" {
		column = "username"
	}
	j.refuseRepeated(c, column, key)
	if c.ExternalID != "" {
		j.refuseRepeated(c, "externalId", "#"+c.ExternalID)
	}
}

// refuseRepeated rejects a row whose key in a column was in an earlier row.
func (j *rowEvaluator) refuseRepeated(c *candidate, column, key string) {
	if key == "" || c.outcome == RowError {
		return
	}
	// A hash keeps memory small in a file of 100,000 rows; the seed keeps collisions out of reach
	// of the file's author.
	h := maphash.String(j.seed, key)
	if first, twice := j.firstRows[h]; twice {
		c.rejectRow(fault.Input(column, "import.twice", i18n.Args{"Row": first}))
		return
	}
	j.firstRows[h] = c.number
}

// generateUsername makes a username from the names of a person with neither address nor username
// (BAT-10).
func (j *rowEvaluator) generateUsername(ctx context.Context, tx *store.Tx, c *candidate) error {
	// The preview made one already: the row keeps the name that the report showed.
	if c.generatedUsername != "" {
		c.Username, c.UsernameKey = c.generatedUsername, c.generatedUsername
		return nil
	}
	if j.batch.Action != importbatch.ActionCreate || c.Key != "" || c.UsernameKey != "" ||
		c.outcome == RowError {
		return nil
	}
	base := asciiName(c.First) + "." + asciiName(c.Last)
	// A name of signs alone has no letters.
	if base == "." {
		base = "user"
	}
	// The loop ends: each round tries a longer number, and a workspace has finitely many members.
	// The second person of the same names gets a 2.
	for n := 1; ; n++ {
		name := strings.Trim(base, ".")
		if n > 1 {
			name += strconv.Itoa(n)
		}
		if j.generatedUsernames[name] {
			continue
		}
		there, err := tx.User.Query().
			Where(user.UsernameKey(name), user.UsernameOrganizationID(j.workspace.OrganizationID)).
			Exist(store.AsSystem(ctx, "usernames are unique in an organization"))
		if err != nil {
			return err
		}
		if !there {
			j.generatedUsernames[name] = true
			c.generatedUsername, c.Username, c.UsernameKey = name, name, name
			return nil
		}
	}
}

// asciiName writes a name in lower-case ASCII letters and digits: lukasz for Łukasz, weiss for Weiß, ivan
// for Иван.
func asciiName(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(unidecode.Unidecode(s)))
}

// loadFacts loads the accounts, members and invitations that rows refer to.
func (j *rowEvaluator) loadFacts(ctx context.Context, tx *store.Tx,
	rows []*candidate) (*rowFacts, error) {
	b := invitation.InviteBatch{Service: j.service.Invitations, Tx: tx, By: j.by,
		Workspace: j.workspace, Now: j.now}
	var keys, names []string
	for _, c := range rows {
		// A rejected row changes nothing, so its people need not be looked up.
		if c.outcome == RowError {
			continue
		}
		if c.Key != "" || c.ExternalID != "" {
			b.Recipients = append(b.Recipients, &invitation.Recipient{Address: c.Address,
				ExternalID: c.ExternalID})
		}
		if c.Key != "" {
			keys = append(keys, c.Key)
		}
		if c.UsernameKey != "" {
			names = append(names, c.UsernameKey)
		}
	}
	f := &rowFacts{accounts: map[string]*ent.User{}, related: map[string]bool{},
		byUsername: map[string]*ent.User{}, workspaceMembers: map[ident.ID]*ent.Member{}}
	var err error
	if f.RecipientFacts, err = b.LookUpRecipients(ctx); err != nil {
		return f, err
	}
	// An import that invites looks for members without an address by username only.
	if j.batch.Action != importbatch.ActionCreate {
		if keys = nil; len(names) == 0 {
			return f, nil
		}
	}
	system := store.AsSystem(ctx,
		"an address may have an account in any workspace, a username in any of the organization")
	accounts, err := tx.User.Query().Where(user.Or(user.EmailKeyIn(keys...),
		user.And(user.UsernameOrganizationID(j.workspace.OrganizationID),
			user.UsernameKeyIn(names...)))).
		WithMembers(func(q *ent.MemberQuery) {
			q.Where(member.HasWorkspaceWith(workspace.OrganizationID(j.workspace.OrganizationID)))
		}).All(system)
	// An account may be found by its address and by its username, by two rows.
	for _, u := range accounts {
		if u.EmailKey != nil {
			f.accounts[*u.EmailKey] = u
			f.related[*u.EmailKey] = len(u.Edges.Members) > 0
		}
		if u.UsernameKey != nil {
			f.byUsername[*u.UsernameKey] = u
		}
		for _, m := range u.Edges.Members {
			if m.WorkspaceID == j.workspace.ID {
				m.Edges.User = u
				f.workspaceMembers[u.ID] = m
			}
		}
	}
	if err == nil {
		f.unverified, err = account.UnverifiedOf(ctx, tx.Client, accounts)
	}
	return f, err
}

// evaluateRow sets the outcome of a row.
func (j *rowEvaluator) evaluateRow(c *candidate, f *rowFacts) {
	if c.absent {
		// The member may have been removed since the preview; reloadLeaver asks for the rest.
		if c.member != nil {
			c.outcome = RowDeactivate
		}
		return
	}
	c.member = f.Members[c.Key]
	c.pending = f.Pending[c.Key]
	// Only members without an address are identified by their username.
	if c.member == nil && c.Key == "" && f.byUsername[c.UsernameKey] != nil {
		c.member = f.workspaceMembers[f.byUsername[c.UsernameKey].ID]
	}
	if !j.matchExternalID(c, f) {
		return
	}
	if j.leaves(c) {
		j.evaluateLeaver(c)
		return
	}
	j.evaluatePerson(c, f)
}

// evaluatePerson sets the outcome of a row whose member or invitation is known, if there is one.
func (j *rowEvaluator) evaluatePerson(c *candidate, f *rowFacts) {
	skip := j.batch.Existing == importbatch.ExistingSkip
	switch {
	case c.row.Deactivated && c.member != nil &&
		(skip || c.member.Status == member.StatusDeactivated):
		c.outcome = RowUnchanged // the export of members lists them as deactivated, too
	case c.row.Deactivated:
		c.rejectRow(fault.Input(string(files.Deactivated), "import.deactivates_nobody"))
	case c.member != nil && c.member.Status == member.StatusDeactivated &&
		j.batch.Options.Sync != nil:
		c.outcome = RowReactivate // authorizeReturns asks who deactivated them
	case c.member != nil && c.member.Status == member.StatusDeactivated && !skip:
		c.addNote("DEACTIVATED", fault.New(fault.Conflict, "invite.deactivated"))
		c.outcome = RowError
	case c.member != nil && skip:
		c.outcome = RowUnchanged
	case c.member != nil:
		c.outcome = RowUpdate // compareMembers sets it to UNCHANGED if nothing differs
	case j.batch.Action == importbatch.ActionCreate:
		j.evaluateCreate(c, f)
	default:
		j.evaluateInvite(c, f, skip)
	}
}

// evaluateInvite sets the outcome of a row that invites.
func (j *rowEvaluator) evaluateInvite(c *candidate, f *rowFacts, skip bool) {
	alive := c.pending != nil && !invitation.IsExpired(c.pending, j.now)
	switch {
	case c.Key == "": // a username that no member has
		c.rejectRow(fault.Input("email", "import.no_email"))
	case f.Suppressed[c.Key]:
		c.addNote("SUPPRESSED", fault.Input("email", "invite.suppressed"))
		c.outcome = RowError
	case alive && skip:
		c.outcome = RowUnchanged
	case alive:
		c.outcome = RowUpdate
	default:
		c.outcome = RowInvite
	}
}

// evaluateCreate sets the outcome of a row that creates an account.
func (j *rowEvaluator) evaluateCreate(c *candidate, f *rowFacts) {
	account := f.accounts[c.Key]
	if j.preview && account != nil && !f.related[c.Key] {
		// Security: a preview of many addresses would reveal which of them have an account in other
		// organizations, without a trace. The preview treats them as new addresses. The run
		// decides, and emails an invitation (CRE-3).
		account = nil
	}
	isPending := c.pending != nil && !invitation.IsExpired(c.pending, j.now)
	switch {
	// Consent is needed: the person gets an invitation instead (CRE-3, AUT-6).
	case f.requiresConsent(c.Key, account):
		if c.outcome = RowInvite; f.Suppressed[c.Key] {
			c.addNote("SUPPRESSED", fault.Input("email", "invite.suppressed"))
			c.outcome = RowError
		} else if isPending {
			c.outcome = RowUpdate
		}
		return
	case isPending && !j.canGrantAll(c.pending):
		// The update of an invitation beyond the importer's authority, which compareMembers
		// rejects.
		c.outcome = RowUpdate
		return
	case account == nil && c.rejectWithoutNames():
		return
	case (account == nil || c.Key == "") && f.byUsername[c.UsernameKey] != nil:
		c.rejectRow(fault.Input("username", "create.username_taken",
			i18n.Args{"Username": c.Username}))
		return
	// An account that is active elsewhere in the organization has its seat already.
	case account == nil || !f.Elsewhere[c.Key]:
		if !j.takeSeat() {
			c.rejectRow(fault.New(fault.SeatLimitReached, "seat.none_left"))
			return
		}
	}
	c.outcome = RowCreate
}

// rejectWithoutNames rejects a row that lacks a name, and tells whether it does. Only new accounts need
// names: those of an existing account belong to its owner.
func (c *candidate) rejectWithoutNames() bool {
	if c.First == "" {
		c.rejectRow(fault.Input("firstName", "create.first_name"))
	}
	if c.Last == "" {
		c.rejectRow(fault.Input("lastName", "create.last_name"))
	}
	return c.First == "" || c.Last == ""
}

// requiresConsent tells whether an address has an account that no administrator of this
// organization may add directly: one without a place here, or one whose address is not verified.
func (f *rowFacts) requiresConsent(key string, account *ent.User) bool {
	return key != "" && account != nil && (!f.related[key] || f.unverified[account.ID])
}

// takeSeat takes one of the remaining seats and returns false if none is left.
func (j *rowEvaluator) takeSeat() bool {
	if j.seatsLeft == nil {
		return true
	}
	if *j.seatsLeft <= 0 {
		return false
	}
	*j.seatsLeft--
	return true
}

// canGrantAll tells whether the importer could give everything that an invitation gives.
func (j *rowEvaluator) canGrantAll(inv *ent.Invitation) bool {
	if !j.directory.grantor.CanAnywhere(access.MembersInvite) {
		return false
	}
	for _, p := range invitation.GrantParts(inv) {
		if admission.RequireWithin(access.MembersInvite, j.directory.grantor, p.Grant,
			j.directory.roles,
			nil) != nil {
			return false
		}
	}
	return true
}

// emailDueAt returns when the email of a row is sent (BAT-8): now, or at the time that the import
// was started with, delayed by the row's number if emails are limited per minute.
func emailDueAt(b *ent.ImportBatch, now time.Time, number int) time.Time {
	at := now
	if b.EmailAt != nil && b.EmailAt.After(now) {
		at = *b.EmailAt
	}
	if b.EmailsPerMinute != nil && b.StartedAt != nil {
		// The limit counts from the time of the first email, not from the upload.
		from := *b.StartedAt
		if b.EmailAt != nil && b.EmailAt.After(from) {
			from = *b.EmailAt
		}
		if turn := from.Add(time.Duration(number) * time.Minute / time.Duration(
			*b.EmailsPerMinute)); turn.After(at) {
			at = turn
		}
	}
	return at
}
