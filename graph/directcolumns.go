package graph

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"sync"
	"time"
	"unsafe"

	"usher/ent"
	"usher/ent/invitation"
	"usher/ent/member"
	"usher/internal/fastgql"
	"usher/internal/ident"
)

// columnReader stores the bytes that a statement returned for a column; nil for NULL. They are valid
// until the next row is read.
type columnReader func(raw []byte) error

// rowColumns are the columns of a statement with their readers, in their order.
type rowColumns struct {
	sql   []string
	reads []columnReader
}

// add appends a column.
func (c *rowColumns) add(sql string, read columnReader) {
	c.sql = append(c.sql, sql)
	c.reads = append(c.reads, read)
}

// width returns the number of columns.
func (c *rowColumns) width() int { return len(c.sql) }

// readRow reads a row of the columns.
func (c *rowColumns) readRow(row [][]byte) error {
	for i, read := range c.reads {
		if err := read(row[i]); err != nil {
			return err
		}
	}
	return nil
}

// directColumn describes how a plain field of T is read from its column.
type directColumn[T any] struct {
	column string
	send   string // the function that returns its bytes; "" for texts
	read   func(of *T, raw []byte) error
}

// columnSource is where the columns of a T come from in a statement, and where they go to.
type columnSource[T any] struct {
	of    *T     // the object that a row is read into
	table string // its table in the statement
	known map[int]directColumn[T]
}

// addColumns adds the columns of the plain fields of a selection. It reports whether all fields are
// known; fields that are not are left to addOther, which may be nil.
func addColumns[T any](c *rowColumns, selection *fastgql.CompiledSelection, from columnSource[T],
	addOther func(*fastgql.Step) bool) bool {
	for i := range selection.Steps {
		step := &selection.Steps[i]
		column, plain := from.known[step.ID]
		switch {
		case step.ID == 0: // __typename
		case plain:
			c.add(column.sql(from.table), func(raw []byte) error {
				return column.read(from.of, raw)
			})
		case addOther == nil || !addOther(step):
			return false
		}
	}
	return true
}

// sql returns the column as it is selected.
func (c directColumn[T]) sql(table string) string {
	if c.send == "" {
		return table + "." + c.column
	}
	return c.send + "(" + table + "." + c.column + ")"
}

// byStep returns a function that returns the columns by the numbers that the steps of a compiled
// selection have. The map is built once, at the first call.
func byStep[T any](of *fastgql.Object,
	columns map[string]directColumn[T]) func() map[int]directColumn[T] {
	return sync.OnceValue(func() map[int]directColumn[T] {
		numbered := make(map[int]directColumn[T], len(columns))
		for name, column := range columns {
			field, ok := of.Fields[name]
			if !ok {
				panic(fmt.Sprintf("graph: %s has no plain field %s", of.Name, name))
			}
			numbered[field.ID] = column
		}
		return numbered
	})
}

// idColumn reads an id from its 16 bytes; NULL is the zero id.
func idColumn[T any](column string, at func(*T) *ident.ID) directColumn[T] {
	return directColumn[T]{column, "uuid_send", func(of *T, raw []byte) error {
		return readID(at(of), raw)
	}}
}

// textColumn reads a text without copying it: it is valid until the next row.
func textColumn[T any, S ~string](column string, at func(*T) *S) directColumn[T] {
	return directColumn[T]{column, "", func(of *T, raw []byte) error {
		*at(of) = S(textOf(raw))
		return nil
	}}
}

// optionalTextColumn is textColumn for a column that may be NULL.
func optionalTextColumn[T any](column string, at func(*T) **string) directColumn[T] {
	return directColumn[T]{column, "", func(of *T, raw []byte) error {
		*at(of) = nil
		if raw != nil {
			text := textOf(raw)
			*at(of) = &text
		}
		return nil
	}}
}

// timeColumn reads a time to the microsecond, in UTC.
func timeColumn[T any](column string, at func(*T) *time.Time) directColumn[T] {
	return directColumn[T]{column, "timestamptz_send", func(of *T, raw []byte) (err error) {
		*at(of), err = timeOf(raw)
		return err
	}}
}

// optionalTimeColumn is timeColumn for a column that may be NULL.
func optionalTimeColumn[T any](column string, at func(*T) **time.Time) directColumn[T] {
	return directColumn[T]{column, "timestamptz_send", func(of *T, raw []byte) error {
		*at(of) = nil
		if raw == nil {
			return nil
		}
		moment, err := timeOf(raw)
		*at(of) = &moment
		return err
	}}
}

// boolColumn reads a Boolean; NULL is false.
func boolColumn[T any](column string, at func(*T) *bool) directColumn[T] {
	return directColumn[T]{column, "boolsend", func(of *T, raw []byte) error {
		*at(of) = len(raw) == 1 && raw[0] == 1
		return nil
	}}
}

// intColumn reads an int8; NULL is 0.
func intColumn[T any](column string, at func(*T) *int) directColumn[T] {
	return directColumn[T]{column, "int8send", func(of *T, raw []byte) error {
		n, err := intOf(raw)
		*at(of) = int(n)
		return err
	}}
}

// textOf returns a text that shares its bytes with a row.
func textOf(raw []byte) string { return unsafe.String(unsafe.SliceData(raw), len(raw)) }

// readID reads what uuid_send returns; the zero ID for NULL.
func readID(id *ident.ID, raw []byte) error {
	if len(raw) != 0 && len(raw) != len(id) {
		return fmt.Errorf("graph: read id: got %d bytes, want %d", len(raw), len(id))
	}
	*id = ident.ID{}
	copy(id[:], raw)
	return nil
}

