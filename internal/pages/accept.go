package pages

import (
	"net/http"

	entinvitation "usher/ent/invitation"
)

// invitationRecipient describes the invitee of an invitation link.
func invitationRecipient(page *linkedInvitation) linkRecipient {
	return linkRecipient{
		email: page.Email, firstName: page.FirstName, lastName: page.LastName,
		signedInAs: page.SignedInAs,
		ownAddress: page.OwnAddress,
		hasAccount: page.HasAccount, emailedLink: page.EmailedLink, newPassword: page.NewPassword,
		customFields: page.Fields, consent: page.Consent,
		submitLabel: "accept_button", signInLabel: "accept_sign_in_button",
		otherAccountText: "other_text",
	}
}

// acceptInvitation accepts a pending invitation and signs the invitee in (INV-8, INV-9). Any other
// state shows the page of that state.
func (v *visit) acceptInvitation(page *linkedInvitation) error {
	// The form of an earlier tab, or the browser's back button: the page of the new state says more
	// than an error.
	if page.Status == entinvitation.StatusActive {
		return v.reloadPage()
	}
	if page.Status != entinvitation.StatusPending {
		return v.showInvitation(http.StatusGone, page)
	}
	p := v.pendingView(page)
	if page.WorkspaceArchived {
		return v.showPage(http.StatusConflict, p)
	}
	if invitationRecipient(page).isOtherAccount() {
		// Another account has signed in since the page was shown.
		return v.showPage(http.StatusConflict, p)
	}
	if !p.Form.requireAnswers(v) {
		return v.showPage(http.StatusUnprocessableEntity, p)
	}

	admitted, err := v.Acceptances.Accept(v.r.Context(), v.caller, v.acceptInput(),
		v.requestOrigin())
	if isLinkFault(err) {
		return v.showChangedInvitation(err)
	}
	if err != nil {
		return v.showEntryError(invitationRecipient(page), func() pageView {
			return v.pendingView(page)
		}, err)
	}
	// nil if the caller was signed in already: their session goes on.
	if admitted.SignIn != nil {
		if err := v.setSignInSession(admitted.SignIn); err != nil {
			return err
		}
	}
	return v.reloadPage()
}

// mayEmailAgain is the choice to decline without an opt-out of further emails.
const mayEmailAgain = "NONE"

// declineForm returns the folded form that declines. Its reader chooses whether further emails may
// follow (INV-11). No choice is preselected: see optOutField.
func (v *visit) declineForm(page *linkedInvitation) *pageForm {
	never := v.optOutField(page.WorkspaceName, page.EmailedLink)
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
func (v *visit) declineInvitation(page *linkedInvitation) error {
	if page.Status != entinvitation.StatusPending {
		if page.Status == entinvitation.StatusActive {
			return v.reloadPage()
		}
		return v.showInvitation(http.StatusGone, page)
	}
	// A choice is required, so that no email scanner declines by pressing the button (see
	// optOutField).
	never := v.sentOptOut()
	if never == nil && v.r.PostForm.Get("never") != mayEmailAgain {
		p := v.pendingView(page)
		for _, f := range p.Asides {
			if f.Act == "decline" {
				f.setFieldError("never", v.t("never_missing"))
			}
		}
		return v.showPage(http.StatusUnprocessableEntity, p)
	}

	if _, err := v.Acceptances.Decline(v.r.Context(), v.token, never); err != nil {
		return v.showChangedInvitation(err)
	}
	return v.reloadPage()
}
