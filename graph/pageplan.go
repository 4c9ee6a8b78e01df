package graph

import (
	"usher/ent"
	"usher/ent/member"
	"usher/ent/predicate"
	"usher/internal/access"
)

// toPagePredicate returns the condition of a filter for a page of members in an order. It selects
// what toPredicate selects.
//
// PostgreSQL plans a filtered page again for its values, which for a page of 50 costs more than
// reading it. One status alone in the default order needs no such plan: the index on workspace,
// status and joined_at fits every value. Its statement is therefore kept prepared. With two
// statuses, or in another order, the best plan depends on how many members have them.
func (f *MemberFilter) toPagePredicate(by *access.Caller,
	order *ent.MemberOrder) predicate.Member {
	all := f.toConditions(by)
	byJoined := order.Field.String() == ent.MemberOrderFieldJoinedAt.String()
	if len(all) == 1 && len(f.Status) == 1 && byJoined {
		return member.StatusEQ(f.Status[0])
	}
	return allOf(all)
}
