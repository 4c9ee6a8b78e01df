package main

import (
	"fmt"
	"go/format"
	"os"
	"strings"
)

// more is what entgql cannot know: fields of the API that are worked out of other columns or edges. Read with the list
// instead of row by row, they keep the number of its statements constant.
var more = []struct{ query, at, insert string }{
	// A member's groups are those of the roles held there.
	{"MemberQuery", "switch field.Name {", `
		case "groups":
			path, query := append(path, field.Alias), (&GroupClient{config: _q.config}).Query()
			if err := query.collectField(ctx, false, opCtx, field, path, mayAddCondition(satisfies, groupImplementors)...); err != nil {
				return err
			}
			defer _q.withGroups(field.Alias, query) // when all else is collected
`},
	// The lists of a workspace, and its numbers, need its id alone.
	{"WorkspaceQuery", "switch field.Name {", `
		case "members", "invitations", "groups", "orgUnits", "roles", "programs", "sessions", "enrollments", "customFields",
			"auditEvents", "joinLinks", "joinRequests", "imports", "invitationCounts", "usage":
`},
	// Whether a link may be copied depends on the whole grant and on the permissions of its roles.
	{"InvitationQuery", "switch field.Name {", `
		case "link":
			unknownSeen = true
			_q.WithNamedRoles("link")
`},
	// Where an invitation stands depends on its expiry.
	{"InvitationQuery", "case \"status\":", `
			if _, ok := fieldSeen[invitation.FieldExpiresAt]; !ok {
				selectedFields = append(selectedFields, invitation.FieldExpiresAt)
				fieldSeen[invitation.FieldExpiresAt] = struct{}{}
			}`},
}

// collectMore writes these into the generated collection of fields.
func collectMore(path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	src := string(b)
	for _, m := range more {
		start := strings.Index(src, "func (_q *"+m.query+") collectField(")
		if start < 0 {
			return fmt.Errorf("%s collects no fields of %s any more: look at what changed in entgql", path, m.query)
		}
		at := strings.Index(src[start:], m.at)
		if at < 0 {
			return fmt.Errorf("%s: %s has no %q any more: look at what changed in entgql", path, m.query, m.at)
		}
		at += start + len(m.at)
		src = src[:at] + m.insert + src[at:]
	}
	out, err := format.Source([]byte(src))
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.WriteFile(path, out, 0o644)
}
