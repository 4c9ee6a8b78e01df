package pages

import (
	"net/http"

	entinvitation "usher/ent/invitation"
	"usher/internal/invitation"
)

// invitationRecipient describes the invitee of an invitation link.
func invitationRecipient(l *invitation.AcceptPage) linkRecipient {
	return linkRecipient{
		email: l.Email, firstName: l.FirstName, lastName: l.LastName, signedInAs: l.SignedInAs,
		ownAddress: l.OwnAddress,
		hasAccount: l.HasAccount, emailedLink: l.Mailed, newPassword: l.NewPassword,
		customFields: l.Fields,
		submitLabel:  "accept_button", signInLabel: "accept_sign_in_button",
		otherAccountText: "other_text",
	}
}

// acceptInvitation accepts a pending invitation and signs the invitee in (INV-8, INV-9). Any other
// state shows the page of that state.
func (v *visit) acceptInvitation(l *invitation.AcceptPage) error {
	// The form of an earlier tab, or the browser's back button: the page of the new state says more
	// than an error.
	if l.Status == entinvitation.StatusActive {
		return v.reloadPage()
	}
	if l.Status != entinvitation.StatusPending {
		return v.showInvitation(http.StatusGone, l)
	}
	p := v.pendingView(l)
	if l.WorkspaceArchived {
		return v.showPage(http.StatusConflict, p)
	}
	if invitationRecipient(l).isOtherAccount() {
		// Another account has signed in since the page was shown.
		return v.showPage(http.StatusConflict, p)
	}
	if !p.Form.requireAnswers(v) {
		return v.showPage(http.StatusUnprocessableEntity, p)
	}

	admitted, err := v.Invitations.Accept(v.r.Context(), v.caller, v.acceptInput(),
		v.requestOrigin())
	if isLinkFault(err) {
		return v.showChangedInvitation(err)
	}
	if err != nil {
		return v.showEntryError(invitationRecipient(l), func() pageView {
			return v.pendingView(l)
		}, err)
	}
	// nil if the caller was signed in already: their session goes on.
	if admitted.Session != nil {
		if err := v.setSession(admitted.Session); err != nil {
			return err
		}
	}
	return v.reloadPage()
}

// mayEmailAgain is the choice to decline without an opt-out of further emails.
const mayEmailAgain = "NONE"

// declineForm returns the folded form that declines. Its reader chooses whether further emails may
// follow (INV-11). No choice is preselected: see optOutField.
func (v *visit) declineForm(l *invitation.AcceptPage) *pageForm {
	never := v.optOutField(l.WorkspaceName, l.Mailed)
	never.Choices = append([]fieldChoice{{mayEmailAgain, v.t("never_mind")}}, never.Choices...)
	// Only the form that was sent keeps its answers; the accept form on the same page has its own.
	f := &pageForm{
		Action: v.currentPath(""), Act: "decline", Summary: v.t("decline_summary"),
		Text:   []string{v.t("decline_text")},
		Fields: []formField{never}, Button: v.t("decline_button"), Quiet: true,
	}
	if v.r.PostForm.Get("act") == f.Act {
		f.fillAnswers(v)
	}
	return f
}

// declineInvitation declines the invitation and stores the opt-out that the form holds, if any. A
// form without a choice declines nothing and is shown again.
func (v *visit) declineInvitation(l *invitation.AcceptPage) error {
	if l.Status != entinvitation.StatusPending {
		if l.Status == entinvitation.StatusActive {
			return v.reloadPage()
		}
		return v.showInvitation(http.StatusGone, l)
	}
	// A choice is required, so that no email scanner declines by pressing the button (see
	// optOutField).
	never := v.sentOptOut()
	if never == nil && v.r.PostForm.Get("never") != mayEmailAgain {
		p := v.pendingView(l)
		for _, f := range p.Asides {
			if f.Act == "decline" {
				f.setFieldError("never", v.t("never_missing"))
			}
		}
		return v.showPage(http.StatusUnprocessableEntity, p)
	}

	if err := v.Invitations.Decline(v.r.Context(), v.token, never); err != nil {
		return v.showChangedInvitation(err)
	}
	return v.reloadPage()
}
