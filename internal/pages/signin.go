package pages

import (
	"net/http"
	"slices"
	"strings"

	"usher/internal/account"
	"usher/internal/oidc"
)

// serveSignIn serves the sign-in page (AUT-1). A username needs its workspace too. The link of a
// card names it; otherwise there is a field, filled in from the cookie of an earlier sign-in by
// username. Scripts hide the field beside an email address, by which most members sign in.
func (v *visit) serveSignIn() error {
	pending, again, err := v.loadPendingAuthorization()
	if err != nil {
		return err
	}
	// A generated password may do nothing but be changed. The page after that is the one that the
	// person came for.
	if v.r.Method != http.MethodPost && v.caller.MustChange && !again {
		return v.seeOther(v.pathTo("/change-password", "next", v.nextOrEmpty()))
	}
	// A form is served nevertheless, since it may sign in to another account. So it is when an
	// application asks for another sign-in.
	if v.r.Method != http.MethodPost && !v.caller.Anonymous() && !again {
		return v.seeOther(v.pathTo(v.afterSignIn("/")))
	}
	login := formField{
		Name: "login", Label: v.t("login"), Hint: v.t("login_hint"), Type: "text",
		Autocomplete: "username", missingText: v.t("login_missing"),
	}
	if login.Value, err = v.suggestedLogin(pending); err != nil {
		return err
	}
	f := v.newForm("sign_in_button", login,
		v.passwordField("password", "password", "current-password"))
	p := pageView{Title: v.t("sign_in_title"), Form: f,
		Links: []pageLink{{v.pathTo("/forgot-password", "workspace",
			v.r.URL.Query().Get("workspace")), v.t("forgot_link")}}}
	// A workspace that the address of the page names is shown as the brand of the page.
	if named := v.r.URL.Query().Get("workspace"); named != "" && v.brand.Slug == strings.ToLower(named) {
		f.Hidden = append(f.Hidden, hiddenField{"workspace", v.brand.Slug})
		p.Links = append(p.Links, pageLink{v.pathTo("/sign-in", "next", v.nextOrEmpty()),
			v.t("sign_in_elsewhere")})
	} else {
		// Before the password, which a person who has to go back would type twice.
		f.Fields = slices.Insert(f.Fields, 1, v.workspaceField())
	}
	f.fillAnswers(v)
	if !v.isSubmission() {
		return v.showPage(http.StatusOK, p)
	}
	if !f.requireAnswers(v) {
		return v.showPage(http.StatusUnprocessableEntity, p)
	}

	// A username belongs to a workspace. An application tells which one.
	workspace := v.r.PostForm.Get("workspace")
	if workspace == "" && pending != nil {
		workspace = pending.Workspace.Slug
	}
	s, err := v.Accounts.SignIn(v.r.Context(), account.SignInInput{
		Login: v.r.PostForm.Get("login"), Password: v.r.PostForm.Get("password"),
		Workspace: workspace, Origin: v.requestOrigin(),
	})
	if err != nil {
		return v.showFormError(p, err)
	}
	if err := v.setSignInSession(&s); err != nil {
		return err
	}
	// Only a username needs the workspace at the next sign-in.
	if !strings.Contains(v.r.PostForm.Get("login"), "@") {
		v.rememberWorkspace(strings.ToLower(strings.TrimSpace(workspace)))
	}
	// A generated password may do nothing else (CRE-5).
	if s.MustChangePassword {
		return v.seeOther(v.pathTo("/change-password", "next", v.nextOrEmpty()))
	}
	return v.seeOther(v.pathTo(v.afterSignIn("/")))
}

// suggestedLogin returns the login that the request of an application names, or the account that the
// page to come back to is about; "" for none.
func (v *visit) suggestedLogin(pending *oidc.Authorization) (string, error) {
	switch {
	case pending != nil:
		return pending.LoginHint, nil
	// A page that the query names comes before the stored one.
	case v.nextPath() != "/":
		return "", nil
	}
	return v.loadReturn()
}

// workspaceField returns the field in which a person with a username names their workspace.
func (v *visit) workspaceField() formField {
	return formField{Name: "workspace", Label: v.t("workspace"), Hint: v.t("workspace_hint"),
		Type: "text", Autocomplete: "organization", UsernameIn: "login",
		Value: v.cookies.Value(v.r, workspaceCookie)}
}

// workspaceCookie stores the slug of the last workspace that was signed in to by username. Without
// it the first attempt of every sign-in by username fails, because the workspace field is missing.
const workspaceCookie = "workspace"

// rememberWorkspace stores the workspace of a username in the browser, so that the next sign-in
// needs no second attempt.
func (v *visit) rememberWorkspace(workspace string) {
	c := v.cookies.New(workspaceCookie, workspace)
	c.MaxAge = 400 * 24 * 3600 // browsers limit the lifetime of cookies to 400 days
	http.SetCookie(v.w, &c)
}

// serveSignOut ends the sign-in and redirects to the next page. It has no page of its own: GET
// redirects home.
func (v *visit) serveSignOut() error {
	if !v.isSubmission() {
		return v.seeOther(v.pathTo("/"))
	}
	if err := v.Accounts.SignOut(v.r.Context(), v.caller); err != nil {
		return err
	}
	v.cookies.Clear(v.w)
	return v.seeOther(v.pathTo(v.nextPath()))
}

// signOutForm returns a form that signs out and then redirects to a path of this site, which may
// hold a token.
func (v *visit) signOutForm(next, button string) *pageForm {
	return &pageForm{ID: "form", Action: v.pathTo("/sign-out"),
		Hidden: []hiddenField{{"next", next}},
		Button: button}
}
