// Package specimen inserts one row of every table into a workspace, for tests that must hold for
// all tables: the tenant filter, the tenant isolation of the API. It derives the tables from ent's
// generated code, so that a new table is included automatically.
package specimen

import (
	"crypto/rand"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"

	"usher/ent/migrate"
	"usher/internal/ident"
)

// Kinds maps each table to the kind of its ids. Join tables have no ids.
var Kinds = map[string]ident.Kind{
	"organizations": ident.Organization, "workspaces": ident.Workspace, "users": ident.User,
	"members": ident.Member,
	"roles":   ident.Role, "role_assignments": ident.RoleAssignment,
	"assignment_sources": ident.AssignmentSource,
	"groups":             ident.Group, "org_units": ident.OrgUnit, "programs": ident.Program,
	"sessions":    ident.Session,
	"enrollments": ident.Enrollment, "invitations": ident.Invitation, "join_links": ident.JoinLink,
	"join_slugs": ident.JoinSlug, "join_requests": ident.JoinRequest,
	"import_batches": ident.Import,
	"import_files":   ident.ImportFile, "import_rows": ident.ImportRow,
	"import_changes": ident.ImportChange,
	"custom_fields":  ident.CustomField, "seats": ident.Seat, "seat_events": ident.SeatEvent,
	"sign_ins":     ident.SignIn,
	"api_keys":     ident.APIKey,
	"audit_events": ident.AuditEvent, "mails": ident.Mail, "suppressions": ident.Suppression,
	"throttles": ident.Throttle,
	"cards":     ident.Card, "departures": ident.Departure,
	"workspace_exports":       ident.WorkspaceExport,
	"workspace_export_pieces": ident.WorkspaceExportPiece,
	"idempotent_requests":     ident.IdempotentRequest,
	"applications":            ident.Application,
	"application_sign_ins":    ident.ApplicationSignIn,
	"signing_keys":            ident.SigningKey,
	"webhooks":                ident.Webhook,
	"webhook_deliveries":      ident.WebhookDelivery,
	"deletions":               ident.Enrollment, // the id of what was deleted
}

// lists are the JSON columns that hold a list; the others hold an object.
var lists = []string{
	"api_keys.permissions", "api_keys.place_ids", "api_keys.allowed_networks",
	"idempotent_requests.named_ids", "idempotent_requests.rights",
	"roles.permissions", "audit_events.details", "custom_fields.choices",
	"import_changes.cells",
	"import_batches.columns", "import_rows.cells", "import_rows.errors", "join_links.whitelist",
	"members.labels", "members.consents", "join_requests.consents", "applications.redirect_uris",
	"applications.post_logout_redirect_uris",
	"application_sign_ins.scopes", "webhooks.types",
}

// Rows are the ids of one workspace's rows, by table.
type Rows map[string]ident.ID

// InsertRows inserts one row of every table into a workspace and links them wherever a column refers
// to another table. Every text begins with the tag, except locales, which are "en", and enums, which
// have their first value. Every time is a year ahead. The workspace and its organization exist
// already.
func InsertRows(t testing.TB, db *sql.DB, dialectName string, organization, workspace ident.ID,
	tag string) Rows {
	t.Helper()
	f := specimenFiller{db: db, dialect: dialectName, tag: tag, rows: Rows{},
		written: map[string]bool{"organizations": true, "workspaces": true}}
	for _, table := range migrate.Tables {
		kind, known := Kinds[table.Name]
		if !known && len(table.PrimaryKey) == 1 {
			t.Fatalf("the table %s is new: tell specimen what kind of id it has", table.Name)
		}
		if known {
			f.rows[table.Name] = ident.New(kind)
		}
	}
	f.rows["organizations"], f.rows["workspaces"] = organization, workspace
	// The tables are not listed in the order of their foreign keys. A round inserts the rows whose
	// parents exist, until none is left.
	waiting := slices.DeleteFunc(slices.Clone(migrate.Tables), func(table *schema.Table) bool {
		return f.written[table.Name]
	})
	for len(waiting) > 0 {
		before := len(waiting)
		waiting = slices.DeleteFunc(waiting, func(table *schema.Table) bool {
			if !f.isInsertable(table) {
				return false
			}
			if err := f.insertRow(table); err != nil {
				t.Fatalf("a row of %s: %v", table.Name, err)
			}
			f.written[table.Name] = true
			return true
		})
		if len(waiting) == before {
			t.Fatalf("%d tables refer to each other in a cycle, %s among them", before,
				waiting[0].Name)
		}
	}
	return f.rows
}

