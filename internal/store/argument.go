package store

import (
	"bytes"
	sqldriver "database/sql/driver"
	"strings"
	"time"

	"usher/internal/scalar"
)

// checkArguments is the last net below all entry points: it refuses what one of the databases would
// fail at, or store and never read back. The scalars of the API refuse the same with a field;
// a client of any other kind gets the same code.
//
// Moments are held to the range of the API where a statement writes. A comparison may use any that
// can be written down.
func checkArguments(query string, args []any) error {
	writes := !strings.HasPrefix(query, "SELECT")
	for _, arg := range args {
		var err error
		switch v := arg.(type) {
		case string:
			err = scalar.CheckText("", v)
		case *string:
			if v != nil {
				err = scalar.CheckText("", *v)
			}
		case []byte:
			err = checkJSON(v)
		case time.Time:
			err = checkTime(v, writes)
		case *time.Time:
			if v != nil {
				err = checkTime(*v, writes)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func checkTime(t time.Time, writes bool) error {
	if writes && !t.IsZero() {
		return scalar.CheckTime("", t)
	}
	return nil
}

// checkJSON refuses U+0000 in JSON, which jsonb of PostgreSQL does not take. Other bytes may be
// anything.
func checkJSON(b []byte) error {
	if len(b) == 0 || b[0] != '{' && b[0] != '[' && b[0] != '"' {
		return nil
	}
	for from := 0; ; {
		n := bytes.Index(b[from:], []byte(`\u0000`))
		if n < 0 {
			return nil
		}
		slashes := 0
		for i := from + n - 1; i >= 0 && b[i] == '\\'; i-- {
			slashes++
		}
		if slashes%2 == 0 {
			return scalar.CheckText("", "\x00")
		}
		from += n + 1
	}
}

// readableTime is for a moment that SQLite has stored and its driver cannot read: text of a year of
// five digits or of one before the year 0. Such rows were written by versions that did not check.
// Without it one of them would make every list that it stands in fail; the last moment of the range
// shows that something is wrong and leaves the row to be corrected.
func readableTime(v sqldriver.Value) (sqldriver.Value, bool) {
	text, ok := v.(string)
	if !ok || len(text) < len("-001-01-01 00:00:00") {
		return nil, false
	}
	digits := 0
	for digits < len(text) && text[digits] >= '0' && text[digits] <= '9' {
		digits++
	}
	switch {
	case digits > 4 && text[digits] == '-':
		return time.Date(2200, 12, 31, 23, 59, 59, 0, time.UTC), true
	case text[0] == '-':
		return time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC), true
	}
	return nil, false
}
