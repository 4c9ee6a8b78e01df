package graph

import (
	"context"
	"strings"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"usher/ent"
	"usher/ent/group"
	entinvitation "usher/ent/invitation"
	"usher/ent/joinrequest"
	"usher/ent/member"
	"usher/ent/orgunit"
	"usher/ent/predicate"
	"usher/ent/roleassignment"
	"usher/ent/session"
	"usher/internal/access"
	"usher/internal/invitation"
	"usher/internal/store"
)

// invitationPredicate returns the condition of a filter of invitations, for the caller of the
// request. All fields of the filter must match.
func (r *Resolver) invitationPredicate(ctx context.Context,
	f *InvitationFilter) (predicate.Invitation, error) {
	now := r.Clock()
	all := f.toPredicate(callerOf(ctx), now)
	if f == nil || f.SessionID == nil {
		return all, nil
	}
	leads, err := invitation.LeadsToSession(ctx, r.Reads, *f.SessionID, now)
	return entinvitation.And(all, leads), err
}

// toPredicate returns the condition of a filter of invitations at a moment, for a caller, without
// that of its session.
func (f *InvitationFilter) toPredicate(by *access.Caller, now time.Time) predicate.Invitation {
	all := []predicate.Invitation{}
	if f == nil {
		return func(*sql.Selector) {}
	}
	if f.Status != nil {
		all = append(all, invitation.HasStatusAt(now, f.Status...))
	}
	if f.DeliveryStatus != nil {
		all = append(all, entinvitation.DeliveryStatusIn(f.DeliveryStatus...))
	}
	if f.GroupID != nil {
		all = append(all, entinvitation.HasGroupsWith(group.ID(*f.GroupID)),
			store.VisibleRow(by, ent.TypeGroup, group.Table, *f.GroupID))
	}
	if f.SessionID != nil {
		all = append(all, store.VisibleRow(by, ent.TypeSession, session.Table, *f.SessionID))
	}
	if f.InvitedByID != nil {
		all = append(all, entinvitation.InvitedByID(*f.InvitedByID),
			store.VisibleRow(by, ent.TypeMember, member.Table, *f.InvitedByID))
	}
	if f.Search != nil && strings.TrimSpace(*f.Search) != "" {
		s := strings.ToLower(strings.TrimSpace(*f.Search))
		all = append(all, entinvitation.Or(
			hasPrefixFold[predicate.Invitation](entinvitation.FieldEmailKey, s),
			hasPrefixFold[predicate.Invitation](entinvitation.FieldFirstName, s),
			hasPrefixFold[predicate.Invitation](entinvitation.FieldLastName, s)))
	}
	if f.RenewalAsked != nil && *f.RenewalAsked {
		all = append(all, entinvitation.RenewalAskedAtNotNil())
	} else if f.RenewalAsked != nil {
		all = append(all, entinvitation.RenewalAskedAtIsNil())
	}
	if f.CreatedAfter != nil {
		all = append(all, entinvitation.CreatedAtGTE(f.CreatedAfter.UTC()))
	}
	if f.CreatedBefore != nil {
		all = append(all, entinvitation.CreatedAtLT(f.CreatedBefore.UTC()))
	}
	if len(all) == 0 {
		return func(*sql.Selector) {}
	}
	return entinvitation.And(append(all, ent.Filtered)...)
}

