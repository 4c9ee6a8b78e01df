package pages

import (
	"net/http"

	"usher/internal/account"
	"usher/internal/fault"
)

// serveForgotPassword emails a link to choose a new password (AUT-2), or says whom to ask if no mail
// server is configured. Security: the response is the same for every address (AUT-3).
func (v *visit) serveForgotPassword() error {
	// No form whose button could only be refused.
	if !v.Accounts.SendsEmail() {
		return v.showPage(http.StatusOK, pageView{
			Title: v.t("forgot_title"), Text: []string{v.t("forgot_no_mail_server")},
			Links: []pageLink{{v.pathTo("/sign-in"), v.t("to_sign_in")}},
		})
	}
	// After the redirect, so that a reload does not send another email.
	if done := v.doneNotice("reset"); done != "" && !v.isSubmission() {
		return v.showPage(http.StatusOK, pageView{
			Title: v.t("forgot_sent_title"), Text: []string{done, v.t("forgot_sent_text")},
			Links: []pageLink{{v.pathTo("/forgot-password"), v.t("forgot_again")},
				{v.pathTo("/sign-in"), v.t("to_sign_in")}},
		})
	}
	known, err := v.loadReturn()
	if err != nil {
		return err
	}
	f := v.newForm("forgot_button", formField{
		Name: "email", Label: v.t("email"), Type: "email", Autocomplete: "email", Value: known,
		missingText: v.t("email_missing"),
	})
	p := pageView{
		Title: v.t("forgot_title"), Text: []string{v.t("forgot_text")}, Form: f,
		Links: []pageLink{{v.pathTo("/sign-in"), v.t("to_sign_in")}},
	}
	f.fillAnswers(v)
	if !v.isSubmission() {
		return v.showPage(http.StatusOK, p)
	}
	if !f.requireAnswers(v) {
		return v.showPage(http.StatusUnprocessableEntity, p)
	}

	if err := v.Accounts.RequestPasswordReset(v.r.Context(), v.r.PostForm.Get("email"),
		v.requestOrigin()); err != nil {
		return v.showFormError(p, err)
	}
	return v.seeOther(v.pathTo("/forgot-password", "done", "reset", "workspace",
		v.r.URL.Query().Get("workspace")))
}

// serveResetPassword serves the emailed reset link. POST sets the password and signs the person in.
func (v *visit) serveResetPassword() error {
	// Checked before the form is shown, so that nobody chooses a password for an expired link.
	peek, err := v.Accounts.PreviewPasswordReset(v.r.Context(), v.token)
	if err != nil {
		return v.showUnusableLink(err, pageLink{v.pathTo("/forgot-password"), v.t("reset_again")})
	}
	v.followAccount(peek)
	f := v.newForm("reset_button", v.passwordField("password", "password_new", "new-password"))
	p := pageView{Title: v.t("reset_title"), Text: []string{v.t("reset_text", "Email", peek.Email)},
		Form: f}
	if !v.isSubmission() {
		return v.showPage(http.StatusOK, p)
	}
	if !f.requireAnswers(v) {
		return v.showPage(http.StatusUnprocessableEntity, p)
	}

	s, err := v.Accounts.ResetPassword(v.r.Context(), v.token, v.r.PostForm.Get("password"),
		v.requestOrigin())
	// The link may have expired or been used since the page was shown.
	if isLinkFault(err) {
		return v.showUnusableLink(err, pageLink{v.pathTo("/forgot-password"), v.t("reset_again")})
	}
	if err != nil {
		return v.showFormError(p, atPasswordField(err))
	}
	if err := v.setSignInSession(&s); err != nil {
		return err
	}
	return v.seeOther(v.afterPassword())
}

// followAccount sets the brand and the language of a page about an account: those of its only
// workspace.
func (v *visit) followAccount(peek account.LinkPreview) {
	if peek.Workspace != nil {
		v.brand = workspaceBrand(peek.Workspace)
	}
	v.locale = v.chooseLocale(peek.Locale, "")
}

// afterPassword returns where a person goes with a new password: back to the page from which they
// went to sign in, else to the home page, which says what happened.
func (v *visit) afterPassword() string {
	return v.pathTo(v.afterSignIn("/?done=password"))
}

