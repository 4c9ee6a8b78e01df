package graph

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"usher/ent"
	"usher/internal/account"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/joinlink"
	"usher/internal/relay"
)

// Lists of events start with the newest, lists of places are sorted by name. Other lists are in the
// order of creation.
var (
	groupsByName = &ent.GroupOrder{Direction: relay.OrderDirectionAsc,
		Field: ent.GroupOrderFieldName}
	unitsByName = &ent.OrgUnitOrder{Direction: relay.OrderDirectionAsc,
		Field: ent.OrgUnitOrderFieldName}
	programsByName = &ent.ProgramOrder{Direction: relay.OrderDirectionAsc,
		Field: ent.ProgramOrderFieldName}
	fieldsByPosition = &ent.CustomFieldOrder{Direction: relay.OrderDirectionAsc,
		Field: ent.CustomFieldOrderFieldPosition}
	newestMembers = &ent.MemberOrder{Direction: relay.OrderDirectionDesc,
		Field: ent.MemberOrderFieldJoinedAt}
	newestInvitations = &ent.InvitationOrder{Direction: relay.OrderDirectionDesc,
		Field: ent.InvitationOrderFieldCreatedAt}
	newestLinks = &ent.JoinLinkOrder{Direction: relay.OrderDirectionDesc,
		Field: ent.DefaultJoinLinkOrder.Field}
	newestRequests = &ent.JoinRequestOrder{Direction: relay.OrderDirectionDesc,
		Field: ent.DefaultJoinRequestOrder.Field}
	newestImports = &ent.ImportOrder{Direction: relay.OrderDirectionDesc,
		Field: ent.DefaultImportOrder.Field}
	newestSuppressions = &ent.SuppressionOrder{Direction: relay.OrderDirectionDesc,
		Field: ent.DefaultSuppressionOrder.Field}
	newestEvents = &ent.AuditEventOrder{Direction: relay.OrderDirectionDesc,
		Field: ent.DefaultAuditEventOrder.Field}
)

// orDefault returns the order that a client asks for, or the default of the list.
func orDefault[O any](asked, usual *O) *O {
	if asked == nil {
		return usual
	}
	return asked
}

// maxNodes is the limit of ids in one request.
const maxNodes = 100

// maxHistory is the limit of events in the history of an invitation.
const maxHistory = 100

var errNoNode = errors.New("graph: this kind of id is no node")

// tableByKind holds the tables of the nodes of the API, by the kind in their ids.
var tableByKind = map[ident.Kind]string{
	ident.Organization: "organizations",
	ident.Workspace:    "workspaces", ident.User: "users", ident.Member: "members",
	ident.Role: "roles", ident.RoleAssignment: "role_assignments",
	ident.Group: "groups", ident.OrgUnit: "org_units", ident.Program: "programs",
	ident.Session:    "sessions",
	ident.Enrollment: "enrollments", ident.Invitation: "invitations",
	ident.CustomField: "custom_fields",
	ident.AuditEvent:  "audit_events", ident.SignIn: "sign_ins", ident.JoinLink: "join_links",
	ident.JoinRequest: "join_requests", ident.Import: "import_batches",
	ident.Suppression: "suppressions",
}

// tableOf returns the table of an id. The kind in the id tells, so no statement is needed.
func tableOf(_ context.Context, i ident.ID) (string, error) {
	if name, known := tableByKind[i.Kind()]; known {
		return name, nil
	}
	return "", errNoNode
}

// loadNodes reads several nodes with one statement for each kind. A node that is not found is nil.
func (r *Resolver) loadNodes(ctx context.Context, ids []ident.ID) ([]ent.Noder, error) {
	out := make([]ent.Noder, len(ids))
	var known []ident.ID
	var at []int
	for n, i := range ids {
		if tableByKind[i.Kind()] != "" {
			known, at = append(known, i), append(at, n)
		}
	}
	found, err := r.Reads.Noders(ctx, known, tableOf)
	if err != nil {
		return nil, err
	}
	for n, node := range found {
		out[at[n]] = node
	}
	return out, nil
}

// groupsOf returns the groups of some assignments, each once, sorted by name. The groups must be
// loaded with the assignments.
func groupsOf(held []*ent.RoleAssignment) []*ent.Group {
	groups := make([]*ent.Group, 0, len(held)) // not nil: the list is never null
	for _, a := range held {
		if g := a.Edges.Group; g != nil &&
			!slices.ContainsFunc(groups, func(known *ent.Group) bool {
				return known.ID == g.ID
			}) {
			groups = append(groups, g)
		}
	}
	slices.SortFunc(groups, func(a, b *ent.Group) int { return strings.Compare(a.Name, b.Name) })
	return groups
}

// toChange converts a field of an update. An absent field is not set; a null one is set to nil.
func toChange[T any](o graphql.Omittable[*T]) inputs.Change[T] {
	v, set := o.ValueOK()
	return inputs.Change[T]{Set: set, Value: v}
}

// toListChange is toChange for a list; null is empty.
func toListChange(o graphql.Omittable[[]string]) joinlink.OptionalList {
	v, set := o.ValueOK()
	return joinlink.OptionalList{Set: set, Value: v}
}

// toAccountField is toChange for a profile.
func toAccountField(o graphql.Omittable[*string]) account.Field {
	v, set := o.ValueOK()
	return account.Field{Set: set, Value: v}
}

// nonEmpty returns nil for an empty string.
func nonEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
