package fast

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/codegen/config"
	"github.com/vektah/gqlparser/v2/ast"
)

// How a value is appended.
const (
	leaf     = iota // by gqlgen's function for its type
	words           // as a string
	number          // as an integer
	boolean         // as true or false
	moment          // as a time
	appender        // by its own method AppendGQL, which adds what its MarshalGQL writes
	object          // by the function of its type
	list            // one by one
)

// valuePlan describes a type of the schema in its Go form.
type valuePlan struct {
	*config.TypeReference
	kind int
	elem *valuePlan // of a list
}

// holdsObjects tells an object or a flat list of them.
func (v *valuePlan) holdsObjects() bool {
	return v.kind == object || v.kind == list && v.elem.kind == object
}

// planValue is nil for what cannot be appended: interfaces, lists of lists of objects, types that
// marshal in ways of their own.
func (w *fieldPlanner) planValue(r *config.TypeReference) *valuePlan {
	if r == nil || r.Definition == nil || r.MarshalFunc() == "" {
		return nil
	}
	if r.IsSlice() {
		elem := w.planValue(r.Elem())
		switch {
		case elem != nil && elem.kind != list:
			return &valuePlan{r, list, elem}
		case r.Definition.Kind == ast.Object:
			return nil
		}
		return &valuePlan{r, leaf, nil}
	}
	switch r.Definition.Kind {
	case ast.Object:
		_, isStruct := pointedType(r.GO).Underlying().(*types.Struct)
		if w.objects[r.Definition.Name] && isStruct && !r.IsMarshaler && r.Marshaler == nil {
			return &valuePlan{r, object, nil}
		}
	case ast.Scalar, ast.Enum:
		return &valuePlan{r, scalarKind(r), nil}
	}
	return nil
}

// writers are the packages whose marshal functions write what Buffer appends: gqlgen's own, and
// ours, which call those.
var writers = []string{"github.com/99designs/gqlgen/graphql", "usher/internal/scalar"}

// scalarKind finds what gqlgen marshals by its own functions for the basic types.
func scalarKind(r *config.TypeReference) int {
	if r.IsMarshaler && !r.IsContext && hasMethod(pointedType(r.GO), "AppendGQL") {
		return appender
	}
	if r.Marshaler == nil || r.IsContext || r.HasEnumValues() ||
		!slices.Contains(writers, r.Marshaler.Pkg().Path()) {
		return leaf
	}
	basic, _ := pointedType(r.GO).Underlying().(*types.Basic)
	is := func(what types.BasicInfo) bool { return basic != nil && basic.Info()&what != 0 }
	switch name := r.Marshaler.Name(); {
	case (name == "MarshalString" || name == "MarshalID") && is(types.IsString):
		return words
	case strings.HasPrefix(name, "MarshalInt") && is(types.IsInteger) && !is(types.IsUnsigned):
		return number
	case name == "MarshalBoolean" && is(types.IsBoolean):
		return boolean
	case name == "MarshalTime":
		return moment
	}
	return leaf
}

func pointedType(t types.Type) types.Type {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// appendCode appends x by the plan below, or gives up.
func (v *valuePlan) appendCode(x, below string) string {
	null := v.GQL.NonNull
	if v.kind == leaf {
		return fmt.Sprintf("if !b.Leaf(ec.%s(b.Ctx, nil, %s), %t) {\n\treturn false\n}\n",
			v.MarshalFunc(), x, null)
	}
	if v.kind == list {
		each := fmt.Sprintf(
			"b.Raw(\"[\")\nfor i := range %[1]s {\n\tif i > 0 {\n\t\tb.Raw(\",\")\n\t}\n%[2]s}\nb.Raw(\"]\")\n", x, v.elem.appendCode(x+"[i]", below))
		if null { // no slice is an empty list where there must be one
			return each
		}
		return fmt.Sprintf("if %s == nil {\n\tb.Null(false)\n} else {\n%s}\n", x, each)
	}
	if !v.IsNilable() {
		return v.appendPresentCode(x, "&"+x, below)
	}
	return fmt.Sprintf("if %s == nil {\n\tif !b.Null(%t) {\n\t\treturn false\n\t}\n} else {\n%s}\n",
		x, null, v.appendPresentCode("*"+x, x, below))
}

// appendPresentCode appends a value that is there.
func (v *valuePlan) appendPresentCode(x, pointer, below string) string {
	switch v.kind {
	case words:
		return "b.String(string(" + x + "))\n"
	case number:
		return "b.Int(int64(" + x + "))\n"
	case boolean:
		return "b.Bool(bool(" + x + "))\n"
	case appender:
		return "b.Append(" + strings.TrimPrefix(pointer, "&") + ")\n"
	case moment:
		return fmt.Sprintf("if !b.Time(%s, %t) {\n\treturn false\n}\n", x, v.GQL.NonNull)
	default:
		return fmt.Sprintf("if !ec.append%s(b, %s, %s) {\n\treturn false\n}\n", v.Definition.Name,
			below, pointer)
	}
}
