package graph

import (
	"context"
	"usher/ent"
	entwebhook "usher/ent/webhook"
	"usher/ent/webhookdelivery"
	"usher/internal/ident"
	"usher/internal/webhook"
)

// CreateWebhook is the resolver for the createWebhook field.
func (r *mutationResolver) CreateWebhook(ctx context.Context, input CreateWebhookInput) (*CreateWebhookPayload, error) {
	w, secret, err := r.Webhooks.CreateWebhook(ctx, callerOf(ctx), webhook.CreateInput{
		WorkspaceID: input.WorkspaceID, URL: input.URL, Types: toStoredTypes(input.Types)})
	if err != nil {
		return nil, err
	}
	return &CreateWebhookPayload{Webhook: w, Secret: secret.Reveal()}, nil
}

// UpdateWebhook is the resolver for the updateWebhook field.
func (r *mutationResolver) UpdateWebhook(ctx context.Context, input UpdateWebhookInput) (*UpdateWebhookPayload, error) {
	in := webhook.UpdateInput{ID: input.WebhookID, URL: input.URL, Enabled: input.Enabled}
	if input.Types != nil {
		in.Types = new(toStoredTypes(input.Types))
	}
	w, err := r.Webhooks.UpdateWebhook(ctx, callerOf(ctx), in)
	if err != nil {
		return nil, err
	}
	return &UpdateWebhookPayload{Webhook: w}, nil
}

// DeleteWebhook is the resolver for the deleteWebhook field.
func (r *mutationResolver) DeleteWebhook(ctx context.Context, input DeleteWebhookInput) (*DeleteWebhookPayload, error) {
	id, err := r.Webhooks.DeleteWebhook(ctx, callerOf(ctx), webhook.DeleteInput{
		ID: input.WebhookID, WorkspaceID: input.WorkspaceID, URL: input.URL})
	if err != nil {
		return nil, err
	}
	return &DeleteWebhookPayload{DeletedID: id}, nil
}

// RotateWebhookSecret is the resolver for the rotateWebhookSecret field.
func (r *mutationResolver) RotateWebhookSecret(ctx context.Context, input RotateWebhookSecretInput) (*RotateWebhookSecretPayload, error) {
	w, secret, err := r.Webhooks.RotateSecret(ctx, callerOf(ctx), webhook.RotateInput{
		ID: input.WebhookID, EndFormerAt: input.EndFormerAt})
	if err != nil {
		return nil, err
	}
	return &RotateWebhookSecretPayload{Webhook: w, Secret: secret.Reveal()}, nil
}

// TestWebhook is the resolver for the testWebhook field.
func (r *mutationResolver) TestWebhook(ctx context.Context, input TestWebhookInput) (*TestWebhookPayload, error) {
	d, err := r.Webhooks.TestWebhook(ctx, callerOf(ctx), input.WebhookID)
	if err != nil {
		return nil, err
	}
	return &TestWebhookPayload{Delivery: d}, nil
}

// ReplayWebhookDeliveries is the resolver for the replayWebhookDeliveries field.
func (r *mutationResolver) ReplayWebhookDeliveries(ctx context.Context, input ReplayWebhookDeliveriesInput) (*ReplayWebhookDeliveriesPayload, error) {
	w, n, err := r.Webhooks.ReplayDeliveries(ctx, callerOf(ctx), webhook.ReplayInput{
		WebhookID: input.WebhookID, DeliveryIDs: input.DeliveryIds, From: input.From,
		Until: input.Until, AllFailed: input.AllFailed != nil && *input.AllFailed})
	if err != nil {
		return nil, err
	}
	return &ReplayWebhookDeliveriesPayload{Webhook: w, Count: n}, nil
}

// Types is the resolver for the types field.
func (r *webhookResolver) Types(ctx context.Context, obj *ent.Webhook) ([]EventType, error) {
	types := make([]EventType, len(obj.Types))
	for i, word := range obj.Types {
		types[i] = EventType(enumValue(word))
	}
	return types, nil
}

// Enabled is the resolver for the enabled field.
func (r *webhookResolver) Enabled(ctx context.Context, obj *ent.Webhook) (bool, error) {
	return obj.DisabledAt == nil, nil
}

// Deliveries is the resolver for the deliveries field.
func (r *webhookResolver) Deliveries(ctx context.Context, obj *ent.Webhook, first *int, after *string, last *int, before *string, filter *WebhookDeliveryFilter, orderBy *ent.WebhookDeliveryOrder) (*ent.WebhookDeliveryConnection, error) {
	a, b, err := parseCursors(after, before)
	if err != nil {
		return nil, err
	}
	return r.Reads.WebhookDelivery.Query().Where(webhookdelivery.WebhookID(obj.ID), filter.toPredicate()).
		WithEvent().
		Paginate(ctx, a, first, b, last, ent.WithWebhookDeliveryOrder(orDefault(orderBy, newestDeliveries)))
}

// Type is the resolver for the type field.
func (r *webhookDeliveryResolver) Type(ctx context.Context, obj *ent.WebhookDelivery) (*EventType, error) {
	if obj.Type == webhook.TestType {
		return nil, nil
	}
	return new(EventType(enumValue(obj.Type))), nil
}

// MessageID is the resolver for the messageId field.
func (r *webhookDeliveryResolver) MessageID(ctx context.Context, obj *ent.WebhookDelivery) (ident.ID, error) {
	return webhook.MessageID(obj), nil
}

// Request is the resolver for the request field.
func (r *webhookDeliveryResolver) Request(ctx context.Context, obj *ent.WebhookDelivery) (*string, error) {
	event, err := obj.Event(ctx)
	if err != nil || event == nil && obj.Type != webhook.TestType {
		return nil, err
	}
	body, err := webhook.Body(obj, event)
	return new(string(body)), err
}

// Webhooks is the resolver for the webhooks field.
func (r *workspaceResolver) Webhooks(ctx context.Context, obj *ent.Workspace, first *int, after *string, last *int, before *string, orderBy *ent.WebhookOrder) (*ent.WebhookConnection, error) {
	a, b, err := parseCursors(after, before)
	if err != nil {
		return nil, err
	}
	return r.Reads.Webhook.Query().Where(entwebhook.WorkspaceID(obj.ID)).
		Paginate(ctx, a, first, b, last, ent.WithWebhookOrder(orDefault(orderBy, newestWebhooks)))
}
