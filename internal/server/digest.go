package server

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"maps"
	"slices"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// digestOf returns a hash of all that a request asks for: its document, the operation, the variables
// whatever the order of their keys, and the contents of its files. Two requests with one digest are the
// same request.
func digestOf(op *graphql.OperationContext) ([]byte, error) {
	h := sha256.New()
	writePart(h, 'd', op.RawQuery)
	writePart(h, 'o', op.OperationName)
	if err := writeValue(h, op.Variables); err != nil {
		return nil, err
	}
	return h.Sum(nil), nil
}

// writePart writes a text with its kind and length, so that no two lists of parts are written alike.
func writePart(h hash.Hash, kind byte, text string) {
	var length [9]byte
	length[0] = kind
	binary.BigEndian.PutUint64(length[1:], uint64(len(text)))
	_, _ = h.Write(length[:])
	_, _ = io.WriteString(h, text)
}

// writeValue writes a value of the variables without a copy of it: a request may have megabytes of rows.
func writeValue(h hash.Hash, value any) error {
	switch v := value.(type) {
	case map[string]any:
		writePart(h, 'm', strconv.Itoa(len(v)))
		// Sorted: two encodings of one object are the same request.
		for _, key := range slices.Sorted(maps.Keys(v)) {
			writePart(h, 'k', key)
			if err := writeValue(h, v[key]); err != nil {
				return err
			}
		}
	case []any:
		writePart(h, 'l', strconv.Itoa(len(v)))
		for _, item := range v {
			if err := writeValue(h, item); err != nil {
				return err
			}
		}
	case string:
		writePart(h, 's', v)
	case json.Number:
		writePart(h, 'n', v.String())
	case graphql.Upload:
		return writeFile(h, v)
	case *graphql.Upload:
		return writeFile(h, *v)
	default:
		// Numbers, booleans and null, also those that the validation has converted.
		writePart(h, 'v', fmt.Sprint(v))
	}
	return nil
}

// writeFile writes the content of a file, and leaves it at its beginning for the resolver.
func writeFile(h hash.Hash, file graphql.Upload) error {
	writePart(h, 'f', file.Filename)
	// Hashed apart, since its length is known only at its end.
	inner := sha256.New()
	if _, err := io.Copy(inner, file.File); err != nil {
		return fmt.Errorf("server: read an upload: %w", err)
	}
	writePart(h, 'c', string(inner.Sum(nil)))
	_, err := file.File.Seek(0, io.SeekStart)
	return err
}

// workspaceOf returns the workspace that a mutation's input names, "" if it names none. A literal or a
// variable is read as it was sent.
func workspaceOf(field graphql.CollectedField, variables map[string]any) string {
	input := field.Arguments.ForName("input")
	if input == nil {
		return ""
	}
	// Ids are not parsed here: one that is malformed fails in the resolver.
	value, err := input.Value.Value(variables)
	if err != nil {
		return ""
	}
	fields, _ := value.(map[string]any)
	id, _ := fields["workspaceId"].(string)
	return id
}

// credentialFields are the fields of answers that hold a credential, or a URL that works without one.
// Answers with one of them are not kept.
var credentialFields = map[string]bool{
	"Auth.accessToken": true, "Auth.refreshToken": true,
	"Card.url": true, "Card.pin": true, "Card.qrSvg": true, "Card.html": true,
	"CreateApiKeyPayload.secret": true, "RotateApiKeyPayload.secret": true,
	"CreateWebhookPayload.secret": true, "RotateWebhookSecretPayload.secret": true,
	"CreateApplicationPayload.clientSecret":       true,
	"RotateApplicationSecretPayload.clientSecret": true,
	"Invitation.link":                             true, "Import.reportUrl": true, "Import.rejectedUrl": true,
	"Workspace.importTemplateUrl": true, "Workspace.membersExportUrl": true,
	"Workspace.groupsExportUrl": true, "WorkspaceExport.url": true,
}

// selectsCredential reports whether an operation asks for a credential, at any depth.
func selectsCredential(op *graphql.OperationContext) bool {
	return anyField(op.Doc, op.Operation.SelectionSet, func(f *ast.Field) bool {
		return f.ObjectDefinition != nil && credentialFields[f.ObjectDefinition.Name+"."+f.Name]
	})
}

// anyField reports whether a condition holds for any field of a selection. Documents were checked to be
// of limited depth and without cycles of fragments.
func anyField(doc *ast.QueryDocument, set ast.SelectionSet, holds func(*ast.Field) bool) bool {
	// Also fields that @skip leaves out: an answer that is not kept is the safe mistake.
	return slices.ContainsFunc(set, func(s ast.Selection) bool {
		switch s := s.(type) {
		case *ast.Field:
			return holds(s) || anyField(doc, s.SelectionSet, holds)
		case *ast.InlineFragment:
			return anyField(doc, s.SelectionSet, holds)
		case *ast.FragmentSpread:
			f := doc.Fragments.ForName(s.Name)
			return f != nil && anyField(doc, f.SelectionSet, holds)
		}
		return false
	})
}
