package fast

import (
	"go/types"

	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/templates"
)

// The ways to read a field.
const (
	column = iota // a struct field, or a method without arguments
	row           // an edge to one row that was read with its owner
	rows          // an edge to many rows, which were read under the field's alias
	called        // a resolver
)

// Field is a plain field of an object.
type Field struct {
	*codegen.Field
	ID int

	read  int
	value *plainValue
}

// Called reports whether the field is answered by a resolver.
func (f *Field) Called() bool { return f.read == called }

// Below returns the object type of the field's value; "" for others.
func (f *Field) Below() string {
	if f.value.holdsObjects() {
		return f.TypeReference.Definition.Name
	}
	return ""
}

// Append returns the code that appends the field's value.
func (f *Field) Append() string { return f.value.appendCode("v", "s.Below") }

// Read returns the code that reads the field into v, or returns false.
func (f *Field) Read() string {
	const orGiveUp = "\nif err != nil {\n\treturn false\n}"
	switch {
	case f.read == row && !f.TypeReference.GQL.NonNull:
		return "v, err := obj.Edges." + f.GoFieldName + "OrErr()\nif " + f.maskNotFound() +
			"(err) != nil {\n\treturn false\n}"
	case f.read == row:
		return "v, err := obj.Edges." + f.GoFieldName + "OrErr()" + orGiveUp
	case f.read == rows:
		return "v, err := obj.Named" + f.GoFieldName + "(s.Alias)" + orGiveUp
	case f.read == called:
		return "ctx := s.Ctx\nv, err := ec.Resolvers." + f.ShortInvocation() + orGiveUp
	case f.IsMethod() && f.NoErr:
		return "v := obj." + f.GoFieldName + "()"
	case f.IsMethod():
		return "v, err := obj." + f.GoFieldName + "()" + orGiveUp
	}
	return "v := obj." + f.GoFieldName
}

// maskNotFound returns the name of ent's function for an edge without a target.
func (f *Field) maskNotFound() string {
	pkg := types.Unalias(f.Object.Type).(*types.Named).Obj().Pkg().Path()
	return templates.CurrentImports.Lookup(pkg) + ".MaskNotFound"
}

// findPlainField returns a field that is plain; nil if it is not: it has arguments or directives,
// is loaded in batches, or may wait.
func (w *plainFinder) findPlainField(f *codegen.Field) *Field {
	x := &Field{Field: f, value: w.findPlainValue(f.TypeReference)}
	if x.value == nil || len(f.Args) > 0 || f.IsMap() || f.IsBatch() || f.HasDirectives() ||
		f.IsReserved() || f.HasHaser || f.VOkFunc {
		return nil
	}
	name := f.Object.Name + "." + f.Name
	_, inline := w.inline[name]
	switch {
	case f.IsResolver && inline:
		w.inline[name] = false
		x.read = called
	case f.IsResolver:
		return nil
	case !f.MethodHasContext:
		x.read = column
	case f.IsMethod() && hasMethod(f.Object.Type, "Named"+f.GoFieldName):
		x.read = rows
	case f.IsMethod() && hasMethod(edgesType(f.Object.Type), f.GoFieldName+"OrErr"):
		x.read = row
	default:
		return nil
	}
	return x
}

// hasMethod reports whether a type has a method.
func hasMethod(t types.Type, method string) bool {
	if t == nil {
		return false
	}
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return false
	}
	for m := range named.Methods() {
		if m.Name() == method {
			return true
		}
	}
	return false
}

// edgesType returns the type in which ent keeps the edges that were loaded with a row.
func edgesType(t types.Type) types.Type {
	if s, ok := t.Underlying().(*types.Struct); ok {
		for f := range s.Fields() {
			if f.Name() == "Edges" {
				return f.Type()
			}
		}
	}
	return nil
}
