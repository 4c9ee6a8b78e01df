package pages

import (
	"net/http"
	"slices"
	"strings"

	"usher/ent/joinrequest"
	"usher/internal/address"
	"usher/internal/consent"
	"usher/internal/fault"
	"usher/internal/joinlink"
)

// The actions of the join page's buttons.
const (
	joinByEmail  = "ask"  // by email, without an account
	joinSignedIn = "join" // with the signed-in account, immediately
)

// serveJoinPage serves the page of a join link (JOI-1 to JOI-9).
func (v *visit) serveJoinPage() error {
	p, err := v.loadJoinPage()
	if err != nil || p == nil {
		return err
	}
	// A former slug redirects to the current one. A POST is served as it is, because a redirect
	// would lose the submitted form.
	if p.Slug != v.r.PathValue("slug") && v.r.Method != http.MethodPost {
		return v.sendRedirect(http.StatusFound, v.withQuery("/join/"+p.Slug))
	}
	switch {
	// A request by the signed-in account comes before the state of the link: it is decided on its
	// own.
	case p.Request != nil && *p.Request == joinrequest.StatusWaiting:
		return v.showPage(http.StatusOK, v.waitingView(p.WorkspaceName, p.Own))
	case p.State != joinlink.PageOpen:
		return v.showPage(http.StatusGone, v.closedJoinView(p))
	case p.Member && p.Request != nil && *p.Request == joinrequest.StatusApproved:
		return v.showPage(http.StatusOK, v.joinedView(p))
	}

	// The language switch of the page that follows a request by email.
	if v.r.PostForm.Has("sent") && !v.isSubmission() {
		if shown, ok := v.checkEmailView(p); ok {
			return v.showPage(http.StatusOK, shown)
		}
	}
	// A signed-in account may still choose to join with another address.
	one := p.Own != "" && v.r.PostForm.Get("act") != joinByEmail && v.r.URL.Query().
		Get("have") != "other"
	shown := v.openJoinView(p, one)
	if !v.isSubmission() {
		return v.showPage(http.StatusOK, shown)
	}
	if !shown.Form.requireAnswers(v) {
		return v.showPage(http.StatusUnprocessableEntity, shown)
	}
	return v.requestJoin(p, one)
}

// loadJoinPage returns the join link of the path and sets the brand and the language. It returns
// nil after it has answered 404 itself.
func (v *visit) loadJoinPage() (*joinlink.JoinPage, error) {
	p, err := v.JoinLinks.JoinPage(v.r.Context(), v.caller, v.r.PathValue("slug"))
	if fault.Has(err, fault.NotFound) {
		return nil, v.showPage(http.StatusNotFound, pageView{
			Title: v.t("join_unknown_title"), Text: []string{v.t("join_unknown_text"),
				v.t("join_unknown_ask")},
			MainLink: &pageLink{v.pathTo("/"), v.t("to_home")},
		})
	}
	if err != nil {
		return nil, err
	}
	v.brand = workspaceBrand(p.Workspace)
	v.locale = v.chooseLocale("", p.Workspace.DefaultLocale)
	return p, nil
}

