package imports

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/ent/schema"
	"usher/internal/account"
	"usher/internal/address"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	files "usher/internal/importfile"
	"usher/internal/inputs"
	"usher/internal/password"
	"usher/internal/provisioning"
)

// RowOutcome is what a row of an import does. The values are part of the public API.
type RowOutcome string

// What a row can do.
const (
	RowInvite    RowOutcome = "INVITE"
	RowCreate    RowOutcome = "CREATE"
	RowUpdate    RowOutcome = "UPDATE"
	RowUnchanged RowOutcome = "UNCHANGED"
	// RowDeactivate deactivates a member, or cancels a pending invitation; only in a sync.
	RowDeactivate RowOutcome = "DEACTIVATE"
	RowReactivate RowOutcome = "REACTIVATE" // only in a sync
	RowError      RowOutcome = "ERROR"
)

// warningCode marks a remark among a row's faults, which does not reject the row.
const warningCode = "WARNING"

// candidate is one row from reading to writing.
type candidate struct {
	provisioning.NewPerson
	number     int
	row        files.Row // as read; only its cells are stored
	typedEmail string    // the address as typed
	outcome    RowOutcome
	faults     []schema.RowError

	id                ident.ID             // of its row in the database
	generatedUsername string               // a username made from the names
	namesRoles        bool                 // the row, or the import, names roles
	rolePlaces        []schema.GrantedRole // roles that the row names with their places
	member            *ent.Member
	pending           *ent.Invitation
	expired           *ent.Invitation // another one, of the external id
	moves             bool            // the member or the invitation has another address
	invites           bool            // a member who comes back is invited to what the row gives
	absent            bool            // no row of the file: a member whom a mirrored file does not hold
	invitation        ident.ID
}

// changesMember tells whether a row does something to a member who is there already.
func (c *candidate) changesMember() bool {
	return c.member != nil && (c.outcome == RowUpdate || c.outcome == RowDeactivate ||
		c.outcome == RowReactivate)
}

// rejectRow adds a fault and sets the outcome to ERROR. A rejected row changes nothing.
func (c *candidate) rejectRow(f *fault.Error) {
	c.outcome = RowError
	c.addNote(string(f.Code), f)
}

// addWarning adds a remark at a column.
func (c *candidate) addWarning(column, key string) {
	c.addNote(warningCode, fault.Input(column, key))
}

// addNote adds a fault in the form in which it is stored.
func (c *candidate) addNote(code string, f *fault.Error) {
	args := map[string]string{}
	for name, v := range f.Message.Args {
		args[name] = fmt.Sprint(v)
	}
	c.faults = append(c.faults, schema.RowError{Column: columnOf(f.Field), Code: code,
		Message: f.Message.Key, Args: args})
}

// columnOf returns the column of a file that an input field stands for. "grant.groupIds" is groups,
// and "labels.2" is labels.
func columnOf(field string) string {
	field = strings.TrimPrefix(field, "grant.")
	if name, _, ok := strings.Cut(field, "."); ok && name != string(files.CustomField) {
		field = name
	}
	if column, other := map[string]files.Name{"groupIds": files.Groups,
		"sessionIds": files.Sessions, "orgUnitId": files.OrgUnit}[field]; other {
		return string(column)
	}
	return field
}

// fullName returns the typed first and last name.
func (c *candidate) fullName() string { return strings.TrimSpace(c.First + " " + c.Last) }

// personKey returns the key that is equal for two rows of the same person; empty if neither
// address nor username is known.
func (c *candidate) personKey() string {
	switch {
	case c.Key != "":
		return c.Key
	case c.UsernameKey != "":
		return "@" + c.UsernameKey
	}
	return ""
}

// rowReader turns rows of a file into candidates. It uses the directory and runs no statements.
type rowReader struct {
	batch     *ent.ImportBatch
	workspace *ent.Workspace
	directory *importDirectory
	now       time.Time
	zone      *time.Location
	columns   []files.Column // of the file
}

