package gqllimit

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"

	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/jsonscan"
)

// InputLimit limits one field of an input type, or one argument.
type InputLimit struct {
	Items     int  // elements of a list, or keys of a Map
	Text      int  // characters of a text, or of each text in a list
	Rows      bool // elements are stored and processed later, so they cost less
	Addresses bool // the text is parsed as addresses, so it costs more
}

// These are the limits of inputs that Options.InputLimits does not name.
const (
	defaultItems = 500
	defaultText  = 10_000
	// idLength is generous: ids have 30 characters, cursors and tokens fewer than a thousand.
	idLength = 4_000
)

// InputLimits are the limits of inputs by name: "InviteUsersInput.emails" for a field of an input
// type, "Mutation.resendInvitations.ids" for an argument, "*.emails" for both wherever they have no
// limit of their own.
//
// They are applied to the JSON text of the variables and to the literals of the document before
// either is decoded. Refusing a list of any length takes only the time of skipping it.
type InputLimits map[string]InputLimit

// forField returns the limit of a field of an input type.
func (l InputLimits) forField(of *ast.Definition, f *ast.FieldDefinition) InputLimit {
	return l.lookUp(of.Name+"."+f.Name, f.Type)
}

// forArgument returns the limit of an argument: that of "Type.field.argument", else one that is
// named for arguments of this name anywhere. A directive has no type, and gets the defaults.
func (l InputLimits) forArgument(of *ast.Definition, field string,
	a *ast.ArgumentDefinition) InputLimit {
	if of == nil {
		return l.lookUp("", a.Type)
	}
	return l.lookUp(of.Name+"."+field+"."+a.Name, a.Type)
}

// lookUp returns the limit that is declared for a name, or else for its last part in every place
// ("*.emails"). What the declaration leaves out is the default; an id is short whatever its place.
func (l InputLimits) lookUp(name string, t *ast.Type) InputLimit {
	limit, named := l[name]
	if !named {
		limit = l["*"+name[max(0, strings.LastIndexByte(name, '.')):]]
	}
	if limit.Items == 0 {
		limit.Items = defaultItems
	}
	if limit.Text == 0 {
		limit.Text = defaultText
		if t.Name() == "ID" {
			limit.Text = idLength
		}
	}
	return limit
}

// InputMeasurer applies the limits to inputs of the schema.
type InputMeasurer struct {
	Schema *ast.Schema
	Limits InputLimits
}

// CheckLiterals applies the limits to the literals of a document. The token limit bounds them, so
// visiting all is cheap.
func (m InputMeasurer) CheckLiterals(doc *ast.QueryDocument) *fault.Error {
	var refusal *fault.Error
	var look func(ast.SelectionSet)
	look = func(set ast.SelectionSet) {
		for _, selection := range set {
			switch s := selection.(type) {
			case *ast.Field:
				for _, arg := range s.Arguments {
					if def := s.Definition.Arguments.ForName(arg.Name); def != nil &&
						refusal == nil {
						limit := m.Limits.forArgument(s.ObjectDefinition, s.Name, def)
						refusal = m.checkLiteral(arg.Value, def.Type, limit,
							ast.Path{ast.PathName(arg.Name)})
					}
				}
				look(s.SelectionSet)
			case *ast.InlineFragment:
				look(s.SelectionSet)
			}
		}
	}
	for _, op := range doc.Operations {
		look(op.SelectionSet)
		for _, v := range op.VariableDefinitions {
			if v.DefaultValue != nil && refusal == nil {
				// A default is limited like a literal at the place where the variable is used.
				use := findFirstUse(doc, v.Variable)
				refusal = m.checkLiteral(v.DefaultValue, v.Type, m.variableLimit(use, v),
					use.pathOr(v.Variable))
			}
		}
	}
	for _, f := range doc.Fragments {
		look(f.SelectionSet)
	}
	return refusal
}

