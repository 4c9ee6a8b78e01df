package graph

import (
	"context"

	"usher/ent"
	"usher/internal/fault"
	"usher/internal/gqlhttp"
	"usher/internal/ident"
	"usher/internal/invitation"
	"usher/internal/provisioning"
)

// Counted gives a payload its invitationCounts. They are counted after the mutation, and only where
// a client asks for them.
type Counted struct {
	resolver  *Resolver
	workspace ident.ID
}

// InvitationCounts counts the invitations of the workspace that the caller may see; nil where a
// bulk verb changed nothing, so that no workspace is known.
func (c Counted) InvitationCounts(ctx context.Context) (*InvitationCounts, error) {
	if c.workspace.IsZero() {
		return nil, nil
	}
	workspaces := &workspaceResolver{c.resolver}
	return workspaces.InvitationCounts(ctx, &ent.Workspace{ID: c.workspace}, nil)
}

type (
	// OutcomesPayload is what the verbs answer that bring in many people.
	OutcomesPayload struct {
		Outcomes     []*invitation.Outcome
		InvitedCount int // outcomes that are INVITED
		Counted
	}
	// InviteUsersPayload answers inviteUsers.
	InviteUsersPayload struct{ OutcomesPayload }
	// AddToGroupPayload answers addToGroup.
	AddToGroupPayload struct {
		OutcomesPayload
		Group *ent.Group
	}
	// RegisterForSessionPayload answers registerForSession.
	RegisterForSessionPayload struct {
		OutcomesPayload
		Session *ent.Session
	}
	// CreateUserPayload answers createUser.
	CreateUserPayload struct {
		provisioning.Creation
		Counted
	}

	// InvitationPayload is what the verbs answer that change one invitation.
	InvitationPayload struct {
		Invitation *ent.Invitation
		Counted
	}
	// ResendInvitationPayload answers resendInvitation.
	ResendInvitationPayload struct{ InvitationPayload }
	// CancelInvitationPayload answers cancelInvitation.
	CancelInvitationPayload struct{ InvitationPayload }
	// UpdateInvitationPayload answers updateInvitation.
	UpdateInvitationPayload struct{ InvitationPayload }
	// CorrectInvitationEmailPayload answers correctInvitationEmail.
	CorrectInvitationEmailPayload struct{ InvitationPayload }

	// ResultsPayload is what the verbs answer that change several invitations.
	ResultsPayload struct {
		Results []*InvitationResult
		Counted
	}
	// ResendInvitationsPayload answers resendInvitations.
	ResendInvitationsPayload struct{ ResultsPayload }
	// ResendPendingInvitationsPayload answers resendPendingInvitations.
	ResendPendingInvitationsPayload struct{ ResultsPayload }
	// CancelInvitationsPayload answers cancelInvitations.
	CancelInvitationsPayload struct{ ResultsPayload }
)

// invitationPayload answers a changed invitation.
func (r *Resolver) invitationPayload(inv *ent.Invitation) InvitationPayload {
	return InvitationPayload{inv, Counted{r, inv.WorkspaceID}}
}

// visibleGroup reads a group that a verb named; nil without an id, or if the caller may not see it.
func (r *Resolver) visibleGroup(ctx context.Context, id *ident.ID) (*ent.Group, error) {
	if id == nil {
		return nil, nil
	}
	g, err := r.Reads.Group.Get(ctx, *id)
	return g, ent.MaskNotFound(err)
}

// parseIDs reads ids as they were given. One that is no id names nothing.
func parseIDs(given []string) []ident.ID {
	ids := make([]ident.ID, len(given))
	for i, text := range given {
		ids[i], _ = ident.Parse(text)
	}
	return ids
}

// outcomeError tells a client why one of several things was not done.
func outcomeError(ctx context.Context, f *fault.Error) *OutcomeError {
	e := &OutcomeError{Code: f.Code, Message: f.Message.In(gqlhttp.Locale(ctx))}
	if f.Field != "" {
		e.Field = &f.Field
	}
	if f.RetryAfter > 0 {
		seconds := fault.Seconds(f.RetryAfter)
		e.RetryAfterSeconds = &seconds
	}
	return e
}

// resultsPayload answers what was done to several invitations, in the order of the ids given;
// without ids, those done first. The workspace of the counts is that of the first invitation that
// was changed.
func (r *Resolver) resultsPayload(ctx context.Context, given []string, workspace ident.ID,
	b *invitation.Bulk) (ResultsPayload, error) {
	if at, asked := fieldContextAt(ctx, "results", "invitation"); asked {
		if err := r.reloadInvitations(at, b.Invitations); err != nil {
			return ResultsPayload{}, err
		}
	}
	var results []*InvitationResult
	byID := map[ident.ID]*InvitationResult{}
	for _, inv := range b.Invitations {
		results = append(results, &InvitationResult{ID: inv.ID.String(), Invitation: inv})
		byID[inv.ID] = results[len(results)-1]
	}
	for _, e := range b.Errors {
		results = append(results,
			&InvitationResult{ID: e.ID.String(), Error: outcomeError(ctx, e.Fault)})
		byID[e.ID] = results[len(results)-1]
	}
	// The client sent these ids, perhaps one of them twice, and reads the results beside them. The
	// text of an id is returned as it was sent.
	if given != nil {
		results = make([]*InvitationResult, len(given))
		for i, id := range parseIDs(given) {
			result := *byID[id]
			result.ID = given[i]
			results[i] = &result
		}
	}
	if workspace.IsZero() && len(b.Invitations) > 0 {
		workspace = b.Invitations[0].WorkspaceID
	}
	return ResultsPayload{results, Counted{r, workspace}}, nil
}

// InvitationResult is what a verb did to one of several invitations: Invitation or Error is set.
type InvitationResult struct {
	ID         string // as given
	Invitation *ent.Invitation
	Error      *OutcomeError
}

// CancelInvitationsInput says which invitations to cancel, by ids as they were given.
type CancelInvitationsInput struct{ InvitationIds []string }

// ResendInvitationsInput says which invitations to send again, by ids as they were given.
type ResendInvitationsInput struct {
	InvitationIds []string
	SendEmail     *bool
	Message       *string
}
