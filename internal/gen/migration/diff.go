package main

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"ariga.io/atlas/sql/migrate"
	atlas "ariga.io/atlas/sql/schema"
	"ariga.io/atlas/sql/sqltool"
	entsql "entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/schema"

	entmigrate "usher/ent/migrate"
)

// goose is the format of a migration. There is no down migration: a faulty release is followed by a
// repaired one, because columns that a down migration drops cannot be restored from an hour-old
// backup.
var goose = template.Must(template.New("").Parse(
	"-- +goose Up\n{{range .Changes}}{{with .Comment}}-- {{.}}\n{{end}}{{.Cmd}};\n{{end}}"))

// diffSchema replays the migrations of a folder on an empty database and returns the SQL of what
// ent/schema adds, or migrate.ErrNoPlan if there is nothing. It leaves the database empty and the
// folder unchanged.
func diffSchema(ctx context.Context, dialect string, db *sql.DB, folder,
	name string) ([]byte, error) {
	// Atlas requires a file of checksums beside the migrations. Git already protects them, so the
	// checksums are written into a temporary copy.
	scratch, err := os.MkdirTemp("", "usher-migration-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	if err := os.CopyFS(scratch, os.DirFS(folder)); err != nil {
		return nil, err
	}
	dir, err := sqltool.NewGooseDir(scratch)
	if err != nil {
		return nil, err
	}
	sums, err := dir.Checksum()
	if err != nil {
		return nil, err
	}
	if err := migrate.WriteSumFile(dir, sums); err != nil {
		return nil, err
	}

	file := name + ".sql"
	format, err := migrate.NewTemplateFormatter(template.Must(template.New("").Parse(file)), goose)
	if err != nil {
		return nil, err
	}
	m, err := schema.NewMigrate(entsql.OpenDB(dialect, db), schema.WithDir(dir),
		schema.WithFormatter(format),
		schema.WithMigrationMode(schema.ModeReplay), schema.WithErrNoPlan(true),
		schema.WithDropColumn(true), schema.WithDropIndex(true),
		schema.WithDiffHook(keepUndescribed))
	if err != nil {
		return nil, err
	}
	// Atlas changes its arguments.
	tables, err := schema.CopyTables(entmigrate.Tables)
	if err != nil {
		return nil, err
	}
	if err := m.NamedDiff(ctx, name, tables...); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(filepath.Join(scratch, file))
	return restoreIndexConditions(text), err
}

// keepUndescribed keeps what ent/schema does not describe: indexes on expressions, and the table of
// searched words, which has no id. The migrations alone create and drop them. A default that is an
// expression in ent/schema and a constant in the database is the same if its text is.
func keepUndescribed(next schema.Differ) schema.Differ {
	return schema.DiffFunc(func(current, desired *atlas.Schema) ([]atlas.Change, error) {
		current.Tables = slices.DeleteFunc(current.Tables, func(t *atlas.Table) bool {
			return t.Name == "search_words"
		})
		for _, t := range current.Tables {
			if wanted, known := desired.Table(t.Name); known {
				adoptEqualDefaults(t, wanted)
			}
			t.Indexes = slices.DeleteFunc(t.Indexes, func(i *atlas.Index) bool {
				return slices.ContainsFunc(i.Parts, func(p *atlas.IndexPart) bool {
					return p.X != nil
				})
			})
		}
		return next.Diff(current, desired)
	})
}

// adoptEqualDefaults replaces the defaults of a table by those of another that have the same text.
func adoptEqualDefaults(t, wanted *atlas.Table) {
	for _, c := range t.Columns {
		if w, known := wanted.Column(c.Name); known && defaultText(c.Default) != "" &&
			defaultText(c.Default) == defaultText(w.Default) {
			c.Default = w.Default
		}
	}
}

// defaultText returns a default as it stands in SQL, without surrounding brackets.
func defaultText(e atlas.Expr) string {
	switch e := e.(type) {
	case *atlas.Literal:
		return strings.Trim(e.V, "()")
	case *atlas.RawExpr:
		return strings.Trim(e.X, "()")
	}
	return ""
}

var partialIndex = regexp.MustCompile(`(?m)^(CREATE (?:UNIQUE )?INDEX ["` + "`" + `](\w+)["` + "`" +
	`] .*? WHERE ).*;$`)

// restoreIndexConditions restores the conditions of partial indexes from ent/schema. Atlas writes
// the condition as PostgreSQL normalized it, which PostgreSQL normalizes again in a replay: the two
// would always differ.
func restoreIndexConditions(text []byte) []byte {
	conditions := map[string]string{}
	for _, t := range entmigrate.Tables {
		for _, i := range t.Indexes {
			if i.Annotation != nil && i.Annotation.Where != "" {
				conditions[i.Name] = i.Annotation.Where
			}
		}
	}
	return partialIndex.ReplaceAllFunc(text, func(statement []byte) []byte {
		m := partialIndex.FindSubmatch(statement)
		condition, ok := conditions[string(m[2])]
		if !ok {
			return statement
		}
		return []byte(string(m[1]) + condition + ";")
	})
}

// sqliteDSN returns the DSN of a database in a temporary folder. It is not synced to disk.
func sqliteDSN(folder string) string {
	return "file:" + filepath.ToSlash(filepath.Join(folder, "dev.db")) +
		"?_foreign_keys=1&_synchronous=OFF"
}

// nextNumber returns one above the highest number in both folders, so that both dialects share a
// number.
func nextNumber(root string) (int, error) {
	highest := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		digits, _, _ := strings.Cut(d.Name(), "_")
		n, err := strconv.Atoi(digits)
		if err != nil {
			return fmt.Errorf("%s has no number", path)
		}
		highest = max(highest, n)
		return nil
	})
	return highest + 1, err
}
