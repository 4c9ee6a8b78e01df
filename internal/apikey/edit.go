package apikey

import (
	"context"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"usher/ent"
	"usher/ent/group"
	"usher/ent/orgunit"
	"usher/ent/schema"
	"usher/ent/session"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/scalar"
	"usher/internal/store"
)

// parsePermissions returns the permissions of a key. BAD_USER_INPUT for none, and for the management
// of keys.
func parsePermissions(list []access.Permission) (access.Set, error) {
	// A set: naming a permission twice is no fault.
	set := access.SetOf(list)
	switch {
	case set == 0:
		return 0, fault.Input("permissions", "apikey.no_permission")
	case set.Has(access.APIKeysManage):
		return 0, fault.Input("permissions", "apikey.no_keys")
	}
	return set, nil
}

// parseNetworks returns the canonical form of networks and single addresses, sorted and each once.
// BAD_USER_INPUT at the entry.
func parseNetworks(entries []string) ([]string, error) {
	if len(entries) > maxNetworks {
		return nil, fault.Input("allowedNetworks", "apikey.many_networks",
			i18n.Args{"Max": maxNetworks, "Given": len(entries)})
	}
	var faults fault.Collector
	networks := []string{}
	for i, entry := range entries {
		network, ok := parseNetwork(strings.TrimSpace(entry))
		if !ok {
			faults.Add(fault.Input("allowedNetworks."+strconv.Itoa(i), "apikey.network_form"))
			continue
		}
		networks = append(networks, network.String())
	}
	// In one order, so that saving the same networks again is no change.
	slices.Sort(networks)
	return slices.Compact(networks), faults.Err()
}

// parseNetwork parses a network in CIDR notation, or an address, which is a network of one.
//
// Security: a network of IPv4 inside of IPv6 becomes one of IPv4, as addresses of clients do.
// Otherwise it would match nothing. Bits behind the prefix are refused: 10.0.0.7/8 may have been
// meant as one address.
func parseNetwork(entry string) (netip.Prefix, bool) {
	// An address without a prefix is the most common entry: one server.
	if ip, err := netip.ParseAddr(entry); err == nil {
		ip = ip.Unmap()
		return netip.PrefixFrom(ip, ip.BitLen()), ip.Zone() == ""
	}
	network, err := netip.ParsePrefix(entry)
	if err != nil {
		return netip.Prefix{}, false
	}
	if ip := network.Addr(); ip.Is4In6() {
		const mapped = 96 // bits before the address of IPv4
		if network.Bits() < mapped {
			return netip.Prefix{}, false
		}
		network = netip.PrefixFrom(ip.Unmap(), network.Bits()-mapped)
	}
	return network, network == network.Masked()
}

// parseExpiry returns the end of a key; nil for never. BAD_USER_INPUT for one that has passed.
func parseExpiry(end *time.Time, w *ent.Workspace, now time.Time) (*time.Time, error) {
	if end == nil {
		return nil, nil
	}
	// A date means the end of that day where the workspace is.
	at := scalar.EndIn(*end, i18n.LoadZone(w.TimeZone))
	if !at.After(now) {
		return nil, fault.Input("expiresAt", "apikey.expiry_past",
			i18n.Args{"Date": at.Format(time.DateOnly)})
	}
	return &at, nil
}

// keyPlaces are the places of a key as an input names them.
type keyPlaces struct{ groups, orgUnits, sessions []ident.ID }

// placesOf splits the stored places of a key by their kinds.
func placesOf(k *ent.APIKey) (p keyPlaces) {
	for _, id := range k.PlaceIds {
		switch id.Kind() {
		case ident.Group:
			p.groups = append(p.groups, id)
		case ident.OrgUnit:
			p.orgUnits = append(p.orgUnits, id)
		case ident.Session:
			p.sessions = append(p.sessions, id)
		}
	}
	return p
}

// all returns the places in their stored form.
func (p keyPlaces) all() []ident.ID {
	return append([]ident.ID{}, inputs.Distinct(slices.Concat(p.groups, p.orgUnits, p.sessions))...)
}

// require checks that the caller sees every place that an edit names. BAD_USER_INPUT for too many,
// NOT_FOUND at each hidden or missing one.
func (p keyPlaces) require(ctx context.Context, tx *store.Tx, by *access.Caller) error {
	ctx = store.AsCaller(ctx, by)
	var faults fault.Collector
	for _, list := range []struct {
		field, missing string
		ids            []ident.ID
		find           func([]ident.ID) ([]ident.ID, error)
	}{
		{"groupIds", "grant.no_group", p.groups, func(ids []ident.ID) ([]ident.ID, error) {
			return tx.Group.Query().Where(group.IDIn(ids...)).IDs(ctx)
		}},
		{"orgUnitIds", "grant.no_unit", p.orgUnits, func(ids []ident.ID) ([]ident.ID, error) {
			return tx.OrgUnit.Query().Where(orgunit.IDIn(ids...)).IDs(ctx)
		}},
		{"sessionIds", "grant.no_session", p.sessions, func(ids []ident.ID) ([]ident.ID, error) {
			return tx.Session.Query().Where(session.IDIn(ids...)).IDs(ctx)
		}},
	} {
		if len(list.ids) == 0 {
			continue
		}
		if len(list.ids) > inputs.MaxPlaces {
			faults.Add(fault.Input(list.field, "apikey.many_places",
				i18n.Args{"Max": inputs.MaxPlaces, "Given": len(list.ids)}))
			continue
		}
		// In the scope of the caller: a place that they do not see is missing.
		found, err := list.find(list.ids)
		if err != nil {
			return err
		}
		faults.Add(inputs.RequireAll(list.field, list.missing, list.ids, found))
	}
	return faults.Err()
}

// describeChanges returns the details of the event of an edit, with the names of the API.
func describeChanges(previous, k *ent.APIKey) (details []schema.Detail) {
	// The names are those of the API, so that a client can label them as it labels its form.
	for _, d := range []schema.Detail{
		{Name: "name", Before: previous.Name, After: k.Name},
		{Name: "permissions", Before: strings.Join(previous.Permissions, ", "),
			After: strings.Join(k.Permissions, ", ")},
		{Name: "places", Before: joinIDs(previous.PlaceIds), After: joinIDs(k.PlaceIds)},
		{Name: "allowedNetworks", Before: strings.Join(previous.AllowedNetworks, ", "),
			After: strings.Join(k.AllowedNetworks, ", ")},
		{Name: "expiresAt", Before: inputs.ValueOrEmpty(inputs.FormatTime(previous.ExpiresAt)),
			After: inputs.ValueOrEmpty(inputs.FormatTime(k.ExpiresAt))},
	} {
		if d.Before != d.After {
			details = append(details, d)
		}
	}
	return details
}

func joinIDs(ids []ident.ID) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = id.String()
	}
	return strings.Join(words, ", ")
}
