package pages

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/oidc"
)

// serveAuthorization serves the page that an application sends a person to for signing in (PAR-5).
// Who is signed in goes straight on to the application with a code. It shows a page only if the
// request must not be answered, or the person is no member of the application's workspace.
func (v *visit) serveAuthorization() error {
	ctx := v.r.Context()
	a, err := v.Applications.ParseAuthorization(ctx, v.r.URL.Query())
	var refused *oidc.RefusedError
	switch {
	case errors.As(err, &refused):
		return v.seeOther(refused.RedirectURL)
	case fault.Has(err, fault.BadUserInput):
		return v.showBadApplicationRequest(err)
	case err != nil:
		return err
	}
	v.brand = workspaceBrand(a.Workspace)
	v.locale = v.chooseLocale("", a.Workspace.DefaultLocale)
	if v.caller.MustChange && !a.Silent {
		return v.seeOther(v.pathTo("/change-password", "next", a.RequestPath()))
	}

	location, err := v.Applications.Authorize(ctx, v.caller, a)
	switch {
	case errors.Is(err, oidc.ErrSignInAgain) && a.Silent:
		return v.seeOther(v.Applications.LoginRequired(a))
	case errors.Is(err, oidc.ErrSignInAgain):
		return v.seeOther(v.pathInLanguage(v.requestedLanguage(a), "/sign-in", "next",
			v.Applications.ReturnPath(a)))
	case errors.Is(err, oidc.ErrNoMember) && a.Silent:
		return v.seeOther(v.Applications.AccessDenied(a))
	case errors.Is(err, oidc.ErrNoMember):
		return v.showNoMember(a)
	case err != nil:
		return err
	}
	return v.seeOther(location)
}

// requestedLanguage returns the language of the pages that follow: the one that the person chose,
// else the first known one of the request, "" for none.
func (v *visit) requestedLanguage(a *oidc.Authorization) string {
	if lang := v.queryLanguage(); lang != "" {
		return lang
	}
	for _, tag := range a.Locales {
		lang, _, _ := strings.Cut(tag, "-")
		if i18n.Known(lang) {
			return lang
		}
	}
	return ""
}

// showNoMember tells a signed-in person that the application is for members of another workspace,
// and offers to switch accounts. The application gets no answer, because the person may still go on
// as somebody else.
func (v *visit) showNoMember(a *oidc.Authorization) error {
	p := pageView{Title: v.t("app_no_member_title", "Application", a.App.Name),
		Text: []string{v.t("app_no_member_text", "Application", a.App.Name, "Workspace",
			a.Workspace.Name)},
		Form:  v.signOutForm(a.RequestPath(), v.t("app_switch_button")),
		Links: []pageLink{{v.pathTo("/"), v.t("to_home")}}}
	return v.showPage(http.StatusForbidden, p)
}

// showBadApplicationRequest shows a request of an application that nobody can go on with. Security:
// nothing of the request is shown or followed, since anybody may have written it.
func (v *visit) showBadApplicationRequest(err error) error {
	f, _ := fault.Of(err)
	return v.showPage(http.StatusBadRequest, pageView{Title: v.t("app_bad_title"),
		Text:  []string{f.Message.In(v.locale), v.t("app_bad_text")},
		Links: []pageLink{{v.pathTo("/"), v.t("to_home")}}})
}

// loadPendingAuthorization returns the request of an application to which the next page belongs, and
// whether it asks for another sign-in; nil without one. It sets the brand of the workspace. A
// request that has become invalid is left to its own page.
func (v *visit) loadPendingAuthorization() (_ *oidc.Authorization, again bool, err error) {
	next, err := url.Parse(v.nextPath())
	if err != nil || next.Path != oidc.AuthorizePath {
		return nil, false, nil
	}
	ctx := v.r.Context()
	a, err := v.Applications.ParseAuthorization(ctx, next.Query())
	var refused *oidc.RefusedError
	if errors.As(err, &refused) || fault.Has(err, fault.BadUserInput) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	v.brand = workspaceBrand(a.Workspace)
	v.locale = v.chooseLocale("", a.Workspace.DefaultLocale)
	v.formOrigin = a.RedirectOrigin()
	again, err = v.Applications.NeedsSignIn(ctx, v.caller, a)
	return a, again, err
}

// serveLogout serves the page that an application sends a person to for signing out. With an ID
// token of the person as a hint it signs out immediately. Otherwise it asks, because any site could
// send people here.
func (v *visit) serveLogout() error {
	ctx := v.r.Context()
	l, err := v.Applications.ParseLogout(ctx, v.r.URL.Query())
	if fault.Has(err, fault.BadUserInput) {
		return v.showBadApplicationRequest(err)
	}
	if err != nil {
		return err
	}
	if l.App != nil {
		v.brand = workspaceBrand(l.App.Edges.Workspace)
		v.locale = v.chooseLocale("", l.App.Edges.Workspace.DefaultLocale)
	}
	if !v.caller.Anonymous() && !l.IsAbout(v.caller) {
		v.formOrigin = l.RedirectOrigin()
		next := v.r.URL.EscapedPath() + "?" + v.r.URL.RawQuery
		return v.showPage(http.StatusOK, pageView{Title: v.t("app_logout_title"),
			Text:  []string{v.t("app_logout_text")},
			Form:  v.signOutForm(next, v.t("sign_out_button")),
			Links: []pageLink{{v.pathTo("/"), v.t("to_home")}}})
	}
	if !v.caller.Anonymous() {
		if err := v.Accounts.SignOut(ctx, v.caller); err != nil {
			return err
		}
		v.cookies.Clear(v.w)
	}
	if l.RedirectURL != "" {
		return v.seeOther(l.RedirectURL)
	}
	return v.seeOther(v.pathTo("/", "done", "signed_out"))
}
