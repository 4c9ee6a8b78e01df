package gqlhttp

import (
	"testing"

	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

func TestAComplaintThatIsNotKnownIsNotShown(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`Expected Name, found String "hunter2"`:           "Expected Name, found String",
		"Unexpected String \"hunter2\nand more\"":         "Unexpected String",
		`Invalid character escape sequence: \hunter2.`:    "",
		`Cannot parse the unexpected character "h".`:      "",
		`Something that a later version says of hunter2.`: "",
	} {
		at := gqlerror.Errorf("%s", text)
		errcode.Set(at, errcode.ParseFailed)
		if got := describeDocumentError(at); got != want {
			t.Errorf("%q: shown %q, want %q", text, got, want)
		}
	}
}
