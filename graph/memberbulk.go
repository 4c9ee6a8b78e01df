package graph

import (
	"context"

	"usher/ent"
	entmember "usher/ent/member"
	"usher/ent/predicate"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/member"
)

// MembersPayload is what the verbs answer that change several members.
type MembersPayload struct {
	Results                   []*MemberResult
	ChangedCount, FailedCount int
	NextAfterID               *ident.ID

	resolver  *Resolver
	workspace ident.ID // zero when no member was changed
}

// MemberCounts counts the members of the workspace that the caller may see, where a client asks for
// it; nil when no member was changed.
func (p MembersPayload) MemberCounts(ctx context.Context) (*MemberCounts, error) {
	if p.workspace.IsZero() {
		return nil, nil
	}
	return p.resolver.countMembers(ctx, p.workspace, nil)
}

type (
	// AddRoleToMembersPayload answers addRoleToMembers.
	AddRoleToMembersPayload struct{ MembersPayload }
	// RemoveRoleFromMembersPayload answers removeRoleFromMembers.
	RemoveRoleFromMembersPayload struct{ MembersPayload }
	// UpdateMembersPayload answers updateMembers.
	UpdateMembersPayload struct{ MembersPayload }
	// DeactivateMembersPayload answers deactivateMembers.
	DeactivateMembersPayload struct{ MembersPayload }
	// ReactivateMembersPayload answers reactivateMembers.
	ReactivateMembersPayload struct{ MembersPayload }
)

// RemoveMembersPayload answers removeMembers.
type RemoveMembersPayload struct {
	Results                   []*RemovedMemberResult
	RemovedCount, FailedCount int
	NextAfterID               *ident.ID

	resolver  *Resolver
	workspace ident.ID // zero when no member was removed
}

// RemovedMemberResult is what became of one of several members. Error is set if nothing was done.
type RemovedMemberResult struct {
	ID    string // as given
	Error *OutcomeError
}

// MemberCounts counts the members that are left, as far as the caller may see them; nil when none
// was removed.
func (p *RemoveMembersPayload) MemberCounts(ctx context.Context) (*MemberCounts, error) {
	if p.workspace.IsZero() {
		return nil, nil
	}
	return p.resolver.countMembers(ctx, p.workspace, nil)
}

// removeMembers removes the selected members.
func (r *Resolver) removeMembers(ctx context.Context,
	in *MemberSelectionInput) (*RemoveMembersPayload, error) {
	which, err := r.toSelection(ctx, in)
	if err != nil {
		return nil, err
	}
	b, err := r.Members.RemoveMany(ctx, callerOf(ctx), which)
	if err != nil {
		return nil, err
	}
	p := &RemoveMembersPayload{Results: make([]*RemovedMemberResult, len(b.Results)), resolver: r,
		NextAfterID: b.Next}
	for i, done := range b.Results {
		result := &RemovedMemberResult{ID: done.ID.String()}
		// As the client sent it: parseIDs has turned a malformed id into the zero id.
		if in.MemberIds != nil {
			result.ID = in.MemberIds[i]
		}
		p.Results[i] = result
		if done.Fault != nil {
			result.Error = outcomeError(ctx, done.Fault)
			p.FailedCount++
			continue
		}
		if p.RemovedCount++; p.workspace.IsZero() {
			p.workspace = done.Member.WorkspaceID
		}
	}
	return p, nil
}

// MemberResult is what a verb did to one of several members.
type MemberResult struct {
	ID     string // as given
	Member *ent.Member
	Error  *OutcomeError
}

// MemberSelectionInput says which members to change, by ids as they were given or by a filter.
type MemberSelectionInput struct {
	MemberIds []string
	Matching  *MatchingMembersInput
}

// IssueCardsInput says who gets a card: by ids as they were given, by a filter, or by an import.
type IssueCardsInput struct {
	MemberIds []string
	Matching  *MatchingMembersInput
	Imported  *ImportedMembersInput
}

