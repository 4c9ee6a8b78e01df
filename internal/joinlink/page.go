package joinlink

import (
	"context"

	"usher/ent"
	"usher/ent/joinrequest"
	"usher/ent/member"
	"usher/internal/access"
	"usher/internal/address"
	"usher/internal/admission"
	"usher/internal/consent"
	"usher/internal/fault"
	"usher/internal/inputs"
	"usher/internal/store"
	"usher/internal/suppression"
)

// JoinPage is the public page of a join link.
type JoinPage struct {
	Slug             string
	State            JoinPageState
	WorkspaceName    string
	Title            *string
	WelcomeText      *string
	LogoURL          *string
	Color            *string
	AllowedDomains   []string
	RequiresApproval bool

	Workspace  *ent.Workspace
	SignedInAs string              // the caller's address, else their name
	Own        string              // the caller's verified address: they join in one step
	Member     bool                // whether the caller is a member already
	Fields     []*ent.CustomField  // to be answered by a caller who joins in one step
	Consent    *consent.Request    // that a caller gives who joins in one step; nil for none
	Request    *joinrequest.Status // the caller's latest through this link
	LandingURL string              // where a member goes from here (INV-21), or ""
}

// landingOf returns where a person goes who has joined by a link, nil for nowhere.
func landingOf(link *ent.JoinLink, w *ent.Workspace) *string {
	return inputs.NilIfEmpty(admission.LandingURL(w, link.Grant.RedirectURL))
}

// JoinURL returns the absolute URL of the page of a join link.
func (s *Service) JoinURL(link *ent.JoinLink) string {
	return s.PublicURL.JoinPath("join", link.Slug).String()
}

// JoinPage returns the public page of a slug and changes nothing. NOT_FOUND for an unknown slug.
func (s *Service) JoinPage(ctx context.Context, by *access.Caller,
	slug string) (_ *JoinPage, err error) {
	defer fault.Annotate(&err, "load join page")

	link, err := s.findLinkBySlug(ctx, slug)
	if err != nil {
		return nil, err
	}
	w := link.Edges.Workspace
	p := &JoinPage{
		Slug: link.Slug, State: pageState(link, s.Clock()), WorkspaceName: w.Name,
		Title: link.Title, WelcomeText: link.WelcomeText,
		LogoURL: w.LogoURL, Color: w.Color, AllowedDomains: append([]string{}, whitelistOf(link).
				Domains()...),
		RequiresApproval: link.RequiresApproval, Workspace: w,
		LandingURL: admission.LandingURL(w, link.Grant.RedirectURL),
	}
	if by.RequirePerson() != nil {
		return p, nil
	}

	// The rest is about the signed-in caller alone.
	u, err := s.Store.User.Get(
		store.AsSystem(ctx, "the signed-in account, of any workspace"), by.UserID)
	if err != nil {
		return nil, err
	}
	p.SignedInAs, p.Member = admission.DisplayName(u), by.In(w.ID) != nil
	if u.Email != nil {
		p.SignedInAs = *u.Email
	}
	// Without a verified address a signed-in person joins as a stranger does.
	if u.Email == nil || !u.EmailProven {
		return p, nil
	}
	p.Own = *u.Email
	if p.Fields, err = s.Admission.ListQuestions(ctx, w.ID, link.Grant.CustomFields); err != nil {
		return nil, err
	}
	if p.Consent, err = consent.AskedOf(ctx, s.Store.Client, w, member.UserID(u.ID)); err != nil {
		return nil, err
	}
	// The latest one: a person who was rejected may have asked again.
	r, err := s.Store.JoinRequest.Query().Where(joinrequest.JoinLinkID(link.ID),
		joinrequest.EmailKey(*u.EmailKey)).
		Order(ent.Desc(joinrequest.FieldID)).First(store.InWorkspace(ctx, w.ID))
	if ent.IsNotFound(err) {
		return p, nil
	}
	if err == nil {
		p.Request = &r.Status
	}
	return p, err
}

// ConfirmPage is the page behind a confirmation link.
type ConfirmPage struct {
	Status     joinrequest.Status
	Expired    bool          // the link has expired; the join page sends a new one
	State      JoinPageState // of the link, now
	Allowed    bool          // whether the link still takes the address
	Email      string        // masked unless the request can be confirmed
	FirstName  string        // as the person typed it
	LastName   string
	Locale     string
	Slug       string
	Workspace  *ent.Workspace
	HasAccount bool
	// NewPassword tells that confirming needs a new password, because it is the first verification
	// of the account's address (AUT-4).
	NewPassword bool
	SignedInAs  string
	OwnAddress  bool // the caller is signed in with the address of the request
	Fields      []*ent.CustomField
	Consent     *consent.Request // that confirming must give; nil for none
	LandingURL  string           // where a person who has joined goes (INV-21), or ""
	OptedOut    bool             // the person wanted no more emails; confirming takes that wish back
}

