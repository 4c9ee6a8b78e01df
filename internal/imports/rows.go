package imports

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"usher/ent"
	"usher/ent/customfield"
	"usher/ent/importbatch"
	"usher/ent/importchange"
	"usher/ent/importrow"
	entinvitation "usher/ent/invitation"
	"usher/ent/member"
	"usher/ent/predicate"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	files "usher/internal/importfile"
	"usher/internal/inputs"
	"usher/internal/mail"
	"usher/internal/outbox"
	"usher/internal/scalar"
	"usher/internal/spreadsheet"
	"usher/internal/store"
	"usher/internal/suppression"
)

// RowQuery selects a page of an import's rows.
type RowQuery struct {
	Outcomes   []RowOutcome // nil for all
	After      *int         // number of the row that the page comes after
	Before     *int         // number of the row that the page comes before
	Limit      int
	FromEnd    bool // the last rows, still in the order of the list
	Descending bool // the row with the highest number first
}

// RowPage is a page of an import's rows.
type RowPage struct {
	Rows                  []*Row
	MoreBefore, MoreAfter bool
	Total                 func() (int, error)
}

// Rows lists a page of an import's rows, in the order of their numbers or in
// the reverse order.
func (s *Service) Rows(ctx context.Context, by *access.Caller, b *ent.ImportBatch,
	q RowQuery) (_ *RowPage, err error) {
	defer fault.Annotate(&err, "rows import")

	scope := store.InWorkspace(ctx, b.WorkspaceID)
	where := []predicate.ImportRow{importrow.ImportID(b.ID)}
	if q.Outcomes != nil {
		outcomes := make([]importrow.Outcome, len(q.Outcomes))
		for i, o := range q.Outcomes {
			outcomes[i] = importrow.Outcome(o)
		}
		where = append(where, importrow.OutcomeIn(outcomes...))
	}
	// Cloned, because the total is counted later with the same conditions and without the limits of
	// the page.
	found, more, err := s.selectRows(scope, slices.Clone(where), q)
	if err != nil {
		return nil, err
	}
	p := &RowPage{MoreBefore: q.After != nil, MoreAfter: q.Before != nil,
		Total: func() (int, error) {
			return s.Store.ImportRow.Query().Where(where...).Count(scope)
		}}
	if q.FromEnd {
		p.MoreBefore = p.MoreBefore || more
	} else {
		p.MoreAfter = p.MoreAfter || more
	}
	// Security: the caller sees the rows of the import, and of the people in them only those that
	// they see elsewhere.
	members, invitations, err := s.loadPeople(store.AsCaller(ctx, by), found)
	if err != nil {
		return nil, err
	}
	reader, err := s.newValueReader(ctx, b)
	if err != nil {
		return nil, err
	}
	for _, r := range found {
		row := toRow(r)
		row.stored, row.reader = r, reader
		if r.MemberID != nil {
			row.Member = members[*r.MemberID]
		}
		if r.InvitationID != nil {
			row.Invitation = invitations[*r.InvitationID]
		}
		p.Rows = append(p.Rows, row)
	}
	return p, nil
}

// selectRows reads the rows of a page, and whether there are more in the direction of reading.
func (s *Service) selectRows(ctx context.Context, where []predicate.ImportRow,
	q RowQuery) (rows []*ent.ImportRow, more bool, err error) {
	above, below := q.After, q.Before
	if q.Descending {
		above, below = below, above
	}
	if above != nil {
		where = append(where, importrow.NumberGT(*above))
	}
	if below != nil {
		where = append(where, importrow.NumberLT(*below))
	}
	order := ent.Asc(importrow.FieldNumber)
	if q.FromEnd != q.Descending {
		order = ent.Desc(importrow.FieldNumber)
	}
	// One row more than asked for tells whether there is another page.
	rows, err = s.Store.ImportRow.Query().Where(where...).Order(order).Limit(q.Limit + 1).All(ctx)
	if err != nil {
		return nil, false, err
	}
	more = len(rows) > q.Limit
	rows = rows[:min(q.Limit, len(rows))]
	if q.FromEnd {
		slices.Reverse(rows)
	}
	return rows, more, nil
}

// loadPeople loads the members and invitations of rows, as far as the caller sees them.
func (s *Service) loadPeople(ctx context.Context,
	rows []*ent.ImportRow) (map[ident.ID]*ent.Member, map[ident.ID]*ent.Invitation, error) {
	// Two statements for a page of rows, and none for a kind that does not occur.
	var who, invited []ident.ID
	for _, r := range rows {
		if r.MemberID != nil {
			who = append(who, *r.MemberID)
		}
		if r.InvitationID != nil {
			invited = append(invited, *r.InvitationID)
		}
	}
	members, invitations := map[ident.ID]*ent.Member{}, map[ident.ID]*ent.Invitation{}
	if len(who) > 0 {
		all, err := s.Store.Member.Query().Where(member.IDIn(who...)).All(ctx)
		if err != nil {
			return nil, nil, err
		}
		for _, m := range all {
			members[m.ID] = m
		}
	}
	if len(invited) > 0 {
		all, err := s.Store.Invitation.Query().Where(entinvitation.IDIn(invited...)).All(ctx)
		if err != nil {
			return nil, nil, err
		}
		for _, inv := range all {
			invitations[inv.ID] = inv
		}
	}
	return members, invitations, nil
}

