package app

import (
	"os"
	"runtime/debug"
)

// heapGrowth is the growth of the heap in per cent before Go collects garbage. At Go's default of
// 100 a page of fifty members costs a third more CPU; 400 costs no less, and the server then
// exceeds 80 MiB (`make bench BENCH=MemberPage`, with GOGC set to each).
const heapGrowth = 200

// TuneCollector configures Go's garbage collector for a server of small responses, unless the
// operator set GOGC. It affects the whole process, so main calls it.
func TuneCollector() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
}