// readRow validates a row by itself, with the rules of the verbs' inputs.
func (r *rowReader) readRow(row files.Row) *candidate {
	c := &candidate{number: row.Number, row: row, typedEmail: row.Email}
	for _, e := range row.Errors {
		c.rejectRow(e.Err)
	}
	c.First, c.Last, c.Locale = r.personName(c, "firstName", row.FirstName),
		r.personName(c, "lastName", row.LastName), row.Locale
	if row.NameUnread {
		c.addWarning("fullName", "import.name_unread")
	}
	r.readIdentity(c, row)
	// Only accounts need a password. In other imports it is left out with a warning.
	if r.batch.Action == importbatch.ActionCreate {
		r.readCredentials(c, row)
	} else if row.Password != "" || row.SendCredentials != nil && *row.SendCredentials {
		c.addWarning("password", "import.password_unused")
	}
	r.noteSecrets(c)
	// A row of a deactivated member changes nothing, so dates in the past are no fault of it.
	if !row.Deactivated {
		c.Grant = r.readGrant(c, row)
		c.Grant.ExternalID = c.ExternalID
		if sync := r.batch.Options.Sync; sync != nil && c.ExternalID != "" {
			c.Grant.ExternalSource = sync.Source
		}
	}
	return c
}

// personName returns the name of a cell in stored form, and rejects the row if it cannot be one.
func (r *rowReader) personName(c *candidate, column, typed string) string {
	// The same rule as for names of invitations, so that no entry point accepts what others refuse.
	name, err := inputs.ParsePersonName(column, &typed)
	if f, refused := fault.Of(err); refused {
		c.rejectRow(f)
	}
	return name
}

// readIdentity reads the address and username of a row.
func (r *rowReader) readIdentity(c *candidate, row files.Row) {
	creates := r.batch.Action == importbatch.ActionCreate
	if row.Email != "" {
		a, err := address.Parse(row.Email)
		if f, refused := fault.Of(err); refused {
			f.Field = "email"
			c.rejectRow(f)
		}
		c.Address = a
		// A mail program exports the name with the address. Columns with names take priority.
		if c.First+c.Last == "" {
			c.First, c.Last = address.SplitPersonName(a.Name)
		}
	}
	if row.ExternalID != "" {
		external, err := inputs.ParseExternalID(&row.ExternalID)
		if f, refused := fault.Of(err); refused {
			c.rejectRow(f)
		}
		c.ExternalID = inputs.ValueOrEmpty(external)
	}
	// Existing members may be found by a username alone. An import that invites ignores the
	// username beside an address, which only a new account would need.
	if row.Username != "" && (creates || row.Email == "") {
		var err error
		if c.Username, c.UsernameKey, err = account.ParseUsername(row.Username); err != nil {
			if f, refused := fault.Of(err); refused {
				c.rejectRow(f)
			}
		}
	}
	if !creates && row.Email == "" && row.Username == "" && row.ExternalID == "" {
		c.rejectRow(fault.Input("email", "import.no_email"))
	}
}

// readCredentials reads how the person of a new account first signs in.
func (r *rowReader) readCredentials(c *candidate, row files.Row) {
	c.Password = row.Password.Reveal()
	c.SendsCredentials = row.SendCredentials != nil && *row.SendCredentials
	c.NoWelcome = r.batch.Options.NoEmail
	switch {
	case c.SendsCredentials && c.NoWelcome:
		c.SendsCredentials = false
		c.addWarning("sendCredentials", "import.no_emails")
	// Nothing can be sent without an address (BAT-10).
	case c.SendsCredentials && row.Email == "":
		c.SendsCredentials = false
		c.addWarning("sendCredentials", "import.no_mailbox")
	// A password that an administrator typed is never emailed (CRE-1).
	case c.SendsCredentials && c.Password != "":
		c.SendsCredentials = false
		c.addWarning("sendCredentials", "import.password_not_mailed")
	}
	if row.PasswordTrimmed {
		c.addWarning("password", "import.password_trimmed")
	}
	if c.Password == "" {
		return
	}
	if f, weak := fault.Of(password.Check(c.Password, c.Display, c.Username, c.First, c.Last,
		r.workspace.Name)); weak {
		f.Field = "password"
		c.rejectRow(f)
	}
}

