package store

import (
	"bytes"
	sqldriver "database/sql/driver"
	"strings"
	"time"

	"usher/internal/scalar"
)

// checkArguments rejects values that one of the databases cannot store, or cannot read back. It is
// the last check below all entry points. The scalars of the API reject the same values and name the
// field; every other client gets the same error code from here.
//
// Times are limited to the range of the API where a statement writes. A comparison may use any time
// that can be written down.
func checkArguments(query string, args []any) error {
	writes := !strings.HasPrefix(query, "SELECT")
	for _, arg := range args {
		// Null pointers carry no text. Types that are not listed, such as numbers and ids, are
		// valid in both databases.
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

// checkTime refuses a time to write that one of the databases cannot store.
func checkTime(t time.Time, writes bool) error {
	if writes && !t.IsZero() {
		return scalar.CheckTime("", t)
	}
	return nil
}

// checkJSON rejects U+0000 in JSON, which the jsonb type of PostgreSQL does not store. Byte slices
// that are not JSON may hold anything.
func checkJSON(b []byte) error {
	if len(b) == 0 || b[0] != '{' && b[0] != '[' && b[0] != '"' {
		return nil
	}
	for from := 0; ; {
		n := bytes.Index(b[from:], []byte(`\u0000`))
		if n < 0 {
			return nil
		}
		// An odd number of backslashes in front of "u0000" is an escape. An even number is text
		// that shows a backslash.
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

// readableTime replaces a time that SQLite has stored and its driver cannot read: text with a year
// of five digits, or of a year before 0. Versions that did not check their arguments wrote such
// rows. Without the replacement one such row would make every list that contains it fail. The
// limits of the range show that the value is wrong, and the row can be corrected.
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
