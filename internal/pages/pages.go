package pages

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"

	"usher/internal/account"
	"usher/internal/onboarding"
	"usher/internal/qr"
	"usher/internal/store"
)

// Deps is what the pages work with. RequestID, ClientIP and Log may be left out.
type Deps struct {
	Store *store.Store // for reading what the home shows, in the scope of who is signed in
	onboarding.Services
	Accounts *account.Service
	// forms of its origin are ours, even where a proxy changes the host
	PublicURL *url.URL
	// the client's own address; limits against guessing count by it
	ClientIP func(*http.Request) netip.Addr
	// names a request in the log and on the page of an internal error
	RequestID func(context.Context) string
	Log       *slog.Logger
}

// pageHandler answers for all paths of this package.
type pageHandler struct {
	Deps
	originCheck *http.CrossOriginProtection
	qrCodes     qr.Cache
}

// New makes the handler of the public pages and of their assets. Whatever path it is given and does
// not know, it answers with a page that says so: it may be mounted at "/".
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
	p := &pageHandler{Deps: d, originCheck: http.NewCrossOriginProtection()}
	if d.PublicURL != nil {
		if err := p.originCheck.AddTrustedOrigin(d.PublicURL.Scheme + "://" +
			d.PublicURL.Host); err != nil {
			// the configuration has checked it
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
		"/reset-password/{token}": (*visit).serveResetPassword,
		"/confirm-email/{token}":  (*visit).serveConfirmEmail,
		"/invitations/{token}":    (*visit).serveInvitation,
		"/preferences/{token}":    (*visit).servePreferences,
		"/cards/{token}":          (*visit).serveCard,
		"/join/{slug}":            (*visit).serveJoinPage,
		"/join/confirm/{token}":   (*visit).serveJoinConfirmation,
	} {
		mux.Handle(path, p.handlePage(answer))
		mux.Handle(path+"/{$}", p.handlePage((*visit).redirectTrailingSlash))
	}
	// A wildcard for the last part too, or the router could not tell these from a confirmation's
	// path.
	mux.Handle("/join/{slug}/{picture}", p.handlePage((*visit).serveJoinQRCode))
	mux.HandleFunc("GET /assets/{file}", serveAsset)
	mux.Handle("/", p.handlePage((*visit).serveNotFound))
	return mux
}

// handlePage makes a handler of a page. One function answers GET and POST, so that what is shown
// and what is shown again after a mistake cannot differ.
func (p *pageHandler) handlePage(answer func(*visit) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{pageHandler: p, w: w, r: r, token: r.PathValue("token"), brand: usherBrand()}
		v.locale = v.chooseLocale()
		if err := v.beginVisit(); err != nil {
			v.showFailure(err)
			return
		}
		if v.answered {
			return
		}
		if err := answer(v); err != nil {
			v.showFailure(err)
		}
	})
}

// maxFormBytes bounds what a form may hold; a password of a kilobyte and the longest answers fit
// many times.
const maxFormBytes = 64 << 10
