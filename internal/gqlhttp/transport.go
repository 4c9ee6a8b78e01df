package gqlhttp

import (
	"context"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"usher/internal/fault"
	"usher/internal/i18n"
)

// preflightHeaders are headers that a form or an image of another site cannot send: the browser
// first asks the server whether a script of that site may. The second one is sent by Apollo's
// clients.
var preflightHeaders = []string{"GraphQL-Require-Preflight", "Apollo-Require-Preflight"}

// provesPreflight reports whether a request carries one of preflightHeaders or an access token.
//
// Security: Authorization counts with the scheme Bearer only. Browsers add Basic by themselves,
// also to the form of another site.
func provesPreflight(r *http.Request) bool {
	scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.EqualFold(scheme, "Bearer") ||
		slices.ContainsFunc(preflightHeaders, func(name string) bool {
			return r.Header.Get(name) != ""
		})
}

// httpTransport serves queries and mutations: JSON by POST, files by multipart, queries by GET.
type httpTransport struct {
	bodyLimit func(*http.Request) int64
	status    func(*fault.Error) int
	timeLimit time.Duration
	person    func(context.Context) string

	anonymousBodies, knownBodies, hugeBodies *bodySlots

	uploads, uploadsOf *keyedQuota
}

// Supports accepts every request, so that unsupported ones are refused in GraphQL's format.
func (e *httpTransport) Supports(*http.Request) bool { return true }

// Do reads the request, runs it and responds.
func (e *httpTransport) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	params, rejected := e.readRequest(w, r)
	// Also after a rejection: an upload may be on disk before another fault is found.
	defer releaseRequest(r, params)
	if rejected != nil {
		for k, v := range rejected.header {
			w.Header().Set(k, v)
		}
		if rejected.status == http.StatusTooManyRequests {
			w.Header().
				Set("Retry-After", strconv.Itoa(max(1, roundUpSeconds(rejected.fault.RetryAfter))))
		}
		e.refuseRequest(w, r, exec, rejected.status, rejected.fault)
		return
	}
	e.runRequest(w, r, exec, params)
}

// releaseRequest closes and deletes uploaded files and returns the request's places. Resolvers read
// the files until the response is written.
func releaseRequest(r *http.Request, params *clientRequest) {
	if params != nil && params.pendingInput.files != nil {
		for _, f := range params.pendingInput.files.opened {
			_ = f.Close()
		}
	}
	if r.MultipartForm != nil {
		_ = r.MultipartForm.RemoveAll()
	}
	if params != nil && params.release != nil {
		params.release()
	}
}

// requestRejection is the refusal of a malformed request: a status, and a fault for its body.
type requestRejection struct {
	status int
	fault  *fault.Error
	header map[string]string
}

// newRejection returns a rejection with a status and a fault.
func newRejection(status int, code fault.Code, key string, args ...i18n.Args) *requestRejection {
	return &requestRejection{status: status, fault: fault.New(code, key, args...)}
}

// rejectBadRequest returns 400 BAD_USER_INPUT.
func rejectBadRequest(key string, args ...i18n.Args) *requestRejection {
	return newRejection(http.StatusBadRequest, fault.BadUserInput, key, args...)
}

// readRequest reads a request by its method and media type. Rejections: 405 with the allowed
// methods, 415 for another media type, and those of the readers.
func (e *httpTransport) readRequest(w http.ResponseWriter,
	r *http.Request) (*clientRequest, *requestRejection) {
	// A charset other than UTF-8 is refused and not converted: JSON allows no other.
	switch r.Method {
	case http.MethodGet:
		return readQuery(r)
	case http.MethodPost:
		kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
		charset := params["charset"]
		switch {
		case err != nil || charset != "" && !strings.EqualFold(charset, "utf-8"):
			break
		case kind == "application/json":
			return e.readJSON(w, r)
		case kind == "multipart/form-data":
			return e.readMultipart(w, r)
		}
		return nil, newRejection(http.StatusUnsupportedMediaType, fault.BadUserInput,
			"gqlhttp.media_type")
	default:
		no := newRejection(http.StatusMethodNotAllowed, fault.BadUserInput, "gqlhttp.method")
		no.header = map[string]string{"Allow": "GET, POST"}
		return nil, no
	}
}

// isCrossSite reports whether another site may have made a browser send a GET.
//
// Security: a GET changes nothing, but costs work and may carry cookies. Browsers since 2023 state
// the origin of a request in Sec-Fetch-Site, and pages cannot forge it. Older browsers are refused
// if they send a cookie or an origin. Programs send neither. A header that no form can set proves a
// preflight.
func isCrossSite(r *http.Request) bool {
	if provesPreflight(r) {
		return false
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return false
	case "":
		return r.Header.Get("Cookie") != "" || r.Header.Get("Origin") != ""
	}
	return true
}
