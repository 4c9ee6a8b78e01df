package imports

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"usher/ent/importbatch"
	files "usher/internal/importfile"
	"usher/internal/secret"
)

// The cells of a row that hold a password, or look like one, are stored sealed beside the others
// and erased with the row's outcome (BAT-11). They are never shown: not in the preview, a report, a
// file of rejected rows or a message.

// sealPurpose binds a sealed text to its use.
const sealPurpose = "import-password"

// leftOutKey is the remark on a cell that may be a password, in a row that is returned for
// correction.
const leftOutKey = "import.left_out"

// noteSecrets adds remarks to cells that look like a password in columns that every reader of the
// member sees.
func (r *rowReader) noteSecrets(c *candidate) {
	for _, i := range slices.Sorted(maps.Keys(c.row.Hidden)) {
		if len(c.row.Errors) == 0 && i < len(r.columns) && r.columns[i].Name != files.Password {
			c.addWarning(r.columns[i].Path(), "import.looks_secret")
		}
	}
}

// hideSuspects removes possible passwords from a row in error, and from its messages: such a row
// may be shifted by a column, and it is shown and returned.
func (r *rowReader) hideSuspects(c *candidate) {
	c.row.HideSuspects(r.columns)
	for _, i := range slices.Sorted(maps.Keys(c.row.Hidden)) {
		var column files.Column
		if i < len(r.columns) {
			column = r.columns[i]
		}
		switch column.Name {
		case files.Password:
			continue // the file of rejected rows has a remark about passwords
		case files.Email:
			c.typedEmail = ""
		case files.FirstName:
			c.First = ""
		case files.LastName:
			c.Last = ""
		}
		c.addWarning(column.Path(), leftOutKey)
	}
	// A message may quote the hidden cell.
	for i, f := range c.faults {
		for _, quoted := range f.Args {
			if c.hidesText(quoted) {
				c.faults[i].Message, c.faults[i].Args = "import.hidden_cell", nil
				break
			}
		}
	}
}

// hidesText tells whether a hidden cell contains a text.
func (c *candidate) hidesText(text string) bool {
	for _, cell := range c.row.Hidden {
		if text != "" && strings.Contains(cell.Reveal(), text) {
			return true
		}
	}
	return false
}

// sealHidden seals the hidden cells of a row for the worker; nil if the row needs none. A password
// is kept only for an account that the import creates.
func (s *Service) sealHidden(evaluator *rowEvaluator, c *candidate) ([]byte, error) {
	cells := map[int]string{}
	for i, cell := range c.row.Hidden {
		password := i < len(evaluator.columns) && evaluator.columns[i].Name == files.Password
		if !password ||
			c.outcome == RowCreate && evaluator.batch.Action == importbatch.ActionCreate {
			cells[i] = cell.Reveal()
		}
	}
	// Rows without a write need no password.
	if len(cells) == 0 || c.outcome == RowError || c.outcome == RowUnchanged {
		return nil, nil
	}
	plain, err := json.Marshal(cells)
	if err != nil {
		return nil, err
	}
	return s.Keys.Seal(sealPurpose, plain), nil
}

// openHidden restores the hidden cells of a row. Earlier releases sealed the plain password alone,
// which belongs to the password column. Imports that such a release left unfinished can continue.
func (s *Service) openHidden(sealed *[]byte,
	columns []files.Column) (map[int]secret.Redacted, error) {
	if sealed == nil || len(*sealed) == 0 { // ent reads NULL as no bytes
		return nil, nil
	}
	plain, err := s.Keys.Open(sealPurpose, *sealed)
	if err != nil {
		return nil, err
	}
	var cells map[int]string
	// Not JSON: a password that an earlier release has sealed.
	if err := json.Unmarshal(plain, &cells); err != nil {
		at := slices.IndexFunc(columns, func(c files.Column) bool {
			return c.Name == files.Password
		})
		if at < 0 {
			return nil, err
		}
		cells = map[int]string{at: string(plain)}
	}
	hidden := map[int]secret.Redacted{}
	for i, cell := range cells {
		hidden[i] = secret.Redacted(cell)
	}
	return hidden, nil
}
