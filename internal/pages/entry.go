package pages

import (
	"strings"

	"usher/ent"
	"usher/ent/customfield"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/invitation"
	"usher/internal/store"
)

// answerPrefix stands before the key of a workspace's own question.
const answerPrefix = "field."

// linkRecipient is who comes in by a link, and what its page says to them: accepting an invitation
// and confirming a request to join ask for the same, in the same order, and refuse alike.
type linkRecipient struct {
	email, firstName, lastName string
	signedInAs                 string
	ownAddress                 bool // who is signed in is whom the link is for
	hasAccount                 bool
	emailedLink                bool // only the mailbox has seen the link
	// coming in takes a new password, and no other: the address is verified for the first time
	newPassword  bool
	customFields []*ent.CustomField

	submitLabel, signInLabel string // what the buttons say, as keys
	otherAccountText         string // what is said to somebody else's account
}

// asksCurrentPassword tells whether the page asks for the password of an account that there is.
//
// Security: who holds a copied link may be whoever invited, and is not shown whether the address
// has an account (INV-10). There the person says so themselves. The mailed link only the mailbox
// has seen.
func (v *visit) asksCurrentPassword(e linkRecipient) bool {
	if v.needsOneClick(e) {
		return false
	}
	return e.hasAccount && e.emailedLink || v.r.URL.Query().Get("have") == "account"
}

// needsOneClick tells whether the person is signed in already.
func (v *visit) needsOneClick(e linkRecipient) bool { return e.ownAddress }

// isOtherAccount tells whether somebody else is signed in.
func (e linkRecipient) isOtherAccount() bool { return e.signedInAs != "" && !e.ownAddress }

// entryForm asks for what is needed to come in, and no more.
func (v *visit) entryForm(e linkRecipient) *pageForm {
	// Read-only, so that a password manager files the new password under the right name.
	email := formField{Name: "email", Label: v.t("email"), Type: "email", Autocomplete: "username",
		Value: e.email, ReadOnly: true}
	var f *pageForm
	chosen := v.passwordField("newPassword", "password_new", "new-password")
	switch {
	case e.newPassword:
		f = v.newForm(e.submitLabel, email, chosen)
	case v.needsOneClick(e):
		f = v.newForm(e.submitLabel)
	case v.asksCurrentPassword(e):
		f = v.newForm(e.signInLabel, email,
			v.passwordField("password", "password", "current-password"))
		// the password that was typed is a generated one
		if v.needsNewPassword || v.r.PostForm.Has("newPassword") {
			f.Fields = append(f.Fields, chosen)
		}
	default:
		languages := formField{Name: "locale", Label: v.t("locale"), Type: "select",
			Value: string(v.locale)}
		for _, x := range i18n.Locales {
			languages.Choices = append(languages.Choices,
				fieldChoice{string(x), i18n.T(x, "pages.language_name", nil)})
		}
		f = v.newForm(e.submitLabel,
			append(append([]formField{email}, v.nameFields(e.firstName, e.lastName)...),
				v.passwordField("password", "password_choose", "new-password"), languages)...)
	}
	f.Act = "accept"
	f.Fields = append(f.Fields, v.customFieldInputs(e.customFields)...)
	f.fillAnswers(v)
	if v.r.PostForm.Get("act") == "language" {
		for i := range f.Fields {
			if f.Fields[i].Name == "locale" { // who switches the page wants that language
				f.Fields[i].Value = string(v.locale)
			}
		}
	}
	return f
}

// nameFields asks who somebody is.
func (v *visit) nameFields(first, last string) []formField {
	return []formField{
		{Name: "firstName", Label: v.t("first_name"), Type: "text", Autocomplete: "given-name",
			Value: first, missingText: v.t("first_name_missing")},
		{Name: "lastName", Label: v.t("last_name"), Type: "text", Autocomplete: "family-name",
			Value: last, missingText: v.t("last_name_missing")},
	}
}

// customFieldInputs asks what a workspace wants to know of everybody.
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

// acceptInput is what the form of a link says, for the verb.
func (v *visit) acceptInput() invitation.AcceptInput {
	return invitation.AcceptInput{
		Token: v.token, FirstName: v.sentValue("firstName"), LastName: v.sentValue("lastName"),
		Password: v.sentValue("password"), NewPassword: v.sentValue("newPassword"),
		Locale:       v.sentValue("locale"),
		CustomFields: v.sentAnswers(),
	}
}

