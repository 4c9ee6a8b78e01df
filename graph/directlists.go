package graph

import (
	"context"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"usher/ent"
	entinvitation "usher/ent/invitation"
	"usher/internal/account"
	"usher/internal/fastgql"
	"usher/internal/ident"
	"usher/internal/searchtext"
	"usher/internal/store"
)

// memberPage is a page of members: all of them, those of one status, or among these the matches of
// one word that few have.
type memberPage struct {
	*directPage
	*memberWriter
	filter     *MemberFilter
	conditions int // of the filter that the statement has
	status     *string
	term       *searchtext.Term
	edge       ent.MemberEdge
	total      int64
	hits       int64
}

// newMemberPage prepares a page of members; nil if it is not known.
func (q *DirectRead) newMemberPage(ctx context.Context, workspace ident.ID,
	field graphql.CollectedField) *memberPage {
	args, err := q.ec.field_Workspace_members_args(ctx, field.ArgumentMap(q.ec.Variables))
	if err != nil {
		return nil
	}
	order, _ := args["orderBy"].(*ent.MemberOrder)
	if order != nil && (order.Direction != newestMembers.Direction ||
		order.Field.String() != newestMembers.Field.String()) {
		return nil
	}
	page, node := newDirectPage(ctx, q.ec, directList{fastMemberConnection, fastMemberEdge,
		"member joined_at DESC"}, directField{workspace, field, args})
	if page == nil {
		return nil
	}
	w := newMemberWriter(q.ec, node, "m", "u")
	if w == nil {
		return nil
	}
	p := &memberPage{directPage: page, memberWriter: w}
	p.edge.Node = &p.member
	p.addPositionColumns(&p.rowColumns, "m", "joined_at")
	p.filter, _ = args["filter"].(*MemberFilter)
	counted := findStep(p.connection, fastMemberConnection.Fields["totalCount"].ID) != nil
	// The kept totals know workspace and status only, so a search with a total is left to ent.
	if !p.takeFilter() || counted && p.term != nil {
		return nil
	}
	switch {
	case p.term != nil:
		p.add("int8send(one.hits)", intInto(&p.hits))
	case counted:
		p.add(p.countStatement(), intInto(&p.total))
	}
	return p
}

// intInto reads a number.
func intInto(n *int64) columnReader {
	return func(raw []byte) (err error) {
		*n, err = intOf(raw)
		return err
	}
}

// takeFilter reads the filter. It reports whether the statement can have it.
func (p *memberPage) takeFilter() bool {
	if p.filter == nil {
		return true
	}
	if p.filter.Status != nil {
		if len(p.filter.Status) != 1 {
			return false
		}
		p.conditions++
		status := string(p.filter.Status[0])
		p.status = &status
	}
	if text, searched := toSearchText(p.filter.Search); searched {
		p.conditions++
		phrases := searchtext.Query(text)
		terms := searchtext.Terms(phrases)
		// One word is one range of search_words. Several words would need another statement.
		if len(phrases) != 1 || len(terms) != 1 || terms[0].Whole {
			return false
		}
		p.term = &terms[0]
	}
	return true
}

// countStatement returns the kept number of members (store.MemberCounts).
func (p *memberPage) countStatement() string {
	return `(SELECT int8send(COALESCE(SUM(change), 0)::bigint) FROM member_counts WHERE ` +
		strings.Join(p.ofWorkspace(), " AND ") + ")"
}

// ofWorkspace returns the conditions of a table with a workspace and a status. The status is the
// third argument.
func (p *memberPage) ofWorkspace() []string {
	if p.status == nil {
		return []string{"workspace_id = $2"}
	}
	return []string{"workspace_id = $2", "status = (SELECT $3::varchar)"}
}

// statement returns the statement of the page, or that of a search by one word.
func (p *memberPage) statement(workspace ident.ID,
	caller *account.RememberedCaller) (text string, args []any, ok bool) {
	// A filter that has conditions beyond those of the statement is left to ent.
	if len(p.filter.toConditions(caller.Caller)) != p.conditions {
		return "", nil, false
	}
	p.resetRows()
	args = []any{caller.UserID, workspace}
	if p.status != nil {
		args = append(args, *p.status)
	}
	if p.term != nil {
		text, args = p.searchStatement(args)
		return text, args, true
	}
	rows, args := p.buildNewestQuery("members", "joined_at", p.ofWorkspace(), args)
	return selectDirectly(p.sql) + `
FROM (SELECT) AS one LEFT JOIN (` + rows + `) AS m ON true LEFT JOIN users AS u ON u.id = m.user_id` +
		p.orderClause("m.joined_at", "m.id"), args, true
}

