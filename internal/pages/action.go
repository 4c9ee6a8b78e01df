package pages

import (
	"net/http"

	entinvitation "usher/ent/invitation"
	"usher/ent/joinrequest"
	"usher/internal/emailaction"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/mail"
)

// actionWords are the decision that an email asks for and the message keys of its page.
type actionWords struct {
	act                 emailaction.Decision
	title, text, button string
}

// wordsByKind holds the words of each kind of email that asks for a decision.
var wordsByKind = map[mail.Kind]actionWords{
	mail.NewLinkRequested: {emailaction.Renew, "action_renew_title", "action_renew_text",
		"action_renew_button"},
	mail.MoveRequested: {emailaction.Move, "action_move_title", "action_move_text",
		"action_move_button"},
	mail.JoinRequested: {emailaction.Approve, "action_approve_title", "action_approve_text",
		"action_approve_button"},
}

// serveAction serves the link of an email that asks an administrator for a decision (INV-12). GET
// shows what is asked and about whom. POST decides, in the session of the account that the email
// went to.
func (v *visit) serveAction() error {
	a, err := v.EmailActions.Load(v.r.Context(), v.caller, v.token)
	if err != nil {
		return v.showUnusableLink(err, pageLink{v.pathTo("/sign-in"), v.t("to_sign_in")})
	}
	if a.State == emailaction.OtherAccount {
		return v.showOtherActionAccount()
	}
	// The brand and the language are those that the email had.
	v.brand = workspaceBrand(a.Workspace)
	v.locale = v.chooseLocale(trimmedText(a.Recipient.Locale), a.Workspace.DefaultLocale)
	if v.caller.Anonymous() {
		v.rememberReturn()
	}
	if !v.isSubmission() {
		return v.showPage(http.StatusOK, v.actionView(a))
	}
	// The sign-in has ended since the page was shown.
	if v.caller.Anonymous() {
		return v.seeOther(v.pathTo("/sign-in"))
	}

	_, err = v.EmailActions.Decide(v.r.Context(), v.caller, emailaction.DecideInput{Token: v.token,
		Decision:   emailaction.Decision(v.r.PostForm.Get("act")),
		Message:    v.sentValue("message"),
		NewAddress: v.r.PostForm.Get("newAddress")})
	switch {
	// A double click, or a decision elsewhere since the page was shown: the page says which.
	case isLinkFault(err), a.State != emailaction.Open:
		return v.reloadPage()
	case err != nil:
		return v.showActionError(a, err)
	}
	return v.seeOther(v.pathTo(v.r.URL.EscapedPath(), "done", v.r.PostForm.Get("act")))
}

// showActionError shows the page again with the reason of a refusal.
func (v *visit) showActionError(a *emailaction.Action, err error) error {
	p := v.actionView(a)
	// What else is wrong than the message of a rejection belongs to the main form.
	for _, aside := range p.Asides {
		if faultField(err) == "message" {
			f, _ := fault.Of(err)
			aside.setFieldError("message", f.Message.In(v.locale))
			return v.showPage(v.faultStatus(f), p)
		}
	}
	if p.Form == nil {
		return err
	}
	return v.showFormError(p, err)
}

// showOtherActionAccount tells somebody who is signed in as somebody else that the link is not for
// them. Security: nothing of the link is shown, not even its workspace.
func (v *visit) showOtherActionAccount() error {
	return v.showPage(http.StatusForbidden, pageView{Title: v.t("action_other_title"),
		Text:  []string{v.t("action_other_text")},
		Form:  v.signOutForm(v.pathTo(v.r.URL.EscapedPath()), v.t("app_switch_button")),
		Links: []pageLink{{v.pathTo("/"), v.t("to_home")}}})
}

// actionView returns the page of an action in its state.
func (v *visit) actionView(a *emailaction.Action) pageView {
	about := wordsByKind[a.Kind]
	args := []any{"Person", a.Person, "Workspace", a.Workspace.Name, "Email", a.Email,
		"NewAddress", a.NewAddress}
	p := pageView{Title: v.t(about.title, args...),
		Notice: v.doneNotice("renew", "move", "approve", "reject"),
		Links:  []pageLink{{v.actionConsole(a), v.t("home_console")}}}
	switch a.State {
	case emailaction.Open:
		p.Text = v.explainAction(a, about, args)
		v.addActionForms(&p, a, about, args)
	case emailaction.AccessOver:
		p.Text = []string{v.t("action_access_over", "Date",
			mail.When(v.locale, *a.AccessEnd, i18n.LoadZone(a.Workspace.TimeZone)))}
	case emailaction.Expired:
		p.Text = []string{v.t("action_expired")}
	default:
		p.Text = []string{v.t(v.outcomeOfAction(a), args...)}
	}
	return p
}

