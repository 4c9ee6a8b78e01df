package pages

import (
	"strings"

	"usher/ent"
	"usher/ent/customfield"
	"usher/internal/acceptance"
	"usher/internal/consent"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/store"
)

// answerPrefix precedes the key of a custom field in the name of its input.
const answerPrefix = "field."

// linkRecipient is the person that an invitation or a join request is for, with the texts of the
// page. Accepting and confirming share one form, one order of fields and one handling of errors.
type linkRecipient struct {
	email, firstName, lastName string
	signedInAs                 string
	ownAddress                 bool // the signed-in account has the address of the link
	hasAccount                 bool
	// the link was sent by email only, so opening it verifies the address
	emailedLink bool
	// the form asks for a new password only: this is the first verification of the address
	newPassword  bool
	customFields []*ent.CustomField
	consent      *consent.Request // nil if none is asked

	submitLabel, signInLabel string // message keys of the button: create an account, or sign in
	otherAccountText         string // message key of the text for another signed-in account
}

// asksCurrentPassword reports whether the form asks for the password of an existing account.
//
// Security: the holder of a copied link may be the inviter, so the page must not show whether the
// address has an account (INV-10). The recipient chooses the sign-in form instead (?have=account).
// An emailed link has been seen by the mailbox only, so the page may tell.
func (v *visit) asksCurrentPassword(recipient linkRecipient) bool {
	if v.needsOneClick(recipient) {
		return false
	}
	return recipient.hasAccount && recipient.emailedLink || v.r.URL.Query().Get("have") == "account"
}

// needsOneClick reports whether the recipient is already signed in, so that the button alone is
// enough.
func (v *visit) needsOneClick(recipient linkRecipient) bool { return recipient.ownAddress }

// isOtherAccount reports whether an account with another address is signed in.
func (e linkRecipient) isOtherAccount() bool { return e.signedInAs != "" && !e.ownAddress }

// entryForm returns the form with the fields that this recipient needs to become a member.
func (v *visit) entryForm(recipient linkRecipient) *pageForm {
	// Read-only: with it a password manager stores the new password under the right login.
	email := formField{Name: "email", Label: v.t("email"), Type: "email", Autocomplete: "username",
		Value: recipient.email, ReadOnly: true}
	var f *pageForm
	chosen := v.passwordField("newPassword", "password_new", "new-password")
	switch {
	case recipient.newPassword:
		f = v.newForm(recipient.submitLabel, email, chosen)
	case v.needsOneClick(recipient):
		f = v.newForm(recipient.submitLabel)
	case v.asksCurrentPassword(recipient):
		f = v.newForm(recipient.signInLabel, email,
			v.passwordField("password", "password", "current-password"))
		// The current password is a generated one, which expires with its first use, so a new one
		// is due.
		if v.needsNewPassword || v.r.PostForm.Has("newPassword") {
			f.Fields = append(f.Fields, chosen)
		}
	default:
		f = v.newForm(recipient.submitLabel, append(v.nameFields(recipient.firstName,
			recipient.lastName), email,
			v.passwordField("password", "password_choose", "new-password"))...)
		// The account gets the language of the page that its owner has read and filled in.
		f.Hidden = append(f.Hidden, hiddenField{"locale", string(v.locale)})
	}
	f.Act = "accept"
	f.Fields = append(f.Fields, v.customFieldInputs(recipient.customFields)...)
	f.Fields = append(f.Fields, v.consentFields(recipient.consent)...)
	f.fillAnswers(v)
	return f
}

// nameFields returns the fields for the first and the last name.
func (v *visit) nameFields(first, last string) []formField {
	return []formField{
		{Name: "firstName", Label: v.t("first_name"), Type: "text", Autocomplete: "given-name",
			Value: first, missingText: v.t("first_name_missing"), BeginsPair: true},
		{Name: "lastName", Label: v.t("last_name"), Type: "text", Autocomplete: "family-name",
			Value: last, missingText: v.t("last_name_missing"), EndsPair: true},
	}
}