// searchStatement reads the page from all matches of the word, unless these are more than maxFew:
// the list is then read in its order (searchpage.go).
func (p *memberPage) searchStatement(args []any) (string, []any) {
	from, to := len(args)+1, len(args)+2
	args = append(args, p.term.Word, p.term.Word+"\U0010ffff")
	hits := append(p.ofWorkspace(), "kind = "+strconv.Itoa(int(store.SearchedMembers)),
		"word >= (SELECT $"+strconv.Itoa(from)+"::text)", "word < (SELECT $"+strconv.Itoa(to)+"::text)")
	beyond, args := p.beyondCursor("joined_at", "row_id", []string{"true"}, args)
	return `WITH hits AS MATERIALIZED (SELECT row_id, joined_at FROM search_words WHERE ` +
		strings.Join(hits, " AND ") + ` LIMIT ` + strconv.Itoa(maxFew+1) + `),
page AS (SELECT DISTINCT joined_at, row_id FROM hits WHERE ` + strings.Join(beyond, " AND ") +
		p.orderClause("joined_at", "row_id") + ` LIMIT ` + strconv.Itoa(p.first+1) + `)
` + selectDirectly(p.sql) + `
FROM (SELECT count(*) AS hits FROM hits) AS one
LEFT JOIN page ON one.hits <= ` + strconv.Itoa(maxFew) + `
LEFT JOIN members AS m ON m.id = page.row_id AND m.workspace_id = $2
LEFT JOIN users AS u ON u.id = m.user_id` + p.orderClause("page.joined_at", "page.row_id"), args
}

// appendRow appends a member as an edge. It leaves the operation to gqlgen if the word of the
// search turns out to be frequent.
func (p *memberPage) appendRow(b *fastgql.Buffer, row [][]byte) error {
	if err := p.readRow(row); err != nil {
		return err
	}
	// The word turned out to be frequent, and the page has no rows.
	if p.hits > maxFew {
		return errLeaveToGqlgen
	}
	return p.appendEdge(b, func(edge *fastgql.CompiledSelection, cursor ent.Cursor) bool {
		p.edge.Cursor = cursor
		return p.ec.appendMemberEdge(b, edge, &p.edge)
	})
}

// finish appends the connection with its edges, page info and total.
func (p *memberPage) finish(b *fastgql.Buffer, rows []byte) bool {
	p.writeEdges(rows)
	return p.ec.appendMemberConnection(b, p.connection,
		&ent.MemberConnection{PageInfo: p.pageInfo(), TotalCount: int(p.total)})
}

// invitationPage is a page of the invitations of one status other than EXPIRED.
type invitationPage struct {
	*directPage
	*nameWriter
	rowColumns
	filter     *InvitationFilter
	status     *entinvitation.Status
	invitation ent.Invitation
	edge       ent.InvitationEdge
	inviter    ident.ID
	unit       ident.ID
	roles      []ident.ID
	groups     []ident.ID
}

// newInvitationPage prepares a page of invitations; nil if it is not known.
func (q *DirectRead) newInvitationPage(ctx context.Context, workspace ident.ID,
	field graphql.CollectedField) *invitationPage {
	args, err := q.ec.field_Workspace_invitations_args(ctx, field.ArgumentMap(q.ec.Variables))
	if err != nil {
		return nil
	}
	order, _ := args["orderBy"].(*ent.InvitationOrder)
	if order != nil && (order.Direction != newestInvitations.Direction ||
		order.Field.String() != newestInvitations.Field.String()) {
		return nil
	}
	page, node := newDirectPage(ctx, q.ec, directList{fastInvitationConnection,
		fastInvitationEdge, "invitation created_at DESC"}, directField{workspace, field, args})
	// No total of invitations is kept, so a page with one is left to ent.
	total := fastInvitationConnection.Fields["totalCount"].ID
	if page == nil || findStep(page.connection, total) != nil {
		return nil
	}
	p := &invitationPage{directPage: page, nameWriter: &nameWriter{ec: q.ec}}
	p.edge.Node = &p.invitation
	from := columnSource[ent.Invitation]{&p.invitation, "i", invitationColumns()}
	if !addColumns(&p.rowColumns, node, from, p.takeStep) {
		return nil
	}
	p.addPositionColumns(&p.rowColumns, "i", "created_at")
	p.filter, _ = args["filter"].(*InvitationFilter)
	// Only one status has an index in the order of the page.
	if p.filter != nil && len(p.filter.Status) == 1 {
		p.status = &p.filter.Status[0]
	}
	if p.status == nil || *p.status == entinvitation.StatusExpired {
		return nil // an expired one has two statuses in the database
	}
	return p
}

