package pages

import (
	"net/http"
	"strings"

	"usher/ent/customfield"
	"usher/ent/invitation"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/onboarding"
)

// answerPrefix stands before the key of a workspace's own question.
const answerPrefix = "field."

// knows tells whether the page asks for the password of an account that there is.
//
// Security: who holds a copied link may be whoever invited, and is not shown whether the address has an account (INV-10).
// There the person says so themselves. The mailed link only the mailbox has seen.
func (v *visit) knows(l *onboarding.Landing) bool {
	if v.oneClick(l) {
		return false
	}
	return l.HasAccount && l.Mailed || v.r.URL.Query().Get("have") == "account"
}

// oneClick tells whether the invited person is signed in already. A session that may only change its password is not
// enough.
func (v *visit) oneClick(l *onboarding.Landing) bool { return l.OwnAddress && !v.caller.MustChange }

// acceptForm asks for what is needed to come in, and no more.
func (v *visit) acceptForm(l *onboarding.Landing) *form {
	// Read-only, so that a password manager files the new password under the right name.
	email := field{Name: "email", Label: v.t("email"), Type: "email", Autocomplete: "username", Value: l.Email, ReadOnly: true}
	var f *form
	switch {
	case v.oneClick(l):
		f = v.form("accept_button")
	case v.knows(l):
		f = v.form("accept_sign_in_button", email, v.password("password", "password", "current-password"))
	default:
		languages := field{Name: "locale", Label: v.t("locale"), Type: "select", Value: string(v.locale)}
		for _, x := range i18n.Locales {
			languages.Choices = append(languages.Choices, choice{string(x), i18n.T(x, "pages.language_name", nil)})
		}
		f = v.form("accept_button", email,
			field{Name: "firstName", Label: v.t("first_name"), Type: "text", Autocomplete: "given-name", Value: l.FirstName, missing: v.t("first_name_missing")},
			field{Name: "lastName", Label: v.t("last_name"), Type: "text", Autocomplete: "family-name", Value: l.LastName, missing: v.t("last_name_missing")},
			v.password("password", "password_choose", "new-password"), languages)
	}
	f.Act = "accept"
	for _, question := range l.Fields {
		x := field{Name: answerPrefix + question.Key, Label: question.Name, Type: "text", missing: v.t("answer_missing", "Name", question.Name)}
		switch question.Type {
		case customfield.TypeNumber:
			x.Type = "number"
		case customfield.TypeDate:
			x.Type = "date"
		case customfield.TypeChoice:
			x.Type, x.Choices = "select", []choice{{"", v.t("choose")}}
			for _, c := range question.Choices {
				x.Choices = append(x.Choices, choice{c, c})
			}
		}
		f.Fields = append(f.Fields, x)
	}
	f.answer(v)
	if v.r.PostForm.Get("act") == "language" {
		for i := range f.Fields {
			if f.Fields[i].Name == "locale" { // who switches the page wants that language
				f.Fields[i].Value = string(v.locale)
			}
		}
	}
	return f
}

// accept is the yes (INV-8, INV-9).
func (v *visit) accept(l *onboarding.Landing) error {
	if l.Status != invitation.StatusPending {
		return v.landed(http.StatusGone, l)
	}
	p := v.pending(l)
	if l.SignedInAs != "" && !l.OwnAddress {
		return v.show(http.StatusConflict, p) // signed in meanwhile, as somebody else
	}
	if !p.Form.complete(v) {
		return v.show(http.StatusUnprocessableEntity, p)
	}

	in := onboarding.AcceptInput{Token: v.token, CustomFields: map[string]any{}}
	for name := range v.r.PostForm {
		if key, custom := strings.CutPrefix(name, answerPrefix); custom {
			in.CustomFields[key] = v.r.PostForm.Get(name)
		}
	}
	for name, to := range map[string]**string{"firstName": &in.FirstName, "lastName": &in.LastName, "password": &in.Password, "locale": &in.Locale} {
		if v.r.PostForm.Has(name) {
			s := v.r.PostForm.Get(name)
			*to = &s
		}
	}
	admitted, err := v.Onboarding.Accept(v.r.Context(), v.caller, in, v.comesFrom())
	if err != nil {
		return v.refuseAccept(p, l, err)
	}
	if admitted.Session != nil {
		if err := v.signedIn(admitted.Session); err != nil {
			return err
		}
	}
	return v.to(v.path(v.r.URL.EscapedPath()))
}

// refuseAccept says why not. An address that turns out to have an account is asked for its password.
func (v *visit) refuseAccept(p view, l *onboarding.Landing, err error) error {
	if linkFault(err) {
		return v.changed(err)
	}
	if !fault.Has(err, fault.Unauthenticated) {
		return v.refuse(p, weak(err))
	}
	if !v.knows(l) {
		q := v.r.URL.Query()
		q.Set("have", "account")
		v.r.URL.RawQuery = q.Encode()
		p = v.pending(l)
	}
	f, _ := fault.Of(err)
	p.Form.blame("password", f.Message.In(v.locale))
	return v.show(v.status(f), p)
}

// declineForm is the no, folded away: with or without 'do not mail me again' (INV-11).
func (v *visit) declineForm(l *onboarding.Landing) *form {
	never := v.neverField(l.WorkspaceName, l.Mailed)
	never.Choices = append([]choice{{"", v.t("never_mind")}}, never.Choices...)
	return &form{
		Action: v.here(""), Act: "decline", Summary: v.t("decline_summary"), Text: []string{v.t("decline_text")},
		Fields: []field{never}, Button: v.t("decline_button"), Quiet: true,
	}
}

// decline is the no.
func (v *visit) decline() error {
	var never *onboarding.NeverMail
	if said := onboarding.NeverMail(v.r.PostForm.Get("never")); said == onboarding.ThisWorkspace || said == onboarding.AllWorkspaces {
		never = &said
	}
	if err := v.Onboarding.Decline(v.r.Context(), v.token, never); err != nil {
		return v.changed(err)
	}
	return v.to(v.path(v.r.URL.EscapedPath()))
}
