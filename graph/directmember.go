package graph

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"usher/ent"
	"usher/internal/account"
	"usher/internal/fastgql"
	"usher/internal/ident"
)

// memberWriter reads members from rows and appends them. Each row is read into the same member.
type memberWriter struct {
	nameWriter
	rowColumns
	selection *fastgql.CompiledSelection
	member    ent.Member
	user      ent.User
	unit      ident.ID
	held      []heldRole
	parts     []heldPart // what is selected of an assignment
}

// heldRole is a role assignment of a row.
type heldRole struct {
	id, role, group, unit ident.ID
	inherited             bool
}

// heldPart is a part of the bytes into which a statement packs an assignment.
type heldPart struct {
	sql  string
	size int
	read func(h *heldRole, raw []byte)
}

// The parts of an assignment. An assignment elsewhere has sixteen zero bytes for its group or unit.
var (
	heldID = heldPart{"uuid_send(a.id)", 16,
		func(h *heldRole, raw []byte) { copy(h.id[:], raw) }}
	heldRoleID = heldPart{"uuid_send(a.role_id)", 16,
		func(h *heldRole, raw []byte) { copy(h.role[:], raw) }}
	heldGroup = heldPart{"COALESCE(uuid_send(a.group_id), " + zeroID + ")", 16,
		func(h *heldRole, raw []byte) { copy(h.group[:], raw) }}
	heldUnit = heldPart{"COALESCE(uuid_send(a.org_unit_id), " + zeroID + ")", 16,
		func(h *heldRole, raw []byte) { copy(h.unit[:], raw) }}
	heldInherited = heldPart{"boolsend(a.inherited)", 1,
		func(h *heldRole, raw []byte) { h.inherited = raw[0] == 1 }}
)

// zeroID is the zero ID as a bytea of PostgreSQL.
const zeroID = `'\x00000000000000000000000000000000'::bytea`

// newMemberWriter returns the writer of a selection on members; nil if something in it must be left
// to gqlgen. members and users are their tables in the statement.
func newMemberWriter(ec *executionContext, selection *fastgql.CompiledSelection,
	members, users string) *memberWriter {
	w := &memberWriter{nameWriter: nameWriter{ec: ec}, selection: selection}
	w.member.Edges.User = &w.user
	from := columnSource[ent.Member]{&w.member, members, memberColumns()}
	addOther := func(step *fastgql.Step) bool { return w.takeStep(step, members, users) }
	if selection == nil || !addColumns(&w.rowColumns, w.selection, from, addOther) {
		return nil
	}
	if len(w.parts) > 0 {
		w.addAssignments(members)
	}
	return w
}

// takeStep prepares a step that is no column of members. It reports whether it could.
func (w *memberWriter) takeStep(step *fastgql.Step, members, users string) bool {
	below := step.Below
	switch step.ID {
	case fastMember.Fields["user"].ID:
		return addColumns(&w.rowColumns, below,
			columnSource[ent.User]{&w.user, users, userColumns()}, nil)
	case fastMember.Fields["orgUnit"].ID:
		w.add("uuid_send("+members+".org_unit_id)", func(raw []byte) error {
			return readID(&w.unit, raw)
		})
		writeStep(step, func(b *fastgql.Buffer) bool { return w.appendUnit(b, below, w.unit) })
		return w.takesNames(fastOrgUnit, below)
	case fastMember.Fields["groups"].ID:
		// The same assignments serve groups and roles: only the parts that are selected are packed.
		w.addPart(heldGroup)
		writeStep(step, func(b *fastgql.Buffer) bool {
			return w.appendGroups(b, below, w.heldGroups())
		})
		return w.takesNames(fastGroup, below)
	case fastMember.Fields["roleAssignments"].ID:
		writeStep(step, func(b *fastgql.Buffer) bool {
			return appendList(b, len(w.held), func(i int) bool {
				return w.appendAssignment(b, below, w.held[i])
			})
		})
		return w.takeAssignments(below)
	}
	return false
}

// writeStep makes a step append what a function appends.
func writeStep(step *fastgql.Step, value func(*fastgql.Buffer) bool) {
	step.ID, step.Write = fastgql.Written, value
}

// takeAssignments prepares the steps on assignments. It reports whether it could.
func (w *memberWriter) takeAssignments(selection *fastgql.CompiledSelection) bool {
	for _, step := range selection.Steps {
		ok := true
		switch step.ID {
		case 0: // __typename
		case fastRoleAssignment.Fields["id"].ID:
			w.addPart(heldID)
		case fastRoleAssignment.Fields["inherited"].ID:
			w.addPart(heldInherited)
		case fastRoleAssignment.Fields["role"].ID:
			w.addPart(heldRoleID)
			ok = w.takesNames(fastRole, step.Below)
		case fastRoleAssignment.Fields["group"].ID:
			w.addPart(heldGroup)
			ok = w.takesNames(fastGroup, step.Below)
		case fastRoleAssignment.Fields["orgUnit"].ID:
			w.addPart(heldUnit)
			ok = w.takesNames(fastOrgUnit, step.Below)
		default:
			ok = false
		}
		if !ok {
			return false
		}
	}
	// Without a part the assignments could not be counted: __typename alone has no bytes.
	w.addPart(heldID)
	return true
}

