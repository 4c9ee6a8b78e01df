package account

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/secret"
)

// Security: as in load.go the tenant filter does not see the SQL of this file. Each statement reads one
// key, by the hash of its secret or by its id.
const (
	keyColumns = `SELECT k.id, k.workspace_id, w.organization_id, w.archived_at IS NOT NULL,
	k.permissions, k.place_ids, k.allowed_networks, k.secret_hash, k.former_secret_ends_at,
	k.expires_at, k.revoked_at, k.last_used_at
FROM api_keys k JOIN workspaces w ON w.id = k.workspace_id WHERE `

	byKeySecret = keyColumns + `k.secret_hash = $1 OR k.former_secret_hash = $1`
	byKeyID     = keyColumns + `k.id = $1`
)

// APIKey is a key as the database has it now. Whether it works is up to its user: see RefusalAt.
type APIKey struct {
	Caller     *access.Caller // with the rights of the key, whether or not it works
	LastUsedAt time.Time      // zero if it was not used yet
	networks   []netip.Prefix
	endsAt     sql.NullTime // of the key, or earlier of its former secret
	former     bool         // found by its former secret
	formerEnds sql.NullTime
	revokedAt  sql.NullTime
}

// KeyRefusal is why a key does not work.
type KeyRefusal uint8

// The reasons, in the order in which they are checked.
const (
	KeyWorks KeyRefusal = iota
	KeyRevoked
	KeyExpired
	KeySecretReplaced
	KeyForeignNetwork
)

// RefusalAt tells whether a key works at a moment from a network.
//
// Security: a key with allowed networks does not work from an unknown address. Addresses of IPv4
// inside of IPv6 count as IPv4.
func (k *APIKey) RefusalAt(now time.Time, from netip.Addr) KeyRefusal {
	switch {
	case k.revokedAt.Valid:
		return KeyRevoked
	case k.endsAt.Valid && !now.Before(k.endsAt.Time):
		return KeyExpired
	case k.former && (!k.formerEnds.Valid || !now.Before(k.formerEnds.Time)):
		return KeySecretReplaced
	case !k.allows(from):
		return KeyForeignNetwork
	}
	return KeyWorks
}

// allows reports whether an address is in one of the allowed networks.
func (k *APIKey) allows(from netip.Addr) bool {
	if len(k.networks) == 0 {
		return true
	}
	// Behind some proxies a client of IPv4 has an address of IPv6.
	from = from.Unmap().WithZone("")
	for _, network := range k.networks {
		if network.Contains(from) {
			return true
		}
	}
	return false
}

// FindAPIKey loads the key of a secret, with its rights; nil if there is none.
func (s *Service) FindAPIKey(ctx context.Context, key string) (_ *APIKey, err error) {
	defer fault.Annotate(&err, "find api key")

	return s.loadKey(ctx, byKeySecret, secret.HashOpaque(key))
}

// ReloadAPIKey loads a key by its id, for connections that outlive a request; nil if it is gone.
// Which of its secrets opened the connection is not known any more.
func (s *Service) ReloadAPIKey(ctx context.Context, id ident.ID) (_ *APIKey, err error) {
	defer fault.Annotate(&err, "reload api key")

	return s.loadKey(ctx, byKeyID, id)
}

// LoadKeyMembership returns the present membership of an API key in a workspace, or nil if the key is
// gone, revoked or expired.
func (s *Service) LoadKeyMembership(ctx context.Context, workspace ident.ID,
	id *ident.ID) (_ *access.Membership, err error) {
	defer fault.Annotate(&err, "load key membership")

	if id == nil {
		return nil, nil
	}
	key, err := s.loadKey(ctx, byKeyID, *id)
	if key == nil || err != nil {
		return nil, err
	}
	// What the key has done is judged wherever the work runs, so its networks do not count.
	switch key.RefusalAt(s.now(), netip.Addr{}) {
	case KeyRevoked, KeyExpired:
		return nil, nil
	}
	return key.Caller.In(workspace), nil
}

// loadKey runs one of the statements; nil without a row.
func (s *Service) loadKey(ctx context.Context, statement string, by any) (*APIKey, error) {
	// One statement for key and workspace, since every request of a key begins with it.
	rows, err := s.store.QueryContext(ctx, s.adaptPlaceholders(statement), by)
	if err != nil {
		return nil, fmt.Errorf("account: load an api key: %w", err)
	}
	defer rows.Close()
	if !rows.Next() {
		return nil, rows.Err()
	}
	k, m := &APIKey{}, access.Membership{}
	var id ident.ID
	var permissions, places, networks, hash []byte
	var used sql.NullTime
	if err := rows.Scan(&id, &m.WorkspaceID, &m.OrganizationID, &m.Archived, &permissions, &places,
		&networks, &hash, &k.formerEnds, &k.endsAt, &k.revokedAt, &used); err != nil {
		return nil, fmt.Errorf("account: load an api key: %w", err)
	}
	// The secret was found by its hash, so it is one of the two.
	k.LastUsedAt = used.Time
	if given, bySecret := by.([]byte); bySecret {
		k.former = !bytes.Equal(given, hash)
	}
	if m.Holdings, err = keyHoldings(m.WorkspaceID, permissions, places); err != nil {
		return nil, fmt.Errorf("account: api key %s: %w", id, err)
	}
	if err := json.Unmarshal(networks, &k.networks); err != nil {
		return nil, fmt.Errorf("account: networks of api key %s: %w", id, err)
	}
	m.KeyID = id
	k.Caller = &access.Caller{KeyID: id, Memberships: []access.Membership{m}}
	// The connection is free for the next statement.
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, fmt.Errorf("account: load an api key: %w", err)
	}
	return k, s.fillCoveredPlaces(ctx, k.Caller)
}

// keyHoldings returns what a key holds: its permissions in the whole workspace, or at each of its
// places. A place that was deleted covers nothing.
func keyHoldings(workspace ident.ID, permissions, places []byte) ([]access.Holding, error) {
	var words []string
	var ids []ident.ID
	if err := errors.Join(json.Unmarshal(permissions, &words),
		json.Unmarshal(places, &ids)); err != nil {
		return nil, err
	}
	set := access.NewSet(words)
	// No place means the whole workspace. Places that are gone are still in the list.
	if len(ids) == 0 {
		return []access.Holding{{Permissions: set, Place: access.Workspace(workspace)}}, nil
	}
	var held []access.Holding
	for _, id := range ids {
		// Security: PlaceOf takes any other kind for a workspace, which includes everything.
		switch id.Kind() {
		case ident.Group, ident.OrgUnit, ident.Session:
			held = append(held, access.Holding{Permissions: set, Place: access.PlaceOf(id),
				Covers: []ident.ID{id}})
		}
	}
	return held, nil
}
