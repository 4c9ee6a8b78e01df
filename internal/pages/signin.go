package pages

import (
	"net/http"
	"strings"

	"usher/internal/account"
	"usher/internal/cookie"
)

// signIn is the door for those who have an account (AUT-1). The workspace is asked for only where a
// username needs one: most people have an address, and a field that is not there cannot puzzle
// them. Who has signed in here by username, or comes by a link that names the workspace, finds it
// filled in.
func (v *visit) signIn() error {
	if v.r.Method != http.MethodPost && !v.caller.Anonymous() {
		return v.to(v.path(v.next()))
	}
	login := field{
		Name: "login", Label: v.t("login"), Hint: v.t("login_hint"), Type: "text",
		Autocomplete: "username", missing: v.t("login_missing"),
	}
	f := v.form("sign_in_button", login, v.password("password", "password", "current-password"))
	p := view{Title: v.t("sign_in_title"), Form: f,
		Links: []way{{v.path("/forgot-password"), v.t("forgot_link")}}}
	if known := v.workspace(); known != "" || v.r.PostForm.Has("workspace") {
		f.Fields = append(f.Fields, v.workspaceField(known))
	}
	f.answer(v)
	if !v.acts() {
		return v.show(http.StatusOK, p)
	}
	if !f.complete(v) {
		return v.show(http.StatusUnprocessableEntity, p)
	}

	s, err := v.Accounts.SignIn(v.r.Context(), account.SignInInput{
		Login: v.r.PostForm.Get("login"), Password: v.r.PostForm.Get("password"),
		Workspace: v.r.PostForm.Get("workspace"), Origin: v.comesFrom(),
	})
	if err != nil {
		return v.refuseSignIn(p, err)
	}
	if err := v.signedIn(&s); err != nil {
		return err
	}
	if !strings.Contains(v.r.PostForm.Get("login"), "@") {
		v.remember(strings.ToLower(strings.TrimSpace(v.r.PostForm.Get("workspace"))))
	}
	if s.MustChangePassword {
		return v.to(v.path("/change-password"))
	}
	return v.to(v.path(v.next()))
}

// refuseSignIn asks for the workspace when that is what was missing.
func (v *visit) refuseSignIn(p view, err error) error {
	if at(err) == "workspace" && len(p.Form.Fields) == 2 {
		p.Form.Fields = append(p.Form.Fields, v.workspaceField(""))
	}
	return v.refuse(p, err)
}

func (v *visit) workspaceField(known string) field {
	return field{Name: "workspace", Label: v.t("workspace"), Hint: v.t("workspace_hint"),
		Type: "text", Autocomplete: "organization", Value: known}
}

// workspaceCookie keeps the short name of the workspace that somebody signed in to by username:
// without it they would type their password twice each morning, the first time for nothing.
const workspaceCookie = "__Host-usher-workspace"

// workspace is the one that the path names, else the one remembered; empty if neither.
func (v *visit) workspace() string {
	if named := v.r.URL.Query().Get("workspace"); named != "" {
		return named
	}
	if c, err := v.r.Cookie(workspaceCookie); err == nil {
		return c.Value
	}
	return ""
}

func (v *visit) remember(workspace string) {
	http.SetCookie(v.w, &http.Cookie{
		// browsers keep none for longer
		Name: workspaceCookie, Value: workspace, Path: "/", MaxAge: 400 * 24 * 3600,
		Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// signOut ends the sign-in and leads on, by a form of another page alone.
func (v *visit) signOut() error {
	if !v.acts() {
		return v.to(v.path("/"))
	}
	if err := v.Accounts.SignOut(v.r.Context(), v.caller); err != nil {
		return err
	}
	cookie.Clear(v.w)
	return v.to(v.path(v.next()))
}

// signOutForm is a button that signs out and leads to a path of ours, which may hold a token.
func (v *visit) signOutForm(next, button string) *form {
	return &form{ID: "form", Action: v.path("/sign-out"), Hidden: []hidden{{"next", next}},
		Button: button}
}
