package inbound

import (
	"net/http"
	"strings"
)

// AcceptsGzip tells whether the client takes answers that are compressed by gzip. All browsers do,
// and say so plainly.
func AcceptsGzip(r *http.Request) bool {
	for coding := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		if strings.TrimSpace(coding) == "gzip" {
			return true
		}
	}
	return false
}
