package gqllimit

import "github.com/vektah/gqlparser/v2/ast"

// FindVariable returns the path at which a document first uses a variable, from the argument on;
// nil if it does not use it. Clients mark the field at that path, while a variable's name means
// nothing to a form.
func FindVariable(doc *ast.QueryDocument, variable string) ast.Path {
	if use := findFirstUse(doc, variable); use != nil {
		return use.path
	}
	return nil
}

// FindLiteral returns the path of the literal at a line and column of a document, from the argument
// on; nil if there is none.
func FindLiteral(doc *ast.QueryDocument, line, column int) ast.Path {
	use := findUse(doc, func(v *ast.Value) bool {
		return v.Position != nil && v.Position.Line == line && v.Position.Column == column
	})
	if use == nil {
		return nil
	}
	return use.path
}

// variableUse is the first use of a variable in a document. It determines the limit and the path in
// errors.
type variableUse struct {
	of    *ast.Definition // the input type, or the object type of the field
	field string
	def   *ast.ArgumentDefinition
	inner *ast.FieldDefinition // field of the input type, if the variable is inside a literal
	path  ast.Path
}

// pathOr returns the path at which a variable is used, or that of the variable if it is not used.
func (u *variableUse) pathOr(variable string) ast.Path {
	if u == nil {
		return ast.Path{ast.PathName(variable)}
	}
	return u.path
}

// findFirstUse returns the first use of a variable; nil if there is none.
func findFirstUse(doc *ast.QueryDocument, variable string) *variableUse {
	return findUse(doc, func(v *ast.Value) bool {
		return v.Kind == ast.Variable && v.Raw == variable
	})
}

// findUse returns the first argument value of a document that matches; nil if there is none.
func findUse(doc *ast.QueryDocument, matches func(*ast.Value) bool) *variableUse {
	var found *variableUse
	var look func(ast.SelectionSet)
	look = func(set ast.SelectionSet) {
		for _, selection := range set {
			switch s := selection.(type) {
			case *ast.Field:
				for _, arg := range s.Arguments {
					// A field without a definition is unknown. The validator reports it.
					if s.Definition == nil || found != nil {
						continue
					}
					def := s.Definition.Arguments.ForName(arg.Name)
					if def == nil {
						continue
					}
					at := variableUse{of: s.ObjectDefinition, field: s.Name, def: def,
						path: ast.Path{ast.PathName(arg.Name)}}
					found = at.findIn(arg.Value, matches)
				}
				look(s.SelectionSet)
			case *ast.InlineFragment:
				look(s.SelectionSet)
			}
		}
	}
	for _, op := range doc.Operations {
		look(op.SelectionSet)
	}
	for _, f := range doc.Fragments {
		look(f.SelectionSet)
	}
	return found
}

// findIn searches a literal.
func (u variableUse) findIn(v *ast.Value, matches func(*ast.Value) bool) *variableUse {
	if v == nil {
		return nil
	}
	if matches(v) {
		return &u
	}
	for i, child := range v.Children {
		deeper := u
		if v.Kind == ast.ListValue {
			deeper.path = appendStep(u.path, ast.PathIndex(i))
		} else {
			deeper.path = appendStep(u.path, ast.PathName(child.Name))
			// A Map has no definition of its members.
			if v.Definition != nil && v.Definition.Kind == ast.InputObject {
				deeper.of, deeper.inner = v.Definition, v.Definition.Fields.ForName(child.Name)
			}
		}
		if found := deeper.findIn(child.Value, matches); found != nil {
			return found
		}
	}
	return nil
}
