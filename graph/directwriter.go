package graph

import (
	"errors"
	"slices"

	"usher/ent"
	"usher/internal/fastgql"
	"usher/internal/ident"
)

// errLeaveToGqlgen ends a direct read that meets something unusual, such as a name that is missing.
var errLeaveToGqlgen = errors.New("graph: gqlgen must answer")

// orLeave returns errLeaveToGqlgen unless something was appended.
func orLeave(appended bool) error {
	if !appended {
		return errLeaveToGqlgen
	}
	return nil
}

// nameWriter writes the steps of a selection that come from the remembered names of a workspace.
type nameWriter struct {
	ec                   *executionContext
	names                *workspaceNames
	roles, groups, units bool // which of them the selection needs
	written              map[writtenName][]byte
}

// writtenName identifies the JSON of a role in one selection.
type writtenName struct {
	selection *fastgql.CompiledSelection
	id        ident.ID
}

func (w *nameWriter) writer() *nameWriter { return w }

// needed reports whether the selection needs any name.
func (w *nameWriter) needed() bool { return w.roles || w.groups || w.units }

// complete reports whether all names that the selection needs are remembered.
func (w *nameWriter) complete() bool {
	return w.names != nil && (!w.roles || w.names.roles != nil) &&
		(!w.groups || w.names.groups != nil) && (!w.units || w.names.units != nil)
}

// plainNameFields are the fields of roles, groups and units that are columns, or that follow from
// them and the language.
var plainNameFields = map[*fastgql.Object][]string{
	fastRole: {"id", "createdAt", "updatedAt", "key", "name", "permissions", "builtIn",
		"description", "scopes"},
	fastGroup:   {"id", "createdAt", "updatedAt", "name", "externalId", "visibility"},
	fastOrgUnit: {"id", "createdAt", "updatedAt", "name", "externalId"},
}

// takesNames reports whether a selection on roles, groups or units can be answered from memory, and
// remembers what it needs.
func (w *nameWriter) takesNames(of *fastgql.Object, selection *fastgql.CompiledSelection) bool {
	for _, step := range selection.Steps {
		if step.ID != 0 && !slices.ContainsFunc(plainNameFields[of], func(name string) bool {
			return of.Fields[name].ID == step.ID
		}) {
			return false
		}
	}
	switch of {
	case fastRole:
		w.roles = true
	case fastGroup:
		w.groups = true
	case fastOrgUnit:
		w.units = true
	}
	return true
}

// appendRole appends a role. The few roles of a workspace come again and again, so their JSON is
// kept for the operation.
func (w *nameWriter) appendRole(b *fastgql.Buffer, selection *fastgql.CompiledSelection,
	id ident.ID) bool {
	key := writtenName{selection, id}
	if known, ok := w.written[key]; ok {
		_, _ = b.Write(known)
		return true
	}
	role := w.names.roles[id]
	start := b.Len()
	if role == nil || !w.ec.appendRole(b, selection, role) {
		return false
	}
	if w.written == nil {
		w.written = map[writtenName][]byte{}
	}
	w.written[key] = slices.Clone(b.Since(start))
	return true
}

// appendGroup appends a group; null for the zero ID.
func (w *nameWriter) appendGroup(b *fastgql.Buffer, selection *fastgql.CompiledSelection,
	id ident.ID) bool {
	if id.IsZero() {
		return b.Null(false)
	}
	group := w.names.groups[id]
	return group != nil && w.ec.appendGroup(b, selection, group)
}

// appendUnit appends an org unit; null for the zero ID.
func (w *nameWriter) appendUnit(b *fastgql.Buffer, selection *fastgql.CompiledSelection,
	id ident.ID) bool {
	if id.IsZero() {
		return b.Null(false)
	}
	unit := w.names.units[id]
	return unit != nil && w.ec.appendOrgUnit(b, selection, unit)
}

// appendGroups appends groups by name, as groupsOf sorts them, each once.
func (w *nameWriter) appendGroups(b *fastgql.Buffer, selection *fastgql.CompiledSelection,
	ids []ident.ID) bool {
	groups := make([]*ent.Group, 0, 8)
	for _, id := range ids {
		group := w.names.groups[id]
		if group == nil {
			return false
		}
		if !slices.Contains(groups, group) {
			groups = append(groups, group)
		}
	}
	slices.SortStableFunc(groups, compareNames)
	return appendList(b, len(groups), func(i int) bool {
		return w.ec.appendGroup(b, selection, groups[i])
	})
}

// appendList appends a list of as many values.
func appendList(b *fastgql.Buffer, n int, appendValue func(i int) bool) bool {
	b.Raw("[")
	for i := range n {
		if i > 0 {
			b.Raw(",")
		}
		if !appendValue(i) {
			return false
		}
	}
	b.Raw("]")
	return true
}
