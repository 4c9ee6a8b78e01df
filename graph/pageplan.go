package graph

import (
	"context"

	"usher/ent"
	entinvitation "usher/ent/invitation"
	"usher/ent/member"
	"usher/ent/predicate"
	"usher/internal/access"
)

// toPagePredicate returns the condition of a filter for a page of members in an order. It selects
// what toPredicate selects.
//
// PostgreSQL makes a new query plan for the values of each filtered page, which for a page of 50
// costs more than reading it. One status alone in the default order needs no such query plan: the
// index on workspace, status and joined_at fits every value. Its statement is therefore kept
// prepared. With two statuses, or in another order, the best query plan depends on how many members
// have them.
func (f *MemberFilter) toPagePredicate(by *access.Caller,
	order *ent.MemberOrder) predicate.Member {
	all := f.toConditions(by)
	byJoined := order.Field.String() == ent.MemberOrderFieldJoinedAt.String()
	if len(all) == 1 && len(f.Status) == 1 && byJoined {
		return member.StatusEQ(f.Status[0])
	}
	return allOf(all)
}

// invitationPagePredicate returns the condition of a filter for a page of invitations in an order.
// It selects what invitationPredicate selects. As for members, a page of one status in the default
// order keeps its query plan. EXPIRED is two statuses in the database.
func (r *Resolver) invitationPagePredicate(ctx context.Context, f *InvitationFilter,
	order *ent.InvitationOrder) (predicate.Invitation, error) {
	byCreated := order.Field.String() == ent.InvitationOrderFieldCreatedAt.String()
	if f != nil && len(f.Status) == 1 && f.Status[0] != entinvitation.StatusExpired && byCreated {
		if all := f.toConditions(callerOf(ctx), r.Clock()); len(all) == 1 {
			return all[0], nil
		}
	}
	return r.invitationPredicate(ctx, f)
}
