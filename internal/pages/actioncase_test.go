package pages_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"usher/ent/member"
	"usher/ent/roleassignment"
	"usher/internal/invitation"
	usermail "usher/internal/mail"
	"usher/internal/store"
)

// actionCase is one decision that an action link allows.
type actionCase struct {
	act, button, done string
	// prepare makes an object that waits for the decision, and the email about it.
	prepare func(h *house, name string) waitingAction
}

// waitingAction is an object that waits for a decision.
type waitingAction struct {
	link      string
	form      url.Values    // of the page, besides the decision
	said      []string      // about the object, which nobody else may read
	state     func() string // changes with any decision
	elsewhere func() error  // decides in the way of the console
}

// actionCases are the decisions of all emails that ask for one.
var actionCases = []actionCase{
	{"renew", "Renew the invitation", "The invitation has been renewed.", prepareRenewal},
	{"move", "", "The invitation has been moved.", prepareMove},
	{"approve", "Approve", "The request has been approved.", prepareApproval},
	{"reject", "Reject", "The request has been rejected.", prepareRejection},
}

func prepareRenewal(h *house, name string) waitingAction {
	inv, link := h.expiredAsk(name + "@example.org")
	return waitingAction{link: link, said: []string{name},
		state: func() string {
			now := h.Store.Invitation.GetX(h.In(), inv.ID)
			return fmt.Sprint(now.Status, now.RenewalAskedAt, now.ExpiresAt)
		},
		elsewhere: func() error {
			_, err := h.Invitations.Resend(h.t.Context(), h.Caller(h.Admin), inv.ID,
				invitation.ResendInput{})
			return err
		}}
}

func prepareMove(h *house, name string) waitingAction {
	to := name + "@home.test"
	inv := h.Invite(name+"@work.test", nil)
	if err := h.RequestMove(h.t.Context(), h.As(h.proven(to)), h.MailToken(inv)); err != nil {
		h.t.Fatal(err)
	}
	return waitingAction{link: h.actionLink(usermail.MoveRequested), said: []string{name},
		form: url.Values{"newAddress": {to}},
		state: func() string {
			now := h.Store.Invitation.GetX(h.In(), inv.ID)
			return fmt.Sprint(now.Email, now.LinkVersion)
		},
		elsewhere: func() error {
			_, err := h.Invitations.CorrectEmail(h.t.Context(), h.Caller(h.Admin), inv.ID, to)
			return err
		}}
}

// prepareJoinRequest is a join request that waits.
func prepareJoinRequest(h *house, name string) waitingAction {
	email := name + "@example.org"
	return waitingAction{link: h.waiting(name, email), said: []string{name, "Grace"},
		state: func() string { return string(h.request(email).Status) }}
}

// prepareApproval is a request that somebody else rejects meanwhile.
func prepareApproval(h *house, name string) waitingAction {
	a := prepareJoinRequest(h, name)
	a.elsewhere = func() error {
		_, err := h.JoinLinks.Reject(h.t.Context(), h.Caller(h.Admin),
			h.request(name+"@example.org").ID, nil)
		return err
	}
	return a
}

// prepareRejection is a request that somebody else approves meanwhile.
func prepareRejection(h *house, name string) waitingAction {
	a := prepareJoinRequest(h, name)
	a.elsewhere = func() error {
		_, err := h.JoinLinks.Approve(h.t.Context(), h.Caller(h.Admin),
			h.request(name+"@example.org").ID)
		return err
	}
	return a
}

// INV-12: each link decides once, for the account that its email went to, for two weeks, with the
// rights of that moment, and only while nobody else has decided.
func TestEveryActionLinkDecidesOnceForItsAccount(t *testing.T) {
	t.Parallel()
	for _, c := range actionCases {
		t.Run(c.act, func(t *testing.T) {
			onBoth(t, func(t *testing.T, h *house) {
				h.Join("eve@example.org", nil)
				c.refuseOthers(t, h)
				c.decideOnce(t, h)
				c.decideElsewhere(t, h)
				c.expire(t, h)
				c.loseTheRight(t, h)
			})
		})
	}
}

// post submits the decision as a page would that was shown before.
func (c *actionCase) post(b *browser, a waitingAction) *page {
	form := url.Values{"act": {c.act}}
	for name, values := range a.form {
		form[name] = values
	}
	return b.send(http.MethodPost, a.link, form)
}

// asAdmin is a browser in which the recipient of the emails is signed in.
func (h *house) asAdmin(t *testing.T) *browser {
	t.Helper()
	b := h.browser(t)
	b.signIn("admin@acme.test")
	return b
}

// requireUndecided runs what must not decide.
func requireUndecided(t *testing.T, about string, a waitingAction, run func()) {
	t.Helper()
	waiting := a.state()
	run()
	if now := a.state(); now != waiting {
		t.Errorf("%s: %s became %s", about, waiting, now)
	}
}

