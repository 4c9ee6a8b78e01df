package gqllimit

import (
	"github.com/vektah/gqlparser/v2/ast"
)

// These are the weights of argument values, in units of InputCostLimit. An address to invite costs
// a request about five times what a row of a batch does, which is only stored and processed later.
const (
	elementWeight = 5
	rowWeight     = 1
	// textPerUnit is how many bytes of text cost one unit; shorter texts are free. Pasted addresses
	// have about this length.
	textPerUnit = 256
	// addressesPerUnit is textPerUnit for a text that is parsed as addresses.
	addressesPerUnit = 32
)

// countInputs adds the values in a field's arguments to the cost. Each use of a variable counts:
// thirty fields with the same list do its work thirty times.
func (s costEstimator) countInputs(f *ast.Field) {
	for _, arg := range f.Arguments {
		def := f.Definition.Arguments.ForName(arg.Name)
		value, err := arg.Value.Value(s.variables)
		if def == nil || err != nil {
			continue
		}
		s.countValue(value, def.Type, s.Limits.forArgument(f.ObjectDefinition, f.Name, def))
	}
}

// countValue adds the outermost lists of a value and its texts. Lists inside an element are part of
// that element.
func (s costEstimator) countValue(value any, t *ast.Type, l InputLimit) {
	// The sum is refused already; counting on could overflow it.
	if *s.inputs > InputCostLimit {
		return
	}
	switch v := value.(type) {
	case string:
		units := len(v) / textPerUnit
		if l.Addresses {
			units = len(v) / addressesPerUnit
		}
		*s.inputs += units
	case []any:
		if l.Rows {
			*s.inputs += rowWeight * len(v)
		} else {
			*s.inputs += elementWeight * len(v)
		}
	case map[string]any:
		// A Map has keys of the client's choice, so each of them counts like an element.
		def := s.Schema.Types[t.Name()]
		if def == nil || def.Kind != ast.InputObject {
			*s.inputs += elementWeight * len(v)
			return
		}
		for name, inner := range v {
			if field := def.Fields.ForName(name); field != nil {
				s.countValue(inner, field.Type, s.Limits.forField(def, field))
			}
		}
	}
}