// toPredicate returns the condition of a filter of members, for a caller. All fields of the filter
// must match.
func (f *MemberFilter) toPredicate(by *access.Caller) predicate.Member {
	all := []predicate.Member{}
	if f == nil {
		return func(*sql.Selector) {}
	}
	if f.Status != nil {
		all = append(all, member.StatusIn(f.Status...))
	}
	if f.GroupID != nil {
		all = append(all, member.HasRoleAssignmentsWith(roleassignment.GroupID(*f.GroupID)),
			store.VisibleRow(by, ent.TypeGroup, group.Table, *f.GroupID))
	}
	if f.OrgUnitID != nil {
		all = append(all, member.OrgUnitID(*f.OrgUnitID),
			store.VisibleRow(by, ent.TypeOrgUnit, orgunit.Table, *f.OrgUnitID))
	}
	if f.Label != nil {
		all = append(all, hasLabel(*f.Label))
	}
	if f.Search != nil && strings.TrimSpace(*f.Search) != "" {
		s := strings.ToLower(strings.TrimSpace(*f.Search))
		all = append(all, member.Or(
			hasPrefix(member.FieldEmailKey, s), hasPrefix(member.FieldSortName, s),
			hasPrefix(member.FieldFirstKey, s), hasPrefix(member.FieldUsernameKey, s)))
	}
	if len(all) == 0 {
		return func(*sql.Selector) {}
	}
	return member.And(append(all, ent.Filtered)...)
}

func (f *JoinRequestFilter) toPredicate() predicate.JoinRequest {
	all := []predicate.JoinRequest{}
	if f == nil {
		return func(*sql.Selector) {}
	}
	if f.Status != nil {
		all = append(all, joinrequest.StatusIn(f.Status...))
	}
	if f.JoinLinkID != nil {
		all = append(all, joinrequest.JoinLinkID(*f.JoinLinkID))
	}
	if f.Search != nil && strings.TrimSpace(*f.Search) != "" {
		s := strings.ToLower(strings.TrimSpace(*f.Search))
		all = append(all, joinrequest.Or(
			hasPrefixFold[predicate.JoinRequest](joinrequest.FieldEmailKey, s),
			hasPrefixFold[predicate.JoinRequest](joinrequest.FieldFirstName, s),
			hasPrefixFold[predicate.JoinRequest](joinrequest.FieldLastName, s)))
	}
	if len(all) == 0 {
		return func(*sql.Selector) {}
	}
	return joinrequest.And(append(all, ent.Filtered)...)
}

// hasPrefix matches the beginning of an indexed column of members, byte by byte. In PostgreSQL it
// uses the operators of text_pattern_ops, so that the collation of the database does not matter.
func hasPrefix(column, prefix string) predicate.Member {
	return func(s *sql.Selector) {
		from, below := ">=", "<"
		if s.Dialect() == dialect.Postgres {
			from, below = "~>=~", "~<~"
		}
		s.Where(sql.P(func(b *sql.Builder) {
			b.WriteString("(").Ident(s.C(column)).WriteString(" " + from + " ").Arg(prefix).
				WriteString(" AND ").
				Ident(s.C(column)).WriteString(" " + below + " ").Arg(prefix + "\U0010ffff").
				WriteString(")")
		}))
	}
}

// hasPrefixFold matches the beginning of a column and ignores case. The wildcards of LIKE are
// escaped.
func hasPrefixFold[P ~func(*sql.Selector)](column, prefix string) P {
	return func(s *sql.Selector) {
		s.Where(sql.P(func(b *sql.Builder) {
			b.WriteString("LOWER(").Ident(s.C(column)).WriteString(") LIKE ").
				Arg(likeEscaper.Replace(prefix) + "%").WriteString(` ESCAPE '!'`)
		}))
	}
}

var likeEscaper = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// hasLabel matches members whose list of labels holds a label.
func hasLabel(label string) predicate.Member {
	return func(s *sql.Selector) {
		s.Where(sql.P(func(b *sql.Builder) {
			if b.Dialect() == "postgres" {
				b.Ident(s.C(member.FieldLabels)).WriteString(" @> jsonb_build_array(").Arg(label).
					WriteString("::text)")
				return
			}
			b.WriteString("EXISTS (SELECT 1 FROM json_each(").Ident(s.C(member.FieldLabels)).
				WriteString(") WHERE value = ").Arg(label).WriteString(")")
		}))
	}
}

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
