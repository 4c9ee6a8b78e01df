package imports

import (
	"context"
	"hash/maphash"
	"strings"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/ent/importchange"
	"usher/ent/member"
	"usher/ent/user"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/store"
)

// A person without an address and a username is identified by their names only. The same file
// uploaded twice must not create such people twice (BAT-4), and two people of one name must not be
// taken for one.

// refuseNamesakes rejects rows whose person is probably a member already: the names and the
// additional information are equal. A typed username means another person. If the additional
// information differs, the row gets a remark only.
func (j *rowEvaluator) refuseNamesakes(ctx context.Context, tx *store.Tx, rows []*candidate) error {
	var nameless []*candidate
	var firsts, lasts []string
	for _, c := range rows {
		if c.generatedUsername != "" && c.outcome != RowError {
			nameless = append(nameless, c)
			firsts, lasts = append(firsts, c.First), append(lasts, c.Last)
		}
	}
	if len(nameless) == 0 {
		return nil
	}
	there, err := tx.Member.Query().
		Where(member.HasUserWith(user.EmailKeyIsNil(), user.FirstNameIn(firsts...),
			user.LastNameIn(lasts...))).
		WithUser().All(ctx)
	if len(there) == 0 || err != nil {
		return err
	}
	ids := make([]ident.ID, len(there))
	for i, m := range there {
		ids[i] = m.ID
	}
	// Two rows of one file may be two people of one name. The preview has told each of the other,
	// so members that this import made do not count.
	mine, err := tx.ImportChange.Query().Where(importchange.ImportID(j.batch.ID),
		importchange.KindEQ(importchange.KindMade),
		importchange.SubjectIDIn(ids...)).All(ctx)
	if err != nil {
		return err
	}
	own := map[ident.ID]bool{}
	for _, made := range mine {
		own[made.SubjectID] = true
	}
	byName := map[string][]*ent.Member{}
	for _, m := range there {
		if !own[m.ID] {
			key := nameKey(inputs.ValueOrEmpty(m.Edges.User.FirstName),
				inputs.ValueOrEmpty(m.Edges.User.LastName))
			byName[key] = append(byName[key], m)
		}
	}
	for _, c := range nameless {
		for _, m := range byName[nameKey(c.First, c.Last)] {
			// An equal remark, often a birthday or a class, makes it the same person.
			if inputs.ValueOrEmpty(m.AdditionalInfo) == c.Grant.AdditionalInfo {
				c.rejectRow(fault.Input("username", "import.namesake"))
				break
			}
		}
		if len(byName[nameKey(c.First, c.Last)]) > 0 && c.outcome != RowError &&
			!c.hasNote("import.namesake_other") {
			c.addWarning("username", "import.namesake_other")
		}
	}
	return nil
}

// hasNote reports whether a row has a remark already, which the preview may have added.
func (c *candidate) hasNote(key string) bool {
	for _, f := range c.faults {
		if f.Message == key {
			return true
		}
	}
	return false
}

// noteSameNames adds a remark if an earlier row of the file has the same names and nothing else
// tells the two persons apart.
func (j *rowEvaluator) noteSameNames(c *candidate) {
	if c.outcome == RowError || j.batch.Action != importbatch.ActionCreate || c.First+c.Last == "" {
		return
	}
	// The leading zero byte keeps these keys apart from addresses and usernames.
	h := maphash.String(j.seed, "\x00"+nameKey(c.First, c.Last)+"\x00"+c.Grant.AdditionalInfo)
	if first, twice := j.firstRows[h]; twice {
		c.addNote(warningCode, fault.Input("username", "import.same_names",
			i18n.Args{"Row": first}))
		return
	}
	j.firstRows[h] = c.number
}

// nameKey returns a full name in the form in which names are compared.
func nameKey(first, last string) string {
	return strings.ToLower(first) + "\x00" + strings.ToLower(last)
}
