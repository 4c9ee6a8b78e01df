package graph

import (
	"context"

	"entgo.io/ent/dialect/sql"

	entinvitation "usher/ent/invitation"
	"usher/ent/predicate"
)

// countInvitations counts invitations by status, in one statement. A pending invitation whose time
// is over counts as expired.
func (r *Resolver) countInvitations(ctx context.Context,
	where ...predicate.Invitation) (*InvitationCounts, error) {
	now := r.Clock()
	var rows []struct {
		Status entinvitation.Status `sql:"status"`
		Over   bool                 `sql:"over"`
		Count  int                  `sql:"count"`
	}
	err := r.Reads.Invitation.Query().Where(where...).Modify(func(s *sql.Selector) {
		over := sql.P(func(b *sql.Builder) {
			b.WriteString("(").Ident(s.C(entinvitation.FieldExpiresAt)).
				WriteString(" IS NOT NULL AND ").
				Ident(s.C(entinvitation.FieldExpiresAt)).WriteString(" <= ").Arg(now).
				WriteString(")")
		})
		// Grouped by the comparison and not by the time itself: at most ten rows come back.
		s.Select(s.C(entinvitation.FieldStatus)).AppendSelectExprAs(over, "over").
			AppendSelectExprAs(sql.Raw("COUNT(*)"), "count").
			GroupBy(s.C(entinvitation.FieldStatus), "over")
	}).Scan(ctx, &rows)
	if err != nil {
		return nil, err
	}
	c := &InvitationCounts{}
	for _, row := range rows {
		switch {
		case row.Status == entinvitation.StatusPending && !row.Over:
			c.Pending += row.Count
		case row.Status == entinvitation.StatusPending, row.Status == entinvitation.StatusExpired:
			c.Expired += row.Count
		case row.Status == entinvitation.StatusActive:
			c.Active += row.Count
		case row.Status == entinvitation.StatusCancelled:
			c.Cancelled += row.Count
		case row.Status == entinvitation.StatusDeclined:
			c.Declined += row.Count
		}
	}
	return c, nil
}
