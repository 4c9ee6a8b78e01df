package graph

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"usher/ent"
	"usher/internal/account"
	"usher/internal/fastgql"
	"usher/internal/ident"
)

// maxDirectRows is the largest page that is read directly: the page limit of the API.
const maxDirectRows = 100

// directPage is a page of a list in its default order: the newest first, after a cursor or from the
// beginning.
type directPage struct {
	workspace  ident.ID
	after      *ent.Cursor
	first      int
	connection *fastgql.CompiledSelection
	edges      *fastgql.Step

	row        ent.Cursor // the position of the row that was read; without an id for an empty page
	count      int        // rows on the page so far
	start, end ent.Cursor
	hasNext    bool
}

// directList is a list of which pages are read directly.
type directList struct {
	connection, edge *fastgql.Object
	cursorName       string // names the list and its order in cursors
}

// directField is one field of an operation that selects a page of a list of a workspace.
type directField struct {
	workspace ident.ID
	field     graphql.CollectedField
	args      map[string]any
}

// newDirectPage reads the arguments of a list and compiles its connection. It returns the page and
// the selection on its nodes; nil unless it is a page forward with one selection of nodes.
func newDirectPage(ctx context.Context, ec *executionContext, list directList,
	selected directField) (p *directPage, node *fastgql.CompiledSelection) {
	p = &directPage{workspace: selected.workspace, row: ent.Cursor{List: list.cursorName}}
	first, _ := selected.args["first"].(*int)
	after, _ := selected.args["after"].(*string)
	last, _ := selected.args["last"].(*int)
	before, _ := selected.args["before"].(*string)
	// Backward pages and pages without a size are left to gqlgen, which knows the default
	// and the errors.
	if first == nil || *first < 1 || *first > maxDirectRows || last != nil || before != nil {
		return nil, nil
	}
	p.first = *first
	if after != nil {
		cursor, err := parseCursor("after", after)
		// A cursor that is refused leaves the operation to gqlgen, which answers with the error.
		if err != nil || cursor.List != list.cursorName {
			return nil, nil
		}
		if _, isTime := cursor.Value.(time.Time); !isTime {
			return nil, nil
		}
		p.after = cursor
	}
	p.connection = fastgql.Compile(ctx, ec.OperationContext, list.connection, selected.field)
	if p.connection == nil {
		return nil, nil
	}
	if p.edges = findStep(p.connection, list.connection.Fields["edges"].ID); p.edges == nil {
		return nil, nil
	}
	nodes := findStep(p.edges.Below, list.edge.Fields["node"].ID)
	if nodes == nil {
		return nil, nil
	}
	return p, nodes.Below
}

// findStep returns the only step of a field; nil if there is none or several.
func findStep(selection *fastgql.CompiledSelection, field int) (found *fastgql.Step) {
	for i := range selection.Steps {
		if step := &selection.Steps[i]; step.ID == field {
			if found != nil {
				return nil
			}
			found = step
		}
	}
	return found
}

// addPositionColumns adds the columns of the position of a row: its id and the time of the order.
func (p *directPage) addPositionColumns(columns *rowColumns, table, column string) {
	columns.add("uuid_send("+table+".id)", func(raw []byte) error { return readID(&p.row.ID, raw) })
	columns.add("timestamptz_send("+table+"."+column+")", func(raw []byte) error {
		moment, err := timeOf(raw)
		p.row.Value = moment
		return err
	})
}

// buildNewestQuery returns the SELECT of the newest rows of a table that meet the conditions, in the
// order of the page, with its arguments.
//
// Values come from subqueries, as in (SELECT $3): PostgreSQL then plans the statement once and not
// for each value. The indexes of the orders fit every value.
func (p *directPage) buildNewestQuery(table, column string, conditions []string,
	args []any) (string, []any) {
	conditions, args = p.beyondCursor(column, "id", conditions, args)
	return "SELECT * FROM " + table + " WHERE " + strings.Join(conditions, " AND ") +
		p.orderClause(column, "id") + " LIMIT " + strconv.Itoa(p.first+1), args
}

// beyondCursor adds the condition that a row comes after the cursor of the page.
func (p *directPage) beyondCursor(column, id string, conditions []string,
	args []any) ([]string, []any) {
	if p.after == nil {
		return conditions, args
	}
	n := len(args)
	// One comparison of both values, so that one index range finds the next rows.
	conditions = append(conditions, "("+column+", "+id+") < ((SELECT $"+strconv.Itoa(n+1)+
		"::timestamptz), (SELECT $"+strconv.Itoa(n+2)+"::uuid))")
	return conditions, append(args, p.after.Value, p.after.ID)
}

// orderClause returns the ORDER BY of the page.
func (p *directPage) orderClause(column, id string) string {
	return " ORDER BY " + column + " DESC, " + id + " DESC"
}

// resetRows forgets the rows that were read, before the statement runs a second time.
func (p *directPage) resetRows() { p.count, p.hasNext = 0, false }

// appendEdge appends the row that was read. appendNode is given the selection on edges and the
// cursor of the row. An empty page has a row without an id, which carries the epoch. The row after
// the page only tells that there is one.
func (p *directPage) appendEdge(b *fastgql.Buffer,
	appendNode func(*fastgql.CompiledSelection, ent.Cursor) bool) error {
	switch {
	case p.row.ID.IsZero():
		return nil
	case p.count == p.first: // one more row was read than the page has
		p.hasNext = true
		return nil
	case p.count == 0:
		p.start = p.row
	default:
		b.Raw(",")
	}
	p.end = p.row
	p.count++
	return orLeave(appendNode(p.edges.Below, p.row))
}

// pageInfo returns the page info of the rows that were read.
func (p *directPage) pageInfo() ent.PageInfo {
	info := ent.PageInfo{HasNextPage: p.hasNext, HasPreviousPage: p.after != nil}
	if p.count > 0 {
		info.StartCursor, info.EndCursor = &p.start, &p.end
	}
	return info
}

// writeEdges makes the connection write the JSON of its edges.
func (p *directPage) writeEdges(edges []byte) {
	writeStep(p.edges, func(b *fastgql.Buffer) bool {
		b.Raw("[")
		_, _ = b.Write(edges)
		b.Raw("]")
		return true
	})
}

func (p *directPage) workspaceFor(*account.RememberedCaller) ident.ID { return p.workspace }
