package pages

import (
	"net/http"
	"strings"

	"usher/ent/joinrequest"
	"usher/internal/address"
	"usher/internal/fault"
	"usher/internal/joinlink"
)

// What the buttons of the join page say they do.
const (
	askToJoin = "ask"  // a stranger: by mail
	joinAsOne = "join" // who is signed in: at once
)

// join is the page of a join link (JOI-1 to JOI-9).
func (v *visit) join() error {
	p, err := v.joinPage()
	if err != nil || p == nil {
		return err
	}
	// a slug of before; what was typed is not lost
	if p.Slug != v.r.PathValue("slug") && v.r.Method != http.MethodPost {
		return v.redirect(http.StatusFound, v.query("/join/"+p.Slug))
	}
	switch {
	case p.Request != nil && *p.Request == joinrequest.StatusWaiting:
		return v.show(http.StatusOK, v.waits(p.WorkspaceName, p.Own))
	case p.State != joinlink.PageOpen:
		return v.show(http.StatusGone, v.closed(p))
	case p.Member && p.Request != nil && *p.Request == joinrequest.StatusApproved:
		return v.show(http.StatusOK, v.joined(p))
	}

	if v.r.PostForm.Has("sent") && !v.acts() { // the page that says so, in the other language
		if shown, ok := v.checkMail(p); ok {
			return v.show(http.StatusOK, shown)
		}
	}
	one := p.Own != "" && v.r.PostForm.Get("act") != askToJoin && v.r.URL.Query().
		Get("have") != "other"
	shown := v.open(p, one)
	if !v.acts() {
		return v.show(http.StatusOK, shown)
	}
	if !shown.Form.complete(v) {
		return v.show(http.StatusUnprocessableEntity, shown)
	}
	return v.asks(p, one)
}

// joinPage reads the link that the path names. Nil when it has answered already: there is none.
func (v *visit) joinPage() (*joinlink.JoinPage, error) {
	p, err := v.JoinLinks.JoinPage(v.r.Context(), v.caller, v.r.PathValue("slug"))
	if fault.Has(err, fault.NotFound) {
		return nil, v.show(http.StatusNotFound, view{
			Title: v.t("join_unknown_title"), Text: []string{v.t("join_unknown_text"),
				v.t("join_unknown_ask")},
			Way: &way{v.path("/"), v.t("to_home")},
		})
	}
	if err != nil {
		return nil, err
	}
	v.brand = brandOf(p.Workspace)
	v.locale = v.language(p.Workspace.DefaultLocale)
	return p, nil
}

// open is the page of a link that takes people: one button for who is signed in with a proven
// address, a form for others.
func (v *visit) open(p *joinlink.JoinPage, one bool) view {
	shown := view{Title: v.t("join_title", "Workspace", p.WorkspaceName), Lead: text(p.WelcomeText)}
	if title := text(p.Title); title != "" {
		shown.Title = title
	}
	if p.Member {
		shown.Text = append(shown.Text, v.t("join_member_text", "Workspace", p.WorkspaceName,
			"Account", p.SignedInAs), v.t("join_member_more"))
		shown.Links = append(shown.Links, way{v.path("/"), v.t("to_home")})
	}
	if p.Request != nil && *p.Request == joinrequest.StatusRejected {
		shown.Text = append(shown.Text, v.t("join_rejected_before"))
	}
	if len(p.AllowedDomains) > 0 {
		shown.Text = append(shown.Text, v.t("join_domains", "Domains", some(p.AllowedDomains)))
	}
	if p.RequiresApproval {
		shown.Text = append(shown.Text, v.t("join_approval"))
	}

	if one {
		button := v.t("join_as_button", "Account", p.Own)
		if p.RequiresApproval {
			button = v.t("join_ask_as_button", "Account", p.Own)
		}
		shown.Form = &form{ID: "form", Action: v.here(""), Act: joinAsOne,
			Fields: v.questions(p.Fields), Button: button}
		shown.Links = append(shown.Links, way{v.path("/join/"+p.Slug, "have", "other"),
			v.t("join_other_address")})
		change := v.signOutForm(v.path("/join/"+p.Slug), v.t("join_switch_button"))
		change.ID, change.Quiet, change.Summary = "", true, v.t("join_not_you")
		shown.Asides = []*form{change}
	} else {
		shown.Form = v.form("join_button", append(v.names("", ""), field{
			Name: "email", Label: v.t("email"), Hint: v.t("join_email_hint"), Type: "email",
			Autocomplete: "email", missing: v.t("email_missing"),
		})...)
		shown.Form.Act = askToJoin
	}
	shown.Form.answer(v)
	return shown
}