// sentValue is what a form says in a field, nil if it does not have it.
func (v *visit) sentValue(name string) *string {
	if !v.r.PostForm.Has(name) {
		return nil
	}
	s := v.r.PostForm.Get(name)
	return &s
}

// sentAnswers are those to a workspace's own questions, by key.
func (v *visit) sentAnswers() map[string]any {
	list := map[string]any{}
	for name := range v.r.PostForm {
		if key, custom := strings.CutPrefix(name, answerPrefix); custom {
			list[key] = v.r.PostForm.Get(name)
		}
	}
	return list
}

// explainForm says above the form what it is for, and offers the other one where the page cannot
// know which is right.
func (v *visit) explainForm(p *pageView, e linkRecipient) {
	switch {
	case e.newPassword:
		p.Text = append(p.Text, v.t("new_password_text"))
	case v.asksCurrentPassword(e):
		p.Text = append(p.Text, v.t("account_text"), v.t("forgot_return"))
		p.Links = []pageLink{{v.pathTo("/forgot-password"), v.t("forgot_link")}}
		if !e.hasAccount || !e.emailedLink {
			p.Links = append(p.Links, pageLink{v.pathTo(v.r.URL.EscapedPath()), v.t("account_not")})
		}
	case v.needsOneClick(e):
		p.Text = append(p.Text, v.t("signed_in_as", "Account", e.signedInAs))
	case !e.emailedLink:
		p.Links = []pageLink{{v.pathTo(v.r.URL.EscapedPath(), "have", "account"),
			v.t("account_have")}}
	}
}

// showEntryError says why not. An address that turns out to have an account is asked for its
// password.
func (v *visit) showEntryError(e linkRecipient, again func() pageView, err error) error {
	if !fault.Has(err, fault.Unauthenticated) {
		v.needsNewPassword = faultField(err) == "newPassword"
		return v.showFormError(again(), atPasswordField(err))
	}
	if !v.asksCurrentPassword(e) {
		q := v.r.URL.Query()
		q.Set("have", "account")
		v.r.URL.RawQuery = q.Encode()
	}
	p := again()
	f, _ := fault.Of(err)
	p.Form.setFieldError("password", f.Message.In(v.locale))
	return v.showPage(v.faultStatus(f), p)
}

// offerAccountSwitch shows both addresses and offers to switch and come back (AHD-3). Nobody is
// ever bound by mistake.
func (v *visit) offerAccountSwitch(p *pageView, e linkRecipient) {
	p.Text = []string{v.t(e.otherAccountText, "Email", e.email, "Account", e.signedInAs),
		v.t("other_switch")}
	p.Form = v.signOutForm(v.pathTo(v.r.URL.EscapedPath()), v.t("other_button", "Email", e.email))
	p.Links = []pageLink{{v.pathTo("/"), v.t("other_stay", "Account", e.signedInAs)}}
}

// memberView is the threshold: the page of who has just come in, or comes back to the link later.
// It tells them when their password did not come along: an account whose first proof of the mailbox
// this was loses the one it had before (AUT-4), and its owner should not find that out at the next
// sign-in.
func (v *visit) memberView(workspace, text string) (pageView, error) {
	p := pageView{Title: v.t("in_title", "Workspace", workspace), Text: []string{text},
		MainLink: &pageLink{v.pathTo("/"), v.t("in_way")}}
	u, err := v.Store.User.Get(store.AsCaller(v.r.Context(), v.caller), v.caller.UserID)
	if err != nil {
		return p, err
	}
	if u.PasswordHash == nil {
		p.Text = append(p.Text, v.t("in_password"))
		p.Links = []pageLink{{v.pathTo("/forgot-password"), v.t("in_password_link")}}
	}
	return p, nil
}

// usedLinkView is the page of a link that somebody came in by: a closed door for whoever else opens
// it, and the way to the sign-in for the one who did.
func (v *visit) usedLinkView(p pageView, signedInAs string) pageView {
	if signedInAs == "" {
		p.MainLink = &pageLink{v.pathTo("/sign-in"), v.t("sign_in_button")}
		p.Links = []pageLink{{v.pathTo("/forgot-password"), v.t("forgot_link")}}
		return p
	}
	p.Text = append(p.Text, v.t("used_other", "Account", signedInAs))
	p.Form = v.signOutForm(v.pathTo("/sign-in"), v.t("used_switch"))
	p.Links = []pageLink{{v.pathTo("/"), v.t("other_stay", "Account", signedInAs)}}
	return p
}