// toRow returns a stored row in the form of the API.
func toRow(r *ent.ImportRow) *Row {
	row := &Row{ID: r.ID, Number: r.Number, Email: r.Email, Username: r.Username, Name: r.Name,
		Outcome: RowOutcome(r.Outcome), Done: r.Done, Absent: r.Absent, Errors: []*RowFault{}}
	for _, e := range r.Errors {
		row.Errors = append(row.Errors, &RowFault{Column: inputs.NilIfEmpty(e.Column), Code: e.Code,
			Message: storedMessage(e.Message, e.Args)})
	}
	return row
}

// storedMessage restores a stored message. Arguments are stored as texts. The one that chooses
// between singular and plural becomes a number again.
func storedMessage(key string, args map[string]string) i18n.Message {
	m := i18n.Message{Key: key, Args: i18n.Args{}}
	for name, v := range args {
		m.Args[name] = v
		if n, err := strconv.Atoi(v); err == nil && name == "Count" {
			m.Args[name] = n
		}
	}
	return m
}

// Failure returns why an import failed; empty unless it did.
func Failure(b *ent.ImportBatch) i18n.Message {
	if b.Failure == nil {
		return i18n.Message{}
	}
	return storedMessage(*b.Failure, b.FailureArgs)
}

// countRows counts an import's rows by outcome.
func countRows(ctx context.Context, db *ent.Client, id ident.ID) (*outcomeCounts, error) {
	var found []struct {
		Outcome importrow.Outcome `sql:"outcome"`
		Count   int               `sql:"count"`
	}
	err := db.ImportRow.Query().Where(importrow.ImportID(id)).GroupBy(importrow.FieldOutcome).
		Aggregate(ent.Count()).Scan(ctx, &found)
	t := &outcomeCounts{byOutcome: map[RowOutcome]int{}}
	for _, f := range found {
		t.byOutcome[RowOutcome(f.Outcome)] = f.Count
	}
	return t, err
}

// fileFields returns the workspace's custom fields for the reader of files.
func fileFields(all []*ent.CustomField) []files.Field {
	out := make([]files.Field, len(all))
	for i, f := range all {
		out[i] = files.Field{Key: f.Key, Name: f.Name, Date: f.Type == customfield.TypeDate,
			Number: f.Type == customfield.TypeNumber}
	}
	return out
}

// loadFields loads the workspace's custom fields for the reader of files.
func loadFields(ctx context.Context, db *ent.Client) ([]files.Field, error) {
	all, err := db.CustomField.Query().Order(ent.Asc(customfield.FieldPosition)).All(ctx)
	return fileFields(all), err
}

// storeColumns returns the recognized columns in the form of the import's row, whose JSON is a
// contract (see docs/architecture.md, "Stored words").
func storeColumns(all []files.Column) []schema.ImportColumn {
	out := make([]schema.ImportColumn, len(all))
	for i, c := range all {
		out[i] = schema.ImportColumn{Name: string(c.Name), Key: c.Key, Header: c.Header,
			Index: c.Index, Date: c.Date, Number: c.Number, MonthFirst: c.MonthFirst}
	}
	return out
}

// restoreColumns is the reverse of storeColumns. The run reads the file with the columns of the
// preview, even if another release would recognize other ones.
func restoreColumns(all []schema.ImportColumn) []files.Column {
	out := make([]files.Column, len(all))
	for i, c := range all {
		out[i] = files.Column{Name: files.Name(c.Name), Key: c.Key, Header: c.Header,
			Index: c.Index, Date: c.Date, Number: c.Number, MonthFirst: c.MonthFirst}
	}
	return out
}