// customFieldInputs returns one input for each custom field of the workspace.
func (v *visit) customFieldInputs(list []*ent.CustomField) []formField {
	var fields []formField
	for _, question := range list {
		x := formField{Name: answerPrefix + question.Key, Label: question.Name, Type: "text",
			missingText: v.t("answer_missing", "Name", question.Name)}
		switch question.Type {
		case customfield.TypeNumber:
			x.Type = "number"
		case customfield.TypeDate:
			x.Type = "date"
		case customfield.TypeChoice:
			x.Type, x.Choices = "select", []fieldChoice{{"", v.t("choose")}}
			for _, c := range question.Choices {
				x.Choices = append(x.Choices, fieldChoice{c, c})
			}
		}
		fields = append(fields, x)
	}
	return fields
}

// acceptInput returns the submitted form as the input of acceptance.Accept and joinlink.Confirm.
func (v *visit) acceptInput() acceptance.AcceptInput {
	return acceptance.AcceptInput{
		Token: v.token, FirstName: v.sentValue("firstName"), LastName: v.sentValue("lastName"),
		Password: v.sentValue("password"), NewPassword: v.sentValue("newPassword"),
		Locale:       v.sentValue("locale"),
		CustomFields: v.sentAnswers(), Consent: v.sentValue(consent.Field),
	}
}

// sentValue returns the submitted value of a field, nil when the form had no such field.
func (v *visit) sentValue(name string) *string {
	if !v.r.PostForm.Has(name) {
		return nil
	}
	s := v.r.PostForm.Get(name)
	return &s
}

// sentAnswers returns the submitted values of custom fields by key.
func (v *visit) sentAnswers() map[string]any {
	list := map[string]any{}
	// The names of the form are taken, not those of the workspace's fields: a field that was added
	// since the page was shown is then reported by the verb as missing.
	for name := range v.r.PostForm {
		if key, custom := strings.CutPrefix(name, answerPrefix); custom {
			list[key] = v.r.PostForm.Get(name)
		}
	}
	return list
}

// explainForm adds the text above the form. It links to the alternative form (with or without an
// account) where the page may not know which one applies.
func (v *visit) explainForm(p *pageView, recipient linkRecipient) {
	p.FormTitle = v.t("form_new")
	switch {
	case recipient.newPassword:
		p.FormTitle = v.t("form_password")
		p.Text = append(p.Text, v.t("new_password_text"))
	case v.asksCurrentPassword(recipient):
		p.FormTitle = v.t("form_sign_in")
		p.Text = append(p.Text, v.t("account_text"), v.t("forgot_return"))
		v.rememberReturn()
		p.Links = []pageLink{{v.pathTo("/forgot-password"), v.t("forgot_link")}}
		if !recipient.hasAccount || !recipient.emailedLink {
			p.Links = append(p.Links, pageLink{v.pathTo(v.r.URL.EscapedPath()), v.t("account_not")})
		}
	case v.needsOneClick(recipient):
		p.FormTitle = v.t("form_one_click")
		p.Text = append(p.Text, v.t("signed_in_as", "Account", recipient.signedInAs))
	case !recipient.emailedLink:
		// Before the form: below it, people with an account would see it too late. On a page that
		// is not split there is no such place.
		have := pageLink{v.pathTo(v.r.URL.EscapedPath(), "have", "account"), v.t("account_have")}
		if p.Offer != nil {
			p.FormLink = &have
		} else {
			p.Links = []pageLink{have}
		}
	}
}

