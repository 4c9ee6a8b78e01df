package gqlhttp

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// These are the media types of a response. Under the newer one the HTTP status says whether the
// request was valid. Under JSON it is 200 even for a document that does not parse, as clients older
// than the specification expect.
const (
	mediaJSON     = "application/json"
	mediaResponse = "application/graphql-response+json"
	mediaStream   = "text/event-stream"
)

// negotiateMediaType returns the offered media type with the highest weight in the Accept header,
// the first of equals. JSON is the default.
func negotiateMediaType(r *http.Request, offered ...string) string {
	// A weight of 0 means 'not acceptable', so any acceptable type beats the initial value.
	best, weight := mediaJSON, 0.0
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept"), ","), ",") {
		kind, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue // a malformed part does not invalidate the others
		}
		q := 1.0
		if text, given := params["q"]; given {
			if q, err = strconv.ParseFloat(text, 64); err != nil {
				continue
			}
		}
		// For wildcards the specification leaves the choice to the server. Clients that send one
		// have always got plain JSON.
		if kind == "*/*" || kind == "application/*" {
			kind = mediaJSON
		}
		for _, offer := range offered {
			if kind == offer && q > weight {
				best, weight = offer, q
			}
		}
	}
	return best
}