// checkLiteral measures a value that is written in the document. A variable inside of it is
// measured where the variables are.
func (m InputMeasurer) checkLiteral(v *ast.Value, t *ast.Type, l InputLimit,
	at ast.Path) *fault.Error {
	if v == nil {
		return nil
	}
	switch v.Kind {
	case ast.StringValue, ast.BlockValue:
		return l.checkText(at, utf8.RuneCountInString(v.Raw))
	case ast.ListValue:
		if f := l.checkItems(at, len(v.Children)); f != nil {
			return f
		}
		for i, child := range v.Children {
			if f := m.checkLiteral(child.Value, elementType(t), l,
				appendStep(at, ast.PathIndex(i))); f != nil {
				return f
			}
		}
	case ast.ObjectValue:
		def := m.inputType(t)
		// An input type has the fields of its schema. Only a Map can have any number of members.
		if def == nil {
			if f := l.checkItems(at, len(v.Children)); f != nil {
				return f
			}
		}
		for _, child := range v.Children {
			inner, limit := m.memberLimit(def, child.Name, l)
			if f := m.checkLiteral(child.Value, inner, limit,
				appendStep(at, ast.PathName(child.Name))); f != nil {
				return f
			}
		}
	}
	return nil
}

// CheckVariable applies the limits of the place where a variable is used to its JSON text, which it
// does not decode. CountValues has to limit the depth of the text first.
func (m InputMeasurer) CheckVariable(doc *ast.QueryDocument, v *ast.VariableDefinition,
	text []byte) *fault.Error {
	use := findFirstUse(doc, v.Variable)
	return m.checkRawValue(text, v.Type, m.variableLimit(use, v), use.pathOr(v.Variable))
}

// checkRawValue applies the limits to the JSON text of a variable without decoding it. It skips
// malformed text: the whole body is checked afterwards. Each level is read again for each level
// above it, so the caller must limit the depth.
func (m InputMeasurer) checkRawValue(text []byte, t *ast.Type, l InputLimit,
	at ast.Path) *fault.Error {
	c := jsonscan.Scanner{Text: text}
	c.SkipBlanks()
	if c.At >= len(text) {
		return nil
	}
	switch text[c.At] {
	case '"':
		// A text has at most as many characters as bytes, so most texts need no counting.
		if len(text) > l.Text {
			return l.checkText(at, countCharacters(text[c.At:]))
		}
	case '[':
		return m.checkRawList(&c, t, l, at)
	case '{':
		return m.checkRawObject(&c, t, l, at)
	}
	return nil
}

// checkRawList measures a list in the JSON of variables before it is decoded, so that a list beyond
// the limit costs no memory. Malformed JSON is no fault here: the decoder reports it.
func (m InputMeasurer) checkRawList(c *jsonscan.Scanner, t *ast.Type, l InputLimit,
	at ast.Path) *fault.Error {
	c.SkipByte('[')
	for n := 0; ; n++ {
		c.SkipBlanks()
		value := c.CutValue()
		if len(value) == 0 {
			return nil
		}
		// Counted before the item is measured: a list without end is refused at its limit.
		if f := l.checkItems(at, n+1); f != nil {
			return f
		}
		if f := m.checkRawValue(value, elementType(t), l,
			appendStep(at, ast.PathIndex(n))); f != nil {
			return f
		}
		if !c.SkipByte(',') {
			return nil
		}
	}
}

// checkRawObject measures an object in the JSON of variables, member by member. As in checkRawList,
// malformed JSON ends the measurement without a fault.
func (m InputMeasurer) checkRawObject(c *jsonscan.Scanner, t *ast.Type, l InputLimit,
	at ast.Path) *fault.Error {
	def := m.inputType(t)
	c.SkipByte('{')
	for n := 0; ; n++ {
		c.SkipBlanks()
		key := c.CutValue()
		if len(key) < 2 || !c.SkipByte(':') {
			return nil
		}
		c.SkipBlanks()
		value := c.CutValue()
		// An input type has a fixed number of fields, but a client may repeat one. A Map has any
		// keys.
		most := l
		if def != nil {
			most.Items = max(defaultItems, len(def.Fields))
		}
		if f := most.checkItems(at, n+1); f != nil {
			return f
		}
		if f := l.checkText(at, len(key)); def == nil && f != nil {
			return f
		}
		name := string(key[1 : len(key)-1])
		inner, limit := m.memberLimit(def, name, l)
		if f := m.checkRawValue(value, inner, limit, appendStep(at, ast.PathName(name))); f != nil {
			return f
		}
		if !c.SkipByte(',') {
			return nil
		}
	}
}

