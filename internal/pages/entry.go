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

// entrant is who comes in by a link, and what its page says to them: accepting an invitation and
// confirming a request to join ask for the same, in the same order, and refuse alike.
type entrant struct {
	email, first, last string
	signedInAs         string
	own                bool // who is signed in is whom the link is for
	hasAccount         bool
	mailed             bool // only the mailbox has seen the link
	// coming in takes a new password, and no other: the address is verified for the first time
	newPassword bool
	fields      []*ent.CustomField

	enter, signIn string // what the buttons say, as keys
	other         string // what is said to somebody else's account
}

// knows tells whether the page asks for the password of an account that there is.
//
// Security: who holds a copied link may be whoever invited, and is not shown whether the address
// has an account (INV-10). There the person says so themselves. The mailed link only the mailbox
// has seen.
func (v *visit) knows(e entrant) bool {
	if v.oneClick(e) {
		return false
	}
	return e.hasAccount && e.mailed || v.r.URL.Query().Get("have") == "account"
}

// oneClick tells whether the person is signed in already.
func (v *visit) oneClick(e entrant) bool { return e.own }

// wrong tells whether somebody else is signed in.
func (e entrant) wrong() bool { return e.signedInAs != "" && !e.own }

// entryForm asks for what is needed to come in, and no more.
func (v *visit) entryForm(e entrant) *form {
	// Read-only, so that a password manager files the new password under the right name.
	email := field{Name: "email", Label: v.t("email"), Type: "email", Autocomplete: "username",
		Value: e.email, ReadOnly: true}
	var f *form
	chosen := v.password("newPassword", "password_new", "new-password")
	switch {
	case e.newPassword:
		f = v.form(e.enter, email, chosen)
	case v.oneClick(e):
		f = v.form(e.enter)
	case v.knows(e):
		f = v.form(e.signIn, email, v.password("password", "password", "current-password"))
		// the password that was typed is a generated one
		if v.replaces || v.r.PostForm.Has("newPassword") {
			f.Fields = append(f.Fields, chosen)
		}
	default:
		languages := field{Name: "locale", Label: v.t("locale"), Type: "select",
			Value: string(v.locale)}
		for _, x := range i18n.Locales {
			languages.Choices = append(languages.Choices,
				choice{string(x), i18n.T(x, "pages.language_name", nil)})
		}
		f = v.form(e.enter, append(append([]field{email}, v.names(e.first, e.last)...),
			v.password("password", "password_choose", "new-password"), languages)...)
	}
	f.Act = "accept"
	f.Fields = append(f.Fields, v.questions(e.fields)...)
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

// names asks who somebody is.
func (v *visit) names(first, last string) []field {
	return []field{
		{Name: "firstName", Label: v.t("first_name"), Type: "text", Autocomplete: "given-name",
			Value: first, missing: v.t("first_name_missing")},
		{Name: "lastName", Label: v.t("last_name"), Type: "text", Autocomplete: "family-name",
			Value: last, missing: v.t("last_name_missing")},
	}
}

// questions asks what a workspace wants to know of everybody.
func (v *visit) questions(list []*ent.CustomField) []field {
	var fields []field
	for _, question := range list {
		x := field{Name: answerPrefix + question.Key, Label: question.Name, Type: "text",
			missing: v.t("answer_missing", "Name", question.Name)}
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
		fields = append(fields, x)
	}
	return fields
}

// entry is what the form of a link says, for the verb.
func (v *visit) entry() invitation.AcceptInput {
	return invitation.AcceptInput{
		Token: v.token, FirstName: v.sent("firstName"), LastName: v.sent("lastName"),
		Password: v.sent("password"), NewPassword: v.sent("newPassword"), Locale: v.sent("locale"),
		CustomFields: v.answers(),
	}
}

// sent is what a form says in a field, nil if it does not have it.
func (v *visit) sent(name string) *string {
	if !v.r.PostForm.Has(name) {
		return nil
	}
	s := v.r.PostForm.Get(name)
	return &s
}

// answers are those to a workspace's own questions, by key.
func (v *visit) answers() map[string]any {
	list := map[string]any{}
	for name := range v.r.PostForm {
		if key, custom := strings.CutPrefix(name, answerPrefix); custom {
			list[key] = v.r.PostForm.Get(name)
		}
	}
	return list
}

// explain says above the form what it is for, and offers the other one where the page cannot know
// which is right.
func (v *visit) explain(p *view, e entrant) {
	switch {
	case e.newPassword:
		p.Text = append(p.Text, v.t("new_password_text"))
	case v.knows(e):
		p.Text = append(p.Text, v.t("account_text"), v.t("forgot_return"))
		p.Links = []way{{v.path("/forgot-password"), v.t("forgot_link")}}
		if !e.hasAccount || !e.mailed {
			p.Links = append(p.Links, way{v.path(v.r.URL.EscapedPath()), v.t("account_not")})
		}
	case v.oneClick(e):
		p.Text = append(p.Text, v.t("signed_in_as", "Account", e.signedInAs))
	case !e.mailed:
		p.Links = []way{{v.path(v.r.URL.EscapedPath(), "have", "account"), v.t("account_have")}}
	}
}

// refuseEntry says why not. An address that turns out to have an account is asked for its password.
func (v *visit) refuseEntry(e entrant, again func() view, err error) error {
	if !fault.Has(err, fault.Unauthenticated) {
		v.replaces = at(err) == "newPassword"
		return v.refuse(again(), weak(err))
	}
	if !v.knows(e) {
		q := v.r.URL.Query()
		q.Set("have", "account")
		v.r.URL.RawQuery = q.Encode()
	}
	p := again()
	f, _ := fault.Of(err)
	p.Form.blame("password", f.Message.In(v.locale))
	return v.show(v.status(f), p)
}

// wrongAccount shows both addresses and offers to switch and come back (AHD-3). Nobody is ever
// bound by mistake.
func (v *visit) wrongAccount(p *view, e entrant) {
	p.Text = []string{v.t(e.other, "Email", e.email, "Account", e.signedInAs), v.t("other_switch")}
	p.Form = v.signOutForm(v.path(v.r.URL.EscapedPath()), v.t("other_button", "Email", e.email))
	p.Links = []way{{v.path("/"), v.t("other_stay", "Account", e.signedInAs)}}
}

// arrived is the threshold: the page of who has just come in, or comes back to the link later. It
// tells them when their password did not come along: an account whose first proof of the mailbox
// this was loses the one it had before (AUT-4), and its owner should not find that out at the next
// sign-in.
func (v *visit) arrived(workspace, text string) (view, error) {
	p := view{Title: v.t("in_title", "Workspace", workspace), Text: []string{text},
		Way: &way{v.path("/"), v.t("in_way")}}
	u, err := v.Store.User.Get(store.AsCaller(v.r.Context(), v.caller), v.caller.UserID)
	if err != nil {
		return p, err
	}
	if u.PasswordHash == nil {
		p.Text = append(p.Text, v.t("in_password"))
		p.Links = []way{{v.path("/forgot-password"), v.t("in_password_link")}}
	}
	return p, nil
}

// used is the page of a link that somebody came in by: a closed door for whoever else opens it, and
// the way to the sign-in for the one who did.
func (v *visit) used(p view, signedInAs string) view {
	if signedInAs == "" {
		p.Way = &way{v.path("/sign-in"), v.t("sign_in_button")}
		p.Links = []way{{v.path("/forgot-password"), v.t("forgot_link")}}
		return p
	}
	p.Text = append(p.Text, v.t("used_other", "Account", signedInAs))
	p.Form = v.signOutForm(v.path("/sign-in"), v.t("used_switch"))
	p.Links = []way{{v.path("/"), v.t("other_stay", "Account", signedInAs)}}
	return p
}
