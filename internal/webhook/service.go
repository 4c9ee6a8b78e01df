package webhook

import (
	"context"
	"log/slog"
	"net/netip"
	"slices"
	"time"

	"usher/ent"
	"usher/ent/schema"
	entwebhook "usher/ent/webhook"
	"usher/internal/access"
	"usher/internal/account"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/mail"
	"usher/internal/secret"
	"usher/internal/store"
)

// Limits of endpoints.
const (
	maxWebhooks = 20 // of a workspace
	// formerLifetime is how long the former secret signs after a rotation unless told otherwise, and
	// maxFormerLifetime the longest that can be asked for.
	formerLifetime    = 24 * time.Hour
	maxFormerLifetime = 30 * 24 * time.Hour
)

// Options are the settings of the service.
type Options struct {
	AllowPrivate bool // http, private networks and all ports
	Undelivered  bool // nothing is sent
	Log          *slog.Logger
}

// Service holds the verbs and sends the deliveries. It is safe for concurrent use.
type Service struct {
	admission.Deps
	events *audit.EventLog
	poster *poster
	log    *slog.Logger
}

// New returns the service and registers its work with the queue and its email with the outbox.
func New(d admission.Deps, o Options) *Service {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	s := &Service{Deps: d, poster: newPoster(o.AllowPrivate), log: o.Log,
		events: &audit.EventLog{Store: d.Store, Clock: d.Clock}}
	d.Outbox.Compose(mail.WebhookDisabled, s.composeDisabledNotice)
	if !o.Undelivered {
		d.Queue.Always(s.deliverAll)
	}
	return s
}

// requireAuthority returns the membership of a caller who manages the endpoints of a workspace.
// Errors: FORBIDDEN without WEBHOOKS_MANAGE and AUDIT_VIEW throughout the workspace, NOT_FOUND.
//
// Security: an endpoint gets the whole log, so its owner must be allowed to read all of it.
func requireAuthority(by *access.Caller, workspace ident.ID) (*access.Membership, error) {
	m, err := by.RequireMembership(workspace)
	if err == nil && !(m.Throughout(access.WebhooksManage) && m.Throughout(access.AuditView)) {
		err = fault.Denied()
	}
	return m, err
}

// findManaged loads an endpoint for a caller who manages it. Errors: those of requireAuthority, at
// the field webhookId.
func (s *Service) findManaged(ctx context.Context, by *access.Caller,
	id ident.ID) (*ent.Webhook, *access.Membership, error) {
	// Only callers who manage endpoints see them; others get the answer of a missing one.
	w, err := store.FindVisible(ctx, by, s.Store.Webhook.Get, id)
	if err != nil {
		return nil, nil, fault.MissingAt(err, "webhookId")
	}
	m, err := requireAuthority(by, w.WorkspaceID)
	return w, m, err
}

// lockWebhook locks an endpoint until the transaction ends and returns it as it is now. NOT_FOUND if
// it was deleted meanwhile.
func lockWebhook(ctx context.Context, tx *store.Tx, id ident.ID) (*ent.Webhook, error) {
	q := tx.Webhook.Query().Where(entwebhook.ID(id))
	if tx.Locks() {
		q.ForUpdate()
	}
	w, err := q.Only(ctx)
	if ent.IsNotFound(err) {
		return nil, fault.At(fault.Missing(), "webhookId")
	}
	return w, err
}

// ownership is what a saved endpoint knows of its owner: a member or an API key.
type ownership struct{ member, key *ident.ID }

// ownershipOf returns the owner of what a caller saves.
func ownershipOf(by *access.Caller, m *access.Membership) (o ownership) {
	// An API key has no member.
	if !by.KeyID.IsZero() {
		o.key = &by.KeyID
	} else {
		o.member = &m.MemberID
	}
	return o
}

// own makes the caller the owner of an endpoint.
func own(update *ent.WebhookUpdateOne, o ownership) *ent.WebhookUpdateOne {
	if o.key != nil {
		return update.SetOwnerKeyID(*o.key).ClearOwnerID()
	}
	return update.SetOwnerID(*o.member).ClearOwnerKeyID()
}

// loadOwner returns the owner of an endpoint as a caller, with the rights of now; nil if the owner is
// gone, was deactivated, revoked or has expired.
func (s *Service) loadOwner(ctx context.Context, w *ent.Webhook) (*access.Caller, error) {
	switch {
	case w.OwnerKeyID != nil:
		key, err := s.Accounts.ReloadAPIKey(ctx, *w.OwnerKeyID)
		if key == nil || err != nil {
			return nil, err
		}
		// Its networks limit from where it sends requests, and it sends none here.
		switch key.RefusalAt(s.Clock(), netip.Addr{}) {
		case account.KeyRevoked, account.KeyExpired:
			return nil, nil
		}
		return key.Caller, nil
	case w.OwnerID != nil:
		m, err := s.Store.Member.Get(store.InWorkspace(ctx, w.WorkspaceID), *w.OwnerID)
		if ent.IsNotFound(err) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		owner, err := s.Accounts.CallerByUserID(ctx, m.UserID)
		if err != nil {
			return nil, err
		}
		// A password that must be changed closes sessions, and this is none. Left true, it would hide
		// the events and let the cursor pass them.
		owner.MustChange = false
		return owner, nil
	}
	return nil, nil
}

// parseTypes returns types sorted and each once. BAD_USER_INPUT for one that does not exist.
func parseTypes(types []audit.EventType) ([]string, error) {
	words := []string{}
	for _, t := range types {
		if !slices.Contains(audit.EventTypes(), t) {
			return nil, fault.Input("types", "webhook.type_unknown")
		}
		words = append(words, string(t))
	}
	// In one order, so that saving the same types again is no change.
	slices.Sort(words)
	return slices.Compact(words), nil
}

// TypesOf returns the types that an endpoint gets; none means all.
func TypesOf(w *ent.Webhook) []audit.EventType {
	types := make([]audit.EventType, len(w.Types))
	for i, word := range w.Types {
		types[i] = audit.EventType(word)
	}
	return types
}

// sealPurpose names the row, so that a sealed key opens in no other one.
func sealPurpose(id ident.ID) string { return "webhook:" + id.String() }

// seal seals the signing key of an endpoint for the database.
func (s *Service) seal(id ident.ID, key secret.Redacted) []byte {
	return s.Keys.Seal(sealPurpose(id), []byte(key.Reveal()))
}

// openKeys returns the keys that sign for an endpoint at a time, the newest first.
func (s *Service) openKeys(w *ent.Webhook, now time.Time) ([]secret.Redacted, error) {
	sealed := [][]byte{w.SealedSecret}
	if w.SealedFormerSecret != nil && w.FormerSecretEndsAt != nil &&
		now.Before(*w.FormerSecretEndsAt) {
		sealed = append(sealed, *w.SealedFormerSecret)
	}
	keys := make([]secret.Redacted, len(sealed))
	for i, value := range sealed {
		key, err := s.Keys.Open(sealPurpose(w.ID), value)
		if err != nil {
			return nil, err
		}
		keys[i] = secret.Redacted(key)
	}
	return keys, nil
}

// record adds an event about an endpoint to the history.
func (s *Service) record(ctx context.Context, tx *store.Tx, by *access.Caller, w *ent.Webhook,
	what audit.Action, details ...schema.Detail) error {
	return audit.Record(ctx, tx, s.Clock(), audit.Event{WorkspaceID: w.WorkspaceID, Action: what,
		By: by, SubjectID: w.ID, Details: details})
}