// takeStep prepares a step that is no column of invitations. It reports whether it could.
func (p *invitationPage) takeStep(step *fastgql.Step) bool {
	below := step.Below
	switch step.ID {
	case fastInvitation.Fields["status"].ID:
		// Whether a pending one has expired depends on its end.
		for _, name := range []string{"status", "expiresAt"} {
			column := invitationColumns()[fastInvitation.Fields[name].ID]
			p.add(column.sql("i"), func(raw []byte) error { return column.read(&p.invitation, raw) })
		}
		return true
	case fastInvitation.Fields["invitedBy"].ID:
		return p.takeInviter(step)
	case fastInvitation.Fields["orgUnit"].ID:
		p.add("uuid_send(i.org_unit_id)", func(raw []byte) error { return readID(&p.unit, raw) })
		writeStep(step, func(b *fastgql.Buffer) bool { return p.appendUnit(b, below, p.unit) })
		return p.takesNames(fastOrgUnit, below)
	case fastInvitation.Fields["groups"].ID:
		p.add(granted("invitation_groups", "group_id"), idsInto(&p.groups))
		writeStep(step, func(b *fastgql.Buffer) bool {
			return appendList(b, len(p.groups), func(n int) bool {
				return p.appendGroup(b, below, p.groups[n])
			})
		})
		return p.takesNames(fastGroup, below)
	case fastInvitation.Fields["roles"].ID:
		p.add(granted("invitation_roles", "role_id"), idsInto(&p.roles))
		writeStep(step, func(b *fastgql.Buffer) bool {
			return appendList(b, len(p.roles), func(n int) bool {
				return p.appendRole(b, below, p.roles[n])
			})
		})
		return p.takesNames(fastRole, below)
	}
	return false
}

// takeInviter prepares the inviter, of whom the account and plain fields are known.
func (p *invitationPage) takeInviter(step *fastgql.Step) bool {
	below := step.Below
	w := newMemberWriter(p.ec, below, "im", "iu")
	if w == nil || w.needed() || len(w.parts) > 0 {
		return false
	}
	for i := range w.sql {
		p.add(w.sql[i], w.reads[i])
	}
	p.add("uuid_send(im.id)", func(raw []byte) error { return readID(&p.inviter, raw) })
	writeStep(step, func(b *fastgql.Buffer) bool {
		if p.inviter.IsZero() {
			return b.Null(false)
		}
		return p.ec.appendMember(b, below, &w.member)
	})
	return true
}

// granted returns the column of the ids that an invitation grants, in their order.
func granted(table, column string) string {
	return "(SELECT string_agg(uuid_send(g." + column + "), ''::bytea ORDER BY g." + column + ") FROM " +
		table + " AS g WHERE g.invitation_id = i.id)"
}

// idsInto reads ids that follow one another.
func idsInto(ids *[]ident.ID) columnReader {
	return func(raw []byte) error {
		*ids = (*ids)[:0]
		for ; len(raw) >= len(ident.ID{}); raw = raw[len(ident.ID{}):] {
			*ids = append(*ids, ident.ID(raw[:len(ident.ID{})]))
		}
		return nil
	}
}

// statement returns the statement of the page.
func (p *invitationPage) statement(workspace ident.ID,
	caller *account.RememberedCaller) (string, []any, bool) {
	// The clock of the resolvers, by which the status of each invitation is determined too.
	now := p.ec.Resolvers.(*Resolver).Clock()
	if len(p.filter.toConditions(caller.Caller, now)) != 1 {
		return "", nil, false
	}
	p.resetRows()
	conditions := []string{"workspace_id = $2", "status = (SELECT $3::varchar)"}
	args := []any{caller.UserID, workspace, string(*p.status)}
	// As invitation.HasStatusAt: a pending one that has expired is in another list.
	if *p.status == entinvitation.StatusPending {
		conditions = append(conditions, "(expires_at IS NULL OR expires_at > (SELECT $4::timestamptz))")
		args = append(args, now)
	}
	rows, args := p.buildNewestQuery("invitations", "created_at", conditions, args)
	return selectDirectly(p.sql) + `
FROM (SELECT) AS one LEFT JOIN (` + rows + `) AS i ON true
LEFT JOIN members AS im ON im.id = i.invited_by_id LEFT JOIN users AS iu ON iu.id = im.user_id` +
		p.orderClause("i.created_at", "i.id"), args, true
}

// appendRow appends an invitation as an edge.
func (p *invitationPage) appendRow(b *fastgql.Buffer, row [][]byte) error {
	if err := p.readRow(row); err != nil {
		return err
	}
	return p.appendEdge(b, func(edge *fastgql.CompiledSelection, cursor ent.Cursor) bool {
		p.edge.Cursor = cursor
		return p.ec.appendInvitationEdge(b, edge, &p.edge)
	})
}

// finish appends the connection with its edges and page info.
func (p *invitationPage) finish(b *fastgql.Buffer, rows []byte) bool {
	p.writeEdges(rows)
	return p.ec.appendInvitationConnection(b, p.connection,
		&ent.InvitationConnection{PageInfo: p.pageInfo()})
}
