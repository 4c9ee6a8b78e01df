package inbound

import (
	"net/http"
	"strings"
)

// AcceptsGzip reports whether the client accepts gzip. A coding with a quality value does not
// count; browsers send none for gzip.
func AcceptsGzip(r *http.Request) bool {
	for coding := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		if strings.TrimSpace(coding) == "gzip" {
			return true
		}
	}
	return false
}