// openJoinView returns the page of an open join link: one button for an account with a verified
// address, else a form for names and address.
func (v *visit) openJoinView(p *joinlink.JoinPage, one bool) pageView {
	shown := pageView{Title: v.t("join_title", "Workspace", p.WorkspaceName),
		Lead: trimmedText(p.WelcomeText), Offer: v.joinOffer(p, one),
		FormTitle: v.t("form_join")}
	if title := trimmedText(p.Title); title != "" {
		shown.Title = title
	}
	if p.Member {
		shown.Text = append(shown.Text, v.t("join_member_text", "Workspace", p.WorkspaceName,
			"Account", p.SignedInAs), v.t("join_member_more"))
		// The button of the form is the main action, so the way on is a plain link here.
		if p.LandingURL != "" {
			shown.Links = append(shown.Links, pageLink{v.startOfLogin(p.Workspace.ID, p.LandingURL),
				v.t("join_member_on", "Workspace", p.WorkspaceName)})
		}
		shown.Links = append(shown.Links, pageLink{v.pathTo("/"), v.t("to_home")})
	}
	if p.Request != nil && *p.Request == joinrequest.StatusRejected {
		shown.Text = append(shown.Text, v.t("join_rejected_before"))
	}
	if one {
		shown.FormTitle = v.t("form_one_click")
		button := v.t("join_as_button", "Account", p.Own)
		if p.RequiresApproval {
			button = v.t("join_ask_as_button", "Account", p.Own)
		}
		shown.Form = &pageForm{ID: "form", Action: v.currentPath(""), Act: joinSignedIn,
			Fields: append(v.customFieldInputs(p.Fields), v.consentFields(p.Consent)...),
			Button: button}
		shown.Links = append(shown.Links, pageLink{v.pathTo("/join/"+p.Slug, "have", "other"),
			v.t("join_other_address")})
		change := v.signOutForm(v.pathTo("/join/"+p.Slug), v.t("join_switch_button"))
		change.ID, change.Quiet, change.Summary = "", true, v.t("join_not_you")
		shown.Asides = []*pageForm{change}
	} else {
		// The button says what it does: it does not make a member yet.
		button, hint := "join_button", v.t("join_email_hint")
		if p.RequiresApproval {
			button = "join_ask_button"
		}
		if len(p.AllowedDomains) > 0 {
			hint = v.t("join_domains", "Domains", v.describeDomains(
				p.AllowedDomains)) + " " + hint
		}
		shown.Form = v.newForm(button, append(v.nameFields("", ""), formField{
			Name: "email", Label: v.t("email"), Hint: hint, Type: "email",
			Autocomplete: "email", missingText: v.t("email_missing"),
		})...)
		// Members who are not signed in would go through an email for nothing.
		if p.SignedInAs == "" {
			shown.FormLink = &pageLink{v.pathTo("/sign-in", "next", "/join/"+p.Slug, "workspace",
				p.Workspace.Slug),
				v.t("join_closed_sign_in")}
		}
		shown.Form.Act = joinByEmail
	}
	shown.Form.fillAnswers(v)
	return shown
}

// requestJoin submits the join form: the first of the two steps of joining by email, or the only
// one of a signed-in account (JOI-3).
func (v *visit) requestJoin(p *joinlink.JoinPage, one bool) error {
	locale := string(v.locale)
	in := joinlink.JoinInput{Slug: p.Slug, Email: p.Own, Locale: &locale,
		CustomFields: v.sentAnswers(), Consent: v.sentValue(consent.Field)}
	if !one {
		in.Email, in.FirstName, in.LastName = v.r.PostForm.Get("email"), v.sentValue("firstName"),
			v.sentValue("lastName")
	}
	joined, err := v.JoinLinks.Join(v.r.Context(), v.caller, in, v.requestOrigin())
	switch {
	case fault.Has(err, fault.JoinClosed) || fault.Has(err, fault.NotFound):
		// The link was closed or deleted since the page was shown.
		return v.reloadPage()
	case fault.Has(err, fault.EmailNotAllowed):
		f, _ := fault.Of(err)
		shown := v.openJoinView(p, false) // the form has a field for another address
		shown.Form.setFieldError("email", f.Message.In(v.locale))
		return v.showPage(v.faultStatus(f), shown)
	// The caller typed their own address into the anonymous form, which has no custom fields and
	// no box for the consent.
	case strings.HasPrefix(faultField(err), "customFields."), faultField(err) == consent.Field:
		return v.showFormError(v.openJoinView(p, true), err)
	case err != nil:
		return v.showFormError(v.openJoinView(p, one), err)
	}
	if joined.Status == joinlink.CheckYourEmail {
		// No redirect: it would have to carry the address in a path or a cookie. A repeated submit
		// is harmless, because the rate limit stops a second email and the response is the same.
		if shown, ok := v.checkEmailView(p); ok {
			return v.showPage(http.StatusOK, shown)
		}
	}
	return v.seeOther(v.pathTo("/join/" + p.Slug))
}

