// Command gen writes ent/ from ent/schema, and the GraphQL server in graph/ from ent and the
// hand-written *.graphql.
//
// Both run in one process and from an ordinary package, so that `go mod tidy` sees what they need.
package main

import (
	"embed"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"entgo.io/contrib/entgql"
	"entgo.io/ent/entc"
	"entgo.io/ent/entc/gen"
	"entgo.io/ent/schema"
	"github.com/99designs/gqlgen/api"
	"github.com/99designs/gqlgen/codegen/config"
	"github.com/vektah/gqlparser/v2/ast"

	"usher/internal/gen/fast"
)

// inline lists the resolvers that the fast path calls inline. They use only what was loaded with
// their row, the caller and the clock. If one reads anything else, fastgql stops it and gqlgen
// calls it again.
var inline = []string{
	"Deletion.kind", "AuditEvent.action", "AuditEvent.entryPoint", "AuditEvent.summary", "AuditEvent.through", "AuditEvent.actorName",
	"AuditEvent.subject",
	"ImportLeftover.reason", "ImportRowError.message", "InviteOutcome.message",
	"InviteOutcome.error", "JoinVerdict.reason", "PlannedPerson.error", "PlannedPerson.message",
	"Import.counts", "Import.failure", "Import.reportUrl", "Import.rejectedUrl",
	"Invitation.status", "Invitation.history", "Invitation.link",
	"JoinLink.url", "JoinLink.freeMailEntries",
	"Member.groups", "Member.customFields", "Member.viewerCan",
	"Invitation.viewerCan", "JoinLink.viewerCan", "Import.viewerCan", "Group.viewerCan",
	"OrgUnit.viewerCan", "Session.viewerCan", "Session.phase",
	"Role.name", "Role.description", "Role.scopes",
	"Organization.plan", "Suppression.reason", "Suppression.scope", "SignIn.current",
}

func main() {
	if err := generateAll(); err != nil {
		log.Fatalf("gen: %v", err)
	}
}

// generateAll generates ent, then GraphQL from it, in the root of the module.
func generateAll() error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	if err := os.Chdir(root); err != nil {
		return err
	}
	if err := generateEnt(); err != nil {
		return fmt.Errorf("ent: %w", err)
	}

	cfg, err := config.LoadConfig("gqlgen.yml")
	if err != nil {
		return err
	}
	path := fast.Plugin{File: filepath.Join("graph", "fast.generated.go"), Inline: inline}

	// gqlgen reads ent's new code and compiles graph/, so ent comes first and the old fast path is
	// deleted.
	if err := path.Clear(); err != nil {
		return err
	}
	if err := api.Generate(cfg, api.AddPlugin(path)); err != nil {
		return fmt.Errorf("gqlgen: %w", err)
	}
	return nil
}

// moduleRoot returns the folder of gqlgen.yml, whatever folder go generate was called in.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "gqlgen.yml")); err == nil {
			return dir, nil
		}
	}
	return "", fmt.Errorf("no gqlgen.yml above the working directory")
}

//go:embed *.gotpl
var templateFiles embed.FS

// parseTemplates parses the templates of this folder, which override or extend templates of ent and
// entgql.
func parseTemplates() (*gen.Template, error) {
	return gen.NewTemplate("usher").Funcs(entgql.TemplateFuncs).ParseFS(templateFiles, "*.gotpl")
}

// generateEnt generates ent with the templates of this package.
func generateEnt() error {
	own, err := parseTemplates()
	if err != nil {
		return err
	}
	graphql, err := entgql.NewExtension(
		entgql.WithTemplates(entgql.EnumTemplate, own),
		entgql.WithSchemaGenerator(),
		entgql.WithSchemaPath(filepath.Join("graph", "ent.graphql")),
		entgql.WithSchemaHook(applyPublicContract),
	)
	if err != nil {
		return err
	}
	// Tests create databases by the product's own migrations, and the client has no Schema for
	// creating tables.
	gen.GraphTemplates = slices.DeleteFunc(gen.GraphTemplates, func(t gen.GraphTemplate) bool {
		return t.Name == "enttest"
	})
	return entc.Generate("./ent/schema", &gen.Config{
		Target:  "./ent",
		Package: "usher/ent",
		Features: []gen.Feature{
			gen.FeatureLock, gen.FeatureExecQuery, gen.FeatureModifier, gen.FeatureIntercept,
			gen.FeatureVersionedMigration,
		},
	}, entc.Extensions(graphql))
}

// applyPublicContract adapts the generated schema to the public API. Cursors are strings, lists of
// pages are never null, and the scalars are declared by hand, because entgql writes them in every
// second run only.
func applyPublicContract(g *gen.Graph, s *ast.Schema) error {
	for _, name := range []string{"Cursor", "Time", "Map", "Query"} {
		delete(s.Types, name)
	}
	// The roots are declared by hand in graph/*.graphql.
	s.Query = nil
	setDescriptions(g, s)
	for _, def := range s.Types {
		for _, field := range def.Fields {
			if def.Name == "Invitation" && field.Name == "history" {
				field.Directives = nil // a resolver sorts it
			}
			replaceCursorType(field.Type)
			for _, arg := range field.Arguments {
				replaceCursorType(arg.Type)
			}
			if strings.HasSuffix(def.Name, "Connection") && field.Name == "edges" {
				field.Type = ast.NonNullListType(ast.NonNullNamedType(field.Type.Elem.Name(),
					nil), nil)
			}
			if strings.HasSuffix(def.Name, "Edge") && field.Name == "node" {
				field.Type.NonNull = true
			}
			// A list of rows is empty and never null, whichever type has it.
			if field.Type.Elem != nil && def.Kind == ast.Object {
				field.Type.NonNull = true
			}
		}
	}
	return nil
}

// setDescriptions gives each type the comment of its ent schema, because entgql uses only those of
// fields and edges. Enums and their values get the texts of descriptions.
func setDescriptions(g *gen.Graph, s *ast.Schema) {
	for _, node := range g.Nodes {
		comment := &schema.CommentAnnotation{}
		// Comments of ent/schema become the descriptions of types; those of other types stand in
		// descriptions.
		if raw, ok := node.Annotations[comment.Name()].(map[string]any); ok &&
			s.Types[node.Name] != nil {
			s.Types[node.Name].Description, _ = raw["Text"].(string)
		}
	}
	for name, def := range s.Types {
		if text := descriptions[name]; text != "" {
			def.Description = text
		}
		for _, value := range def.EnumValues {
			if text := descriptions[name+"."+value.Name]; text != "" {
				value.Description = text
			}
		}
	}
}

// replaceCursorType makes cursors plain texts in the schema, as the Relay specification has them.
func replaceCursorType(t *ast.Type) {
	for ; t != nil; t = t.Elem {
		if t.NamedType == "Cursor" {
			t.NamedType = "String"
		}
	}
}
