package graph

import (
	"context"
	"slices"
	"strings"
	"usher/ent"
	entinvitation "usher/ent/invitation"
	"usher/internal/access"
	"usher/internal/gqlhttp"
	"usher/internal/i18n"
	"usher/internal/invitation"
)

// Status is the resolver for the status field.
func (r *invitationResolver) Status(ctx context.Context, obj *ent.Invitation) (entinvitation.Status, error) {
	return invitation.Status(obj, r.Clock()), nil
}

// History is the resolver for the history field.
func (r *invitationResolver) History(ctx context.Context, obj *ent.Invitation) ([]*ent.AuditEvent, error) {
	events, err := obj.Events(ctx)
	slices.SortFunc(events, func(a, b *ent.AuditEvent) int {
		return strings.Compare(b.ID.String(), a.ID.String())
	})
	return events[:min(len(events), maxHistory)], err
}

// Name is the resolver for the name field.
func (r *roleResolver) Name(ctx context.Context, obj *ent.Role) (string, error) {
	if !access.IsBuiltIn(obj.Key) {
		return obj.Name, nil
	}
	return i18n.T(gqlhttp.Locale(ctx), "role."+obj.Key, nil), nil
}

// ApiKey returns ApiKeyResolver implementation.
func (r *Resolver) ApiKey() ApiKeyResolver { return &apiKeyResolver{r} }

// AuditEvent returns AuditEventResolver implementation.
func (r *Resolver) AuditEvent() AuditEventResolver { return &auditEventResolver{r} }

// Group returns GroupResolver implementation.
func (r *Resolver) Group() GroupResolver { return &groupResolver{r} }

// Import returns ImportResolver implementation.
func (r *Resolver) Import() ImportResolver { return &importResolver{r} }

// Invitation returns InvitationResolver implementation.
func (r *Resolver) Invitation() InvitationResolver { return &invitationResolver{r} }

// JoinLink returns JoinLinkResolver implementation.
func (r *Resolver) JoinLink() JoinLinkResolver { return &joinLinkResolver{r} }

// Member returns MemberResolver implementation.
func (r *Resolver) Member() MemberResolver { return &memberResolver{r} }

// OrgUnit returns OrgUnitResolver implementation.
func (r *Resolver) OrgUnit() OrgUnitResolver { return &orgUnitResolver{r} }

// Organization returns OrganizationResolver implementation.
func (r *Resolver) Organization() OrganizationResolver { return &organizationResolver{r} }

// Program returns ProgramResolver implementation.
func (r *Resolver) Program() ProgramResolver { return &programResolver{r} }

// Role returns RoleResolver implementation.
func (r *Resolver) Role() RoleResolver { return &roleResolver{r} }

// Session returns SessionResolver implementation.
func (r *Resolver) Session() SessionResolver { return &sessionResolver{r} }

// SignIn returns SignInResolver implementation.
func (r *Resolver) SignIn() SignInResolver { return &signInResolver{r} }

// Suppression returns SuppressionResolver implementation.
func (r *Resolver) Suppression() SuppressionResolver { return &suppressionResolver{r} }

// Webhook returns WebhookResolver implementation.
func (r *Resolver) Webhook() WebhookResolver { return &webhookResolver{r} }

// WebhookDelivery returns WebhookDeliveryResolver implementation.
func (r *Resolver) WebhookDelivery() WebhookDeliveryResolver { return &webhookDeliveryResolver{r} }

// Workspace returns WorkspaceResolver implementation.
func (r *Resolver) Workspace() WorkspaceResolver { return &workspaceResolver{r} }

type (
	apiKeyResolver          struct{ *Resolver }
	auditEventResolver      struct{ *Resolver }
	groupResolver           struct{ *Resolver }
	importResolver          struct{ *Resolver }
	invitationResolver      struct{ *Resolver }
	joinLinkResolver        struct{ *Resolver }
	memberResolver          struct{ *Resolver }
	orgUnitResolver         struct{ *Resolver }
	organizationResolver    struct{ *Resolver }
	programResolver         struct{ *Resolver }
	roleResolver            struct{ *Resolver }
	sessionResolver         struct{ *Resolver }
	signInResolver          struct{ *Resolver }
	suppressionResolver     struct{ *Resolver }
	webhookResolver         struct{ *Resolver }
	webhookDeliveryResolver struct{ *Resolver }
	workspaceResolver       struct{ *Resolver }
)