// serveChangePassword changes the password of the signed-in account. A session that began with an
// emailed password may do nothing else (CRE-5).
func (v *visit) serveChangePassword() error {
	if v.caller.Anonymous() {
		return v.seeOther(v.pathTo("/sign-in", "next", "/change-password"))
	}
	pending, _, err := v.loadPendingAuthorization()
	if err != nil {
		return err
	}
	// Who has just signed in with a generated password need not type it again.
	first, err := v.Accounts.MayChooseFirstPassword(v.r.Context(), v.caller)
	if err != nil {
		return err
	}
	f := v.newForm("change_button",
		v.passwordField("current", "password_current", "current-password"),
		v.passwordField("password", "password_new", "new-password"))
	p := pageView{Title: v.t("change_title"), Text: []string{v.t("change_text")}, Form: f}
	if first {
		f.Fields = f.Fields[1:]
	}
	if v.caller.MustChange {
		p.Title = v.t("password_choose")
		p.Text = []string{v.t("change_must"), v.t("change_text")}
	}
	if !v.isSubmission() {
		return v.showPage(http.StatusOK, p)
	}
	if !f.requireAnswers(v) {
		return v.showPage(http.StatusUnprocessableEntity, p)
	}

	s, err := v.changePassword(first)
	// The person is signed in, so an error of sign-in means the current password here.
	if fault.Has(err, fault.Unauthenticated) {
		f.setFieldError("current", v.t("password_wrong"))
		return v.showPage(http.StatusUnprocessableEntity, p)
	}
	if fault.Has(err, fault.PasswordTooWeak) {
		err = fault.At(err, "password") // the name of the field on this page
	}
	if err != nil {
		return v.showFormError(p, err)
	}
	if err := v.setSignInSession(&s); err != nil {
		return err
	}
	// Back to the application that asked for a sign-in.
	if pending != nil {
		return v.seeOther(v.pathTo(v.nextPath()))
	}
	return v.seeOther(v.afterPassword())
}

// changePassword sets the password of the form. first tells that the form has no current one.
func (v *visit) changePassword(first bool) (account.SignInSession, error) {
	chosen := v.r.PostForm.Get("password")
	if first {
		return v.Accounts.ChooseFirstPassword(v.r.Context(), v.caller, chosen, v.requestOrigin())
	}
	return v.Accounts.ChangePassword(v.r.Context(), v.caller, v.r.PostForm.Get("current"), chosen,
		v.requestOrigin())
}

// serveConfirmEmail serves the link that was emailed to a new address. POST makes it the account's
// address (AUT-2).
func (v *visit) serveConfirmEmail() error {
	peek, err := v.Accounts.PreviewEmailChange(v.r.Context(), v.token)
	if err != nil {
		return v.showUnusableLink(err, pageLink{v.pathTo("/"), v.t("to_home")})
	}
	v.followAccount(peek)
	p := pageView{Title: v.t("confirm_title"),
		Text: []string{v.t("confirm_text", "Email", peek.Email)},
		Form: v.newForm("confirm_button")}
	// The first verification of an address ends the earlier password (AUT-4).
	if peek.NewPassword {
		p.Text = append(p.Text, v.t("new_password_text"))
		p.Form.Fields = append(p.Form.Fields, v.passwordField("newPassword", "password_new",
			"new-password"))
	} else if v.caller.UserID != peek.UserID {
		// A scanner that presses buttons types no password.
		p.Text = append(p.Text, v.t("confirm_password_text"))
		p.Form.Fields = append(p.Form.Fields, v.passwordField("password", "password",
			"current-password"))
	}
	if !v.isSubmission() {
		return v.showPage(http.StatusOK, p)
	}
	if !p.Form.requireAnswers(v) {
		return v.showPage(http.StatusUnprocessableEntity, p)
	}

	s, err := v.Accounts.ConfirmEmailChange(v.r.Context(), v.caller,
		account.ConfirmEmailChangeInput{Token: v.token, Password: v.r.PostForm.Get("password"),
			NewPassword: v.r.PostForm.Get("newPassword")}, v.requestOrigin())
	switch {
	case isLinkFault(err):
		return v.showUnusableLink(err, pageLink{v.pathTo("/"), v.t("to_home")})
	case err != nil:
		return v.showFormError(p, err)
	case s != nil:
		if err := v.setSignInSession(s); err != nil {
			return err
		}
	}
	return v.seeOther(v.pathTo("/", "done", "email"))
}

// showUnusableLink shows why a link is not valid, with one link to go on. Errors that are no fault
// are returned.
func (v *visit) showUnusableLink(err error, on pageLink) error {
	f, ok := fault.Of(err)
	if !ok {
		return err
	}
	return v.showPage(v.faultStatus(f),
		pageView{Title: v.t("dead_title"), Text: []string{f.Message.In(v.locale)}, MainLink: &on})
}

// atPasswordField adds the field "password" to a PASSWORD_TOO_WEAK fault that names no field.
func atPasswordField(err error) error {
	if fault.Has(err, fault.PasswordTooWeak) && faultField(err) == "" {
		return fault.At(err, "password")
	}
	return err
}

// faultField returns the input field that an error names, "" if none.
func faultField(err error) string {
	if f, ok := fault.Of(err); ok {
		return f.Field
	}
	return ""
}
