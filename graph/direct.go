package graph

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/fastgql"
	"usher/internal/ident"
	"usher/internal/store"
)

// A direct read answers a whole operation with one statement: a page of members, a page of
// invitations or one member, for a caller who sees the whole workspace, on PostgreSQL. The rows are
// appended as JSON while they are read. The names of roles, groups and units, and the rights of the
// caller, come from memory.
//
// Security: the statement reads the epoch of what is remembered in its own snapshot. If the caller
// has lost a right, or a name has changed, the epoch differs, and nothing of the answer is used.
// Whatever a direct read does not know is left to gqlgen and ent, whose answer has the same bytes.

// DirectReads answers the operations that direct reads know.
type DirectReads struct {
	resolver *Resolver
	schema   *executableSchema
	store    *store.Store
	memory   *workspaceMemory
}

// NewDirectReads returns the direct reads of a schema that NewExecutableSchema made.
func NewDirectReads(schema graphql.ExecutableSchema, r *Resolver, s *store.Store) *DirectReads {
	return &DirectReads{resolver: r, schema: schema.(*executableSchema), store: s,
		memory: newWorkspaceMemory(r.Reads)}
}

// DirectRead is one operation that can be answered directly.
type DirectRead struct {
	*DirectReads
	ec    *executionContext
	path  string // JSON before the value: {"workspace":{"members":
	close string // JSON after it
	rows  directRows
}

// directRows are the rows of a direct read and how they become JSON.
type directRows interface {
	// workspaceFor returns the workspace of the rows; zero if the caller needs the ordinary way.
	workspaceFor(caller *account.RememberedCaller) ident.ID
	// statement returns the text and the arguments of the statement, as selectDirectly begins it;
	// false if the filter needs the ordinary way.
	statement(workspace ident.ID, caller *account.RememberedCaller) (text string, args []any, ok bool)
	// width returns the number of columns after the epoch.
	width() int
	// appendRow reads a row after the epoch and appends its JSON.
	appendRow(b *fastgql.Buffer, row [][]byte) error
	// finish appends the value, given the JSON of its rows.
	finish(b *fastgql.Buffer, rows []byte) bool
	// writer returns the writer of the names in the rows.
	writer() *nameWriter
}

// selectDirectly begins a direct read, whose first two arguments are the account of the caller and
// the workspace: the epoch and the given columns.
func selectDirectly(columns []string) string {
	return `SELECT int8send(` + fmt.Sprintf(store.EpochOf, "$1", "$2") + `), ` +
		strings.Join(columns, ", ")
}

// Compile returns the direct read of the operation in a context; nil if it is not known.
func (d *DirectReads) Compile(ctx context.Context) *DirectRead {
	op := graphql.GetOperationContext(ctx)
	if op.Operation.Operation != ast.Query || !d.store.KeepsEpochs() {
		return nil
	}
	roots := graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Query"})
	// Several root fields would need several statements, whose snapshots differ.
	if len(roots) != 1 || len(roots[0].Directives) > 0 {
		return nil
	}
	q := &DirectRead{DirectReads: d, ec: newExecutionContext(op, d.schema, nil)}
	switch root := roots[0]; root.Name {
	case "workspace":
		q.compileList(ctx, root)
	case "node":
		q.compileMember(ctx, root)
	}
	if q.rows == nil {
		return nil
	}
	return q
}

// compileList compiles a page below workspace(id:).
func (q *DirectRead) compileList(ctx context.Context, root graphql.CollectedField) {
	args, err := q.ec.field_Query_workspace_args(ctx, root.ArgumentMap(q.ec.Variables))
	if err != nil {
		return
	}
	workspace, _ := args["id"].(*ident.ID)
	slug, _ := args["slug"].(*string)
	fields := graphql.CollectFields(q.ec.OperationContext, root.Selections,
		[]string{"Workspace", "Node"})
	// By id only: a slug would take a statement of its own. One list only: path and close are
	// constants around a single value.
	if workspace == nil || slug != nil || len(fields) != 1 || len(fields[0].Directives) > 0 {
		return
	}
	list := fields[0]
	q.path = `{"` + root.Alias + `":{"` + list.Alias + `":`
	q.close = "}}"
	switch list.Name {
	case "members":
		if rows := q.newMemberPage(ctx, *workspace, list); rows != nil {
			q.rows = rows
		}
	case "invitations":
		if rows := q.newInvitationPage(ctx, *workspace, list); rows != nil {
			q.rows = rows
		}
	}
}