// showEntryError shows the form again with the error of the verb. On UNAUTHENTICATED the address
// has an account, so the form asks for its password.
func (v *visit) showEntryError(recipient linkRecipient, again func() pageView, err error) error {
	if !fault.Has(err, fault.Unauthenticated) {
		v.needsNewPassword = faultField(err) == "newPassword"
		return v.showFormError(again(), atPasswordField(err))
	}
	// The address has an account, which only a correct password may tell. The form changes to the
	// one with the current password.
	if !v.asksCurrentPassword(recipient) {
		q := v.r.URL.Query()
		q.Set("have", "account")
		v.r.URL.RawQuery = q.Encode()
	}
	p := again()
	f, _ := fault.Of(err)
	p.Form.setFieldError("password", f.Message.In(v.locale))
	return v.showPage(v.faultStatus(f), p)
}

// offerAccountSwitch shows both addresses and a button that signs out and returns to the link
// (AHD-3). The link is never applied to the wrong account.
func (v *visit) offerAccountSwitch(p *pageView, recipient linkRecipient) {
	p.FormTitle = v.t("form_switch")
	p.Text = []string{v.t(recipient.otherAccountText, "Email", recipient.email,
		"Account", recipient.signedInAs),
		v.t("other_switch")}
	p.Form = v.signOutForm(v.pathTo(v.r.URL.EscapedPath()), v.t("other_button"))
	p.Links = []pageLink{{v.pathTo("/"), v.t("other_stay", "Account", recipient.signedInAs)}}
}

// memberView returns the page of a person who has become a member by this link, now or earlier, with
// the way on to landing, which may be empty. If
// this was the first verification of the address, the account lost its previous password (AUT-4).
// The page says so, because the next sign-in would fail otherwise.
func (v *visit) memberView(w *ent.Workspace, text, landing string) (pageView, error) {
	p := pageView{Title: v.t("in_title", "Workspace", w.Name), Text: []string{text}}
	u, err := v.Store.User.Get(store.AsCaller(v.r.Context(), v.caller), v.caller.UserID)
	if err != nil {
		return p, err
	}
	// Without a password the next sign-in needs a reset.
	if u.PasswordHash == nil {
		p.Text = append(p.Text, v.t("in_password"))
		p.Links = []pageLink{{v.pathTo("/forgot-password"), v.t("in_password_link")}}
	}
	v.leadOn(&p, w.ID, landing)
	return p, nil
}

// leadOn completes the page of a member who has come in, now or earlier (INV-21): a button to where
// the workspace wants its members, or the sentence that the page can be closed.
func (v *visit) leadOn(p *pageView, workspace ident.ID, landing string) {
	if landing != "" {
		p.MainLink = &pageLink{v.startOfLogin(workspace, landing), v.t("in_way")}
	} else {
		p.Text = append(p.Text, v.t("in_close"))
	}
	// The home page lists the other workspaces and leads administrators into the console.
	p.Links = append(p.Links, pageLink{v.pathTo("/"), v.t("to_home")})
}

// usedLinkView completes the page of a link that was used already: it offers the sign-in, or a
// switch of accounts when another account is signed in.
func (v *visit) usedLinkView(p pageView, signedInAs string) pageView {
	if signedInAs == "" {
		v.rememberReturn()
		p.MainLink = &pageLink{v.pathTo("/sign-in"), v.t("sign_in_button")}
		p.Links = []pageLink{{v.pathTo("/forgot-password"), v.t("forgot_link")}}
		return p
	}
	p.Text = append(p.Text, v.t("used_other", "Account", signedInAs))
	p.Form = v.signOutForm(v.pathTo("/sign-in"), v.t("used_switch"))
	p.Links = []pageLink{{v.pathTo("/"), v.t("other_stay", "Account", signedInAs)}}
	return p
}

// startOfLogin returns the page of an application that signs the person in and then shows a landing
// page, or the landing page itself. If it cannot be looked up, the landing page is better than an
// error: the person signs in there by themselves.
func (v *visit) startOfLogin(workspace ident.ID, landing string) string {
	start, err := v.Applications.LoginStart(v.r.Context(), workspace, landing)
	if err != nil {
		v.Log.WarnContext(v.r.Context(), "find start of login failed", "error", err,
			"workspace", workspace.String())
		return landing
	}
	return start
}