// CardResult is the card of one of several members: Card or Error is set.
type CardResult struct {
	ID    string // as given
	Card  *Card
	Error *OutcomeError
}

// toSelection converts the members that a client selects. BAD_USER_INPUT unless there is exactly
// one of ids and filter.
func (r *Resolver) toSelection(ctx context.Context,
	in *MemberSelectionInput) (which admission.MemberSelection, err error) {
	filter := in.Matching
	if (filter == nil) == (in.MemberIds == nil) {
		return which, fault.Input("members", "member.one_selection")
	}
	if filter == nil {
		which.IDs = parseIDs(in.MemberIds)
		return which, nil
	}
	// The rare words of a search are looked up ahead, as for a list.
	few, err := r.fewMembers(ctx, filter.WorkspaceID, filter.Filter)
	if err != nil {
		return which, err
	}
	matches := filter.Filter.toPredicate(callerOf(ctx))
	which.WorkspaceID = filter.WorkspaceID
	which.Where = allOf([]predicate.Member{matches, few})
	if filter.AfterID != nil {
		which.After = *filter.AfterID
	}
	return which, nil
}

// changeMembers selects members, changes them by a verb and answers what was done.
func (r *Resolver) changeMembers(ctx context.Context, in *MemberSelectionInput,
	verb func(context.Context, *access.Caller, admission.MemberSelection) (*member.Bulk, error),
) (p MembersPayload, err error) {
	which, err := r.toSelection(ctx, in)
	if err != nil {
		return p, err
	}
	b, err := verb(ctx, callerOf(ctx), which)
	if err != nil {
		return p, err
	}
	p = MembersPayload{Results: make([]*MemberResult, len(b.Results)), resolver: r,
		NextAfterID: b.Next}
	var changed []*ent.Member
	for i, done := range b.Results {
		result := &MemberResult{ID: done.ID.String(), Member: done.Member}
		// As the client sent it: parseIDs has turned a malformed id into the zero id.
		if in.MemberIds != nil {
			result.ID = in.MemberIds[i]
		}
		if done.Fault != nil {
			result.Error = outcomeError(ctx, done.Fault)
			p.FailedCount++
		} else {
			p.ChangedCount++
		}
		if done.Member != nil {
			changed = append(changed, done.Member)
		}
		p.Results[i] = result
	}
	if len(changed) > 0 {
		p.workspace = changed[0].WorkspaceID
	}
	return p, r.showMembers(ctx, p.Results, changed)
}

// showMembers reads the changed members again with what the client asks for, for all of them
// together.
func (r *Resolver) showMembers(ctx context.Context, results []*MemberResult,
	changed []*ent.Member) error {
	at, asked := fieldContextAt(ctx, "results", "member")
	if !asked || len(changed) == 0 {
		return nil
	}
	query, err := r.Reads.Member.Query().
		Where(entmember.IDIn(idsOf(changed, func(m *ent.Member) ident.ID { return m.ID })...)).
		CollectFields(at, "Member", "Node")
	if err != nil {
		return err
	}
	rows, err := query.All(at)
	if err != nil {
		return err
	}
	found := byID(rows, func(m *ent.Member) ident.ID { return m.ID })
	for _, result := range results {
		// A member whom the caller no longer sees stays as the verb returned them.
		if m := result.Member; m != nil && found[m.ID] != nil {
			result.Member = found[m.ID]
		}
	}
	return nil
}

// toRolePlace converts a role at a place. BAD_USER_INPUT for a place that names nothing or two.
func toRolePlace(role string, place *RolePlaceInput) (member.RoleAtPlace, error) {
	r := member.RoleAtPlace{Role: role}
	if place == nil {
		return r, nil
	}
	if (place.GroupID == nil) == (place.OrgUnitID == nil) {
		return r, fault.Input("place", "member.one_place")
	}
	r.GroupID, r.OrgUnitID = place.GroupID, place.OrgUnitID
	return r, nil
}
