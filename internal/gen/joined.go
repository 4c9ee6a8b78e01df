package main

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"entgo.io/ent/entc/gen"
)

//go:embed *.gotpl
var templates embed.FS

// withTemplates gives ent the templates of this folder.
func withTemplates(c *gen.Config) error {
	t, err := gen.NewTemplate("usher").ParseFS(templates, "*.gotpl")
	if err != nil {
		return err
	}
	c.Templates = append(c.Templates, t)
	return nil
}

// asked are the places where ent asks for rows by a list of ids, each id an argument, and what to write there instead.
var asked = []struct {
	place   *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`query\.Where\((\w+)\.IDIn\(ids\.\.\.\)\)`), "query.Where(func(s *sql.Selector) { s.Where(among(s.C($1.FieldID), ids)) })"},
	{regexp.MustCompile(`sql\.InValues\((\w+\.C\([^()]*\)), (fks|edgeIDs)\.\.\.\)`), "among($1, $2)"},
}

// askWithLists makes statements that ask for the rows of an edge the same for one row as for a hundred: the list is one
// argument (see among in joined.gotpl).
func askWithLists(dir string) error {
	for _, a := range asked {
		files, err := filepath.Glob(filepath.Join(dir, "*_query.go"))
		if err != nil {
			return err
		}
		n := 0
		for _, path := range files {
			src, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			n += len(a.place.FindAll(src, -1))
			if err := os.WriteFile(path, a.place.ReplaceAll(src, []byte(a.instead)), 0o644); err != nil {
				return err
			}
		}
		if n == 0 {
			return fmt.Errorf("ent asks nowhere by %s any more: look at what changed in it", a.place)
		}
	}
	return nil
}