// specimenFiller inserts the rows of one workspace.
type specimenFiller struct {
	db      *sql.DB
	dialect string
	tag     string
	rows    Rows            // ids of the rows, written or not
	written map[string]bool // tables with a row
}

// isInsertable reports whether all rows that a table's row refers to exist. A row never refers to
// its own table.
func (f *specimenFiller) isInsertable(table *schema.Table) bool {
	return !slices.ContainsFunc(table.ForeignKeys, func(key *schema.ForeignKey) bool {
		return !f.written[key.RefTable.Name] && key.RefTable.Name != table.Name
	})
}

// insertRow inserts the row of a table.
func (f *specimenFiller) insertRow(table *schema.Table) error {
	var names, places []string
	var values []any
	for _, column := range table.Columns {
		v, err := f.columnValue(table, column)
		if err != nil {
			return err
		}
		if v == nil {
			continue
		}
		names, values = append(names, `"`+column.Name+`"`), append(values, v)
		place := "?"
		if f.dialect == dialect.Postgres {
			place = fmt.Sprintf("$%d", len(values))
		}
		places = append(places, place)
	}
	_, err := f.db.Exec(`INSERT INTO "`+table.Name+`" (`+strings.Join(names, ", ")+`) VALUES (`+
		strings.Join(places, ", ")+`)`, values...)
	return err
}

// columnValue returns a value for a column; nil leaves the column out.
func (f *specimenFiller) columnValue(table *schema.Table, column *schema.Column) (any, error) {
	for _, key := range table.ForeignKeys {
		if key.Columns[0] == column {
			// The row that it could refer to is the one that is being inserted.
			if key.RefTable == table {
				return nil, nil
			}
			return f.rows[key.RefTable.Name], nil
		}
	}
	switch column.Type {
	case field.TypeUUID:
		return f.linkedID(table, column.Name)
	case field.TypeString:
		return f.textValue(table, column), nil
	case field.TypeEnum:
		return column.Enums[0], nil
	case field.TypeJSON:
		if slices.Contains(lists, table.Name+"."+column.Name) {
			return "[]", nil
		}
		return "{}", nil
	case field.TypeBytes:
		return []byte(rand.Text()), nil
	case field.TypeBool:
		return false, nil
	case field.TypeInt:
		if column.Unique {
			return int(uniqueNumber.Add(1)), nil
		}
		return 1, nil
	case field.TypeInt64:
		// The place of an event in the log, which its first reader gives it.
		return nil, nil
	case field.TypeTime:
		// What is revoked answers nothing more.
		if column.Name == "revoked_at" {
			return nil, nil
		}
		return time.Now().UTC().AddDate(1, 0, 0).Truncate(time.Microsecond), nil
	}
	return nil, fmt.Errorf("specimen has no value for a column of type %s: %s", column.Type,
		column.Name)
}

// textValue returns a value for a column of text.
func (f *specimenFiller) textValue(table *schema.Table, column *schema.Column) string {
	if strings.HasSuffix(column.Name, "locale") {
		return "en"
	}
	// Code that reads an address may parse it, so any text would not do.
	if strings.HasSuffix(column.Name, "email") || strings.HasSuffix(column.Name, "email_key") ||
		column.Name == "to" || column.Name == "to_key" {
		return fmt.Sprintf("%s-%s@specimen.test", f.tag, table.Name)
	}
	return fmt.Sprintf("%s-%s-%s", f.tag, table.Name, column.Name)
}

// uniqueNumber is the last number given to a unique column, far above those of real rows.
var uniqueNumber atomic.Int64

func init() { uniqueNumber.Store(1_000_000) }

// unlinked maps each id column without a foreign key to its table.
var unlinked = map[string]string{
	"workspace_id": "workspaces", "place_id": "workspaces", "user_id": "users",
	"username_organization_id": "organizations",
	"actor_id":                 "members", "member_id": "members", "subject_id": "invitations",
	"source_id": "groups", "actor_key_id": "api_keys",
	"sequence_id": "invitations", "cursor_id": "workspaces",
	"lease":    "users", // names a run, and no row
	"attempt":  "users", // names an attempt of a request and no row: any id will do
	"sheet_id": "users", // names the cards that are printed together, and no row
}

// linkedID returns the id for a column without a foreign key.
func (f *specimenFiller) linkedID(table *schema.Table, column string) (any, error) {
	if column == "id" {
		return f.rows[table.Name], nil
	}
	to, known := unlinked[column]
	if !known {
		return nil, fmt.Errorf("column %s refers to no known table: add it to unlinked", column)
	}
	return f.rows[to], nil
}