// checkEmailView returns the page after a request by email. Security: it is the same for every
// address, whatever Usher knows about it (JOI-4). Its button submits the form again. It returns
// false for a malformed address.
func (v *visit) checkEmailView(p *joinlink.JoinPage) (pageView, bool) {
	a, err := address.Parse(v.r.PostForm.Get("email"))
	if err != nil {
		return pageView{}, false
	}
	shown := pageView{Title: v.t("forgot_sent_title"),
		Text: []string{v.t("join_sent_text", "Email", a.Display), v.t("join_sent_missing")}}
	if p.RequiresApproval {
		// Approval comes after the confirmation, so the page announces it early.
		shown.Text = append(shown.Text, v.t("join_approval", "Workspace", p.WorkspaceName))
	}
	shown.Form = v.newForm("join_sent_again")
	shown.Form.Act, shown.Form.Quiet = joinByEmail, true
	// The hidden fields repeat the request: the page keeps nothing on the server.
	for _, name := range []string{"firstName", "lastName"} {
		shown.Form.Hidden = append(shown.Form.Hidden, hiddenField{name, v.r.PostForm.Get(name)})
	}
	shown.Form.Hidden = append(shown.Form.Hidden, hiddenField{"email", a.Display},
		hiddenField{"sent", "1"})
	shown.Links = []pageLink{{v.pathTo("/join/" + p.Slug), v.t("join_other_address")}}
	return shown, true
}

// joinedView returns the page of a member who joined by this link, now or earlier.
func (v *visit) joinedView(p *joinlink.JoinPage) pageView {
	shown := pageView{Title: v.t("in_title", "Workspace", p.WorkspaceName),
		Text: []string{v.t("join_in_text", "Account", p.SignedInAs)}}
	v.leadOn(&shown, p.Workspace.ID, p.LandingURL)
	return shown
}

// waitingView returns the page of a confirmed request that waits for approval (JOI-5).
func (v *visit) waitingView(workspace, email string) pageView {
	return pageView{
		Title: v.t("join_waits_title"),
		Text: []string{v.t("join_waits_text", "Workspace", workspace),
			v.t("join_waits_mail", "Email", email)},
		Links: []pageLink{{v.pathTo("/"), v.t("to_home")}},
	}
}

// closedPageKeys maps each state of a closed link to the prefix of its message keys.
var closedPageKeys = map[joinlink.JoinPageState]string{
	joinlink.PageOff: "join_off", joinlink.PageExpired: "join_expired",
	joinlink.PageFull: "join_full", joinlink.PageArchived: "join_archived",
}

// closedJoinView returns the page of a closed join link (JOI-6), with a link home for members and
// to the sign-in for others.
func (v *visit) closedJoinView(p *joinlink.JoinPage) pageView {
	shown := v.closedReasonView(p.State, p.WorkspaceName)
	switch {
	case p.Member:
		shown.Text = append(shown.Text, v.t("join_member_text", "Workspace", p.WorkspaceName,
			"Account", p.SignedInAs))
		v.leadOn(&shown, p.Workspace.ID, p.LandingURL)
	case p.SignedInAs == "":
		shown.Links = []pageLink{{v.pathTo("/sign-in"), v.t("join_closed_sign_in")}}
	default:
		shown.Links = []pageLink{{v.pathTo("/"), v.t("to_home")}}
	}
	return shown
}

// closedReasonView returns a page that says why the link is closed and who to contact.
func (v *visit) closedReasonView(state joinlink.JoinPageState, workspace string) pageView {
	key := closedPageKeys[state]
	p := pageView{Title: v.t(key+"_title", "Workspace", workspace),
		Text: []string{v.t(key + "_text")}}
	// The frame of the page shows the contact if there is one.
	if v.brand.Contact == "" {
		p.Text = append(p.Text, v.t("join_closed_ask"))
	}
	return p
}

// describeDomains returns the domains of a whitelist as the end of a sentence. At most eight are
// named.
func (v *visit) describeDomains(domains []string) string {
	var names []string
	for _, d := range domains {
		base, wildcard := strings.CutPrefix(d, "*.")
		switch {
		// Told together with the domain itself.
		case wildcard && slices.Contains(domains, base):
			continue
		case wildcard:
			names = append(names, v.t("domain_below", "Domain", base))
		case slices.Contains(domains, "*."+d):
			names = append(names, v.t("domain_and_below", "Domain", d))
		default:
			names = append(names, "@"+d)
		}
	}
	const maxNamed = 8
	if len(names) > maxNamed {
		return strings.Join(names[:maxNamed], ", ") + ", …"
	}
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return v.t("names_or", "Names", strings.Join(names[:last], ", "), "Last", names[last])
}