// addPart adds a part of the assignments, once.
func (w *memberWriter) addPart(part heldPart) {
	if !slices.ContainsFunc(w.parts, func(p heldPart) bool { return p.sql == part.sql }) {
		w.parts = append(w.parts, part)
	}
}

// addAssignments adds the column that holds the assignments of a member, part after part.
func (w *memberWriter) addAssignments(members string) {
	sql, size := make([]string, len(w.parts)), 0
	for i, part := range w.parts {
		sql[i] = part.sql
		size += part.size
	}
	w.add(`(SELECT string_agg(`+strings.Join(sql, " || ")+`, ''::bytea ORDER BY a.id)
FROM role_assignments AS a WHERE a.member_id = `+members+`.id AND a.workspace_id = `+members+
		`.workspace_id)`, func(raw []byte) error {
		if len(raw)%size != 0 {
			return fmt.Errorf("graph: assignments of %d bytes in pieces of %d", len(raw), size)
		}
		// The list is used again for each row.
		w.held = w.held[:0]
		for len(raw) > 0 {
			var h heldRole
			for _, part := range w.parts {
				part.read(&h, raw[:part.size])
				raw = raw[part.size:]
			}
			w.held = append(w.held, h)
		}
		return nil
	})
}

// heldGroups returns the groups of the assignments of the row.
func (w *memberWriter) heldGroups() []ident.ID {
	ids := make([]ident.ID, 0, 8)
	for _, h := range w.held {
		if !h.group.IsZero() {
			ids = append(ids, h.group)
		}
	}
	return ids
}

// appendAssignment appends a role assignment.
func (w *memberWriter) appendAssignment(b *fastgql.Buffer, selection *fastgql.CompiledSelection,
	h heldRole) bool {
	for i := range selection.Steps {
		step, ok := &selection.Steps[i], true
		b.Raw(step.Key)
		switch step.ID {
		case 0:
			b.Raw(`"RoleAssignment"`)
		case fastRoleAssignment.Fields["id"].ID:
			b.Append(h.id)
		case fastRoleAssignment.Fields["inherited"].ID:
			b.Bool(h.inherited)
		case fastRoleAssignment.Fields["role"].ID:
			ok = w.appendRole(b, step.Below, h.role)
		case fastRoleAssignment.Fields["group"].ID:
			ok = w.appendGroup(b, step.Below, h.group)
		case fastRoleAssignment.Fields["orgUnit"].ID:
			ok = w.appendUnit(b, step.Below, h.unit)
		}
		if !ok {
			return false
		}
	}
	b.Raw("}")
	return true
}

// oneMember reads one member by id, for a caller with one membership. A caller with several may see
// only a part of the workspace that the member is in.
type oneMember struct {
	*memberWriter
	id ident.ID
}

// compileMember compiles node(id:) of a member.
func (q *DirectRead) compileMember(ctx context.Context, root graphql.CollectedField) {
	args, err := q.ec.field_Query_node_args(ctx, root.ArgumentMap(q.ec.Variables))
	id, _ := args["id"].(ident.ID)
	if err != nil || id.Kind() != ident.Member {
		return
	}
	selection := fastgql.Compile(ctx, q.ec.OperationContext, fastMember, root)
	if w := newMemberWriter(q.ec, selection, "m", "u"); w != nil {
		q.path, q.close = `{"`+root.Alias+`":`, "}"
		q.rows = &oneMember{memberWriter: w, id: id}
	}
}

// workspaceFor returns the only workspace of the caller. A caller with several is left to gqlgen,
// since the id of a member does not tell its workspace.
func (o *oneMember) workspaceFor(caller *account.RememberedCaller) ident.ID {
	if len(caller.Memberships) != 1 {
		return ident.ID{}
	}
	return caller.Memberships[0].WorkspaceID
}

// statement returns the statement of one member by id.
func (o *oneMember) statement(workspace ident.ID,
	caller *account.RememberedCaller) (string, []any, bool) {
	return selectDirectly(o.sql) + `
FROM members AS m JOIN users AS u ON u.id = m.user_id WHERE m.id = $3 AND m.workspace_id = $2`,
		[]any{caller.UserID, workspace, o.id}, true
}

// appendRow appends the member.
func (o *oneMember) appendRow(b *fastgql.Buffer, row [][]byte) error {
	if err := o.readRow(row); err != nil {
		return err
	}
	return orLeave(o.ec.appendMember(b, o.selection, &o.member))
}

// finish leaves a member that was not found to gqlgen.
func (o *oneMember) finish(b *fastgql.Buffer, member []byte) bool {
	_, _ = b.Write(member)
	return len(member) > 0
}
