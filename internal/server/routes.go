package server

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"usher/graph"
	"usher/internal/account"
	"usher/internal/bounce"
	"usher/internal/config"
	"usher/internal/gqlhttp"
	"usher/internal/inbound"
	"usher/internal/onboarding"
	"usher/internal/outbox"
	"usher/internal/pages"
	"usher/internal/store"
	"usher/internal/training"
	"usher/internal/workspace"
	"usher/web"
)

// Deps is what the routes lead to.
type Deps struct {
	Settings config.Settings
	Log      *slog.Logger
	Store    *store.Store
	Outbox   *outbox.Outbox
	Accounts *account.Service
	onboarding.Services
	Training   *training.Service
	Workspaces *workspace.Service
	Clock      func() time.Time
	// over once the process is asked to stop, and streams with it; never when nil
	Ending context.Context
	Mount  map[string]http.Handler // more paths, of the demo
}

type server struct{ Deps }

// New makes the handler of all that Usher serves.
func New(d Deps) http.Handler {
	s := &server{d}
	schema := graph.NewExecutableSchema(graph.Config{Resolvers: &graph.Resolver{
		Reads: d.Store.Client, Accounts: d.Accounts, Services: d.Services,
		Workspaces: d.Workspaces, Training: d.Training, Clock: d.Clock,
	}})

	mux := http.NewServeMux()
	mux.Handle("/graphql", s.api(gqlhttp.NewServer(schema, s.graphqlOptions())))
	mux.HandleFunc("GET /schema.graphql", published(schema))
	mux.HandleFunc("GET /.well-known/jwks.json", s.jwks)
	mux.Handle("/hooks/bounces", limited(bounce.Handler(d.Settings.BounceKeys, s.bounced, d.Clock)))
	s.downloads(mux)
	mux.HandleFunc("GET /healthz", Alive)
	mux.Handle("GET /readyz", Ready(d.Store, d.Ending))
	mux.Handle("/", limited(pages.New(pages.Deps{
		Store: d.Store, Services: d.Services, Accounts: d.Accounts, PublicURL: d.Settings.PublicURL,
		ClientIP: s.clientIP, RequestID: inbound.ID, Log: d.Log,
	})))
	if d.Settings.Demo || d.Settings.Playground {
		mux.HandleFunc("GET /playground", playground(web.Playground(), "index.html"))
		mux.HandleFunc("GET /playground/{file}", playground(web.Playground(), ""))
	}
	for pattern, handler := range d.Mount {
		mux.Handle(pattern, handler)
	}
	return s.around(mux)
}

// bounced records that a mail came back. The provider only learns that it should call again, and
// when.
func (s *server) bounced(ctx context.Context, r bounce.Report) error {
	if err := s.Outbox.Bounced(ctx, r.MessageID, r.Reason); err != nil {
		return s.failure(ctx, "record bounce", err)
	}
	return nil
}
