package apikey

import (
	"context"
	"strings"
	"time"

	"usher/ent"
	"usher/ent/apikey"
	"usher/ent/predicate"
	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/store"
)

// Service holds the verbs. It is safe for concurrent use.
type Service struct {
	admission.Deps
	uses *useRecorder
}

// New returns the service.
func New(d admission.Deps) *Service { return &Service{Deps: d, uses: &useRecorder{}} }

// Limits of keys.
const (
	maxKeys     = 100 // keys of a workspace that are not revoked
	maxName     = 200 // characters
	maxNetworks = 50
	// formerLifetime is how long the former secret works after a rotation unless told otherwise, and
	// maxFormerLifetime the longest that can be asked for.
	formerLifetime    = 24 * time.Hour
	maxFormerLifetime = 30 * 24 * time.Hour
)

// Status is the state of a key. The words are part of the public schema.
type Status string

// The states.
const (
	Active  Status = "ACTIVE"
	Expired Status = "EXPIRED"
	Revoked Status = "REVOKED"
)

// StatusOf returns the state of a key at a moment.
func StatusOf(k *ent.APIKey, now time.Time) Status {
	switch {
	case k.RevokedAt != nil:
		return Revoked
	case k.ExpiresAt != nil && !now.Before(*k.ExpiresAt):
		return Expired
	}
	return Active
}

// InStatus is the condition of StatusOf in the database.
func InStatus(now time.Time, states ...Status) predicate.APIKey {
	var conditions []predicate.APIKey
	// A revoked key stays REVOKED when its time is over as well.
	for _, s := range states {
		switch s {
		case Revoked:
			conditions = append(conditions, apikey.RevokedAtNotNil())
		case Expired:
			conditions = append(conditions, apikey.And(apikey.RevokedAtIsNil(), apikey.ExpiresAtLTE(now)))
		case Active:
			conditions = append(conditions, apikey.And(apikey.RevokedAtIsNil(),
				apikey.Or(apikey.ExpiresAtIsNil(), apikey.ExpiresAtGT(now))))
		}
	}
	return apikey.Or(conditions...)
}

// requireKeyAuthority returns the membership of a person who manages the keys of a workspace. Errors:
// FORBIDDEN for an API key and without API_KEYS_MANAGE throughout, NOT_FOUND.
//
// Security: keys manage no keys, whatever they hold. Otherwise a thief could keep access after
// the revocation of a stolen one.
func requireKeyAuthority(by *access.Caller, workspace ident.ID) (*access.Membership, error) {
	if err := by.RequirePerson(); err != nil {
		return nil, err
	}
	m, err := by.RequireMembership(workspace)
	if err == nil && !m.Throughout(access.APIKeysManage) {
		err = fault.Denied()
	}
	return m, err
}

// findManaged loads a key for a person who manages it. Errors: those of requireKeyAuthority.
func (s *Service) findManagedKey(ctx context.Context, by *access.Caller,
	id ident.ID) (*ent.APIKey, *access.Membership, error) {
	if err := by.RequirePerson(); err != nil {
		return nil, nil, err
	}
	// Only managers of keys see them, so any other person gets the answer of a missing key.
	k, err := store.FindVisible(ctx, by, s.Store.APIKey.Get, id)
	if err != nil {
		return nil, nil, fault.MissingAt(err, "apiKeyId")
	}
	m, err := requireKeyAuthority(by, k.WorkspaceID)
	return k, m, err
}

// lockKey locks a key until the transaction ends and returns it as it is now. CONFLICT if it was
// revoked.
func lockKey(ctx context.Context, tx *store.Tx, id ident.ID) (*ent.APIKey, error) {
	q := tx.APIKey.Query().Where(apikey.ID(id))
	if tx.Locks() {
		q.ForUpdate()
	}
	k, err := q.Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return nil, fault.Missing()
	case err != nil:
		return nil, err
	case k.RevokedAt != nil:
		return nil, fault.New(fault.Conflict, "apikey.is_revoked")
	}
	return k, nil
}

// requirePlan locks the workspace in scope, so that two requests cannot exceed the limit of keys
// together, and returns it. PLAN_REQUIRED if the subscription plan has no API keys (PLA-1).
func requirePlan(ctx context.Context, tx *store.Tx, workspace ident.ID) (*ent.Workspace, error) {
	// Locked before the key, in the order of all transactions.
	w, err := tx.LockWorkspace(ctx, workspace)
	if err != nil {
		return nil, err
	}
	org, err := tx.Organization.Get(ctx, w.OrganizationID)
	if err == nil && !org.Entitlements.APIKeys {
		err = fault.New(fault.PlanRequired, "apikey.plan")
	}
	return w, err
}

// requireHeld refuses a key that holds more than a member does at one of its places (ADM-9).
func requireHeld(m *access.Membership, set access.Set, places []ident.ID) error {
	at := []access.Place{access.Workspace(m.WorkspaceID)}
	if len(places) > 0 {
		at = at[:0]
		for _, id := range places {
			at = append(at, access.PlaceOf(id))
		}
	}
	// All that is missing anywhere is named in one answer.
	var beyond access.Set
	for _, place := range at {
		beyond |= set &^ m.Held(place)
	}
	if beyond == 0 {
		return nil
	}
	return fault.At(fault.New(fault.Forbidden, "apikey.beyond",
		i18n.Args{"Permissions": strings.Join(beyond.Words(), ", ")}), "permissions")
}

// record adds an event about a key to the history.
func (s *Service) record(ctx context.Context, tx *store.Tx, by *access.Caller, k *ent.APIKey,
	what audit.Action, details ...schema.Detail) error {
	return audit.Record(ctx, tx, s.Clock(), audit.Event{WorkspaceID: k.WorkspaceID, Action: what,
		By: by, SubjectID: k.ID, Details: details})
}
