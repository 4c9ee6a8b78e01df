package main

import (
	"context"
	"fmt"
)

// walkStep is the number of rows between two collected cursors.
const walkStep = 100

// walkedPage is one page of a list, whichever server it comes from.
type walkedPage struct {
	PageInfo struct {
		HasNextPage bool
		EndCursor   string
	}
	Edges []struct{ Node struct{ ID string } }
}

// walk reads a list to its end and collects the cursors on the way, and with them an id each. The
// last cursors are left out: fewer than a page is behind them.
func walk(read func(after any) (walkedPage, error)) (cursors, ids []string, err error) {
	var after any
	for {
		page, err := read(after)
		if err != nil {
			return nil, nil, err
		}
		if !page.PageInfo.HasNextPage {
			break
		}
		after = page.PageInfo.EndCursor
		cursors = append(cursors, page.PageInfo.EndCursor)
		ids = append(ids, page.Edges[0].Node.ID)
	}
	if len(cursors) < 3 {
		return nil, nil, fmt.Errorf("a list has %d pages only: more members are needed", len(cursors))
	}
	// Without the last cursor, whose page may not be full.
	return cursors[:len(cursors)-1], ids, nil
}

// collectCursors walks Usher's lists. A client gets cursors in no other way, so the requests that
// are measured are those of a client that is in the middle of a list.
func (u *usherServer) collectCursors(ctx context.Context) (err error) {
	read := func(query string) func(after any) (walkedPage, error) {
		return func(after any) (walkedPage, error) {
			var out struct {
				Workspace struct{ Page walkedPage }
			}
			token, err := u.accessToken(ctx)
			if err != nil {
				return walkedPage{}, err
			}
			err = postGraphQL(ctx, u.serverProcess, token, query,
				map[string]any{"w": u.workspace, "a": after}, &out)
			return out.Workspace.Page, err
		}
	}
	const list = `query($w: ID!, $a: String) { workspace(id: $w) { page: %s(first: %d, after: $a,
		filter: {status: [%s]}) { pageInfo { hasNextPage endCursor } edges { node { id } } } } }`
	if u.cursors, u.members, err = walk(read(fmt.Sprintf(list, "members", walkStep,
		"ACTIVE"))); err != nil {
		return err
	}
	u.pending, _, err = walk(read(fmt.Sprintf(list, "invitations", walkStep, "PENDING")))
	return err
}

// postGraphile is PostGraphile with the cursors of its lists.
type postGraphile struct {
	*serverProcess
	workspace        string
	cursors, pending []string
}

// collectCursors walks PostGraphile's lists.
func (g *postGraphile) collectCursors(ctx context.Context) (err error) {
	read := func(list, status, order string) func(after any) (walkedPage, error) {
		query := fmt.Sprintf(`query($w: UUID!, $a: Cursor) { page: %s(first: %d, after: $a,
			condition: {workspaceId: $w, status: "%s"}, orderBy: [%s, ROW_ID_DESC]) {
			pageInfo { hasNextPage endCursor } edges { node { id: rowId } } } }`, list, walkStep,
			status, order)
		return func(after any) (walkedPage, error) {
			var out struct{ Page walkedPage }
			err := postGraphQL(ctx, g.serverProcess, "", query,
				map[string]any{"w": g.workspace, "a": after}, &out)
			return out.Page, err
		}
	}
	if g.cursors, _, err = walk(read("members", "ACTIVE", "JOINED_AT_DESC")); err != nil {
		return err
	}
	g.pending, _, err = walk(read("invitations", "PENDING", "CREATED_AT_DESC"))
	return err
}
