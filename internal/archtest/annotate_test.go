package archtest

import (
	"go/ast"
	"strings"
	"testing"
)

// TestEveryOperationAnnotatesItsErrors finds the operation whose internal errors do not say which
// operation failed. An operation is a job handler, or an exported method that takes a context and
// returns an error; a step that runs in the transaction of its caller is none.
func TestEveryOperationAnnotatesItsErrors(t *testing.T) {
	t.Parallel()
	handlers := map[string]bool{}
	var operations []operation
	for _, s := range productSources(t) {
		if !strings.HasPrefix(s.path, "internal/") {
			continue
		}
		ast.Inspect(s.ast, func(n ast.Node) bool {
			if name := handlerName(n); name != "" {
				handlers[s.folder()+"."+name] = true
			}
			return true
		})
		for _, d := range s.ast.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && returnsError(f) {
				operations = append(operations, operation{s, f})
			}
		}
	}

	checked := 0
	for _, o := range operations {
		if !handlers[o.source.folder()+"."+o.function.Name.Name] && !o.isExportedOperation() {
			continue
		}
		checked++
		if !annotates(o.function) {
			t.Errorf("%s: %s does not begin with defer fault.Annotate(&err, …)",
				o.source.position(o.function), o.function.Name.Name)
		}
	}
	if checked < 100 {
		t.Errorf("only %d operations were found", checked)
	}
}

type operation struct {
	source   *goSource
	function *ast.FuncDecl
}

// isExportedOperation tells whether it is an exported method of a service, without a transaction.
func (o operation) isExportedOperation() bool {
	if o.function.Recv == nil || !o.function.Name.IsExported() {
		return false
	}
	star, ok := o.function.Recv.List[0].Type.(*ast.StarExpr)
	if !ok {
		return false
	}
	receiver, ok := star.X.(*ast.Ident)
	if !ok || receiver.Name != "Service" && receiver.Name != "Outbox" {
		return false
	}
	for i, p := range o.function.Type.Params.List {
		if typeName(p.Type) == "store.Tx" || i == 0 && typeName(p.Type) != "context.Context" {
			return false
		}
	}
	return len(o.function.Type.Params.List) > 0
}

// handlerName is the function that a call gives to the job queue: jobs.Handle(queue, s.work).
func handlerName(n ast.Node) string {
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) < 2 || typeName(call.Fun) != "jobs.Handle" {
		return ""
	}
	if work, ok := call.Args[1].(*ast.SelectorExpr); ok {
		return work.Sel.Name
	}
	return ""
}

// typeName spells a name with its package, without a leading star.
func typeName(e ast.Expr) string {
	if star, ok := e.(*ast.StarExpr); ok {
		e = star.X
	}
	if s, ok := e.(*ast.SelectorExpr); ok {
		if p, ok := s.X.(*ast.Ident); ok {
			return p.Name + "." + s.Sel.Name
		}
	}
	return ""
}

func returnsError(f *ast.FuncDecl) bool {
	if f.Type.Results == nil || f.Body == nil {
		return false
	}
	last, ok := f.Type.Results.List[len(f.Type.Results.List)-1].Type.(*ast.Ident)
	return ok && last.Name == "error"
}

// annotates tells whether the first statement defers fault.Annotate.
func annotates(f *ast.FuncDecl) bool {
	if len(f.Body.List) == 0 {
		return false
	}
	d, ok := f.Body.List[0].(*ast.DeferStmt)
	return ok && typeName(d.Call.Fun) == "fault.Annotate"
}
