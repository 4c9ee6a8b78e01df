package ident

import "database/sql/driver"

// Array is a list of ids as one argument of a PostgreSQL statement: column = ANY($1).
type Array []ID

// Value writes the text of a PostgreSQL array.
func (a Array) Value() (driver.Value, error) {
	b := make([]byte, 0, 2+37*len(a))
	b = append(b, '{')
	for n, i := range a {
		if n > 0 {
			b = append(b, ',')
		}
		b = i.appendUUID(b)
	}
	return string(append(b, '}')), nil
}

// JSON is a list of ids as one argument of an SQLite statement: column IN (SELECT value FROM
// json_each($1)).
type JSON []ID

// Value writes a JSON array of strings.
func (a JSON) Value() (driver.Value, error) {
	b := make([]byte, 0, 2+39*len(a))
	b = append(b, '[')
	for n, i := range a {
		if n > 0 {
			b = append(b, ',')
		}
		b = append(i.appendUUID(append(b, '"')), '"')
	}
	return string(append(b, ']')), nil
}
