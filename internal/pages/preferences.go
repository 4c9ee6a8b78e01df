package pages

import (
	"net/http"

	"usher/internal/suppression"
)

// servePreferences serves the unsubscribe link in the last line of every email (INV-11).
func (v *visit) servePreferences() error {
	about, err := v.Suppressions.Preferences(v.r.Context(), v.token)
	if err != nil {
		return v.showUnusableLink(err, pageLink{v.pathTo("/"), v.t("to_home")})
	}
	v.locale = v.chooseLocale(about.Locale, "")
	p := pageView{
		Title: v.t("mails_title"), Notice: v.doneNotice("stopped"),
		Text: []string{v.t("mails_text", "Email", about.Email), v.t("mails_still")},
		Form: v.newForm("mails_button"),
	}
	// The email came from this workspace, so the page is in its name.
	if about.Workspace != nil {
		v.brand = workspaceBrand(about.Workspace)
	}
	if v.isOneClick() {
		return v.stopByOneClick(about, p)
	}
	if notice := v.stoppedNotice(about); notice != "" && p.Notice == "" {
		p.Notice = notice
	}
	// Nothing is left to stop.
	if about.Stopped == suppression.AllWorkspaces && !v.isSubmission() {
		p.Form = nil
		return v.showPage(http.StatusOK, p)
	}
	p.Form.Fields = []formField{v.optOutField(about.WorkspaceName, true)}
	p.Form.fillAnswers(v)
	if !v.isSubmission() {
		return v.showPage(http.StatusOK, p)
	}

	never := v.sentOptOut()
	if never == nil {
		p.Form.setFieldError("never", v.t("never_missing"))
		return v.showPage(http.StatusUnprocessableEntity, p)
	}
	if err := v.Suppressions.StopEmail(v.r.Context(), v.token, *never); err != nil {
		return v.showFormError(p, err)
	}
	return v.seeOther(v.pathTo(v.r.URL.EscapedPath(), "done", "stopped"))
}

// isOneClick reports whether the request is the one that mail programs send for their own button
// (RFC 8058, section 3.1). No page holds such a form, so that a scanner which presses the buttons of
// pages does not send it.
func (v *visit) isOneClick() bool {
	return v.r.Method == http.MethodPost && v.r.PostForm.Get("List-Unsubscribe") == "One-Click"
}

// stopByOneClick stops the emails of the workspace that sent this one, or of all if it came from
// none. It answers 200 without a redirect, which RFC 8058 forbids.
func (v *visit) stopByOneClick(about *suppression.Preferences, p pageView) error {
	stop := suppression.ThisWorkspace
	if about.Workspace == nil {
		stop = suppression.AllWorkspaces
	}
	if err := v.Suppressions.StopEmail(v.r.Context(), v.token, stop); err != nil {
		return err
	}
	p.Form, p.Notice = nil, v.t("done_stopped")
	return v.showPage(http.StatusOK, p)
}

// stoppedNotice returns the sentence about emails that are stopped already, "" if none are. The page
// is opened again by the link in an older email.
func (v *visit) stoppedNotice(about *suppression.Preferences) string {
	switch about.Stopped {
	case suppression.AllWorkspaces:
		return v.t("mails_stopped_all")
	case suppression.ThisWorkspace:
		return v.t("mails_stopped_here", "Workspace", about.WorkspaceName)
	}
	return ""
}

// optOutField returns the choice of which workspaces must send no more emails; workspace is "" for
// an email of no workspace. All workspaces are offered only for an emailed link, because a copied
// link does not prove who holds it.
//
// Nothing is preselected and an answer is required. Email scanners open links and press the buttons
// of the page behind them. A form that is complete without an answer would let such a scanner
// decline or unsubscribe for the recipient.
func (v *visit) optOutField(workspace string, emailedLink bool) formField {
	f := formField{Name: "never", Label: v.t("never"), Type: "radio"}
	if workspace != "" {
		f.Choices = []fieldChoice{{string(suppression.ThisWorkspace),
			v.t("never_this", "Workspace", workspace)}}
	}
	if emailedLink {
		f.Choices = append(f.Choices, fieldChoice{string(suppression.AllWorkspaces),
			v.t("never_all")})
	}
	return f
}

// sentOptOut returns the opt-out that the submitted form holds, nil if it holds none.
func (v *visit) sentOptOut() *suppression.NeverEmail {
	switch sent := suppression.NeverEmail(v.r.PostForm.Get("never")); sent {
	case suppression.ThisWorkspace, suppression.AllWorkspaces:
		return &sent
	}
	return nil
}
