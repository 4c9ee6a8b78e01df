package pages

import (
	"net/http"

	"usher/ent/joinrequest"
	"usher/internal/fault"
	"usher/internal/joinlink"
)

// joiner is who asked to join. Only the mailbox has seen the link.
func joiner(l *joinlink.JoinLanding) entrant {
	return entrant{
		email: l.Email, first: l.FirstName, last: l.LastName, signedInAs: l.SignedInAs,
		own:        l.OwnAddress,
		hasAccount: l.HasAccount, mailed: true, newPassword: l.NewPassword, fields: l.Fields,
		enter: "join_confirm_button", signIn: "join_confirm_sign_in_button",
		other: "join_other_text",
	}
}

// confirmJoin is where the mailed link of a join page leads: opening it proves nothing, the button
// does (JOI-3).
func (v *visit) confirmJoin() error {
	l, err := v.landJoin()
	if err != nil || l == nil {
		return err
	}
	if v.acts() {
		return v.confirms(l)
	}
	return v.landedJoin(http.StatusOK, l)
}

// landJoin reads the request that the link is of. Nil when it has answered already: the link leads
// nowhere.
func (v *visit) landJoin() (*joinlink.JoinLanding, error) {
	l, err := v.JoinLinks.LandJoin(v.r.Context(), v.caller, v.token)
	if linkFault(err) {
		return nil, v.unknownRequest()
	}
	if err != nil {
		return nil, err
	}
	v.brand = brandOf(l.Workspace)
	v.locale = v.language(l.Locale, l.Workspace.DefaultLocale)
	return l, nil
}

// unknownRequest is the page of a link that was never good.
func (v *visit) unknownRequest() error {
	return v.show(http.StatusNotFound, view{
		Title: v.t("join_link_unknown_title"),
		Text:  []string{v.t("unknown_text"), v.t("join_link_unknown_ask")},
		Way:   &way{v.path("/sign-in"), v.t("to_sign_in")},
	})
}

// landedJoin shows a request as it stands.
func (v *visit) landedJoin(status int, l *joinlink.JoinLanding) error {
	name := l.Workspace.Name
	joinPage := way{v.path("/join/" + l.Slug), v.t("join_page_way")}
	switch {
	case l.Expired:
		return v.show(http.StatusGone, view{Title: v.t("join_link_expired_title"),
			Text: []string{v.t("join_link_expired_text")}, Way: &joinPage})
	case l.Status == joinrequest.StatusWaiting:
		return v.show(status, v.waits(name, l.Email))
	case l.Status == joinrequest.StatusRejected:
		return v.show(status, view{
			Title: v.t("join_rejected_title", "Workspace", name),
			Text:  []string{v.t("join_rejected_text")}, Links: []way{{v.path("/"), v.t("to_home")}},
		})
	case l.Status == joinrequest.StatusApproved && l.OwnAddress &&
		v.caller.In(l.Workspace.ID) != nil:
		p, err := v.arrived(name, v.t("join_in_text", "Account", l.SignedInAs))
		if err != nil {
			return err
		}
		return v.show(status, p)
	case l.Status == joinrequest.StatusApproved:
		p := v.used(view{Title: v.t("join_used_title"),
			Text: []string{v.t("join_used_text", "Email", l.Email, "Workspace", name)}},
			l.SignedInAs)
		p.Links = append(p.Links, joinPage)
		return v.show(status, p)
	case l.State != joinlink.PageOpen:
		p := v.shut(l.State, name)
		p.Links = []way{{v.path("/sign-in"), v.t("join_closed_sign_in")}}
		return v.show(http.StatusGone, p)
	case !l.Allowed:
		p := view{Title: v.t("join_refused_title"),
			Text: []string{v.t("join_refused_text", "Email", l.Email, "Workspace", name)},
			Way:  &joinPage}
		return v.show(http.StatusForbidden, p)
	}
	return v.show(status, v.unconfirmed(l))
}

// unconfirmed is the page of a request that its person has not confirmed yet.
func (v *visit) unconfirmed(l *joinlink.JoinLanding) view {
	e := joiner(l)
	p := view{Title: v.t("join_confirm_title", "Workspace", l.Workspace.Name)}
	if e.wrong() {
		v.wrongAccount(&p, e)
		return p
	}
	p.Text = []string{v.t("join_confirm_text", "Email", l.Email)}
	p.Form = v.entryForm(e)
	v.explain(&p, e)
	return p
}

// confirms is the second step of who comes by themselves.
func (v *visit) confirms(l *joinlink.JoinLanding) error {
	if l.Status != joinrequest.StatusUnconfirmed || l.Expired {
		return v.again()
	}
	if l.State != joinlink.PageOpen || !l.Allowed {
		return v.landedJoin(http.StatusGone, l)
	}
	p := v.unconfirmed(l)
	if joiner(l).wrong() {
		return v.show(http.StatusConflict, p) // signed in meanwhile, as somebody else
	}
	if !p.Form.complete(v) {
		return v.show(http.StatusUnprocessableEntity, p)
	}

	joined, err := v.JoinLinks.Confirm(v.r.Context(), v.caller, v.entry(), v.comesFrom())
	switch {
	case linkFault(err) || fault.Has(err, fault.JoinClosed) ||
		fault.Has(err, fault.EmailNotAllowed):
		return v.again() // the link, or the page it came from, is no longer what this page had said
	case err != nil:
		return v.refuseEntry(joiner(l), func() view { return v.unconfirmed(l) }, err)
	case joined.Session != nil:
		if err := v.signedIn(joined.Session); err != nil {
			return err
		}
	}
	return v.again()
}