// intOf reads what int8send returns: eight bytes, the highest first; 0 for NULL.
func intOf(raw []byte) (int64, error) {
	if raw == nil {
		return 0, nil
	}
	if len(raw) != 8 {
		return 0, fmt.Errorf("graph: read int8: got %d bytes, want 8", len(raw))
	}
	return int64(binary.BigEndian.Uint64(raw)), nil
}

// postgresEpoch is the moment from which PostgreSQL counts microseconds
// (https://www.postgresql.org/docs/15/datatype-datetime.html).
var postgresEpoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()

// timeOf reads what timestamptz_send returns; the zero time for NULL.
func timeOf(raw []byte) (time.Time, error) {
	if raw == nil {
		return time.Time{}, nil
	}
	micros, err := intOf(raw)
	return time.UnixMicro(micros + postgresEpoch).UTC(), err
}

// The fields that direct reads know, with their columns.
var (
	memberColumns = byStep(fastMember, map[string]directColumn[ent.Member]{
		"id": idColumn("id", func(m *ent.Member) *ident.ID { return &m.ID }),
		"createdAt": timeColumn("created_at",
			func(m *ent.Member) *time.Time { return &m.CreatedAt }),
		"updatedAt": timeColumn("updated_at",
			func(m *ent.Member) *time.Time { return &m.UpdatedAt }),
		"status": textColumn("status",
			func(m *ent.Member) *member.Status { return &m.Status }),
		"externalId": optionalTextColumn("external_id",
			func(m *ent.Member) **string { return &m.ExternalID }),
		"additionalInfo": optionalTextColumn("additional_info",
			func(m *ent.Member) **string { return &m.AdditionalInfo }),
		"accessExpiresAt": optionalTimeColumn("access_expires_at",
			func(m *ent.Member) **time.Time { return &m.AccessExpiresAt }),
		"deleteOnExpiry": boolColumn("delete_on_expiry",
			func(m *ent.Member) *bool { return &m.DeleteOnExpiry }),
		"joinedAt": timeColumn("joined_at",
			func(m *ent.Member) *time.Time { return &m.JoinedAt }),
		"joinedVia": textColumn("joined_via",
			func(m *ent.Member) *member.JoinedVia { return &m.JoinedVia }),
		"deactivatedAt": optionalTimeColumn("deactivated_at",
			func(m *ent.Member) **time.Time { return &m.DeactivatedAt }),
		"labels": {"labels", "", func(m *ent.Member, raw []byte) error {
			m.Labels = nil
			if raw == nil {
				return nil
			}
			return json.Unmarshal(raw, &m.Labels)
		}},
	})
	userColumns = byStep(fastUser, map[string]directColumn[ent.User]{
		"id": idColumn("id", func(u *ent.User) *ident.ID { return &u.ID }),
		"createdAt": timeColumn("created_at",
			func(u *ent.User) *time.Time { return &u.CreatedAt }),
		"updatedAt": timeColumn("updated_at",
			func(u *ent.User) *time.Time { return &u.UpdatedAt }),
		"email": optionalTextColumn("email", func(u *ent.User) **string { return &u.Email }),
		"emailProven": boolColumn("email_proven",
			func(u *ent.User) *bool { return &u.EmailProven }),
		"username": optionalTextColumn("username",
			func(u *ent.User) **string { return &u.Username }),
		"firstName": optionalTextColumn("first_name",
			func(u *ent.User) **string { return &u.FirstName }),
		"lastName": optionalTextColumn("last_name",
			func(u *ent.User) **string { return &u.LastName }),
		"locale": optionalTextColumn("locale",
			func(u *ent.User) **string { return &u.Locale }),
	})
	invitationColumns = byStep(fastInvitation, map[string]directColumn[ent.Invitation]{
		"id":    idColumn("id", func(i *ent.Invitation) *ident.ID { return &i.ID }),
		"email": textColumn("email", func(i *ent.Invitation) *string { return &i.Email }),
		"firstName": optionalTextColumn("first_name",
			func(i *ent.Invitation) **string { return &i.FirstName }),
		"lastName": optionalTextColumn("last_name",
			func(i *ent.Invitation) **string { return &i.LastName }),
		"status": textColumn("status",
			func(i *ent.Invitation) *invitation.Status { return &i.Status }),
		"message": optionalTextColumn("message",
			func(i *ent.Invitation) **string { return &i.Message }),
		"locale": optionalTextColumn("locale",
			func(i *ent.Invitation) **string { return &i.Locale }),
		"expiresAt": optionalTimeColumn("expires_at",
			func(i *ent.Invitation) **time.Time { return &i.ExpiresAt }),
		"lastSentAt": optionalTimeColumn("last_sent_at",
			func(i *ent.Invitation) **time.Time { return &i.LastSentAt }),
		"sentCount": intColumn("sent_count",
			func(i *ent.Invitation) *int { return &i.SentCount }),
		"deliveryStatus": textColumn("delivery_status",
			func(i *ent.Invitation) *invitation.DeliveryStatus { return &i.DeliveryStatus }),
		"createdAt": timeColumn("created_at",
			func(i *ent.Invitation) *time.Time { return &i.CreatedAt }),
		"updatedAt": timeColumn("updated_at",
			func(i *ent.Invitation) *time.Time { return &i.UpdatedAt }),
		"notifyInviter": boolColumn("notify_inviter",
			func(i *ent.Invitation) *bool { return &i.NotifyInviter }),
	})
)
