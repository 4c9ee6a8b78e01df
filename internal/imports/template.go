package imports

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strings"

	"usher/ent"
	"usher/ent/customfield"
	"usher/ent/workspace"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	files "usher/internal/importfile"
	"usher/internal/inputs"
	"usher/internal/spreadsheet"
	"usher/internal/store"
)

// FindWorkspace returns a workspace of the caller's by its id or slug. NOT_FOUND for all others.
func (s *Service) FindWorkspace(ctx context.Context, by *access.Caller,
	word string) (_ ident.ID, err error) {
	defer fault.Annotate(&err, "find workspace")

	if err := by.RequireAuthenticated(); err != nil {
		return ident.ID{}, err
	}
	if word == "" {
		return ident.ID{}, fault.Input("workspace", "report.no_workspace")
	}
	called := workspace.Slug(strings.ToLower(word))
	if id, err := ident.Parse(word); err == nil {
		called = workspace.ID(id)
	}
	id, err := s.Store.Workspace.Query().Where(called).OnlyID(store.AsCaller(ctx, by))
	if ent.IsNotFound(err) {
		return id, fault.Missing()
	}
	return id, err
}

// Template returns the file to fill in for an import, as a workbook with the accepted values on a
// second sheet (BAT-6).
func (s *Service) Template(ctx context.Context, by *access.Caller, workspace ident.ID,
	format spreadsheet.Format, l i18n.Locale) (_ *Download, err error) {
	defer fault.Annotate(&err, "template import")

	c, err := s.loadChoices(ctx, by, workspace)
	if err != nil {
		return nil, err
	}
	return &Download{fileName(l, "report.file_template", c.slug, format), format,
		func(out io.Writer) error {
			return files.WriteTemplate(out, format, l, fileFields(c.directory.fields),
				c.listValues())
		}}, nil
}

// ExportGroups lists the groups that the caller sees, with their ids (BAT-6).
func (s *Service) ExportGroups(ctx context.Context, by *access.Caller, workspace ident.ID,
	format spreadsheet.Format, l i18n.Locale) (_ *Download, err error) {
	defer fault.Annotate(&err, "export groups")

	c, err := s.loadChoices(ctx, by, workspace)
	if err != nil {
		return nil, err
	}
	var rows []files.Group
	for _, g := range c.directory.groups {
		rows = append(rows, files.Group{ID: g.ID.String(),
			ExternalID: inputs.ValueOrEmpty(g.ExternalID), Path: c.groups.fullPath(g.ID)})
	}
	// Two groups of one path are told apart by their ids, in the same order at each download.
	slices.SortFunc(rows, func(a, b files.Group) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.ID, b.ID))
	})
	return &Download{fileName(l, "report.file_groups", c.slug, format), format,
		func(out io.Writer) error {
			return files.WriteGroups(out, format, l, rows)
		}}, nil
}

// importChoices holds what the rows of an import may name: the objects that the caller sees.
type importChoices struct {
	slug          string
	directory     *importDirectory
	groups, units placeTree
}

// loadChoices loads what the caller's rows may name, for a caller who may import.
func (s *Service) loadChoices(ctx context.Context, by *access.Caller,
	workspace ident.ID) (*importChoices, error) {
	m, err := requireImporter(by, workspace)
	if err != nil {
		return nil, err
	}
	here, c := store.InWorkspace(ctx, workspace), &importChoices{}
	row, err := s.Store.Workspace.Get(here, workspace)
	if err != nil {
		return nil, err
	}
	c.slug = row.Slug
	if c.directory, err = readDirectory(ctx, s.Store.Client, m); err != nil {
		return nil, err
	}
	c.groups, c.units = c.directory.buildTrees()
	return c, nil
}

// buildTrees returns the directory's groups and org units as trees.
func (d *importDirectory) buildTrees() (groups, units placeTree) {
	groups, units = placeTree{}, placeTree{}
	for _, g := range d.groups {
		groups[g.ID] = treeNode{g.Name, g.ParentID}
	}
	for _, u := range d.units {
		units[u.ID] = treeNode{u.Name, u.ParentID}
	}
	return groups, units
}

// listValues lists the accepted values of the columns, column by column.
func (c *importChoices) listValues() []files.Value {
	var list []files.Value
	add := func(column files.Name, among *nameIndex, id ident.ID, word, title string) {
		list = append(list, files.Value{Column: column, Value: callableName(among, id, word),
			Title: title})
	}
	for _, g := range c.directory.groups {
		path := c.groups.fullPath(g.ID)
		add(files.Groups, c.directory.groupNames, g.ID, path, path)
	}
	for _, r := range c.directory.roles {
		// Keys of built-in roles are the same in all languages, their names are not.
		word := r.Name
		if r.BuiltIn {
			word = r.Key
		}
		add(files.Roles, c.directory.roleNames, r.ID, word, r.Name)
	}
	for _, u := range c.directory.units {
		path := c.units.fullPath(u.ID)
		add(files.OrgUnit, c.directory.unitNames, u.ID, path, path)
	}
	for _, s := range c.directory.sessions {
		path := s.Edges.Program.Name + " / " + s.Name
		add(files.Sessions, c.directory.sessionNames, s.ID, path, path)
	}
	slices.SortFunc(list, func(a, b files.Value) int {
		return cmp.Or(strings.Compare(string(a.Column), string(b.Column)),
			strings.Compare(a.Title, b.Title), strings.Compare(a.Value, b.Value))
	})
	// The choices of a custom field keep the administrator's order, so they come after the sort.
	for _, f := range c.directory.fields {
		if f.Type == customfield.TypeChoice {
			for _, choice := range f.Choices {
				list = append(list, files.Value{Column: files.CustomField, Field: f.Name,
					Value: choice, Title: choice})
			}
		}
	}
	return list
}

// callableName returns the word if an import finds exactly this object by it, otherwise the id. A
// word with a bar would be split in two.
func callableName(among *nameIndex, id ident.ID, word string) string {
	found, err := among.findByName("", word)
	if err != nil || found != id || strings.Contains(word, "|") {
		return id.String()
	}
	return word
}

// treeNode is a group or an org unit in its tree.
type treeNode struct {
	name   string
	parent *ident.ID
}

// placeTree holds the nodes of a tree by id.
type placeTree map[ident.ID]treeNode

// fullPath returns the names from the highest known ancestor down to a node.
func (t placeTree) fullPath(id ident.ID) string {
	at := t[id]
	path := at.name
	// The tree has no cycle. The bound ends the loop if the data has one nevertheless.
	for range t {
		if at.parent == nil {
			break
		}
		// An ancestor that the caller does not see ends the path.
		up, known := t[*at.parent]
		if !known {
			break
		}
		at, path = up, up.name+" / "+path
	}
	return path
}
