package joinlink

import (
	"context"
	"encoding/base32"
	"slices"
	"strings"
	"time"

	"usher/ent"
	"usher/ent/joinslug"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/secret"
	"usher/internal/store"
)

// redirectPeriod is how long a slug of before leads to the link's present one: a school year's
// posters are not reprinted at once.
const redirectPeriod = 90 * 24 * time.Hour

// reservedSlugs words are, or may become, paths beside the pages.
var reservedSlugs = []string{
	"about", "account", "admin", "api", "app", "apple-touch-icon", "assets", "confirm", "console",
	"contact", "demo", "docs",
	"favicon", "forgot-password", "graphql", "healthz", "help", "home", "hooks", "imports", "index",
	"invitations", "invite",
	"join", "legal", "login", "logout", "mailbox", "metrics", "new", "null", "playground",
	"preferences", "privacy", "qr",
	"readyz", "register", "reset-password", "robots", "root", "schema", "scim", "security",
	"settings", "sign-in", "sign-out",
	"sign-up", "signin", "signup", "static", "status", "support", "system", "terms", "test",
	"undefined", "usher",
	"well-known", "www",
}

// parseSlug reads a slug that somebody chose. Capitals and spaces around it are forgiven.
func parseSlug(typed string) (string, error) {
	slug := strings.ToLower(strings.TrimSpace(typed))
	switch {
	case len(slug) < 3 || len(slug) > 64 || !admission.SlugForm.MatchString(slug):
		return "", fault.Input("slug", "join.slug_form")
	case slices.Contains(reservedSlugs, slug):
		return "", fault.Input("slug", "join.slug_reserved", i18n.Args{"Slug": slug})
	}
	return slug, nil
}

// generateSlug makes a slug that nobody guesses: fifty random bits in ten characters.
func generateSlug() string {
	_, random := secret.NewOpaque()
	return strings.ToLower(base32.StdEncoding.EncodeToString(random)[:10])
}

// claimSlug gives a slug to a link for good: no other workspace ever gets it. One of its own
// workspace's, no longer in use, may be taken again.
func claimSlug(ctx context.Context, tx *store.Tx, slug string, workspace, link ident.ID) error {
	err := inputs.IgnoreNoRows(tx.JoinSlug.Create().SetSlug(slug).SetWorkspaceID(workspace).
		SetJoinLinkID(link).
		OnConflict(store.SkipExisting(joinslug.FieldSlug)...).Exec(ctx))
	if err != nil {
		return err
	}
	// of another workspace it is not to be seen here
	q := tx.JoinSlug.Query().Where(joinslug.Slug(slug))
	if tx.Locks() {
		q.ForUpdate()
	}
	row, err := q.Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return newSlugTakenFault(slug)
	case err != nil:
		return err
	case row.JoinLinkID != nil && *row.JoinLinkID == link && row.LeadsUntil == nil:
		return nil
	case row.JoinLinkID != nil && row.LeadsUntil == nil:
		return newSlugTakenFault(slug) // another link of this workspace has it
	}
	return tx.JoinSlug.UpdateOne(row).SetJoinLinkID(link).ClearLeadsUntil().Exec(ctx)
}

// retireSlug takes a slug out of use. It leads to the link's new one for a time, or no more at all.
func retireSlug(ctx context.Context, tx *store.Tx, slug string, until time.Time) error {
	return tx.JoinSlug.Update().Where(joinslug.Slug(slug)).SetLeadsUntil(until).Exec(ctx)
}

// findLinkBySlug finds the join link of a slug, present or of before, with its workspace. NOT_FOUND
// when there is none.
func (s *Service) findLinkBySlug(ctx context.Context, slug string) (*ent.JoinLink, error) {
	// Security: the public page belongs to whoever knows its address; nothing but this one row is
	// read.
	ctx = store.AsSystem(ctx, "a slug leads to one join link, whoever comes with it")
	row, err := s.Store.JoinSlug.Query().Where(joinslug.Slug(strings.ToLower(slug))).
		WithJoinLink(func(q *ent.JoinLinkQuery) {
			q.WithWorkspace(func(q *ent.WorkspaceQuery) { q.WithOrganization() })
		}).Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return nil, fault.New(fault.NotFound, "join.unknown")
	case err != nil:
		return nil, err
	case row.Edges.JoinLink == nil || row.LeadsUntil != nil && !row.LeadsUntil.After(s.Clock()):
		return nil, fault.New(fault.NotFound, "join.unknown")
	}
	link := row.Edges.JoinLink
	if !link.Edges.Workspace.Edges.Organization.Entitlements.JoinLinks {
		link.Enabled = false // the plan no longer has them
	}
	return link, nil
}
