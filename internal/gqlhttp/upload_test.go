package gqlhttp_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"usher/internal/gqlhttp"
)

const uploading = `{"query":"mutation($i: UploadInput!) { upload(input: $i) }","variables":{"i":{"file":null,"name":"n"}}}`

// form is a multipart body of pairs: a name and a value; names that are digits are files.
func form(t *testing.T, pairs ...string) (body, media string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		part, err := w.CreateFormField(pairs[i])
		if pairs[i][0] <= '9' {
			part, err = w.CreateFormFile(pairs[i], "people.csv")
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(pairs[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}

func (b *bundle) upload(pairs ...string) reply {
	b.t.Helper()
	body, media := form(b.t, pairs...)
	return b.send(http.MethodPost, "/", body, "Content-Type", media,
		"GraphQL-Require-Preflight", "1")
}

func TestAnUploadArrivesInItsVariable(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	// the last one waits on disk
	for _, content := range []string{"", "a,b\n", strings.Repeat("x", 3<<20)} {
		r := b.upload("operations", uploading, "map", `{"0":["variables.i.file"]}`, "0", content)
		data, _ := r.object["data"].(object)
		if r.status != 200 || data["upload"] != content {
			t.Errorf("%d bytes: %d %.200s", len(content), r.status, r.text)
		}
	}
}

func TestAnUploadNeedsTheHeader(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	body, media := form(t, "operations", uploading, "map", `{"0":["variables.i.file"]}`, "0", "x")
	r := b.send(http.MethodPost, "/", body, "Content-Type", media)
	if r.status != http.StatusBadRequest || r.code(t) != "FORBIDDEN" || r.object["data"] != nil {
		t.Errorf("%d %s", r.status, r.text)
	}
	for header, want := range map[string]int{
		"GraphQL-Require-Preflight: 1":          http.StatusOK,
		"Apollo-Require-Preflight: true":        http.StatusOK,
		"Authorization: Bearer an-api-token":    http.StatusOK,
		"Authorization: Basic bWU6cGFzc3dvcmQ=": http.StatusBadRequest, // added by browsers
		"X-Requested-With: XMLHttpRequest":      http.StatusBadRequest,
	} {
		name, value, _ := strings.Cut(header, ": ")
		if r := b.send(http.MethodPost, "/", body, "Content-Type", media, name,
			value); r.status != want {
			t.Errorf("%s: %d, want %d: %s", header, r.status, want, r.text)
		}
	}
}

func TestAnUploadThatDoesNotFitTogetherIsRefused(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	list := `{"query":"query($i: [ID!]!) { nodes(ids: $i) { id } }","variables":{"i":[null]}}`
	for name, pairs := range map[string][]string{
		"no parts":      {},
		"no map":        {"operations", uploading, "0", "x"},
		"no operations": {"map", `{"0":["variables.i.file"]}`, "0", "x"},
		"a list of operations": {"operations", "[" + uploading + "]", "map",
			`{"0":["variables.i.file"]}`, "0", "x"},
		"broken operations": {"operations", uploading[1:], "map", `{"0":["variables.i.file"]}`,
			"0", "x"},
		"broken variables": {"operations", strings.Replace(uploading, "null", "nul", 1), "map",
			`{"0":["variables.i.file"]}`, "0", "x"},
		"a file nobody wants":   {"operations", uploading, "map", `{}`, "0", "x"},
		"a file that is absent": {"operations", uploading, "map", `{"0":["variables.i.file"]}`},
		"two files, one name": {"operations", uploading, "map", `{"0":["variables.i.file"]}`, "0",
			"x", "0", "y"},
		"no place": {"operations", uploading, "map", `{"0":[]}`, "0", "x"},
		"two places": {"operations", uploading, "map",
			`{"0":["variables.i.file","variables.i.name"]}`, "0", "x"},
		"a place that is taken": {"operations", uploading, "map", `{"0":["variables.i.name"]}`,
			"0", "x"},
		"a place that is not": {"operations", uploading, "map", `{"0":["variables.j.k.l"]}`,
			"0", "x"},
		"a place in a text": {"operations", uploading, "map", `{"0":["variables.i.name.0"]}`,
			"0", "x"},
		"another root":     {"operations", uploading, "map", `{"0":["query"]}`, "0", "x"},
		"behind a list":    {"operations", list, "map", `{"0":["variables.i.7"]}`, "0", "x"},
		"before a list":    {"operations", list, "map", `{"0":["variables.i.-1"]}`, "0", "x"},
		"a name in a list": {"operations", list, "map", `{"0":["variables.i.x"]}`, "0", "x"},
	} {
		if r := b.upload(pairs...); r.status != http.StatusBadRequest ||
			r.code(t) != "BAD_USER_INPUT" {
			t.Errorf("%s: %d %s", name, r.status, r.text)
		}
	}
	if r := b.send(http.MethodPost, "/", "no parts", "Content-Type", "multipart/form-data",
		"GraphQL-Require-Preflight", "1"); r.status != 400 {
		t.Errorf("no boundary: %d", r.status)
	}
}

func TestAnUploadHasALimit(t *testing.T) {
	t.Parallel()
	b := setup(t, nil)
	for _, over := range []int{1, 2 << 20} { // a little: the file is counted; a lot: the body
		r := b.upload("operations", uploading, "map", `{"0":["variables.i.file"]}`, "0",
			strings.Repeat("x", gqlhttp.UploadLimit+over))
		if r.status != http.StatusRequestEntityTooLarge || !strings.Contains(r.text, "32 MiB") {
			t.Errorf("%d over: %d %.200s", over, r.status, r.text)
		}
	}
	long := strings.Replace(uploading, `"n"`, `"`+strings.Repeat("x", gqlhttp.BodyLimit)+`"`, 1)
	if r := b.upload("operations", long, "map", `{"0":["variables.i.file"]}`, "0",
		"x"); r.status != http.StatusRequestEntityTooLarge {
		t.Errorf("long operations: %d", r.status)
	}
}
