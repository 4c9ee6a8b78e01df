// Package graph is the GraphQL door: hand-written *.graphql, resolvers of a dozen lines that ask
// one verb or read one list, and what gqlgen generates around them. It writes nothing itself.
//
// Resolvers read in the scope of their caller (store.AsCaller), which the server put into the
// context: what the caller may not see is not there, at any depth.
package graph

import (
	"time"

	"usher/ent"
	"usher/internal/account"
	"usher/internal/onboarding"
	"usher/internal/training"
	"usher/internal/workspace"
)

// Resolver holds what resolvers ask.
type Resolver struct {
	Reads    *ent.Client // reads only, behind the fence
	Accounts *account.Service
	onboarding.Services
	Workspaces *workspace.Service
	Training   *training.Service
	Clock      func() time.Time
}