// inputType returns the definition of an input object; nil for a Map and for unknown types.
func (m InputMeasurer) inputType(t *ast.Type) *ast.Definition {
	if t == nil || t.Elem != nil {
		return nil
	}
	if def := m.Schema.Types[t.Name()]; def != nil && def.Kind == ast.InputObject {
		return def
	}
	return nil
}

// memberLimit returns the type and the limit of a member of an object. The limit of a Map applies
// to everything in it.
func (m InputMeasurer) memberLimit(def *ast.Definition, name string,
	l InputLimit) (*ast.Type, InputLimit) {
	if def == nil {
		return nil, l
	}
	f := def.Fields.ForName(name)
	if f == nil {
		return nil, InputLimits(nil).lookUp("", ast.NamedType("String", nil))
	}
	return f.Type, m.Limits.forField(def, f)
}

// elementType returns the type of a list's elements. GraphQL accepts a single value for a list, so
// the type may be no list.
func elementType(t *ast.Type) *ast.Type {
	if t != nil && t.Elem != nil {
		return t.Elem
	}
	return t
}

// appendStep returns a path that is one step longer. It never writes into the array of the shorter
// one, which siblings share.
func appendStep(at ast.Path, step ast.PathElement) ast.Path {
	return append(at[:len(at):len(at)], step)
}

// checkItems refuses the n-th element of a list or member of an object beyond the limit.
func (l InputLimit) checkItems(at ast.Path, n int) *fault.Error {
	if n <= l.Items {
		return nil
	}
	return fault.Input(FormatPath(at), "gqlhttp.too_many_items", i18n.Args{"Max": l.Items})
}

// checkText refuses a text by its length in characters.
func (l InputLimit) checkText(at ast.Path, characters int) *fault.Error {
	if characters <= l.Text {
		return nil
	}
	return fault.Input(FormatPath(at), "input.too_long", i18n.Args{"Max": l.Text})
}

// countCharacters counts the characters of a JSON string. An escape counts as one; a surrogate pair
// counts as two, which is insignificant at the lengths of limits.
func countCharacters(quoted []byte) int {
	n := utf8.RuneCount(quoted) - 2
	for i := bytes.IndexByte(quoted, '\\'); i >= 0 && i+1 < len(quoted); {
		length := 2
		if quoted[i+1] == 'u' {
			length = 6
		}
		n -= length - 1
		next := bytes.IndexByte(quoted[min(i+length, len(quoted)):], '\\')
		if next < 0 {
			break
		}
		i += length + next
	}
	return n
}

// variableLimit returns the limit of the place where a variable is used.
func (m InputMeasurer) variableLimit(u *variableUse, v *ast.VariableDefinition) InputLimit {
	switch {
	case u == nil:
		return InputLimits(nil).lookUp("", v.Type)
	case u.inner != nil:
		return m.Limits.forField(u.of, u.inner)
	}
	return m.Limits.forArgument(u.of, u.field, u.def)
}

// CountValues returns an upper bound of the number of values in a JSON text, and their depth. Each
// value except the first follows a comma or an opening bracket.
func CountValues(text []byte) (values, depth int) {
	values = 1
	level := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			c := jsonscan.Scanner{Text: text, At: i}
			if !c.SkipString() {
				return values, depth
			}
			i = c.At - 1
		case '[', '{':
			level++
			depth = max(depth, level)
			values++
		case ']', '}':
			level--
		// One value more than commas on a level: opening a list or an object has counted the first.
		case ',':
			values++
		}
	}
	return values, depth
}
