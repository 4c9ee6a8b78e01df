package fastgql

import (
	"context"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

var person = &Object{Name: "Person", Implementors: []string{"Person", "Node"}}

func init() {
	person.Fields = map[string]Field{"name": {ID: 1}, "friend": {ID: 2, Of: func() *Object {
		return person
	}}, "nick": {ID: 3, Called: true}}
}

// fill appends a person without looking at anybody.
func fill(b *Buffer, p *CompiledSelection) bool {
	for _, s := range p.Steps {
		b.Raw(s.Key)
		switch {
		case s.Below != nil && !fill(b, s.Below):
			return false
		case s.Below == nil:
			b.Int(int64(s.ID))
		}
	}
	b.Raw("}")
	return true
}

func field(name, alias string, below ...ast.Selection) *ast.Field {
	return &ast.Field{Name: name, Alias: alias, SelectionSet: below,
		ObjectDefinition: &ast.Definition{Name: "Person"}}
}

func directed(f *ast.Field, directive string) *ast.Field {
	f.Directives = ast.DirectiveList{{Name: directive,
		Arguments: ast.ArgumentList{{Name: "if", Value: &ast.Value{Kind: ast.BooleanValue,
			Raw: "true"}}}}}
	return f
}

// operating is the context of an operation.
func operating(t *testing.T) (context.Context, *graphql.OperationContext, *WriteCounts) {
	t.Helper()
	op := &graphql.OperationContext{Variables: map[string]any{}}
	ctx, tally := Count(graphql.WithOperationContext(t.Context(), op))
	var inside context.Context
	Extension{}.InterceptOperation(ctx, func(ctx context.Context) graphql.ResponseHandler {
		inside = ctx
		return nil
	})
	return inside, op, tally
}

func TestASelectionIsAppendedWhenAllOfItIsPlain(t *testing.T) {
	t.Parallel()
	spread := &ast.InlineFragment{TypeCondition: "Node",
		SelectionSet: ast.SelectionSet{field("name", "name")}}
	for name, c := range map[string]struct {
		set  ast.SelectionSet
		want string // none if it is gqlgen's
	}{
		"fields": {ast.SelectionSet{field("name", "name"), field("nick", "n")},
			`{"name":1,"n":3}`},
		"its type": {ast.SelectionSet{field("__typename", "of")}, `{"of":0}`},
		"a fragment": {ast.SelectionSet{field("nick", "nick"), spread},
			`{"nick":3,"name":1}`},
		"one field twice": {ast.SelectionSet{field("name", "name"), field("name", "name")},
			`{"name":1}`},
		"something below": {ast.SelectionSet{field("friend", "f", field("name", "name"))},
			`{"f":{"name":1}}`},
		"skipped": {ast.SelectionSet{field("name", "name"),
			directed(field("unknown", "u"), "skip")}, `{"name":1}`},
		"nothing left": {ast.SelectionSet{directed(field("name", "name"), "skip")}, ""},
		"nothing":      {nil, ""},
		"a resolver": {ast.SelectionSet{field("name", "name"),
			field("unknown", "u")}, ""},
		"a resolver below":     {ast.SelectionSet{field("friend", "f", field("unknown", "u"))}, ""},
		"a directive":          {ast.SelectionSet{directed(field("name", "name"), "upper")}, ""},
		"two under one name":   {ast.SelectionSet{field("name", "x"), field("nick", "x")}, ""},
		"a fragment, deferred": {ast.SelectionSet{&ast.InlineFragment{Directives: ast.DirectiveList{{Name: "defer"}}, SelectionSet: ast.SelectionSet{field("name", "name")}}}, ""},
	} {
		ctx, op, tally := operating(t)
		got := ""
		if m := Run(ctx, op, person, c.set, fill); m != nil {
			got = written(m)
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
		if len(c.set) > 0 && (tally.Appended["Person"] == 1) != (c.want != "") ||
			(tally.Left["Person"] == 1) != (c.want == "" && c.set != nil) {
			t.Errorf("%s: appended %v, left %v", name, tally.Appended, tally.Left)
		}
	}
}

func TestWhatGoesWrongIsLeftToGqlgenWithoutATrace(t *testing.T) {
	t.Parallel()
	set := ast.SelectionSet{field("name", "name")}
	for name, fill := range map[string]func(*Buffer, *CompiledSelection) bool{
		"gives up": func(*Buffer, *CompiledSelection) bool { return false },
		"panics":   func(*Buffer, *CompiledSelection) bool { panic("the sky falls") },
		"reports": func(b *Buffer, _ *CompiledSelection) bool {
			graphql.AddErrorf(b.Ctx, "no more ink")
			return true
		},
	} {
		ctx, op, _ := operating(t)
		ctx = graphql.WithResponseContext(ctx, graphql.DefaultErrorPresenter,
			graphql.DefaultRecover)
		if m := Run(ctx, op, person, set, fill); m != nil {
			t.Errorf("what %s is answered %s", name, written(m))
		}
		if errs := graphql.GetErrors(ctx); errs != nil {
			t.Errorf("what %s left %v", name, errs)
		}
	}
}

func TestWithoutTheExtensionNothingIsAppended(t *testing.T) {
	t.Parallel()
	set := ast.SelectionSet{field("name", "name")}
	op := &graphql.OperationContext{}
	if Run(t.Context(), op, person, set, fill) != nil {
		t.Error("appended without being asked")
	}
	Extension{}.InterceptOperation(Without(t.Context()),
		func(ctx context.Context) graphql.ResponseHandler {
			if Run(ctx, op, person, set, fill) != nil {
				t.Error("appended though it is switched off")
			}
			return nil
		})
}

func TestASelectionIsCompiledOnceAnOperation(t *testing.T) {
	t.Parallel()
	ctx, op, _ := operating(t)
	set := ast.SelectionSet{field("name", "name")}
	var first *CompiledSelection
	for range 3 {
		Run(ctx, op, person, set, func(_ *Buffer, p *CompiledSelection) bool {
			if first == nil {
				first = p
			}
			if p != first {
				t.Error("the same selection was compiled twice")
			}
			return true
		})
	}
}

// A resolver that is called in line may look at its field, and finds the way to the database
// closed.
func TestAResolverIsCalledWithItsFieldAndNoTime(t *testing.T) {
	t.Parallel()
	ctx, op, _ := operating(t)
	Run(ctx, op, person, ast.SelectionSet{field("nick", "short")}, func(_ *Buffer, p *CompiledSelection) bool {
		at := p.Steps[0].Ctx
		if fc := graphql.GetFieldContext(at); fc == nil || fc.Field.Alias != "short" ||
			fc.Object != "Person" {
			t.Errorf("it sees the field %+v", fc)
		}
		select {
		case <-at.Done():
		default:
			t.Error("its context is not over")
		}
		if at.Err() == nil {
			t.Error("its context does not say that it is over")
		}
		return true
	})
}
