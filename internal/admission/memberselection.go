package admission

import (
	"context"

	"usher/ent"
	"usher/ent/member"
	"usher/ent/predicate"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/ident"
	"usher/internal/store"
)

// MaxSelected is the number of members that one call changes.
const MaxSelected = 500

// MemberSelection names the members that a bulk operation changes: by their ids, or as those of a
// workspace that a filter selects.
type MemberSelection struct {
	IDs []ident.ID

	WorkspaceID ident.ID // zero with IDs
	Where       predicate.Member
	After       ident.ID // the member after whom to go on; zero for the beginning
}

// SelectMembers returns the ids of the selected members: as given, or the first MaxSelected of a
// filter in the order of their ids. next is the id after which the rest of them come, nil when there
// is none. The permission is needed somewhere in the workspace of a filter; the operation checks it
// for each member. Errors: UNAUTHENTICATED, NOT_FOUND, FORBIDDEN; BAD_USER_INPUT at
// members.memberIds for too many.
func (s *Service) SelectMembers(ctx context.Context, by *access.Caller, which MemberSelection,
	may access.Permission) (ids []ident.ID, next *ident.ID, err error) {
	defer fault.Annotate(&err, "select members")

	if err := by.RequireAuthenticated(); err != nil {
		return nil, nil, err
	}
	if which.WorkspaceID.IsZero() {
		if len(which.IDs) > MaxSelected {
			return nil, nil, fault.Input("members.memberIds", "invite.too_many",
				i18n.Args{"Max": MaxSelected, "Given": len(which.IDs)})
		}
		return which.IDs, nil, nil
	}
	m, err := by.RequireMembership(which.WorkspaceID)
	if err != nil {
		return nil, nil, err
	}
	if !m.CanAnywhere(may) {
		return nil, nil, fault.Denied()
	}

	// Read as the caller: a filter must not change members whom they cannot see. The order of the
	// ids continues behind a member whom the operation refused or no longer selects.
	query := s.Store.Member.Query().Where(member.WorkspaceID(which.WorkspaceID))
	if which.Where != nil {
		query.Where(which.Where)
	}
	if !which.After.IsZero() {
		query.Where(member.IDGT(which.After))
	}
	ids, err = query.Order(ent.Asc(member.FieldID)).Limit(MaxSelected + 1).
		IDs(store.AsCaller(ctx, by))
	if err != nil {
		return nil, nil, err
	}
	if len(ids) > MaxSelected {
		ids = ids[:MaxSelected]
		next = &ids[MaxSelected-1]
	}
	return ids, next, nil
}
