package importfile

import (
	"strings"
	"testing"

	"usher/internal/spreadsheet"
)

func TestAnEmptyFileIsRefused(t *testing.T) {
	t.Parallel()
	for _, empty := range []string{"", "\n\n", "\ufeff", ",,,\n", "\xff\xfe", "sep=;\n"} {
		_, err := openBytes([]byte(empty))
		refusedAs(t, err, "empty")
	}
	_, err := openBytes(written(t, spreadsheet.XLSX, nil))
	refusedAs(t, err, "empty")
}

func TestACellThatIsNoTextIsAnErrorOfItsRow(t *testing.T) {
	t.Parallel()
	rows := mustRead(t, []byte("email,nom\na@example.org,b\nc\ufffdx"))
	if len(rows) != 2 || len(rows[1].Errors) != 1 ||
		rows[1].Errors[0].Err.Message.Key != "importfile.cell_unreadable" {
		t.Errorf("%+v", rows)
	}
}

// BAT-1: the delimiter is recognised.
func TestTheDelimiterIsFoundByTheFirstLines(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in   string
		want byte
	}{
		"header with commas":             {"Last name,First name,E-mail\nx;y,b,c\n", ','},
		"header with semicolons":         {"Nom;Prénom;E-mail\na,b;c;d\n", ';'},
		"header with tabs":               {"Nom\tPrénom\tE-mail\na,b\tc\td;e\n", '\t'},
		"quoted header":                  {"\"Nom\",\"Prénom\"\n\"a;b\",c", ','},
		"no header, commas":              {"Doe,Jane,jane@example.org\nRoe,Rick,rick@example.org", ','},
		"no header, semicolons":          {"Doe;Jane;jane@example.org;;;;;Floor 3, left\nRoe;Rick;rick@example.org", ';'},
		"a comma in every row":           {"Doe;Jane;jane@example.org;;;;;a, b\nRoe;Rick;rick@example.org;;;;;c, d", ';'},
		"semicolons inside quotes":       {"Doe,Jane,\"a;b;c\"\nRoe,Rick,\"d;e;f\"", ','},
		"tabs pasted from a spreadsheet": {"Doe\tJane\tjane@example.org\nRoe\tRick\trick@example.org", '\t'},
		"told":                           {"sep=;\nDoe,Jane;x\nRoe,Rick;y", ';'},
		"told otherwise":                 {"SEP=|\r\nDoe,a|Jane|jane@example.org", '|'},
		"a long first line": {strings.Repeat("Doe;", 9) +
			strings.Repeat("x", 64<<10), ';'},
	} {
		r, err := openUnheaded([]byte(c.in))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if r.Delimiter() != c.want {
			t.Errorf("%s: %q, want %q", name, r.Delimiter(), c.want)
		}
	}
}

func TestAFileOfOneColumnWorks(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"E-mail\na@example.org\nb@example.org\n",
		"a@example.org\nb@example.org", "\"a@example.org\"\r\n\r\nb@example.org"} {
		rows := mustRead(t, []byte(in))
		if len(rows) != 2 || rows[0].Email != "a@example.org" || rows[1].Email != "b@example.org" ||
			rows[0].LastName != "" {
			t.Errorf("%q: %+v", in, rows)
		}
	}
}
