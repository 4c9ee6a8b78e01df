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
	"usher/internal/cookie"
	"usher/internal/gqlhttp"
	"usher/internal/idempotency"
	"usher/internal/inbound"
	"usher/internal/oidc"
	"usher/internal/onboarding"
	"usher/internal/outbox"
	"usher/internal/pages"
	"usher/internal/ratelimit"
	"usher/internal/store"
	"usher/internal/training"
	"usher/internal/webhook"
	"usher/internal/workspace"
	"usher/web"
)

// Deps are the services behind the routes.
type Deps struct {
	Settings config.Settings
	Log      *slog.Logger
	Store    *store.Store
	Outbox   *outbox.Outbox
	Accounts *account.Service
	onboarding.Services
	Training     *training.Service
	Workspaces   *workspace.Service
	Applications *oidc.Service
	Webhooks     *webhook.Service
	Once         *idempotency.Service // requests with an Idempotency-Key
	Clock        func() time.Time
	// done when the process starts to stop, which also ends streams
	Ending context.Context
	Mount  map[string]http.Handler // further routes by pattern, for the demo
}

// httpServer holds the handlers of all routes.
type httpServer struct {
	Deps
	keyMeter *ratelimit.Meter // requests of API keys
	cookies  cookie.Policy
}

// New returns the handler of all routes.
func New(d Deps) http.Handler {
	s := &httpServer{Deps: d, keyMeter: ratelimit.NewMeter(keyRequests, keyWindow),
		cookies: cookie.PolicyFor(d.Settings.PublicURL)}
	resolver := &graph.Resolver{
		Reads: d.Store.Client, Accounts: d.Accounts, Services: d.Services,
		Workspaces: d.Workspaces, Training: d.Training,
		Applications: d.Applications, Webhooks: d.Webhooks, Clock: d.Clock,
	}
	schema := graph.NewExecutableSchema(graph.Config{Resolvers: resolver})
	direct := graph.NewDirectReads(schema, resolver, d.Store)

	mux := http.NewServeMux()
	mux.Handle("/graphql", s.withPlayground(
		s.withAPICaller(gqlhttp.NewServer(schema, s.graphqlOptions(direct, resolver)))))
	mux.HandleFunc("GET /schema.graphql", schemaHandler(schema))
	mux.HandleFunc("GET /.well-known/jwks.json", s.serveJWKS)
	mux.Handle("/hooks/bounces",
		withTimeLimit(bounce.Handler(d.Settings.BounceKeys, s.recordBounce, d.Clock)))
	s.mountDownloads(mux)
	for pattern, handler := range d.Applications.Routes(func(r *http.Request) string {
		return ratelimit.Origin(s.clientIP(r))
	}) {
		mux.Handle(pattern, withTimeLimit(handler))
	}
	mux.HandleFunc("GET /healthz", Alive)
	mux.Handle("GET /readyz", Ready(d.Store, d.Ending))
	// All other paths are pages, which have a 404 page of their own.
	mux.Handle("/", withTimeLimit(pages.New(pages.Deps{
		Store: d.Store, Services: d.Services, Accounts: d.Accounts,
		Applications: d.Applications, PublicURL: d.Settings.PublicURL,
		ClientIP: s.clientIP, RequestID: inbound.ID, Log: d.Log,
	})))
	mux.Handle("GET /console", http.RedirectHandler("/console/", http.StatusSeeOther))
	mux.Handle("GET /console/", consoleHandler(web.Console()))
	if d.Settings.Demo || d.Settings.Playground {
		mux.HandleFunc("GET /playground", playgroundHandler(web.Playground(), "index.html"))
		mux.HandleFunc("GET /playground/{file}", playgroundHandler(web.Playground(), ""))
	}
	for pattern, handler := range d.Mount {
		mux.Handle(pattern, handler)
	}
	return s.withMiddleware(mux)
}

// recordBounce records a bounced email. An error tells the provider only that it should call again,
// and when.
func (s *httpServer) recordBounce(ctx context.Context, r bounce.Report) error {
	if err := s.Outbox.Bounced(ctx, r.MessageID, r.Reason); err != nil {
		return s.recordFailure(ctx, "record bounce", err)
	}
	return nil
}
