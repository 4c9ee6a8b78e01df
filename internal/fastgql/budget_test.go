package fastgql

import (
	"context"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

func TestAnAnswerStopsWhereItsBudgetEnds(t *testing.T) {
	t.Parallel()
	set := ast.SelectionSet{field("name", "name")}
	appended := 0
	long := func(b *Buffer, p *CompiledSelection) bool {
		for range 1000 {
			b.Raw(strings.Repeat("x", 1<<10))
			appended++
		}
		return true
	}
	ctx, op, _ := operating(t)
	ctx, budget := WithBudget(ctx)
	budget.Fill(200<<10, 3)
	if m := Run(ctx, op, person, set, long); m != graphql.Null || !budget.Spent() ||
		appended > 400 {
		t.Errorf("%v, spent %t, %d KiB appended", m, budget.Spent(), appended)
	}
	// From then on nothing is tried any more.
	appended = 0
	if m := Run(ctx, op, person, set, long); m != graphql.Null || appended > 0 {
		t.Errorf("%v, %d KiB appended", m, appended)
	}
	// The first long answer is no measure for the next.
	if size := person.size.Load(); size > maxFirstSize {
		t.Errorf("the next answer begins with %d bytes", size)
	}

	// Objects that are left to gqlgen count one by one.
	ctx, budget = WithBudget(ctx)
	budget.Fill(1<<20, 3)
	give := func(*Buffer, *CompiledSelection) bool { return false }
	for n := range 5 {
		if m := Run(ctx, op, person, set, give); (m == graphql.Null) != (n >= 3) {
			t.Errorf("object %d: %v", n, m)
		}
	}
}

func TestAnAnswerStopsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, op, _ := operating(t)
	ctx, budget := WithBudget(ctx)
	budget.Fill(1<<30, 10)
	ctx, cancel := context.WithCancel(ctx)
	appended := 0
	m := Run(ctx, op, person, ast.SelectionSet{field("name", "name")},
		func(b *Buffer, _ *CompiledSelection) bool {
			for ; appended < 1<<20; appended++ {
				b.Raw(strings.Repeat("x", 100))
				if appended == 10 {
					cancel()
				}
			}
			return true
		})
	if m != graphql.Null || !budget.Late() || budget.Spent() || appended > 2000 {
		t.Errorf("%v, late %t, spent %t, %d appended", m, budget.Late(), budget.Spent(), appended)
	}
}
