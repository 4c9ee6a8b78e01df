package relay_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/ident"
	"usher/internal/relay"
)

// Clients keep cursors across releases, so they must stay readable, and the same row must have the
// same cursor.
func TestACursorHasOneText(t *testing.T) {
	t.Parallel()
	id, err := ident.Parse("mem_06h2d3n1shrgq5vmr515nvmsrw")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 29, 8, 30, 0, 123456000, time.UTC)
	for name, c := range map[string]struct {
		cursor relay.Cursor[ident.ID]
		text   string
	}{
		"by id": {relay.Cursor[ident.ID]{ID: id},
			"gaFpxB5tZW1fMDZoMmQzbjFzaHJncTV2bXI1MTVudm1zcnc"},
		"by name": {relay.Cursor[ident.ID]{ID: id, Value: "Ärger \"x\""},
			"gqFpxB5tZW1fMDZoMmQzbjFzaHJncTV2bXI1MTVudm1zcnehdqrDhHJnZXIgIngi"},
		"by time": {relay.Cursor[ident.ID]{ID: id, Value: at},
			"gqFpxB5tZW1fMDZoMmQzbjFzaHJncTV2bXI1MTVudm1zcnehdtf/HW8oAGsL4og"},
	} {
		var text strings.Builder
		c.cursor.MarshalGQL(&text)
		if text.String() != `"`+c.text+`"` {
			t.Errorf("%s: %s, want %q", name, text.String(), c.text)
		}
		var read relay.Cursor[ident.ID]
		if err := read.UnmarshalGQL(c.text); err != nil || !cmp.Equal(read, c.cursor) {
			t.Errorf("%s: read as %v, %v", name, read, err)
		}
	}
	for _, wrong := range []any{"", "x", 7, nil, "!!!!"} {
		var read relay.Cursor[ident.ID]
		if err := read.UnmarshalGQL(wrong); err == nil {
			t.Errorf("%v is a cursor", wrong)
		}
	}
}