// readGrant combines the grant of the import with that of the row.
func (r *rowReader) readGrant(c *candidate, row files.Row) schema.Grant {
	base := r.batch.Grant
	in := &admission.GrantInput{
		GroupIDs: base.GroupIDs, SessionIDs: base.SessionIDs, ProgramIDs: base.ProgramIDs,
		// The row comes before the import's grant: its values win, and the order of labels is the
		// file's.
		Labels:          append(row.Labels, base.Labels...),
		AdditionalInfo:  inputs.NilIfEmpty(cmp.Or(row.AdditionalInfo, base.AdditionalInfo)),
		Locale:          inputs.NilIfEmpty(base.Locale),
		AccessExpiresAt: base.AccessExpiresAt, DeleteOnExpiry: &base.DeleteOnExpiry,
	}
	if !base.OrgUnitID.IsZero() {
		in.OrgUnitID = &base.OrgUnitID
	}
	for _, role := range base.Roles {
		in.Roles = append(in.Roles, role.RoleID.String())
	}
	groups, wrong := r.directory.groupNames.findAll("groups", row.Groups)
	in.GroupIDs = inputs.Distinct(append(groups, in.GroupIDs...))
	sessions, more := r.directory.sessionNames.findAll("sessions", row.Sessions)
	in.SessionIDs = inputs.Distinct(append(sessions, in.SessionIDs...))
	plain, pairs, others := r.directory.splitRoles(row.Roles, r.workspace.ID)
	for _, i := range plain {
		in.Roles = append(in.Roles, i.String())
	}
	// A role at a group makes the person a member of that group.
	for _, pair := range pairs {
		if pair.PlaceID.Kind() == ident.Group {
			in.GroupIDs = inputs.Distinct(append(in.GroupIDs, pair.PlaceID))
		}
	}
	c.rolePlaces, c.namesRoles = pairs, len(in.Roles)+len(pairs) > 0
	wrong = append(append(wrong, more...), others...)
	if row.OrgUnit != "" {
		id, f := r.directory.unitNames.findByName("orgUnit", row.OrgUnit)
		if in.OrgUnitID = &id; f != nil {
			wrong = append(wrong, f)
		}
	}
	for _, f := range wrong {
		c.rejectRow(f)
	}
	if !row.AccessExpiresAt.IsZero() {
		at := row.AccessExpiresAt.In(r.zone)
		in.AccessExpiresAt = &at
	}
	return r.resolveGrant(c, in, row)
}

// resolveGrant validates the grant of a row, and rejects the row with every fault. It reads
// everything from the directory.
func (r *rowReader) resolveGrant(c *candidate, in *admission.GrantInput,
	row files.Row) schema.Grant {
	var faults fault.Collector
	g, err := in.Validate(r.workspace, r.now)
	faults.Add(err)
	// Validated when the import was made. The list of allowed pages may have changed since, which is
	// no mistake of a row: LandingURL judges again.
	g.RedirectURL = r.batch.Grant.RedirectURL
	said := map[string]any{}
	for key, answer := range row.Fields {
		said[key] = answer
	}
	answers, err := inputs.ValidateAnswers(r.directory.fields, "customFields", said)
	faults.Add(err)
	g.CustomFields = inputs.MergeAnswers(r.batch.Grant.CustomFields, answers)
	// nil and an empty map are stored differently, and would look like a change.
	if len(g.CustomFields) == 0 {
		g.CustomFields = nil
	}
	// Roles are resolved by their places, which are incomplete in a row with an error.
	if c.outcome != RowError && !faults.HasFaults() {
		g.Roles, err = r.directory.placeRoles(permissionOf(r.batch.Action), r.workspace, in,
			c.rolePlaces)
		faults.Add(err)
	}
	if f, refused := fault.Of(faults.Err()); refused {
		all := f.Violations()
		if len(all) == 0 { // a refusal that concerns no field, such as FORBIDDEN
			all = []*fault.Error{f}
		}
		for _, v := range all {
			c.rejectRow(v)
		}
	}
	return g
}

// Row is one row of an import, as the API shows it.
type Row struct {
	ID         ident.ID
	Number     int
	Email      *string
	Username   *string
	Name       *string
	Outcome    RowOutcome
	Done       bool
	Errors     []*RowFault
	Member     *ent.Member
	Invitation *ent.Invitation
	Absent     bool

	stored *ent.ImportRow
	reader *valueReader
}

// Values returns what was read of the row, column by column. Empty cells, cells that could not be read
// and passwords are left out.
func (r *Row) Values() []*RowValue { return r.reader.readValues(r.stored) }

// RowFault is an error or a remark about a cell of a row.
type RowFault struct {
	Column  *string
	Code    string
	Message i18n.Message
}
