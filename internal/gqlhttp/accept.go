package gqlhttp

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// The media types of an answer. Under the newer one the HTTP status tells how the request went;
// under JSON it is 200 even for a document that does not parse, as clients from before the
// specification expect.
const (
	mediaJSON     = "application/json"
	mediaResponse = "application/graphql-response+json"
	mediaStream   = "text/event-stream"
)

// negotiateMediaType chooses the media type of the answer: the one wanted most, the first of
// equals, JSON when nothing fits.
func negotiateMediaType(r *http.Request, offered ...string) string {
	// A weight of 0 means 'not acceptable', so the start is beaten by everything that is.
	best, weight := mediaJSON, 0.0
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept"), ","), ",") {
		kind, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue // one part that nobody understands does not spoil the others
		}
		q := 1.0
		if text, given := params["q"]; given {
			if q, err = strconv.ParseFloat(text, 64); err != nil {
				continue
			}
		}
		// The specification leaves the choice to the server. Plain JSON is what clients that do not
		// choose have always got.
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
