package gqlhttp

import (
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"usher/internal/fault"
	"usher/internal/scalar"
)

// formMemory is how much of an upload's files is kept in memory. The rest is on disk until the
// response is written.
const formMemory = 1 << 20

// maxMapBytes is the maximum length of the part `map`: one file with the longest path.
const maxMapBytes = 4 << 10

// readMultipart reads a request with files as the GraphQL multipart request specification defines
// it. The part `operations` is the JSON request, and the part `map` says which file belongs to
// which variable.
func (e *httpTransport) readMultipart(w http.ResponseWriter,
	r *http.Request) (*clientRequest, *requestRejection) {
	if !provesPreflight(r) {
		// Security: a form on any site can send multipart with the visitor's cookies, but it cannot
		// set a header.
		return nil, newRejection(http.StatusBadRequest, fault.Forbidden, "gqlhttp.preflight")
	}
	free, rejected := e.admitUpload(r)
	if rejected != nil {
		return nil, rejected
	}
	params, rejected := e.readForm(w, r)
	if params == nil {
		params = &clientRequest{}
	}
	// Also after a rejection, because the form is on the disk until then.
	params.release = free
	return params, rejected
}

// admitUpload accepts or refuses an upload by its caller, before the body is read.
//
// Security: an upload is written to disk while it arrives. Anonymous callers have no operation that
// takes a file.
func (e *httpTransport) admitUpload(r *http.Request) (free func(), rejected *requestRejection) {
	person := e.person(r.Context())
	if person == "" {
		no := newRejection(http.StatusUnauthorized, fault.Unauthenticated,
			"gqlhttp.upload_anonymous")
		// A caller whose token has expired must refresh it, which the general refusal would not
		// tell them.
		if err := invalidToken(r.Context()); err != nil {
			no.fault = err
		}
		// Without this header net/http reads a part of the body before it responds.
		no.header = map[string]string{"Connection": "close"}
		return nil, no
	}
	if !e.uploadsOf.acquireSlot(person) {
		f := fault.Limited(uploadWait, "gqlhttp.uploads")
		return nil, &requestRejection{status: http.StatusTooManyRequests, fault: f,
			header: map[string]string{"Connection": "close"}}
	}
	if !e.uploads.acquireSlot("") {
		e.uploadsOf.releaseSlot(person)
		return nil, newOverloadRejection()
	}
	// Called both after the response and after a rejection.
	return sync.OnceFunc(func() {
		e.uploads.releaseSlot("")
		e.uploadsOf.releaseSlot(person)
	}), nil
}

// uploadWait is the Retry-After of a caller with too many concurrent uploads.
const uploadWait = 5 * time.Second

// readForm reads the parts of an upload (the GraphQL multipart request specification) and puts the
// files into the variables that the map names. Every file must have a place, and every place a
// file.
func (e *httpTransport) readForm(w http.ResponseWriter,
	r *http.Request) (*clientRequest, *requestRejection) {
	// Beside the file there are the operations and the boundaries between parts.
	r.Body = http.MaxBytesReader(w, r.Body, UploadLimit+BodyLimit)
	if err := r.ParseMultipartForm(formMemory); err != nil {
		if no := rejectUnreadable(err,
			"gqlhttp.file_too_large"); no.status == http.StatusRequestEntityTooLarge {
			return nil, rejectTooLarge("gqlhttp.file_too_large", UploadLimit)
		}
		return nil, rejectBadRequest("gqlhttp.upload_shape")
	}

	// The parts may come in any order. The specification recommends an order that allows streaming,
	// which is not used here.
	operations := r.PostFormValue("operations")
	if len(operations) > BodyLimit {
		return nil, rejectTooLarge("gqlhttp.body_too_large", BodyLimit)
	}
	params, rejected := parseRequest([]byte(operations), r.Header)
	if rejected != nil {
		return nil, rejected
	}

	var places map[string][]string
	text := r.PostFormValue("map")
	if len(text) > maxMapBytes || decodeValue([]byte(text), &places) != nil ||
		len(places) != len(r.MultipartForm.File) {
		return nil, rejectBadRequest("gqlhttp.upload_shape")
	}
	params.pendingInput.files = &requestUploads{}
	for key, paths := range places {
		files := r.MultipartForm.File[key]
		if len(files) != 1 || len(paths) != 1 {
			// One file for several variables would share one reader, and no mutation needs it.
			return nil, rejectBadRequest("gqlhttp.upload_shape")
		}
		if files[0].Size > UploadLimit {
			return nil, rejectTooLarge("gqlhttp.file_too_large", UploadLimit)
		}
		// The name is stored with the import, and PostgreSQL takes no NUL.
		if !scalar.IsStorable(files[0].Filename) {
			return nil, &requestRejection{status: http.StatusBadRequest,
				fault: fault.Input(inputFieldName(paths[0]), "input.unstorable")}
		}
		params.pendingInput.files.addFile(paths[0], files[0])
	}
	return params, nil
}

// inputFieldName returns the client's name for the place of a file: "variables.input.file" without
// the variables and the input.
func inputFieldName(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, "variables."), "input.")
}

// requestUploads are the files of a request and their paths in its variables.
type requestUploads struct {
	paths   []string
	headers []*multipart.FileHeader
	opened  []io.Closer
}

// addFile notes a file and the path of its variable.
func (u *requestUploads) addFile(path string, header *multipart.FileHeader) {
	u.paths, u.headers = append(u.paths, path), append(u.headers, header)
}

// placeAll puts the files into the variables. It returns false if a path is invalid.
func (u *requestUploads) placeAll(variables map[string]any) bool {
	for i, path := range u.paths {
		if !u.placeFile(variables, path, u.headers[i]) {
			return false
		}
	}
	return true
}

// placeFile opens a file and puts it at its path, as in "variables.input.file". The variable there
// must be null.
func (u *requestUploads) placeFile(variables map[string]any, path string,
	header *multipart.FileHeader) bool {
	steps := strings.Split(path, ".")
	if len(steps) < 2 || steps[0] != "variables" {
		return false
	}
	var at any = variables
	for _, step := range steps[1 : len(steps)-1] {
		at = stepInto(at, step)
	}
	// Security: only null is replaced. Otherwise the map could replace another value of the
	// client's.
	last := steps[len(steps)-1]
	if value, there := lookUpStep(at, last); !there || value != nil {
		return false
	}

	file, err := header.Open()
	if err != nil {
		return false
	}
	// Closed after the response, because the verb reads it until then.
	u.opened = append(u.opened, file)
	upload := graphql.Upload{
		File: file, Filename: header.Filename, Size: header.Size,
		ContentType: header.Header.Get("Content-Type"),
	}
	switch at := at.(type) {
	case map[string]any:
		at[last] = upload
	case []any:
		i, _ := strconv.Atoi(last) // lookUpStep has validated it
		at[i] = upload
	}
	return true
}

// stepInto is lookUpStep for a caller that needs no report: a missing step is nil.
func stepInto(at any, step string) any {
	v, _ := lookUpStep(at, step)
	return v
}

// lookUpStep returns a member of a JSON value. The step is the client's and may not exist.
func lookUpStep(at any, step string) (any, bool) {
	switch at := at.(type) {
	case map[string]any:
		v, there := at[step]
		return v, there
	case []any:
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(at) {
			return at[i], true
		}
	}
	return nil, false
}
