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
	applicationsByName = &ent.ApplicationOrder{Direction: relay.OrderDirectionAsc,
		Field: ent.ApplicationOrderFieldName}
	newestMembers = &ent.MemberOrder{Direction: relay.OrderDirectionDesc,
		Field: ent.MemberOrderFieldJoinedAt}
	newestInvitations = &ent.InvitationOrder{Direction: relay.OrderDirectionDesc,
		Field: ent.InvitationOrderFieldCreatedAt}
	newestLinks = &ent.JoinLinkOrder{Direction: relay.OrderDirectionDesc,
		Field: ent.DefaultJoinLinkOrder.Field}
	newestKeys = &ent.ApiKeyOrder{Direction: relay.OrderDirectionDesc,
		Field: ent.DefaultApiKeyOrder.Field}
	newestRequests = &ent.JoinRequestOrder{Direction: relay.OrderDirectionDesc,
		Field: ent.DefaultJoinRequestOrder.Field}
	newestImports = &ent.ImportOrder{Direction: relay.OrderDirectionDesc,
		Field: ent.DefaultImportOrder.Field}
	newestWebhooks = &ent.WebhookOrder{Direction: relay.OrderDirectionDesc,
		Field: ent.DefaultWebhookOrder.Field}
	newestDeliveries = &ent.WebhookDeliveryOrder{Direction: relay.OrderDirectionDesc,
		Field: ent.DefaultWebhookDeliveryOrder.Field}
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

// errNoNode is returned for ids of rows that the API does not show, such as sealed pieces of a
// file. To the client they do not exist.
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
	ident.Suppression: "suppressions", ident.APIKey: "api_keys",
	ident.Webhook: "webhooks", ident.WebhookDelivery: "webhook_deliveries",
}

// tableOf returns the table of an id. The kind in the id tells, so no statement is needed.
func tableOf(_ context.Context, id ident.ID) (string, error) {
	if name, known := tableByKind[id.Kind()]; known {
		return name, nil
	}
	return "", errNoNode
}

// loadNodes reads several nodes with one statement for each kind. A node that is not found is nil.
func (r *Resolver) loadNodes(ctx context.Context, ids []ident.ID) ([]ent.Noder, error) {
	out := make([]ent.Noder, len(ids))
	var known []ident.ID
	var at []int
	for n, id := range ids {
		// Ids of other kinds are left out: tableOf fails for one, and Noders would fail for all.
		if tableByKind[id.Kind()] != "" {
			known, at = append(known, id), append(at, n)
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
	slices.SortStableFunc(groups, compareNames)
	return groups
}

// compareNames compares groups by name.
func compareNames(a, b *ent.Group) int { return strings.Compare(a.Name, b.Name) }

// toChange converts a field of an update. An absent field is not set; a null one is set to nil.
func toChange[T any](field graphql.Omittable[*T]) inputs.Change[T] {
	v, set := field.ValueOK()
	return inputs.Change[T]{Set: set, Value: v}
}

// toListChange is toChange for a list; null is empty.
func toListChange(field graphql.Omittable[[]string]) joinlink.OptionalList {
	v, set := field.ValueOK()
	return joinlink.OptionalList{Set: set, Value: v}
}

// toJoinSettings converts the settings of a join link to try; none if they are absent.
func toJoinSettings(in *JoinSettingsInput) (s joinlink.SettingsInput) {
	if in == nil {
		return s
	}
	return joinlink.SettingsInput{Enabled: in.Enabled, Whitelist: toListChange(in.Whitelist),
		ExpiresAt: toChange(in.ExpiresAt), MaxJoins: toChange(in.MaxJoins),
		RequiresApproval: in.RequiresApproval}
}

// toAccountField is toChange for a profile.
func toAccountField(field graphql.Omittable[*string]) account.Field {
	v, set := field.ValueOK()
	return account.Field{Set: set, Value: v}
}