// asks is the first step of who comes by themselves (JOI-3).
func (v *visit) asks(p *joinlink.JoinPage, one bool) error {
	locale := string(v.locale)
	in := joinlink.JoinInput{Slug: p.Slug, Email: p.Own, Locale: &locale, CustomFields: v.answers()}
	if !one {
		in.Email, in.FirstName, in.LastName = v.r.PostForm.Get("email"), v.sent("firstName"),
			v.sent("lastName")
	}
	joined, err := v.JoinLinks.Join(v.r.Context(), v.caller, in, v.comesFrom())
	switch {
	case fault.Has(err, fault.JoinClosed) || fault.Has(err, fault.NotFound):
		return v.again() // closed, or gone, since its page was read
	case fault.Has(err, fault.EmailNotAllowed):
		f, _ := fault.Of(err)
		shown := v.open(p, false) // where another address can be typed
		shown.Form.blame("email", f.Message.In(v.locale))
		return v.show(v.status(f), shown)
	// their own address, typed into the form for strangers
	case strings.HasPrefix(at(err), "customFields."):
		return v.refuse(v.open(p, true), err)
	case err != nil:
		return v.refuse(v.open(p, one), err)
	}
	if joined.Status == joinlink.CheckYourMail {
		// No redirect here: it would have to carry the address in a path or a cookie. Sent once
		// more, the form does no harm: limits keep a second mail from the mailbox, and the answer
		// is the same.
		if shown, ok := v.checkMail(p); ok {
			return v.show(http.StatusOK, shown)
		}
	}
	return v.to(v.path("/join/" + p.Slug))
}

// checkMail is what everybody is told who asked to join by mail, whatever is known of the address
// (JOI-4). Its button sends the form once more. There is none for what is no address.
func (v *visit) checkMail(p *joinlink.JoinPage) (view, bool) {
	a, err := address.Parse(v.r.PostForm.Get("email"))
	if err != nil {
		return view{}, false
	}
	shown := view{Title: v.t("forgot_sent_title"),
		Text: []string{v.t("join_sent_text", "Email", a.Display), v.t("join_sent_missing")}}
	if p.RequiresApproval {
		shown.Text = append(shown.Text, v.t("join_approval"))
	}
	shown.Form = v.form("join_sent_again")
	shown.Form.Act, shown.Form.Quiet = askToJoin, true
	for _, name := range []string{"firstName", "lastName"} {
		shown.Form.Hidden = append(shown.Form.Hidden, hidden{name, v.r.PostForm.Get(name)})
	}
	shown.Form.Hidden = append(shown.Form.Hidden, hidden{"email", a.Display}, hidden{"sent", "1"})
	shown.Links = []way{{v.path("/join/" + p.Slug), v.t("join_other_address")}}
	return shown, true
}

// joined is the page of who came in through this link, now or before.
func (v *visit) joined(p *joinlink.JoinPage) view {
	return view{
		Title: v.t("in_title", "Workspace", p.WorkspaceName),
		Text:  []string{v.t("join_in_text", "Account", p.SignedInAs)},
		Way:   &way{v.path("/"), v.t("in_way")},
	}
}

// waits is the page of who has proven their address and is not in yet (JOI-5).
func (v *visit) waits(workspace, email string) view {
	return view{
		Title: v.t("join_waits_title"),
		Text: []string{v.t("join_waits_text", "Workspace", workspace),
			v.t("join_waits_mail", "Email", email)},
		Links: []way{{v.path("/"), v.t("to_home")}},
	}
}

// closings are the ways in which a link can be closed, each with its sentences.
var closings = map[joinlink.JoinPageState]string{
	joinlink.PageOff: "join_off", joinlink.PageExpired: "join_expired",
	joinlink.PageFull: "join_full",
}

// closed is the page of a link that takes nobody now (JOI-6). Members find their way from here all
// the same.
func (v *visit) closed(p *joinlink.JoinPage) view {
	shown := v.shut(p.State, p.WorkspaceName)
	switch {
	case p.Member:
		shown.Text = append(shown.Text, v.t("join_member_text", "Workspace", p.WorkspaceName,
			"Account", p.SignedInAs))
		shown.Way = &way{v.path("/"), v.t("to_home")}
	case p.SignedInAs == "":
		shown.Links = []way{{v.path("/sign-in"), v.t("join_closed_sign_in")}}
	default:
		shown.Links = []way{{v.path("/"), v.t("to_home")}}
	}
	return shown
}

// shut says why nobody can join now, and whom to ask.
func (v *visit) shut(state joinlink.JoinPageState, workspace string) view {
	key := closings[state]
	p := view{Title: v.t(key+"_title", "Workspace", workspace), Text: []string{v.t(key + "_text")}}
	if v.brand.Contact == "" {
		p.Text = append(p.Text, v.t("join_closed_ask"))
	}
	return p
}

// some names the first of many domains: a sentence is not a page.
func some(domains []string) string {
	const most = 8
	if len(domains) > most {
		return strings.Join(domains[:most], ", ") + ", …"
	}
	return strings.Join(domains, ", ")
}
