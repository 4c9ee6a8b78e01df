package member

import (
	"context"

	"usher/ent"
	"usher/internal/access"
	"usher/internal/admission"
	"usher/internal/fault"
	"usher/internal/ident"
)

// Bulk is the result of a change of several members: one for each, in the order of the selection.
type Bulk struct {
	Results []BulkResult
	Next    *ident.ID // the member after whom the rest of a filter comes; nil for none
}

// BulkResult is what became of one member. Fault is set if nothing was done; otherwise Member is
// set, unless the caller no longer sees them. A removed member is as they were.
type BulkResult struct {
	ID     ident.ID
	Member *ent.Member
	Fault  *fault.Error
}

// changeEach changes the selected members, each in its own transaction and by the operation on one
// member. A fault of one is collected. Any other error stops.
func (s *Service) changeEach(ctx context.Context, by *access.Caller,
	which admission.MemberSelection, may access.Permission,
	do func(ident.ID) (*ent.Member, error)) (*Bulk, error) {
	ids, next, err := s.Admission.SelectMembers(ctx, by, which, may)
	if err != nil {
		return nil, err
	}
	b := &Bulk{Results: []BulkResult{}, Next: next}
	// A member who is named twice is changed once, and both results are the same.
	done := map[ident.ID]BulkResult{}
	for _, id := range ids {
		result, known := done[id]
		if !known {
			result = BulkResult{ID: id}
			result.Member, err = do(id)
			if f, refused := fault.Of(err); refused {
				result.Member, result.Fault = nil, f
			} else if err != nil {
				return nil, err
			}
			done[id] = result
		}
		b.Results = append(b.Results, result)
	}
	return b, nil
}

// DeactivateMany deactivates several members as Deactivate does.
func (s *Service) DeactivateMany(ctx context.Context, by *access.Caller,
	which admission.MemberSelection) (_ *Bulk, err error) {
	defer fault.Annotate(&err, "deactivate members")

	return s.changeEach(ctx, by, which, access.MembersDeactivate,
		func(id ident.ID) (*ent.Member, error) { return s.Deactivate(ctx, by, id) })
}

// ReactivateMany reactivates several members as Reactivate does.
func (s *Service) ReactivateMany(ctx context.Context, by *access.Caller,
	which admission.MemberSelection) (_ *Bulk, err error) {
	defer fault.Annotate(&err, "reactivate members")

	return s.changeEach(ctx, by, which, access.MembersDeactivate,
		func(id ident.ID) (*ent.Member, error) { return s.Reactivate(ctx, by, id) })
}

// RemoveMany removes several members as Remove does.
func (s *Service) RemoveMany(ctx context.Context, by *access.Caller,
	which admission.MemberSelection) (_ *Bulk, err error) {
	defer fault.Annotate(&err, "remove members")

	return s.changeEach(ctx, by, which, access.MembersDeactivate,
		func(id ident.ID) (*ent.Member, error) { return s.removeOne(ctx, by, id) })
}

// UpdateMany makes one change to several members as UpdateMember does. The id of the input is
// ignored.
func (s *Service) UpdateMany(ctx context.Context, by *access.Caller,
	which admission.MemberSelection, in UpdateMemberInput) (_ *Bulk, err error) {
	defer fault.Annotate(&err, "update members")

	return s.changeEach(ctx, by, which, access.MembersUpdate,
		func(id ident.ID) (*ent.Member, error) {
			one := in
			one.ID = id
			return s.editVisible(ctx, by, one)
		})
}

// AddRoleToMany gives several members a role as AddRole does.
func (s *Service) AddRoleToMany(ctx context.Context, by *access.Caller,
	which admission.MemberSelection, r RoleAtPlace) (_ *Bulk, err error) {
	defer fault.Annotate(&err, "add role to members")

	return s.changeEach(ctx, by, which, access.MembersUpdate,
		func(id ident.ID) (*ent.Member, error) { return s.AddRole(ctx, by, id, r) })
}

// RemoveRoleFromMany takes a role from several members as RemoveRole does.
func (s *Service) RemoveRoleFromMany(ctx context.Context, by *access.Caller,
	which admission.MemberSelection, r RoleAtPlace) (_ *Bulk, err error) {
	defer fault.Annotate(&err, "remove role from members")

	return s.changeEach(ctx, by, which, access.MembersUpdate,
		func(id ident.ID) (*ent.Member, error) { return s.RemoveRole(ctx, by, id, r) })
}