// ConfirmState is the state of a join request for the holder of its link.
type ConfirmState string

// The states of a join request for the holder of its link.
const (
	ConfirmOpen            ConfirmState = "OPEN"
	ConfirmExpired         ConfirmState = "EXPIRED"
	ConfirmWaiting         ConfirmState = "WAITING"
	ConfirmRejected        ConfirmState = "REJECTED"
	ConfirmJoined          ConfirmState = "JOINED"
	ConfirmClosed          ConfirmState = "CLOSED"
	ConfirmEmailNotAllowed ConfirmState = "EMAIL_NOT_ALLOWED"
)

// RequestState returns the state of the request. Only an OPEN one can be confirmed.
func (l *ConfirmPage) RequestState() ConfirmState {
	// The result of the request comes first: it stays true when the link closes later.
	switch {
	case l.Expired:
		return ConfirmExpired
	case l.Status == joinrequest.StatusWaiting:
		return ConfirmWaiting
	case l.Status == joinrequest.StatusRejected:
		return ConfirmRejected
	case l.Status == joinrequest.StatusApproved:
		return ConfirmJoined
	case l.State != PageOpen:
		return ConfirmClosed
	case !l.Allowed:
		return ConfirmEmailNotAllowed
	}
	return ConfirmOpen
}

// LoadConfirmPage returns the page of a confirmation link and changes nothing. LINK_INVALID.
func (s *Service) LoadConfirmPage(ctx context.Context, by *access.Caller,
	token string) (_ *ConfirmPage, err error) {
	defer fault.Annotate(&err, "load confirm page")

	r, err := s.openRequest(ctx, token)
	if err != nil {
		return nil, err
	}
	a := address.Address{Display: r.Email, Key: r.EmailKey}
	l := &ConfirmPage{
		Status: r.Status, Expired: r.expired, State: pageState(r.link, s.Clock()),
		Allowed: whitelistOf(r.link).Allows(a), Email: r.Email,
		FirstName: inputs.ValueOrEmpty(r.FirstName), LastName: inputs.ValueOrEmpty(r.LastName),
		Locale: inputs.ValueOrEmpty(r.Locale), Slug: r.link.Slug, Workspace: r.workspace,
		LandingURL: admission.LandingURL(r.workspace, r.link.Grant.RedirectURL),
	}
	system := store.AsSystem(ctx,
		"the page asks for a sign-in if the address has an account, in any workspace")
	if by.RequirePerson() == nil {
		u, err := s.Store.User.Get(system, by.UserID)
		if err != nil {
			return nil, err
		}
		l.SignedInAs = admission.DisplayName(u)
		if u.Email != nil {
			l.SignedInAs = *u.Email
		}
		l.OwnAddress = u.EmailKey != nil && *u.EmailKey == r.EmailKey
	}
	// A used or expired link may be in other hands by now, so it shows no full address.
	if r.Status != joinrequest.StatusUnconfirmed || r.expired {
		l.Email = address.Mask(r.Email)
		return l, nil
	}
	if l.HasAccount, l.NewPassword, err = s.Acceptances.FindAccount(system, r.EmailKey,
		l.OwnAddress); err != nil {
		return nil, err
	}
	if l.OptedOut, err = suppression.HasOptedOut(ctx, s.Store.Client, r.EmailKey,
		r.WorkspaceID); err != nil {
		return nil, err
	}
	if l.Consent, err = consent.AskedOf(ctx, s.Store.Client, r.workspace,
		member.EmailKey(r.EmailKey)); err != nil {
		return nil, err
	}
	l.Fields, err = s.Admission.ListQuestions(ctx, r.WorkspaceID, r.link.Grant.CustomFields)
	return l, err
}

// approvalReasons are the sentences for why an address would need approval.
var approvalReasons = map[joinrequest.WaitsFor]string{
	joinrequest.WaitsForApproval:    "join.why_waits_approval",
	joinrequest.WaitsForRemoved:     "join.why_waits_removed",
	joinrequest.WaitsForCancelled:   "join.why_waits_cancelled",
	joinrequest.WaitsForDeactivated: "join.why_waits_deactivated",
}
