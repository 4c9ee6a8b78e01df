// Package fast is the gqlgen plugin that writes graph/fast.generated.go, which internal/fastgql
// runs.
//
// gqlgen writes a marshal function for each type of a field. The plugin removes those of plain
// objects, of flat lists of them, and of interfaces from gqlgen's list, and writes functions of the
// same names: first an attempt to append, then gqlgen's own body. The body is copied from a
// template of gqlgen. A test holds the checksums of the templates, so that a person compares them
// when gqlgen changes.
package fast

import (
	_ "embed"
	"fmt"
	"go/types"
	"maps"
	"os"
	"slices"

	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/config"
	"github.com/99designs/gqlgen/codegen/templates"
	"github.com/vektah/gqlparser/v2/ast"
)

// Runtime is the import path of the package that the generated code calls.
const Runtime = "usher/internal/fastgql"

//go:embed fast.gotpl
var text string

// Plugin writes the fast path.
type Plugin struct {
	// File is the generated file. It must be deleted before gqlgen reads the package, because it
	// refers to the previous code.
	File string
	// Inline lists the resolvers, "Type.field", that may be called inline. They use only what was
	// loaded with the row and the context, change nothing, and may be called twice.
	Inline []string
}

// Name returns the name for gqlgen's list of plugins.
func (Plugin) Name() string { return "fast" }

// Clear deletes the file of the previous run.
func (p Plugin) Clear() error {
	if err := os.Remove(p.File); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}

// Object is a type that can be appended, with its plain fields.
type Object struct {
	*codegen.Object
	Plain []*Field
}

// Function is a marshal function that the plugin writes instead of gqlgen.
type Function struct {
	*config.TypeReference
	Of []codegen.InterfaceImplementor // of an interface, the types that can be appended

	value *plainValue
}

// Append returns the code that appends the value of the function.
func (f *Function) Append() string { return f.value.appendCode("v", "p") }

// List reports whether the function is for a list.
func (f *Function) List() bool { return f.value != nil && f.value.kind == list }

// GenerateCode runs before gqlgen writes its own files. It fails for an entry of Inline without a
// matching resolver.
func (p Plugin) GenerateCode(d *codegen.Data) error {
	w := plainFinder{data: d, objects: map[string]bool{}, inline: map[string]bool{}}
	for _, name := range p.Inline {
		w.inline[name] = true
	}
	for _, o := range d.Objects {
		// Roots, streams and objects with batched fields are resolved in ways of their own.
		_, named := types.Unalias(o.Type).(*types.Named)
		w.objects[o.Name] = named && !o.Root && !o.Stream && !o.IsReserved() &&
			!types.IsInterface(o.Type) && !d.HasBatchFields(o.Name)
	}
	out := struct {
		*codegen.Data
		Runtime   string
		Objects   []*Object
		Functions []*Function
	}{Data: d, Runtime: Runtime, Objects: w.plainObjects(), Functions: w.takeOverFunctions()}
	// A resolver that was renamed would otherwise silently become slow.
	for name, unknown := range w.inline {
		if unknown {
			return fmt.Errorf(
				"fast: %s is to be called in line, and there is no such resolver that could be", name)
		}
	}
	return templates.Render(templates.Options{
		PackageName: d.Config.Exec.Package, Filename: p.File, Data: out, Template: text,
		GeneratedHeader: true,
		Packages:        d.Config.Packages, PruneOptions: d.Config.GetPruneOptions(),
	})
}

// plainFinder finds what is plain in a schema.
type plainFinder struct {
	data    *codegen.Data
	objects map[string]bool // object types that can be appended
	inline  map[string]bool // resolvers to call inline; false once found
}

// plainObjects returns the objects that can be appended as they are, with their fields.
func (w *plainFinder) plainObjects() (all []*Object) {
	for _, o := range w.data.Objects {
		if !w.objects[o.Name] {
			continue
		}
		x := &Object{Object: o}
		for _, f := range o.Fields {
			if plain := w.findPlainField(f); plain != nil {
				plain.ID = len(x.Plain) + 1
				x.Plain = append(x.Plain, plain)
			}
		}
		all = append(all, x)
	}
	return all
}

// takeOverFunctions removes functions from those that gqlgen is about to write, and returns them.
func (w *plainFinder) takeOverFunctions() (all []*Function) {
	for _, name := range slices.Sorted(maps.Keys(w.data.ReferencedTypes)) {
		r := w.data.ReferencedTypes[name]
		f := &Function{TypeReference: r, value: w.findPlainValue(r)}
		switch {
		case r.MarshalFunc() == "":
			continue
		case f.value != nil && f.value.holdsObjects():
		case r.Definition.Kind == ast.Interface && types.IsInterface(r.GO) && !r.IsMarshaler &&
			r.Marshaler == nil:
			for _, of := range w.data.Interfaces[r.Definition.Name].Implementors {
				if _, pointer := of.Type.(*types.Pointer); pointer && w.objects[of.Name] {
					f.Of = append(f.Of, of)
				}
			}
			if f.Of == nil {
				continue
			}
		default:
			continue
		}
		all = append(all, f)
		delete(w.data.ReferencedTypes, name)
	}
	return all
}