// explainAction returns the paragraphs that tell what is decided, and about whom.
func (v *visit) explainAction(a *emailaction.Action, about actionWords, args []any) []string {
	zone := i18n.LoadZone(a.Workspace.TimeZone)
	switch {
	case about.act == emailaction.Renew && a.Invitation.Status == entinvitation.StatusCancelled:
		return []string{v.t("action_renew_cancelled", args...)}
	case about.act == emailaction.Renew && a.Invitation.ExpiresAt != nil:
		args = append(args, "Date", mail.When(v.locale, *a.Invitation.ExpiresAt, zone))
	case about.act == emailaction.Approve:
		args = append(args, "Page", joinPageTitle(a))
	}
	list := []string{v.t(about.text, args...)}
	// A request that was confirmed long ago deserves another look.
	if about.act == emailaction.Approve && a.Request.ConfirmedAt != nil {
		list = append(list, v.t("action_approve_when", "Date",
			mail.When(v.locale, *a.Request.ConfirmedAt, zone)))
	}
	return list
}

// joinPageTitle returns the title of the join page of a request, as its visitors see it.
func joinPageTitle(a *emailaction.Action) string {
	if title := trimmedText(a.Request.Edges.JoinLink.Title); title != "" {
		return title
	}
	return a.Workspace.Name
}

// addActionForms adds the buttons that decide, or the one that leads to the sign-in.
func (v *visit) addActionForms(p *pageView, a *emailaction.Action, about actionWords,
	args []any) {
	if !a.SignedIn {
		p.Text = append(p.Text, v.t("action_sign_in", "Account", accountName(a.Recipient)))
		p.MainLink = &pageLink{v.pathTo("/sign-in"), v.t("sign_in_button")}
		return
	}
	p.Form = &pageForm{ID: "form", Action: v.currentPath(""), Act: string(about.act),
		Button: v.t(about.button, args...)}
	// The address goes along, so that the one that was shown is the one that is decided on.
	if about.act == emailaction.Move {
		p.Text = append(p.Text, v.t("action_move_note"))
		p.Form.Hidden = []hiddenField{{"newAddress", a.NewAddress}}
	}
	if about.act == emailaction.Approve {
		message := formField{Name: "message", Label: v.t("action_reject_message"),
			Hint: v.t("action_reject_hint"), Type: "textarea"}
		reject := &pageForm{Action: v.currentPath(""), Act: string(emailaction.Reject),
			Summary: v.t("action_reject_summary"), Fields: []formField{message},
			Button: v.t("action_reject_button"), Quiet: true}
		// A message that was refused as too long is not lost.
		if v.r.PostForm.Get("act") == reject.Act {
			reject.fillAnswers(v)
		}
		p.Asides = []*pageForm{reject}
	}
}

// outcomeOfAction returns the message key for what has become of an action.
func (v *visit) outcomeOfAction(a *emailaction.Action) string {
	switch {
	case a.Request != nil && a.Request.Status == joinrequest.StatusApproved:
		return "action_approved"
	case a.Request != nil && a.Request.Status == joinrequest.StatusRejected:
		return "action_rejected"
	case a.Kind == mail.MoveRequested && a.Email == a.NewAddress:
		return "action_moved"
	case a.Kind == mail.NewLinkRequested && a.State == emailaction.Used:
		return "action_renewed"
	}
	return "action_settled"
}

// actionConsole returns the page of the console about an action.
func (v *visit) actionConsole(a *emailaction.Action) string {
	if a.Request != nil {
		return v.pathTo("/console/invitations", "workspace", a.Workspace.Slug, "tab", "requests")
	}
	return v.pathTo("/console/invitations", "workspace", a.Workspace.Slug, "show",
		a.Invitation.ID.String())
}
