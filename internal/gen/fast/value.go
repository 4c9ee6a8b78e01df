package fast

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/codegen/config"
	"github.com/vektah/gqlparser/v2/ast"
)

// The ways to append a value.
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

// plainValue describes a type whose values can be appended, in its Go form.
type plainValue struct {
	*config.TypeReference
	kind int
	elem *plainValue // of a list
}

// holdsObjects reports whether the value is an object or a flat list of objects.
func (v *plainValue) holdsObjects() bool {
	return v.kind == object || v.kind == list && v.elem.kind == object
}

// findPlainValue returns what appends values of a type; nil if it cannot be appended: interfaces,
// lists of lists of objects, and types with marshal functions of their own.
func (w *plainFinder) findPlainValue(r *config.TypeReference) *plainValue {
	if r == nil || r.Definition == nil || r.MarshalFunc() == "" {
		return nil
	}
	if r.IsSlice() {
		elem := w.findPlainValue(r.Elem())
		switch {
		// A list of lists is left to gqlgen.
		case elem != nil && elem.kind != list:
			return &plainValue{r, list, elem}
		case r.Definition.Kind == ast.Object:
			return nil
		}
		return &plainValue{r, leaf, nil}
	}
	switch r.Definition.Kind {
	case ast.Object:
		_, isStruct := pointedType(r.GO).Underlying().(*types.Struct)
		if w.objects[r.Definition.Name] && isStruct && !r.IsMarshaler && r.Marshaler == nil {
			return &plainValue{r, object, nil}
		}
	case ast.Scalar, ast.Enum:
		return &plainValue{r, scalarKind(r), nil}
	}
	return nil
}

// writers are the packages whose marshal functions write what Buffer appends: gqlgen's and ours,
// which call gqlgen's.
var writers = []string{"github.com/99designs/gqlgen/graphql", "usher/internal/scalar"}

// scalarKind returns how a scalar is appended: as a basic type if gqlgen marshals it by its own
// function.
func scalarKind(r *config.TypeReference) int {
	if r.IsMarshaler && !r.IsContext && hasMethod(pointedType(r.GO), "AppendGQL") {
		return appender
	}
	// Any other marshaler may write anything, so it is called.
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

// pointedType returns what a pointer points to; any other type stays.
func pointedType(t types.Type) types.Type {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// appendCode returns the code that appends x by the compiled selection below, or returns false.
func (v *plainValue) appendCode(x, below string) string {
	null := v.GQL.NonNull
	if v.kind == leaf {
		return fmt.Sprintf("if !b.Leaf(ec.%s(b.Ctx, nil, %s), %t) {\n\treturn false\n}\n",
			v.MarshalFunc(), x, null)
	}
	if v.kind == list {
		each := fmt.Sprintf(
			"b.Raw(\"[\")\nfor i := range %[1]s {\n\tif i > 0 {\n\t\tb.Raw(\",\")\n\t}\n%[2]s}\nb.Raw(\"]\")\n", x, v.elem.appendCode(x+"[i]", below))
		// A nil slice is an empty list where the list must not be null.
		if null {
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

// appendPresentCode returns the code that appends a value that is not nil.
func (v *plainValue) appendPresentCode(x, pointer, below string) string {
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