// DirectAnswer is the result of a direct read.
type DirectAnswer struct {
	Data json.RawMessage // nil: gqlgen must answer
	// Outdated is true if the caller's rights or a name have changed since they were remembered.
	Outdated bool
}

// Answer runs the statement for a remembered caller.
func (q *DirectRead) Answer(ctx context.Context,
	caller *account.RememberedCaller) (DirectAnswer, error) {
	workspace, names := q.rows.workspaceFor(caller), q.rows.writer()
	m := caller.In(workspace)
	// Security: the statement has no visibility filter. Callers who see less go to gqlgen.
	if caller.MustChange || m == nil || !m.Throughout(access.MembersView) {
		return DirectAnswer{}, nil
	}
	epoch, known := caller.Epoch(workspace)
	if !known {
		return DirectAnswer{}, nil
	}
	text, args, ok := q.rows.statement(workspace, caller)
	if !ok {
		return DirectAnswer{}, nil
	}
	var err error
	// Names are loaded before the statement, which reads the epochs in its own snapshot and so
	// tells whether they are still true.
	if names.needed() {
		names.names, err = q.memory.namesAt(ctx, workspace, caller.WorkspaceEpoch(workspace))
		if err != nil || !names.complete() {
			return DirectAnswer{}, err
		}
	}
	return q.runStatement(ctx, text, args, epoch)
}

// directSize is the first capacity of a buffer, in bytes: a page of fifty members.
const directSize = 24 << 10

// runStatement runs the statement and appends its rows. The answer is outdated if the epoch in the
// rows is another one.
func (q *DirectRead) runStatement(ctx context.Context, text string, args []any,
	epoch int64) (answer DirectAnswer, err error) {
	rows, err := q.store.QueryContext(ctx, text, args...)
	if err != nil {
		return answer, fmt.Errorf("graph: direct read: %w", err)
	}
	defer rows.Close()
	// The bytes belong to the driver, and are valid until the next row: only what is appended is
	// copied.
	values := make([]sql.RawBytes, 1+q.rows.width())
	row, into := make([][]byte, len(values)), make([]any, len(values))
	for i := range values {
		into[i] = &values[i]
	}
	appended := fastgql.AppendJSON(ctx, directSize, func(b *fastgql.Buffer) bool {
		for rows.Next() {
			if err = rows.Scan(into...); err != nil {
				return false
			}
			for i := range values {
				row[i] = values[i]
			}
			var seen int64
			if seen, err = intOf(row[0]); err != nil {
				return false
			}
			// All rows hold the same epoch, so an outdated answer ends at the first one.
			if answer.Outdated = seen != epoch; answer.Outdated {
				return false
			}
			if err = q.rows.appendRow(b, row[1:]); err != nil {
				return false
			}
		}
		return rows.Err() == nil
	})
	switch {
	case rows.Err() != nil:
		return DirectAnswer{}, fmt.Errorf("graph: direct read: %w", rows.Err())
	case err != nil && !errors.Is(err, errLeaveToGqlgen):
		return DirectAnswer{}, err
	case appended == nil:
		return DirectAnswer{Outdated: answer.Outdated}, nil
	}
	answer.Data = fastgql.AppendJSON(ctx, len(appended)+512, func(b *fastgql.Buffer) bool {
		b.Raw(q.path)
		done := q.rows.finish(b, appended)
		b.Raw(q.close)
		return done
	})
	return answer, nil
}
