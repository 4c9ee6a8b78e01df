package graph

import (
	"context"
	"time"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"usher/ent"
	"usher/ent/enrollment"
	"usher/ent/group"
	"usher/ent/importbatch"
	entinvitation "usher/ent/invitation"
	"usher/ent/joinrequest"
	"usher/ent/member"
	"usher/ent/orgunit"
	"usher/ent/predicate"
	"usher/ent/role"
	"usher/ent/roleassignment"
	"usher/ent/session"
	"usher/internal/acceptance"
	"usher/internal/access"
	"usher/internal/address"
	"usher/internal/invitation"
	"usher/internal/visibility"
)

// allOf returns the condition that several conditions hold. Without conditions it selects every row
// and leaves the statement unchanged, so that the prepared one is used.
func allOf[P ~func(*sql.Selector)](conditions []P) P {
	return func(s *sql.Selector) {
		for _, condition := range conditions {
			condition(s)
		}
		if len(conditions) > 0 {
			// The database plans a filtered statement for its values, because how many rows match
			// decides the query plan.
			ent.Filtered(s)
		}
	}
}

// invitationPredicate returns the condition of a filter of invitations, for the caller of the
// request. All fields of the filter must match.
func (r *Resolver) invitationPredicate(ctx context.Context,
	f *InvitationFilter) (predicate.Invitation, error) {
	now := r.Clock()
	all := f.toPredicate(callerOf(ctx), now)
	if f == nil || f.SessionID == nil {
		return all, nil
	}
	// LeadsToSession runs queries; the other conditions only build SQL.
	leads, err := acceptance.LeadsToSession(ctx, r.Reads, *f.SessionID, now)
	return entinvitation.And(all, leads), err
}

// toPredicate returns the condition of a filter of invitations at a moment, for a caller, without
// that of its session.
func (f *InvitationFilter) toPredicate(by *access.Caller, now time.Time) predicate.Invitation {
	return allOf(f.toConditions(by, now))
}

// toConditions returns the conditions of a filter of invitations; none without a filter.
func (f *InvitationFilter) toConditions(by *access.Caller,
	now time.Time) []predicate.Invitation {
	if f == nil {
		return nil
	}
	all := append(f.stateConditions(now), f.grantConditions(by)...)
	if f.Email != nil {
		all = append(all,
			hasEmail[predicate.Invitation](entinvitation.FieldEmailKey, *f.Email))
	}
	// Security: a filter by a row that the caller does not see matches nothing. Otherwise the
	// number of matches would tell about it.
	if f.InvitedByID != nil {
		all = append(all, entinvitation.InvitedByID(*f.InvitedByID),
			visibility.NamedRow(by, ent.TypeMember, member.Table, *f.InvitedByID))
	}
	if text, ok := toSearchText(f.Search); ok {
		all = append(all, isFound[predicate.Invitation](text))
	}
	return all
}

