package pages

import (
	"net/http"

	"usher/internal/fault"
)

// forgotPassword mails a link to choose a new password (AUT-2). Its answer is the same for every
// address (AUT-3).
func (v *visit) forgotPassword() error {
	if done := v.done("reset"); done != "" && !v.acts() {
		return v.show(http.StatusOK, view{
			Title: v.t("forgot_sent_title"), Text: []string{done, v.t("forgot_sent_text")},
			Links: []way{{v.path("/forgot-password"), v.t("forgot_again")},
				{v.path("/sign-in"), v.t("to_sign_in")}},
		})
	}
	f := v.form("forgot_button", field{
		Name: "email", Label: v.t("email"), Type: "email", Autocomplete: "email",
		missing: v.t("email_missing"),
	})
	p := view{
		Title: v.t("forgot_title"), Text: []string{v.t("forgot_text")}, Form: f,
		Links: []way{{v.path("/sign-in"), v.t("to_sign_in")}},
	}
	f.answer(v)
	if !v.acts() {
		return v.show(http.StatusOK, p)
	}
	if !f.complete(v) {
		return v.show(http.StatusUnprocessableEntity, p)
	}

	if err := v.Accounts.RequestPasswordReset(v.r.Context(), v.r.PostForm.Get("email"),
		v.comesFrom()); err != nil {
		return v.refuse(p, err)
	}
	return v.to(v.path("/forgot-password", "done", "reset"))
}

// resetPassword is where the mailed link leads.
func (v *visit) resetPassword() error {
	peek, err := v.Accounts.PeekReset(v.r.Context(), v.token)
	if err != nil {
		return v.deadLink(err, way{v.path("/forgot-password"), v.t("reset_again")})
	}
	f := v.form("reset_button", v.password("password", "password_new", "new-password"))
	p := view{Title: v.t("reset_title"), Text: []string{v.t("reset_text", "Email", peek.Email)},
		Form: f}
	if !v.acts() {
		return v.show(http.StatusOK, p)
	}
	if !f.complete(v) {
		return v.show(http.StatusUnprocessableEntity, p)
	}

	s, err := v.Accounts.ResetPassword(v.r.Context(), v.token, v.r.PostForm.Get("password"),
		v.comesFrom())
	if linkFault(err) {
		return v.deadLink(err, way{v.path("/forgot-password"), v.t("reset_again")})
	}
	if err != nil {
		return v.refuse(p, weak(err))
	}
	if err := v.signedIn(&s); err != nil {
		return err
	}
	return v.to(v.path("/", "done", "password"))
}

// changePassword is for who is signed in, and all that one may do who signed in with a mailed
// password (CRE-5).
func (v *visit) changePassword() error {
	if v.caller.Anonymous() {
		return v.to(v.path("/sign-in", "next", "/change-password"))
	}
	f := v.form("change_button",
		v.password("current", "password_current", "current-password"),
		v.password("password", "password_new", "new-password"))
	p := view{Title: v.t("change_title"), Text: []string{v.t("change_text")}, Form: f}
	if v.caller.MustChange {
		p.Text = []string{v.t("change_must"), v.t("change_text")}
	}
	if !v.acts() {
		return v.show(http.StatusOK, p)
	}
	if !f.complete(v) {
		return v.show(http.StatusUnprocessableEntity, p)
	}

	s, err := v.Accounts.ChangePassword(v.r.Context(), v.caller, v.r.PostForm.Get("current"),
		v.r.PostForm.Get("password"), v.comesFrom())
	if fault.Has(err, fault.Unauthenticated) {
		f.blame("current", v.t("password_wrong"))
		return v.show(http.StatusUnprocessableEntity, p)
	}
	if err != nil {
		return v.refuse(p, weak(err))
	}
	if err := v.signedIn(&s); err != nil {
		return err
	}
	return v.to(v.path("/", "done", "password"))
}

// confirmEmail makes a new address the account's, where the mailed link leads (AUT-2).
func (v *visit) confirmEmail() error {
	peek, err := v.Accounts.PeekEmailChange(v.r.Context(), v.token)
	if err != nil {
		return v.deadLink(err, way{v.path("/"), v.t("to_home")})
	}
	p := view{Title: v.t("confirm_title"), Text: []string{v.t("confirm_text", "Email", peek.Email)},
		Form: v.form("confirm_button")}
	if peek.NewPassword {
		p.Text = append(p.Text, v.t("new_password_text"))
		p.Form.Fields = append(p.Form.Fields, v.password("newPassword", "password_new",
			"new-password"))
	}
	if !v.acts() {
		return v.show(http.StatusOK, p)
	}
	if !p.Form.complete(v) {
		return v.show(http.StatusUnprocessableEntity, p)
	}

	s, err := v.Accounts.ConfirmEmailChange(v.r.Context(), v.caller, v.token,
		v.r.PostForm.Get("newPassword"), v.comesFrom())
	switch {
	case linkFault(err):
		return v.deadLink(err, way{v.path("/"), v.t("to_home")})
	case err != nil:
		return v.refuse(p, err)
	case s != nil:
		if err := v.signedIn(s); err != nil {
			return err
		}
	}
	return v.to(v.path("/", "done", "email"))
}

// deadLink says what became of a link, and leads on.
func (v *visit) deadLink(err error, on way) error {
	f, ok := fault.Of(err)
	if !ok {
		return err
	}
	return v.show(v.status(f),
		view{Title: v.t("dead_title"), Text: []string{f.Message.In(v.locale)}, Way: &on})
}

// weak puts what is wrong with a password at its field.
func weak(err error) error {
	if fault.Has(err, fault.PasswordTooWeak) && at(err) == "" {
		return fault.At(err, "password")
	}
	return err
}

// at is the field that an error is about, empty if none.
func at(err error) string {
	if f, ok := fault.Of(err); ok {
		return f.Field
	}
	return ""
}
