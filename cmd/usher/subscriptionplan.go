package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"usher/ent/schema"
	"usher/internal/app"
	"usher/internal/config"
	"usher/internal/workspace"
)

// setSubscriptionPlanCmd sets seats and entitlements of an organization; what is not named stays.
type setSubscriptionPlanCmd struct {
	config.Config `group:"settings"`
	Organization  string   `arg:"" help:"Name or id of the organization."`
	Seats         *int     `help:"Number of people who may be active at once." xor:"seats"`
	AnySeats      bool     `help:"Any number of people may be active." xor:"seats"`
	Entitlement   []string `enum:"SPREADSHEET_IMPORT,JOIN_LINKS,CUSTOM_ROLES,API_KEYS,ALL,NONE" help:"An entitlement of the plan; repeat it for several. Replaces all entitlements. ALL and NONE stand alone."`
}

// Run changes the subscription plan of an organization.
func (c *setSubscriptionPlanCmd) Run(ctx context.Context) error {
	entitlements, err := parseEntitlements(c.Entitlement)
	if err != nil {
		return err
	}
	// kong cannot express that one of several flags is required.
	if c.Seats == nil && !c.AnySeats && entitlements == nil {
		return errors.New("name what to change: --seats, --any-seats or --entitlement")
	}
	return withApp(ctx, &c.Config, func(a *app.App) error {
		org, err := a.Workspaces.SetSubscriptionPlan(ctx, workspace.SetSubscriptionPlanInput{
			Organization: c.Organization, Seats: c.Seats, AnySeats: c.AnySeats,
			Entitlements: entitlements,
		})
		if err != nil {
			return err
		}
		seats := "any number of seats"
		if org.Seats != nil {
			seats = fmt.Sprintf("%d seats", *org.Seats)
		}
		fmt.Printf("%s (%s) has %s, of which %d are taken, and the entitlements %v\n", org.Name,
			org.ID, seats, org.SeatsTaken, org.Entitlements.List())
		return nil
	})
}

// parseEntitlements returns the entitlements that were named; nil if none was named, which keeps
// them.
func parseEntitlements(names []string) (*[]schema.Entitlement, error) {
	// nil leaves the entitlements as they are; the empty list takes all of them away.
	if len(names) == 0 {
		return nil, nil
	}
	all, none := slices.Contains(names, "ALL"), slices.Contains(names, "NONE")
	switch {
	case (all || none) && len(names) > 1:
		return nil, errors.New("ALL and NONE stand alone")
	case all:
		return &schema.AllEntitlements, nil
	case none:
		return &[]schema.Entitlement{}, nil
	}
	list := make([]schema.Entitlement, len(names))
	for i, name := range names {
		list[i] = schema.Entitlement(name)
	}
	return &list, nil
}
