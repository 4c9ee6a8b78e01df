package pages

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"

	"usher/internal/account"
	"usher/internal/cookie"
	"usher/internal/oidc"
	"usher/internal/onboarding"
	"usher/internal/qr"
	"usher/internal/store"
)

// Deps are the dependencies of the pages. RequestID, ClientIP and Log are optional.
type Deps struct {
	Store *store.Store // read by the home page, in the scope of the caller
	onboarding.Services
	Accounts     *account.Service
	Applications *oidc.Service
	// forms from its origin are trusted, even behind a proxy that changes the Host header
	PublicURL *url.URL
	// the client's address, the subject of rate limits
	ClientIP func(*http.Request) netip.Addr
	// the request id for the log and for the page of an internal error
	RequestID func(context.Context) string
	Log       *slog.Logger
}

// pageHandler serves all paths of this package.
type pageHandler struct {
	Deps
	originCheck *http.CrossOriginProtection
	qrCodes     qr.Cache
	cookies     cookie.Policy
}

// New returns the handler of the pages and their assets. It answers unknown paths with a 404 page,
// so it may be mounted at "/".
func New(d Deps) http.Handler {
	if d.ClientIP == nil {
		d.ClientIP = func(*http.Request) netip.Addr { return netip.Addr{} }
	}
	if d.RequestID == nil {
		d.RequestID = func(context.Context) string { return "" }
	}
	if d.Log == nil {
		d.Log = slog.Default()
	}
	p := &pageHandler{Deps: d, originCheck: http.NewCrossOriginProtection(),
		cookies: cookie.PolicyFor(d.PublicURL)}
	if d.PublicURL != nil {
		if err := p.originCheck.AddTrustedOrigin(d.PublicURL.Scheme + "://" +
			d.PublicURL.Host); err != nil {
			// config.Resolve has validated it
			panic("pages: the public URL has no origin: " + err.Error())
		}
	}

	mux := http.NewServeMux()
	mux.Handle("/{$}", p.handlePage((*visit).serveHome))
	for path, answer := range map[string]func(*visit) error{
		"/sign-in":                (*visit).serveSignIn,
		"/sign-out":               (*visit).serveSignOut,
		"/forgot-password":        (*visit).serveForgotPassword,
		"/change-password":        (*visit).serveChangePassword,
		"/account":                (*visit).serveAccount,
		"/account/profile":        (*visit).serveAccountProfile,
		"/account/email":          (*visit).serveAccountEmail,
		"/account/data":           (*visit).serveAccountData,
		"/account/erase":          (*visit).serveAccountErasure,
		"/reset-password/{token}": (*visit).serveResetPassword,
		"/confirm-email/{token}":  (*visit).serveConfirmEmail,
		"/invitations/{token}":    (*visit).serveInvitation,
		"/preferences/{token}":    (*visit).servePreferences,
		"/cards/{token}":          (*visit).serveCard,
		"/card":                   (*visit).serveCardCode,
		"/actions/{token}":        (*visit).serveAction,
		"/join/{slug}":            (*visit).serveJoinPage,
		"/join/confirm/{token}":   (*visit).serveJoinConfirmation,
		oidc.AuthorizePath:        (*visit).serveAuthorization,
		oidc.LogoutPath:           (*visit).serveLogout,
	} {
		mux.Handle(path, p.handlePage(answer))
		// A trailing slash comes with links that people copy from text.
		mux.Handle(path+"/{$}", p.handlePage((*visit).redirectTrailingSlash))
	}
	// The last part is a wildcard: http.ServeMux rejects /join/{slug}/qr.svg as a conflict with
	// /join/confirm/{token}.
	mux.Handle("/join/{slug}/{picture}", p.handlePage((*visit).serveJoinQRCode))
	mux.HandleFunc("GET /assets/{file}", serveAsset)
	mux.Handle("/", p.handlePage((*visit).serveNotFound))
	return mux
}

// handlePage returns the handler of a page. One function serves GET and POST, so that the page
// after a rejected form is the same page.
func (p *pageHandler) handlePage(answer func(*visit) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{pageHandler: p, w: w, r: r, token: r.PathValue("token"), brand: usherBrand()}
		v.locale = v.chooseLocale("", "")
		// Errors of the beginning, such as a database that is down, get a page too.
		if err := v.beginVisit(); err != nil {
			v.showFailure(err)
			return
		}
		if v.answered {
			return
		}
		if path, ok := v.withoutTrailingText(); ok {
			_ = v.sendRedirect(http.StatusFound, v.withQuery(path))
			return
		}
		if err := v.loadBrand(); err != nil {
			v.showFailure(err)
			return
		}
		serve := answer
		if v.lacksCookies() {
			serve = (*visit).showCookiesRefused
		}
		if err := serve(v); err != nil {
			v.showFailure(err)
		}
	})
}

// maxFormBytes limits the body of a form.
const maxFormBytes = 64 << 10