func (c *actionCase) refuseOthers(t *testing.T, h *house) {
	t.Helper()
	a := c.prepare(h, "nina")
	requireUndecided(t, "another account", a, func() {
		eve := h.browser(t)
		eve.signIn("eve@example.org")
		eve.get(a.link).shows(http.StatusForbidden, "sent to another account").
			hides(append(a.said, "admin@acme.test")...) // the brand is that of her own workspace
		c.post(eve, a).shows(http.StatusForbidden).hides(a.said...)
	})
	requireUndecided(t, "nobody", a, func() {
		h.browser(t).get(a.link).shows(http.StatusOK, append(a.said, "Sign in as admin@acme.test")...).
			hides(`value="` + c.act + `"`)
		if p := c.post(h.browser(t), a); p.path != "/sign-in" {
			t.Errorf("without a session the button leads to %s", p.path)
		}
	})
	requireUndecided(t, "a changed link", a, func() {
		changed := a
		spoilt := []byte(a.link)
		spoilt[len(spoilt)-3] ^= 1
		changed.link = string(spoilt)
		c.post(h.asAdmin(t), changed).shows(http.StatusNotFound, "not valid")
	})
	requireUndecided(t, "another site", a, func() {
		admin := h.asAdmin(t)
		admin.header.Set("Origin", "https://evil.test")
		admin.header.Set("Sec-Fetch-Site", "cross-site")
		if p := c.post(admin, a); p.status != http.StatusForbidden {
			t.Errorf("a form of another site: %d", p.status)
		}
	})
}

func (c *actionCase) decideOnce(t *testing.T, h *house) {
	t.Helper()
	a := c.prepare(h, "olga")
	waiting := a.state()
	admin := h.asAdmin(t)
	shown := admin.get(a.link).shows(http.StatusOK, a.said...)
	button := c.button
	if button == "" {
		button = "Move it to olga@home.test"
	}
	shown.press(button, nil).shows(http.StatusOK, c.done)
	decided := a.state()
	if decided == waiting {
		t.Errorf("%q decided nothing", button)
	}
	// A second press of the same page, and the link once more.
	shown.press(button, nil).shows(http.StatusOK, "nothing left to do")
	admin.get(a.link).shows(http.StatusOK, "nothing left to do").hides(`value="` + c.act + `"`)
	if now := a.state(); now != decided {
		t.Errorf("the second use made %s of %s", now, decided)
	}
}

func (c *actionCase) decideElsewhere(t *testing.T, h *house) {
	t.Helper()
	a := c.prepare(h, "paul")
	admin := h.asAdmin(t)
	admin.get(a.link).shows(http.StatusOK)
	if err := a.elsewhere(); err != nil {
		t.Fatal(err)
	}
	requireUndecided(t, "decided elsewhere", a, func() {
		c.post(admin, a).shows(http.StatusOK, "nothing left to do")
		admin.get(a.link).shows(http.StatusOK).hides(`value="` + c.act + `"`)
	})
}

func (c *actionCase) expire(t *testing.T, h *house) {
	t.Helper()
	a := c.prepare(h, "quin")
	h.Clock.Add(14*day + 1)
	requireUndecided(t, "two weeks later", a, func() {
		admin := h.asAdmin(t)
		admin.get(a.link).shows(http.StatusOK, "worked for two weeks").
			hides(`value="` + c.act + `"`)
		c.post(admin, a).shows(http.StatusOK, "worked for two weeks")
	})
}

// loseTheRight comes last: it takes the roles of the administrator, then the access.
func (c *actionCase) loseTheRight(t *testing.T, h *house) {
	t.Helper()
	a := c.prepare(h, "rosa")
	admin := h.asAdmin(t)
	admin.get(a.link).shows(http.StatusOK)
	h.Write(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.RoleAssignment.Delete().
			Where(roleassignment.MemberID(h.Admin.ID)).Exec(ctx)
		return err
	})
	requireUndecided(t, "without the right", a, func() {
		if p := c.post(admin, a); p.status != http.StatusForbidden &&
			p.status != http.StatusNotFound {
			t.Errorf("without the right: %d %s", p.status, p.body)
		}
	})
	h.Write(func(ctx context.Context, tx *store.Tx) error {
		return tx.Member.UpdateOneID(h.Admin.ID).SetStatus(member.StatusDeactivated).Exec(ctx)
	})
	requireUndecided(t, "without a place in the workspace", a, func() {
		c.post(admin, a).shows(http.StatusNotFound).hides(a.said...)
		h.browser(t).get(a.link).shows(http.StatusNotFound).hides(a.said...)
	})
}
