package gqlhttp

import "time"

// SetTimeLimit shortens the ten seconds of an operation.
func SetTimeLimit(o *Options, d time.Duration) { o.timeLimit = d }
