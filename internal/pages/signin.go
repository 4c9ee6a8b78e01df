package pages

import (
	"net/http"
	"strings"

	"usher/internal/account"
	"usher/internal/cookie"
)

// serveSignIn is the door for those who have an account (AUT-1). The workspace is asked for only
// where a username needs one: most people have an address, and a field that is not there cannot
// puzzle them. Who has signed in here by username, or comes by a link that names the workspace,
// finds it filled in.
func (v *visit) serveSignIn() error {
	if v.r.Method != http.MethodPost && !v.caller.Anonymous() {
		return v.seeOther(v.pathTo(v.nextPath()))
	}
	login := formField{
		Name: "login", Label: v.t("login"), Hint: v.t("login_hint"), Type: "text",
		Autocomplete: "username", missingText: v.t("login_missing"),
	}
	f := v.newForm("sign_in_button", login,
		v.passwordField("password", "password", "current-password"))
	p := pageView{Title: v.t("sign_in_title"), Form: f,
		Links: []pageLink{{v.pathTo("/forgot-password"), v.t("forgot_link")}}}
	if known := v.suggestedWorkspace(); known != "" || v.r.PostForm.Has("workspace") {
		f.Fields = append(f.Fields, v.workspaceField(known))
	}
	f.fillAnswers(v)
	if !v.isSubmission() {
		return v.showPage(http.StatusOK, p)
	}
	if !f.requireAnswers(v) {
		return v.showPage(http.StatusUnprocessableEntity, p)
	}

	s, err := v.Accounts.SignIn(v.r.Context(), account.SignInInput{
		Login: v.r.PostForm.Get("login"), Password: v.r.PostForm.Get("password"),
		Workspace: v.r.PostForm.Get("workspace"), Origin: v.requestOrigin(),
	})
	if err != nil {
		return v.showSignInError(p, err)
	}
	if err := v.setSession(&s); err != nil {
		return err
	}
	if !strings.Contains(v.r.PostForm.Get("login"), "@") {
		v.rememberWorkspace(strings.ToLower(strings.TrimSpace(v.r.PostForm.Get("workspace"))))
	}
	if s.MustChangePassword {
		return v.seeOther(v.pathTo("/change-password"))
	}
	return v.seeOther(v.pathTo(v.nextPath()))
}

// showSignInError asks for the workspace when that is what was missing.
func (v *visit) showSignInError(p pageView, err error) error {
	if faultField(err) == "workspace" && len(p.Form.Fields) == 2 {
		p.Form.Fields = append(p.Form.Fields, v.workspaceField(""))
	}
	return v.showFormError(p, err)
}

func (v *visit) workspaceField(known string) formField {
	return formField{Name: "workspace", Label: v.t("workspace"), Hint: v.t("workspace_hint"),
		Type: "text", Autocomplete: "organization", Value: known}
}

// workspaceCookie keeps the short name of the workspace that somebody signed in to by username:
// without it they would type their password twice each morning, the first time for nothing.
const workspaceCookie = "__Host-usher-workspace"

// suggestedWorkspace is the one that the path names, else the one remembered; empty if neither.
func (v *visit) suggestedWorkspace() string {
	if named := v.r.URL.Query().Get("workspace"); named != "" {
		return named
	}
	if c, err := v.r.Cookie(workspaceCookie); err == nil {
		return c.Value
	}
	return ""
}

func (v *visit) rememberWorkspace(workspace string) {
	http.SetCookie(v.w, &http.Cookie{
		// browsers keep none for longer
		Name: workspaceCookie, Value: workspace, Path: "/", MaxAge: 400 * 24 * 3600,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// serveSignOut ends the sign-in and leads on, by a form of another page alone.
func (v *visit) serveSignOut() error {
	if !v.isSubmission() {
		return v.seeOther(v.pathTo("/"))
	}
	if err := v.Accounts.SignOut(v.r.Context(), v.caller); err != nil {
		return err
	}
	cookie.Clear(v.w)
	return v.seeOther(v.pathTo(v.nextPath()))
}

// signOutForm is a button that signs out and leads to a path of ours, which may hold a token.
func (v *visit) signOutForm(next, button string) *pageForm {
	return &pageForm{ID: "form", Action: v.pathTo("/sign-out"),
		Hidden: []hiddenField{{"next", next}},
		Button: button}
}