// stateConditions returns the conditions on the state of invitations and on its dates.
func (f *InvitationFilter) stateConditions(now time.Time) (all []predicate.Invitation) {
	if f.Status != nil {
		all = append(all, invitation.HasStatusAt(now, f.Status...))
	}
	if f.DeliveryStatus != nil {
		all = append(all, entinvitation.DeliveryStatusIn(f.DeliveryStatus...))
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
	if f.ExpiresBefore != nil {
		all = append(all, ent.InvitationColumnExpiresAt.Before(*f.ExpiresBefore))
	}
	if f.UpdatedAfter != nil {
		all = append(all, entinvitation.UpdatedAtGTE(f.UpdatedAfter.UTC()))
	}
	return all
}

// grantConditions returns the conditions on what invitations grant.
func (f *InvitationFilter) grantConditions(by *access.Caller) (all []predicate.Invitation) {
	if f.GroupID != nil {
		all = append(all, entinvitation.HasGroupsWith(group.ID(*f.GroupID)),
			visibility.NamedRow(by, ent.TypeGroup, group.Table, *f.GroupID))
	}
	if f.RoleID != nil {
		all = append(all, entinvitation.HasRolesWith(role.ID(*f.RoleID)),
			visibility.NamedRow(by, ent.TypeRole, role.Table, *f.RoleID))
	}
	if f.OrgUnitID != nil {
		all = append(all, entinvitation.OrgUnitID(*f.OrgUnitID),
			visibility.NamedRow(by, ent.TypeOrgUnit, orgunit.Table, *f.OrgUnitID))
	}
	// What leads into a session is worked out with the list, in statements of its own
	// (LeadsToSession). Here only its visibility is asked.
	if f.SessionID != nil {
		all = append(all, visibility.NamedRow(by, ent.TypeSession, session.Table, *f.SessionID))
	}
	if f.ImportID != nil {
		all = append(all, entinvitation.ImportID(*f.ImportID),
			visibility.NamedRow(by, ent.TypeImportBatch, importbatch.Table, *f.ImportID))
	}
	if f.Label != nil {
		all = append(all, grantsLabel(*f.Label))
	}
	return all
}

// toPredicate returns the condition of a filter of members, for a caller. All fields of the filter
// must match.
func (f *MemberFilter) toPredicate(by *access.Caller) predicate.Member {
	return allOf(f.toConditions(by))
}

// toConditions returns the conditions of a filter of members, for a caller; none without a filter.
func (f *MemberFilter) toConditions(by *access.Caller) []predicate.Member {
	if f == nil {
		return nil
	}
	all := append(f.placeConditions(by), f.timeConditions()...)
	if f.Status != nil {
		all = append(all, member.StatusIn(f.Status...))
	}
	if f.Label != nil {
		all = append(all, hasLabel(*f.Label))
	}
	if f.JoinedVia != nil {
		all = append(all, member.JoinedViaIn(f.JoinedVia...))
	}
	if f.Email != nil {
		all = append(all, hasEmail[predicate.Member](member.FieldEmailKey, *f.Email))
	}
	if f.ExternalID != nil {
		all = append(all, member.ExternalIDIn(f.ExternalID...))
	}
	if f.CustomField != nil {
		all = append(all, hasAnswer(f.CustomField.Key, f.CustomField.Value))
	}
	if text, ok := toSearchText(f.Search); ok {
		all = append(all, isFound[predicate.Member](text))
	}
	return all
}

// placeConditions returns the conditions on the roles and places of members.
func (f *MemberFilter) placeConditions(by *access.Caller) (all []predicate.Member) {
	var held []predicate.RoleAssignment
	if f.GroupID != nil {
		held = append(held, roleassignment.GroupID(*f.GroupID))
		all = append(all, visibility.NamedRow(by, ent.TypeGroup, group.Table, *f.GroupID))
	}
	if f.RoleID != nil {
		held = append(held, roleassignment.RoleID(*f.RoleID))
		all = append(all, visibility.NamedRow(by, ent.TypeRole, role.Table, *f.RoleID))
	}
	// Both conditions hold for one assignment: a role in a group, not the role and the group
	// somewhere.
	if len(held) > 0 {
		all = append(all, member.HasRoleAssignmentsWith(held...))
	}
	if f.OrgUnitID != nil {
		all = append(all, member.OrgUnitID(*f.OrgUnitID),
			visibility.NamedRow(by, ent.TypeOrgUnit, orgunit.Table, *f.OrgUnitID))
	}
	if f.SessionID != nil {
		all = append(all, member.HasEnrollmentsWith(enrollment.SessionID(*f.SessionID),
			enrollment.StatusNEQ(enrollment.StatusWithdrawn)),
			visibility.NamedRow(by, ent.TypeSession, session.Table, *f.SessionID))
	}
	return all
}

// timeConditions returns the conditions on dates of members.
func (f *MemberFilter) timeConditions() (all []predicate.Member) {
	if f.JoinedAfter != nil {
		all = append(all, member.JoinedAtGTE(f.JoinedAfter.UTC()))
	}
	if f.JoinedBefore != nil {
		all = append(all, member.JoinedAtLT(f.JoinedBefore.UTC()))
	}
	if f.AccessEndsBefore != nil {
		all = append(all, ent.MemberColumnAccessExpiresAt.Before(*f.AccessEndsBefore))
	}
	if f.UpdatedAfter != nil {
		all = append(all, member.UpdatedAtGTE(f.UpdatedAfter.UTC()))
	}
	return all
}

// toPredicate returns the conditions of a filter of join requests, all of which must hold; a nil
// filter selects everything.
func (f *JoinRequestFilter) toPredicate() predicate.JoinRequest {
	if f == nil {
		return allOf[predicate.JoinRequest](nil)
	}
	var all []predicate.JoinRequest
	if f.Status != nil {
		all = append(all, joinrequest.StatusIn(f.Status...))
	}
	if f.JoinLinkID != nil {
		all = append(all, joinrequest.JoinLinkID(*f.JoinLinkID))
	}
	if f.Email != nil {
		all = append(all,
			hasEmail[predicate.JoinRequest](joinrequest.FieldEmailKey, *f.Email))
	}
	if text, ok := toSearchText(f.Search); ok {
		all = append(all, isFound[predicate.JoinRequest](text))
	}
	if f.UpdatedAfter != nil {
		all = append(all, joinrequest.UpdatedAtGTE(f.UpdatedAfter.UTC()))
	}
	return allOf(all)
}

// hasEmail matches one address, ignoring case. A text that is no address matches no row.
func hasEmail[P ~func(*sql.Selector)](column, email string) P {
	// Parsed as when it was stored, so that the key of the filter is the key of the row.
	parsed, err := address.Parse(email)
	return func(s *sql.Selector) {
		if err != nil {
			s.Where(sql.False())
			return
		}
		s.Where(sql.EQ(s.C(column), parsed.Key))
	}
}

// hasLabel matches members whose list of labels holds a label.
func hasLabel(label string) predicate.Member {
	return func(s *sql.Selector) {
		s.Where(sql.P(func(b *sql.Builder) {
			if b.Dialect() == "postgres" {
				// Containment is what an index on the column can answer.
				b.Ident(s.C(member.FieldLabels)).WriteString(" @> jsonb_build_array(").Arg(label).
					WriteString("::text)")
				return
			}
			b.WriteString("EXISTS (SELECT 1 FROM json_each(").Ident(s.C(member.FieldLabels)).
				WriteString(") WHERE value = ").Arg(label).WriteString(")")
		}))
	}
}

// grantsLabel matches invitations whose grant holds a label.
func grantsLabel(label string) predicate.Invitation {
	return func(s *sql.Selector) {
		s.Where(sql.P(func(b *sql.Builder) {
			if b.Dialect() == dialect.Postgres {
				b.Ident(s.C(entinvitation.FieldGrant)).
					WriteString(" -> 'labels' @> jsonb_build_array(").Arg(label).
					WriteString("::text)")
				return
			}
			b.WriteString("EXISTS (SELECT 1 FROM json_each(").
				Ident(s.C(entinvitation.FieldGrant)).
				WriteString(", '$.labels') WHERE value = ").Arg(label).WriteString(")")
		}))
	}
}

// hasAnswer matches members who gave an answer to a question of the workspace.
func hasAnswer(key, value string) predicate.Member {
	return func(s *sql.Selector) {
		s.Where(sql.P(func(b *sql.Builder) {
			if b.Dialect() == dialect.Postgres {
				b.Ident(s.C(member.FieldCustomFields)).WriteString(" @> jsonb_build_object(").
					Arg(key).WriteString("::text, ").Arg(value).WriteString("::text)")
				return
			}
			b.WriteString("EXISTS (SELECT 1 FROM json_each(").
				Ident(s.C(member.FieldCustomFields)).WriteString(`) WHERE "key" = `).Arg(key).
				WriteString(" AND value = ").Arg(value).WriteString(")")
		}))
	}
}
