package app

import (
	"os"
	"runtime/debug"
)

// heapGrowth is by how many per cent the heap grows before Go collects it again. At Go's own 100 a
// page of fifty members costs a third more of the processor; at 400 it costs no less, and the
// server is over 80 MiB (`make bench BENCH=MemberPage`, with GOGC set to each).
const heapGrowth = 200

// TuneCollector sets Go's garbage collector for a server of small answers, unless the operator did
// by GOGC. It is the whole process's, so it is for main to call.
func TuneCollector() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
}
