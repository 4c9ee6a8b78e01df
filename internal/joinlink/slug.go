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

// redirectPeriod is how long a former slug redirects to the present one. Printed posters of a
// school stay in use for months.
const redirectPeriod = 90 * 24 * time.Hour

// reservedSlugs are words that are, or may become, paths of other pages.
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

// parseSlug validates a chosen slug. It ignores case and surrounding spaces. BAD_USER_INPUT.
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

// generateSlug returns a slug that cannot be guessed: 50 random bits in ten characters.
func generateSlug() string {
	_, random := secret.NewOpaque()
	return strings.ToLower(base32.StdEncoding.EncodeToString(random)[:10])
}

// claimSlug assigns a slug to a link. It belongs to the workspace permanently: no other workspace
// ever gets it. A former slug of the same workspace may be used again. CONFLICT if it is taken.
func claimSlug(ctx context.Context, tx *store.Tx, slug string, workspaceID,
	linkID ident.ID) error {
	err := inputs.IgnoreNoRows(tx.JoinSlug.Create().SetSlug(slug).SetWorkspaceID(workspaceID).
		SetJoinLinkID(linkID).
		OnConflict(store.SkipExisting(joinslug.FieldSlug)...).Exec(ctx))
	if err != nil {
		return err
	}
	// The tenant filter hides a slug of another workspace, so NOT_FOUND means that it is taken.
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
	case row.JoinLinkID != nil && *row.JoinLinkID == linkID && row.LeadsUntil == nil:
		return nil
	case row.JoinLinkID != nil && row.LeadsUntil == nil:
		return newSlugTakenFault(slug) // in use by another link of this workspace
	}
	return tx.JoinSlug.UpdateOne(row).SetJoinLinkID(linkID).ClearLeadsUntil().Exec(ctx)
}

// retireSlug ends the use of a slug. It redirects to the link's new slug until the given time.
func retireSlug(ctx context.Context, tx *store.Tx, slug string, until time.Time) error {
	return tx.JoinSlug.Update().Where(joinslug.Slug(slug)).SetLeadsUntil(until).Exec(ctx)
}

// findLinkBySlug loads the join link of a present or former slug, with its workspace and
// organization. NOT_FOUND for an unknown slug, and for a former one that no longer redirects.
func (s *Service) findLinkBySlug(ctx context.Context, slug string) (*ent.JoinLink, error) {
	// Security: the page is public and its visitors are anonymous. The query reads this one link.
	ctx = store.AsSystem(ctx, "a slug names one join link of any workspace")
	row, err := s.Store.JoinSlug.Query().Where(joinslug.Slug(strings.ToLower(slug))).
		WithJoinLink(func(q *ent.JoinLinkQuery) {
			q.WithWorkspace(func(q *ent.WorkspaceQuery) { q.WithOrganization() })
		}).Only(ctx)
	switch {
	case ent.IsNotFound(err):
		return nil, fault.New(fault.NotFound, "join.unknown")
	case err != nil:
		return nil, err
	case row.Edges.JoinLink == nil || inputs.HasPassed(row.LeadsUntil, s.Clock()):
		return nil, fault.New(fault.NotFound, "join.unknown")
	}
	link := row.Edges.JoinLink
	if !link.Edges.Workspace.Edges.Organization.Entitlements.JoinLinks {
		link.Enabled = false // the plan no longer includes join links
	}
	return link, nil
}
