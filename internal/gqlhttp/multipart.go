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

// inMemory is what of an upload's files stays in memory; the rest waits on disk until the answer is written.
const inMemory = 1 << 20

// maxMap is room for the map of one file, with the longest path.
const maxMap = 4 << 10

// readMultipart reads a request with files, by the multipart request specification: the part `operations` is the JSON
// request, the part `map` says which file stands in which variable.
func (e *edge) readMultipart(w http.ResponseWriter, r *http.Request) (*request, *rejection) {
	if r.Header.Get(preflight) == "" {
		// Security: a form of any site can send multipart with the visitor's cookies; it cannot set a header.
		return nil, reject(http.StatusBadRequest, fault.Forbidden, "gqlhttp.preflight")
	}
	free, rejected := e.admitUpload(r)
	if rejected != nil {
		return nil, rejected
	}
	params, rejected := e.readForm(w, r)
	if params == nil {
		params = &request{}
	}
	params.free = free // also after a rejection: until then the form stands on the disk
	return params, rejected
}

// admitUpload decides by who asks, before a byte of the body is read.
//
// Security: an upload is written to the disk while it arrives. No operation for anonymous callers takes a file.
func (e *edge) admitUpload(r *http.Request) (free func(), rejected *rejection) {
	person := e.person(r.Context())
	if person == "" {
		no := reject(http.StatusUnauthorized, fault.Unauthenticated, "gqlhttp.upload_anonymous")
		// Without the second net/http would wait for the first part of the body before it answers.
		no.header = map[string]string{"WWW-Authenticate": "Bearer", "Connection": "close"}
		return nil, no
	}
	if !e.uploadsOf.take(person) {
		f := fault.Limited(uploadWait, "gqlhttp.uploads")
		return nil, &rejection{status: http.StatusTooManyRequests, fault: f, header: map[string]string{"Connection": "close"}}
	}
	if !e.uploads.take("") {
		e.uploadsOf.free(person)
		return nil, overloaded()
	}
	return sync.OnceFunc(func() {
		e.uploads.free("")
		e.uploadsOf.free(person)
	}), nil
}

// uploadWait is what a person is told to wait who uploads too much at the same time.
const uploadWait = 5 * time.Second

func (e *edge) readForm(w http.ResponseWriter, r *http.Request) (*request, *rejection) {
	// Room beside the file for the operations and for the boundaries between parts.
	r.Body = http.MaxBytesReader(w, r.Body, UploadLimit+BodyLimit)
	if err := r.ParseMultipartForm(inMemory); err != nil {
		if no := unreadable(err, "gqlhttp.file_too_large"); no.status == http.StatusRequestEntityTooLarge {
			return nil, tooLarge("gqlhttp.file_too_large", UploadLimit)
		}
		return nil, badRequest("gqlhttp.upload_shape")
	}

	// The form may come with its parts in any order; the specification asks for one that lets servers stream, which we do not.
	operations := r.PostFormValue("operations")
	if len(operations) > BodyLimit {
		return nil, tooLarge("gqlhttp.body_too_large", BodyLimit)
	}
	params, rejected := parse([]byte(operations), r.Header)
	if rejected != nil {
		return nil, rejected
	}

	var places map[string][]string
	text := r.PostFormValue("map")
	if len(text) > maxMap || decode([]byte(text), &places) != nil || len(places) != len(r.MultipartForm.File) {
		return nil, badRequest("gqlhttp.upload_shape")
	}
	params.rest.files = &uploads{}
	for key, paths := range places {
		files := r.MultipartForm.File[key]
		if len(files) != 1 || len(paths) != 1 {
			// One file for several variables would share one reader; no mutation of ours takes it.
			return nil, badRequest("gqlhttp.upload_shape")
		}
		if files[0].Size > UploadLimit {
			return nil, tooLarge("gqlhttp.file_too_large", UploadLimit)
		}
		if !scalar.IsStorable(files[0].Filename) {
			return nil, &rejection{status: http.StatusBadRequest, fault: fault.Input(fieldOf(paths[0]), "input.unstorable")}
		}
		params.rest.files.add(paths[0], files[0])
	}
	return params, nil
}

// fieldOf is what a client calls the place of a file: "variables.input.file" without the variables and the input.
func fieldOf(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, "variables."), "input.")
}

// uploads are the files of a request, and where in its variables they stand.
type uploads struct {
	paths   []string
	headers []*multipart.FileHeader
	opened  []io.Closer
}

func (u *uploads) add(path string, header *multipart.FileHeader) {
	u.paths, u.headers = append(u.paths, path), append(u.headers, header)
}

// placeIn puts the files into the variables.
func (u *uploads) placeIn(variables map[string]any) bool {
	for i, path := range u.paths {
		if !u.place(variables, path, u.headers[i]) {
			return false
		}
	}
	return true
}

// place opens a file and puts it where the path says, if there is a null waiting: "variables.input.file".
func (u *uploads) place(variables map[string]any, path string, header *multipart.FileHeader) bool {
	steps := strings.Split(path, ".")
	if len(steps) < 2 || steps[0] != "variables" {
		return false
	}
	var at any = variables
	for _, step := range steps[1 : len(steps)-1] {
		at = inside(at, step)
	}
	// Security: only a null is replaced. Otherwise a map could put a file where the client has sent something else.
	last := steps[len(steps)-1]
	if value, there := lookup(at, last); !there || value != nil {
		return false
	}

	file, err := header.Open()
	if err != nil {
		return false
	}
	u.opened = append(u.opened, file)
	upload := graphql.Upload{
		File: file, Filename: header.Filename, Size: header.Size, ContentType: header.Header.Get("Content-Type"),
	}
	switch at := at.(type) {
	case map[string]any:
		at[last] = upload
	case []any:
		i, _ := strconv.Atoi(last) // looked up above, so it is a number within the list
		at[i] = upload
	}
	return true
}

func inside(at any, step string) any {
	v, _ := lookup(at, step)
	return v
}

// lookup is one step down into JSON; the step is the client's and may lead anywhere.
func lookup(at any, step string) (any, bool) {
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
