package apptest

import (
	"runtime"
	"strings"
	"sync"
	"testing"

	"usher/internal/store"
)

// lockOrder collects the transactions of this process that broke the lock order
// (internal/store/lock.go).
var lockOrder struct {
	sync.Mutex
	watch  sync.Once
	broken []string
}

// holdLockOrder makes a test fail at its end for each PostgreSQL transaction that broke the lock
// order meanwhile. Parallel tests share the record, so the report names the statement and the calls
// that led to it, not the test.
func holdLockOrder(t testing.TB) {
	// The recorder is global to the process, so it is installed once.
	lockOrder.watch.Do(func() {
		store.WatchLocks(func(broken string) {
			calls := productCalls()
			if calls == "" {
				return // a transaction of the test itself
			}
			lockOrder.Lock()
			defer lockOrder.Unlock()
			lockOrder.broken = append(lockOrder.broken, broken+"\n"+calls)
		})
	})
	t.Cleanup(func() {
		lockOrder.Lock()
		defer lockOrder.Unlock()
		for _, broken := range lockOrder.broken {
			t.Errorf("the order of locks is broken: %s", broken)
		}
		lockOrder.broken = nil
	})
}

// productCalls lists the calls of the product on the stack, the innermost first.
func productCalls() string {
	frames := make([]uintptr, 60)
	calls := runtime.CallersFrames(frames[:runtime.Callers(3, frames)])
	var lines []string
	for more := true; more; {
		var f runtime.Frame
		f, more = calls.Next()
		test := strings.Contains(f.Function, "_test.") ||
			strings.HasPrefix(f.Function, "usher/internal/testkit/") ||
			strings.HasPrefix(f.Function, "usher/internal/apptest.")
		if strings.HasPrefix(f.Function, "usher/internal/") &&
			!strings.HasPrefix(f.Function, "usher/internal/store.") && !test {
			lines = append(lines, "\t"+f.Function)
		}
	}
	return strings.Join(lines, "\n")
}
