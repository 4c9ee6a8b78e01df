// Package graph is the GraphQL API: handwritten *.graphql, resolvers of a dozen lines that call one
// verb or read one list, and the code that gqlgen generates for them. It writes nothing itself.
//
// Resolvers read in the scope of their caller (store.AsCaller), which the server puts into the
// context: rows that the caller may not see are left out, at any depth.
package graph

import (
	"time"

	"usher/ent"
	"usher/internal/account"
	"usher/internal/oidc"
	"usher/internal/onboarding"
	"usher/internal/training"
	"usher/internal/webhook"
	"usher/internal/workspace"
)

// Resolver holds the services that resolvers call.
type Resolver struct {
	Reads    *ent.Client // reads only, behind the tenant filter
	Accounts *account.Service
	onboarding.Services
	Workspaces   *workspace.Service
	Training     *training.Service
	Applications *oidc.Service
	Webhooks     *webhook.Service
	Clock        func() time.Time
}