// encodeRows writes the rows of a request as a CSV file with one column for each field and custom
// field.
func encodeRows(rows []*RowInput) ([]byte, error) {
	// The columns of custom fields are those that any row answers.
	keys := []string{}
	for _, r := range rows {
		for key := range r.CustomFields {
			if !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	// A map has no order, and the file must be the same for the same request.
	slices.Sort(keys)
	columns := []files.Name{
		files.LastName, files.FirstName, files.Email, files.Username, files.ExternalID,
		files.Labels,
		files.SendCredentials, files.Password, files.Locale,
		files.AdditionalInfo, files.Groups, files.Roles, files.OrgUnit, files.Sessions,
		files.AccessExpiresAt, files.Active,
	}
	var header []string
	for _, c := range columns {
		header = append(header, string(c))
	}
	var b bytes.Buffer
	w, err := spreadsheet.NewWriter(&b, spreadsheet.CSV, ',', "", append(header, keys...))
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		// encodeCells has the order of columns above.
		cells := r.encodeCells()
		for _, key := range keys {
			answer := ""
			if v := r.CustomFields[key]; v != nil {
				answer = fmt.Sprint(v)
			}
			cells = append(cells, answer)
		}
		if err := w.Write(cells); err != nil {
			return nil, err
		}
	}
	err = w.Close()
	return b.Bytes(), err
}

// encodeCells returns a row's cells, in the order of encodeRows.
func (r *RowInput) encodeCells() []string {
	send, ends, active := "", "", ""
	if r.Active != nil {
		active = strconv.FormatBool(*r.Active)
	}
	if r.SendCredentials != nil {
		send = map[bool]string{true: "1", false: "0"}[*r.SendCredentials]
	}
	if r.AccessExpiresAt != nil {
		ends = r.AccessExpiresAt.UTC().Format(time.RFC3339Nano)
		// A date stays a date, so that the file is read in the workspace's time zone.
		if scalar.IsDate(*r.AccessExpiresAt) {
			ends = r.AccessExpiresAt.Format(time.DateOnly)
		}
	}
	return []string{
		inputs.ValueOrEmpty(r.LastName), inputs.ValueOrEmpty(r.FirstName),
		inputs.ValueOrEmpty(r.Email), inputs.ValueOrEmpty(r.Username),
		inputs.ValueOrEmpty(r.ExternalID), files.JoinValues(r.Labels),
		send, inputs.ValueOrEmpty(r.Password), inputs.ValueOrEmpty(r.Locale),
		inputs.ValueOrEmpty(r.AdditionalInfo), files.JoinValues(r.Groups), files.JoinValues(
			r.Roles), inputs.ValueOrEmpty(r.OrgUnit), files.JoinValues(r.Sessions), ends, active,
	}
}

// composeDigest composes the email that tells the starter of an import its results.
func (s *Service) composeDigest(ctx context.Context,
	m *ent.Mail) (mail.Content, outbox.Headers, error) {
	w, u, err := s.Outbox.LoadRecipient(ctx, m)
	if err != nil {
		return mail.Content{}, outbox.Headers{}, outbox.IgnoreGone(err)
	}
	b, err := s.Store.ImportBatch.Get(store.InWorkspace(ctx, w.ID), *m.ImportID)
	if err != nil {
		return mail.Content{}, outbox.Headers{}, outbox.IgnoreGone(err)
	}
	// The reader's language, not that of the file.
	l := outbox.Locale(u.Locale, w)
	name := inputs.ValueOrEmpty(b.FileName)
	if name == "" {
		name = i18n.T(l, "import.pasted", nil)
	}
	c := mail.Content{
		Kind: mail.ImportDigest, Locale: l, Workspace: outbox.Branding(w),
		RecipientName: admission.DisplayName(u), Link: s.ReportURL(b),
		PreferencesURL: suppression.PreferencesLink(s.Deps, m),
		Import: &mail.Import{
			File: name, Invited: b.InviteCount, Created: b.CreateCount, Updated: b.UpdateCount,
			Skipped: b.UnchangedCount, Rejected: b.ErrorCount,
			Deactivated: b.DeactivateCount, Reactivated: b.ReactivateCount,
			Cancelled: b.Status == importbatch.StatusCancelled,
		},
	}
	return c, outbox.Headers{ListUnsubscribe: c.PreferencesURL}, nil
}

// ReportURL returns the URL of an import's report.
func (s *Service) ReportURL(b *ent.ImportBatch) string {
	return s.PublicURL.JoinPath("imports", b.ID.String(), "report.csv").String()
}

// RejectedURL returns the URL of an import's rejected rows.
func (s *Service) RejectedURL(b *ent.ImportBatch) string {
	return s.PublicURL.JoinPath("imports", b.ID.String(), "rejected.csv").String()
}

// Leftover is an object that undo left unchanged.
type Leftover struct {
	Number int
	Reason i18n.Message
}

// Leftovers lists what undo left unchanged, and why, at most limit entries in the order of rows.
func (s *Service) Leftovers(ctx context.Context, b *ent.ImportBatch,
	limit int) (_ []*Leftover, err error) {
	defer fault.Annotate(&err, "leftovers")

	all, err := s.Store.ImportChange.Query().
		Where(importchange.ImportID(b.ID), importchange.LeftAloneNotNil()).
		Order(ent.Asc(importchange.FieldRowNumber)).Limit(limit).
		All(store.InWorkspace(ctx, b.WorkspaceID))
	out := []*Leftover{}
	for _, c := range all {
		out = append(out, &Leftover{c.RowNumber, i18n.Message{Key: *c.LeftAlone}})
	}
	return out, err
}
