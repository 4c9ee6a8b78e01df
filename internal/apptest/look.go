package apptest

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"usher/ent"
	"usher/ent/auditevent"
	"usher/ent/enrollment"
	"usher/ent/mail"
	"usher/ent/member"
	"usher/ent/seat"
	"usher/internal/devmail"
	"usher/internal/ident"
	"usher/internal/store"
)

// patience limits the wait for the work of a job.
const patience = 2 * time.Minute

// Invitation reads an invitation.
func (p *Place) Invitation(id ident.ID) *ent.Invitation {
	p.T.Helper()
	inv, err := p.Store.Invitation.Get(p.In(), id)
	if err != nil {
		p.T.Fatal(err)
	}
	return inv
}

// CountInvitations counts the invitations of the workspace.
func (p *Place) CountInvitations() int {
	p.T.Helper()
	n, err := p.Store.Invitation.Query().Count(p.In())
	if err != nil {
		p.T.Fatal(err)
	}
	return n
}

// Member reads the member with an address; nil if there is none.
func (p *Place) Member(email string) *ent.Member {
	p.T.Helper()
	m, err := p.Store.Member.Query().Where(member.EmailKey(strings.ToLower(email))).WithOrgUnit().
		Only(p.In())
	if ent.IsNotFound(err) {
		return nil
	}
	if err != nil {
		p.T.Fatal(err)
	}
	return m
}

// Enrolled lists the names of the sessions in which a member is enrolled.
func (p *Place) Enrolled(memberID ident.ID) []string {
	p.T.Helper()
	rows, err := p.Store.Enrollment.Query().Where(enrollment.MemberID(memberID),
		enrollment.StatusEQ(enrollment.StatusEnrolled)).WithSession().All(p.In())
	if err != nil {
		p.T.Fatal(err)
	}
	names := []string{}
	for _, row := range rows {
		names = append(names, row.Edges.Session.Name)
	}
	return sortedCopy(names)
}

// Happened lists the audit actions of a subject, oldest first.
func (p *Place) Happened(subject ident.ID) []string {
	p.T.Helper()
	rows, err := p.Store.AuditEvent.Query().Where(auditevent.SubjectID(subject)).
		Order(ent.Asc(auditevent.FieldID)).All(p.In())
	if err != nil {
		p.T.Fatal(err)
	}
	words := []string{}
	for _, row := range rows {
		words = append(words, row.Action)
	}
	return words
}

// SeatsTaken returns the organization's count of seats, after comparing it with the rows of seats.
func (p *Place) SeatsTaken() int {
	p.T.Helper()
	ctx := store.AsSystem(p.T.Context(), "a test looks")
	org, err := p.Store.Organization.Get(ctx, p.Workspace.OrganizationID)
	if err != nil {
		p.T.Fatal(err)
	}
	n, err := p.Store.Seat.Query().Where(seat.OrganizationID(org.ID)).Count(ctx)
	if err != nil {
		p.T.Fatal(err)
	}
	if n != org.SeatsTaken {
		p.T.Errorf("%d seats are held and %d counted", n, org.SeatsTaken)
	}
	return n
}

// Mails returns the emails queued for an address, oldest first.
func (k *Kit) Mails(email string) []*ent.Mail {
	k.T.Helper()
	rows, err := k.Store.Mail.Query().Where(mail.ToKey(strings.ToLower(email))).
		Order(ent.Asc(mail.FieldID)).
		All(store.AsSystem(k.T.Context(), "a test looks"))
	if err != nil {
		k.T.Fatal(err)
	}
	return rows
}

// Kinds returns the kinds of the emails queued for an address, oldest first.
func (k *Kit) Kinds(email string) []string {
	k.T.Helper()
	kinds := []string{}
	for _, m := range k.Mails(email) {
		kinds = append(kinds, m.Kind)
	}
	return kinds
}

// Received waits for the nth message to an address and returns it.
func (k *Kit) Received(email string, n int) devmail.Message {
	k.T.Helper()
	ctx, cancel := context.WithTimeout(k.T.Context(), patience)
	defer cancel()
	found, err := k.Box.WaitFor(ctx, email, n)
	if err != nil {
		k.T.Fatalf("%d of %d messages to %s: %v", len(found), n, email, err)
	}
	return found[n-1]
}

// ReceivedWith waits for a message to an address whose text holds a part, wherever it stands among
// the messages to that address, and returns it.
func (k *Kit) ReceivedWith(email, part string) (message devmail.Message) {
	k.T.Helper()
	k.Eventually("a message to "+email+" with "+part, func() bool {
		messages, err := k.Box.WaitFor(k.T.Context(), email, 0)
		i := slices.IndexFunc(messages, func(m devmail.Message) bool {
			return strings.Contains(m.Text, part)
		})
		if i >= 0 {
			message = messages[i]
		}
		return err == nil && i >= 0
	})
	return message
}

// Eventually waits until a condition holds that a job brings about.
func (k *Kit) Eventually(what string, so func() bool) {
	k.T.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if so() {
			return
		}
	}
	k.T.Fatalf("not in %s: %s", patience, what)
}

// SnapshotSeparator separates the values of a row in a snapshot.
const SnapshotSeparator = " | "

// Snapshot returns the whole content of the database by table, each row as text. Two snapshots are
// equal if nothing was written between them. The tables of the queue are included.
func (k *Kit) Snapshot() map[string][]string {
	k.T.Helper()
	names := `SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`
	if k.Store.Dialect() == "postgres" {
		names = `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`
	}
	all := map[string][]string{}
	for _, row := range k.queryRows(names) {
		table := row[0].(string)
		lines := []string{}
		for _, values := range k.queryRows(`SELECT * FROM "` + table + `"`) {
			cells := make([]string, len(values))
			for i, value := range values {
				cells[i] = fmt.Sprint(value)
			}
			lines = append(lines, strings.Join(cells, SnapshotSeparator))
		}
		// Without ORDER BY a database may return rows in any order.
		slices.Sort(lines)
		all[table] = lines
	}
	return all
}

// queryRows returns the rows of a statement with their values as the driver reads them.
func (k *Kit) queryRows(query string) [][]any {
	k.T.Helper()
	found, err := k.Store.DB().QueryContext(k.T.Context(), query)
	if err != nil {
		k.T.Fatal(err)
	}
	defer func() { _ = found.Close() }()
	all, err := scanRows(found)
	if err != nil {
		k.T.Fatal(err)
	}
	return all
}

// scanRows reads all rows, whatever their columns.
func scanRows(found *sql.Rows) (all [][]any, err error) {
	columns, err := found.Columns()
	if err != nil {
		return nil, err
	}
	for found.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := found.Scan(into...); err != nil {
			return nil, err
		}
		for i, v := range values {
			// Drivers return text as bytes for columns whose type they do not know.
			if b, ok := v.([]byte); ok {
				values[i] = string(b)
			}
		}
		all = append(all, values)
	}
	return all, found.Err()
}
