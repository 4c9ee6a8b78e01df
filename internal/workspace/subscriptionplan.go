package workspace

import (
	"context"
	"strconv"
	"strings"

	"usher/ent"
	"usher/ent/organization"
	"usher/ent/schema"
	"usher/ent/workspace"
	"usher/internal/audit"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/store"
)

// SetSubscriptionPlanInput is the new subscription plan of an organization. What is nil stays as it
// is.
type SetSubscriptionPlanInput struct {
	Organization string // id or exact name
	Seats        *int
	AnySeats     bool // removes the limit of seats
	Entitlements *[]schema.Entitlement
}

// SetSubscriptionPlan changes the subscription plan of an organization, as an operator does from
// the command line. Fewer seats than people are active end nobody's access; nobody can become
// active until enough of them have left. The change is in the history of every workspace of the
// organization.
//
// Errors: NOT_FOUND; CONFLICT if several organizations have the name; BAD_USER_INPUT for a negative
// number of seats.
func (s *Service) SetSubscriptionPlan(ctx context.Context,
	in SetSubscriptionPlanInput) (_ *ent.Organization, err error) {
	defer fault.Annotate(&err, "set subscription plan")

	if in.Seats != nil && *in.Seats < 0 {
		return nil, fault.Input("seats", "organization.seats")
	}

	system := store.AsSystem(ctx, "the operator sets a subscription plan from the command line")
	var org *ent.Organization
	err = s.Store.WithTx(ctx, func(tx *store.Tx) error {
		found, err := findOrganization(system, tx, in.Organization)
		if err != nil {
			return err
		}

		if err := tx.LockOrganization(system, found.ID); err != nil {
			return err
		}
		// Read again behind the lock: another operator may have changed the subscription plan
		// meanwhile.
		previous, err := tx.Organization.Get(system, found.ID)
		if err != nil {
			return err
		}

		update := tx.Organization.UpdateOne(previous)
		switch {
		case in.AnySeats:
			update.ClearSeats()
		case in.Seats != nil:
			update.SetSeats(*in.Seats)
		}
		// An empty list removes all entitlements; nil keeps them.
		if in.Entitlements != nil {
			update.SetEntitlements(schema.NewEntitlements(*in.Entitlements))
		}
		if org, err = update.Save(system); err != nil {
			return err
		}

		details := append(newDetail("seats", formatSeats(previous.Seats), formatSeats(org.Seats)),
			newDetail("entitlements", formatEntitlements(previous.Entitlements),
				formatEntitlements(org.Entitlements))...)
		return s.recordInWorkspaces(system, tx, org.ID, audit.Event{
			Action: audit.OrganizationPlanSet, SubjectID: org.ID, Details: details,
		})
	})
	return org, err
}

// findOrganization finds an organization by its id or its name.
func findOrganization(ctx context.Context, tx *store.Tx, name string) (*ent.Organization, error) {
	if id, err := ident.Parse(name); err == nil {
		found, err := tx.Organization.Get(ctx, id)
		if ent.IsNotFound(err) {
			return nil, fault.Missing()
		}
		return found, err
	}
	// Two are enough to know that the name is ambiguous.
	found, err := tx.Organization.Query().Where(organization.Name(name)).Limit(2).All(ctx)
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0:
		return nil, fault.Missing()
	case len(found) > 1:
		return nil, fault.New(fault.Conflict, "organization.ambiguous", i18n.Args{"Name": name})
	}
	return found[0], nil
}

// recordInWorkspaces records an event about an organization in each of its workspaces, whose
// administrators read it there.
func (s *Service) recordInWorkspaces(ctx context.Context, tx *store.Tx, organization ident.ID,
	event audit.Event) error {
	ids, err := tx.Workspace.Query().Where(workspace.OrganizationID(organization)).IDs(ctx)
	if err != nil {
		return err
	}
	events := make([]audit.Event, len(ids))
	for i, id := range ids {
		events[i] = event
		events[i].WorkspaceID = id
	}
	return audit.Record(ctx, tx, s.Clock(), events...)
}

// formatSeats returns a number of seats as histories show it; empty for any number.
func formatSeats(seats *int) string {
	if seats == nil {
		return ""
	}
	return strconv.Itoa(*seats)
}

// formatEntitlements returns the names of entitlements as the history shows them.
func formatEntitlements(e schema.Entitlements) string {
	var names []string
	for _, name := range e.List() {
		names = append(names, string(name))
	}
	return strings.Join(names, ", ")
}
