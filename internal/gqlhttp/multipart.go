package gqlhttp

import (
	"encoding/json"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"usher/internal/fault"
)

// inMemory is what of an upload's files stays in memory; the rest waits on disk until the answer is written.
const inMemory = 1 << 20

// readMultipart reads a request with files, by the multipart request specification: the part `operations` is the JSON
// request, the part `map` says which file stands in which variable.
func (e *edge) readMultipart(w http.ResponseWriter, r *http.Request) (*request, *rejection) {
	if r.Header.Get(preflight) == "" {
		// Security: a form of any site can send multipart with the visitor's cookies; it cannot set a header.
		return nil, reject(http.StatusBadRequest, fault.Forbidden, "gqlhttp.preflight")
	}
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

	// Files find their places in the variables, so these cannot wait; an upload is rare enough.
	if !json.Valid(params.body) || decode(params.variables, &params.Variables) != nil {
		return nil, badRequest("gqlhttp.upload_shape")
	}
	params.rest = rest{}
	var places map[string][]string
	if err := decode([]byte(r.PostFormValue("map")), &places); err != nil || len(places) != len(r.MultipartForm.File) {
		return nil, badRequest("gqlhttp.upload_shape")
	}
	for key, paths := range places {
		files := r.MultipartForm.File[key]
		if len(files) != 1 || len(paths) != 1 {
			// One file for several variables would share one reader; no mutation of ours takes it.
			return nil, badRequest("gqlhttp.upload_shape")
		}
		if files[0].Size > UploadLimit {
			return nil, tooLarge("gqlhttp.file_too_large", UploadLimit)
		}
		if !params.place(paths[0], files[0]) {
			return params, badRequest("gqlhttp.upload_shape")
		}
	}
	return params, nil
}

// place opens a file and puts it where the path says, if there is a null waiting: "variables.input.file".
func (r *request) place(path string, header *multipart.FileHeader) bool {
	steps := strings.Split(path, ".")
	if len(steps) < 2 || steps[0] != "variables" {
		return false
	}
	var at any = r.Variables
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
	r.files = append(r.files, file)
	upload := graphql.Upload{File: file, Filename: header.Filename, Size: header.Size, ContentType: header.Header.Get("Content-Type")}
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
