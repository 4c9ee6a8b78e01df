package oidc

import (
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/zitadel/oidc/v3/pkg/op"

	"usher/internal/account"
	"usher/internal/ratelimit"
	"usher/internal/secret"
	"usher/internal/store"
)

// Deps are the dependencies of the service. All are required.
type Deps struct {
	Store     *store.Store
	Accounts  *account.Service
	Keys      *secret.Keyring
	PublicURL *url.URL         // the issuer
	Clock     func() time.Time // UTC, to the microsecond
	Log       *slog.Logger
}

// Service holds the verbs on applications and the OpenID Connect provider. It is safe for
// concurrent use.
type Service struct {
	Deps
	issuer   string // the public URL without a slash at its end
	limits   *ratelimit.Limiter
	provider *op.Provider

	keysLock   sync.Mutex
	keysLoaded time.Time
	rsaKeys    []rsaKey // newest first
}

// Paths of the endpoints below the issuer. Authorization and logout are pages.
const (
	AuthorizePath = "/oauth/authorize"
	LogoutPath    = "/oauth/logout"
	tokenPath     = "/oauth/token"
	userinfoPath  = "/oauth/userinfo"
	revokePath    = "/oauth/revoke"
	keysPath      = "/oauth/jwks.json"
	discoveryPath = "/.well-known/openid-configuration"
)

// New returns the service.
func New(d Deps) (*Service, error) {
	s := &Service{Deps: d, issuer: strings.TrimRight(d.PublicURL.String(), "/"),
		limits: ratelimit.New(d.Keys)}
	options := []op.Option{
		op.WithCrypto(tokenCrypto{d.Keys}),
		op.WithIDTokenHintVerifierOpts(
			op.WithSupportedIDTokenHintSigningAlgorithms("RS256", "EdDSA")),
		// CORS is answered by the handlers of this package, by application.
		op.WithCORSOptions(nil),
		op.WithCustomEndpoints(op.NewEndpoint(AuthorizePath), op.NewEndpoint(tokenPath),
			op.NewEndpoint(userinfoPath), op.NewEndpoint(revokePath), op.NewEndpoint(LogoutPath),
			op.NewEndpoint(keysPath)),
	}
	if d.PublicURL.Scheme == "http" {
		// The settings accept plain http for demos and on this machine only.
		options = append(options, op.WithAllowInsecure())
	}
	var err error
	s.provider, err = op.NewProvider(&op.Config{
		CodeMethodS256: true, AuthMethodPost: true, GrantTypeRefreshToken: true,
		SupportedScopes: supportedScopes, SupportedClaims: supportedClaims,
	}, &storage{s}, op.StaticIssuer(s.issuer), options...)
	return s, err
}
