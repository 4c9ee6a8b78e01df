package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"
)

// pageSize is the number of rows that a page asks for.
const pageSize = 50

// measuredServers are all servers, ready to be asked.
type measuredServers struct {
	usher      *usherServer
	graphile   *postGraphile
	plain      *serverProcess
	betterAuth *betterAuth
	peers      *peerWorkspace
	o          *options
}

// What is asked for of a row, in the words of each server.
const (
	usherMember = `id status joinedAt user { firstName lastName email } orgUnit { name }
		groups { name } roleAssignments { role { name } }`
	graphileMember = `rowId status joinedAt person { firstName lastName email } orgUnit { name }
		assignments { nodes { role { name } group { name } } }`
	usherInvitation = `id email status createdAt expiresAt invitedBy { user { email } }
		roles { name } groups { name }`
	graphileInvitation = `rowId email status createdAt expiresAt inviter { email }
		invitationRoles { nodes { role { name } } } invitationGroups { nodes { group { name } } }`

	usherMembers = `query($w: ID!, $a: String, $f: MemberFilter) { workspace(id: $w) {
		members(first: 50, after: $a, filter: $f) { %s pageInfo { hasNextPage endCursor }
		edges { node { ` + usherMember + ` } } } } }`
	graphileMembers = `query($w: UUID!, $a: Cursor) { members(first: 50, after: $a,
		condition: {workspaceId: $w, status: "ACTIVE"}, orderBy: [JOINED_AT_DESC, ROW_ID_DESC]) {
		%s pageInfo { hasNextPage endCursor } nodes { ` + graphileMember + ` } } }`
)

// listScenarios returns what is measured, by request. Usher comes first, and the others are
// compared with it. The order is that of the report.
func (m *measuredServers) listScenarios() [][]*scenario {
	return [][]*scenario{m.pageScenarios("page of 50 members", "", "/page"),
		m.pageScenarios("page of 50 members, totalCount", "totalCount", "/total"),
		m.searchScenarios(), m.oneScenarios(), m.invitationScenarios(), m.inviteScenarios(),
		m.signInScenarios(), m.refreshScenarios()}
}

// pageScenarios ask for a page of active members at a random place, with some more fields of the
// list.
func (m *measuredServers) pageScenarios(name, fields, path string) []*scenario {
	return []*scenario{
		m.ofUsher(name, `"endCursor"`, fmt.Sprintf(usherMembers, fields),
			func(c *client) map[string]any {
				return map[string]any{"w": m.usher.workspace, "a": pick(c.dice, m.usher.cursors),
					"f": map[string]any{"status": []string{"ACTIVE"}}}
			}),
		m.ofPostGraphile(name, `"endCursor"`, fmt.Sprintf(graphileMembers, fields),
			func(c *client) map[string]any {
				return map[string]any{"w": m.graphile.workspace,
					"a": pick(c.dice, m.graphile.cursors)}
			}),
		m.ofPlain(name, path, `"nodes":[{`, func(c *client) plainInput {
			n := 100 + c.dice.IntN(m.o.members-100)
			return plainInput{Before: m.o.first.Add(time.Duration(n) * time.Second)}
		}),
	}
}

// searchScenarios search for the beginning of an address that eleven people have. PostGraphile and
// the plain handler look at the address only and answer in its order, which an index has; Usher
// looks at names and usernames too and answers in the order of joining.
func (m *measuredServers) searchScenarios() []*scenario {
	const name = "search by beginning of address"
	prefix := func(c *client) string {
		return fmt.Sprint("member", m.o.members/100+c.dice.IntN(m.o.members/10-m.o.members/100))
	}
	return []*scenario{
		m.ofUsher(name, "@example.org", fmt.Sprintf(usherMembers, ""),
			func(c *client) map[string]any {
				return map[string]any{"w": m.usher.workspace, "f": map[string]any{
					"status": []string{"ACTIVE"}, "search": prefix(c)}}
			}),
		m.ofPostGraphile(name, "@example.org", `query($w: UUID!, $p: String!) { members(first: 50,
			condition: {workspaceId: $w, status: "ACTIVE"}, filter: {email: {startsWith: $p}},
			orderBy: [EMAIL_ASC, ROW_ID_ASC]) { pageInfo { hasNextPage endCursor }
			nodes { `+graphileMember+` } } }`, func(c *client) map[string]any {
			return map[string]any{"w": m.graphile.workspace, "p": prefix(c)}
		}),
		m.ofPlain(name, "/search", "@example.org", func(c *client) plainInput {
			return plainInput{Prefix: prefix(c)}
		}),
	}
}

// oneName is the request for one member. Each server is asked for members by its own ids.
const oneName = "one member"

// oneScenarios ask for one member by id, with the same fields as a row of a page.
func (m *measuredServers) oneScenarios() []*scenario {
	return []*scenario{
		m.ofUsher(oneName, "@", `query($i: ID!) { node(id: $i) { ... on Member { `+usherMember+` } } }`,
			func(c *client) map[string]any {
				return map[string]any{"i": pick(c.dice, m.usher.members)}
			}),
		m.ofPostGraphile(oneName, "@", `query($i: UUID!) { member(rowId: $i) { `+graphileMember+` } }`,
			func(c *client) map[string]any {
				return map[string]any{"i": pick(c.dice, m.peers.members)}
			}),
		m.ofPlain(oneName, "/one", "@", func(c *client) plainInput {
			return plainInput{ID: pick(c.dice, m.peers.members)}
		}),
	}
}

// invitationScenarios ask for a page of pending invitations at a random place.
func (m *measuredServers) invitationScenarios() []*scenario {
	const name = "page of 50 invitations"
	return []*scenario{
		m.ofUsher(name, `"endCursor"`, `query($w: ID!, $a: String) { workspace(id: $w) {
			invitations(first: 50, after: $a, filter: {status: [PENDING]}) {
			pageInfo { hasNextPage endCursor } edges { node { `+usherInvitation+` } } } } }`,
			func(c *client) map[string]any {
				return map[string]any{"w": m.usher.workspace, "a": pick(c.dice, m.usher.pending)}
			}),
		m.ofPostGraphile(name, `"endCursor"`, `query($w: UUID!, $a: Cursor) { invitations(first: 50,
			after: $a, condition: {workspaceId: $w, status: "PENDING"},
			orderBy: [CREATED_AT_DESC, ROW_ID_DESC]) { pageInfo { hasNextPage endCursor }
			nodes { `+graphileInvitation+` } } }`, func(c *client) map[string]any {
			return map[string]any{"w": m.graphile.workspace, "a": pick(c.dice, m.graphile.pending)}
		}),
		m.ofPlain(name, "/invitations", `"nodes":[{`, func(c *client) plainInput {
			n := 100 + c.dice.IntN(m.o.invitations()-100)
			return plainInput{Before: m.o.first.Add(time.Duration(n) * time.Second)}
		}),
	}
}

// inviteScenarios invite one new address with each request. Usher and the plain handler queue an
// email in the same transaction; better-auth calls a function that does nothing.
func (m *measuredServers) inviteScenarios() []*scenario {
	const name = "one invitation, email queued"
	email := func(c *client) string {
		return fmt.Sprintf("n%d.%d.%s@example.net", c.index, c.number, c.run)
	}
	return []*scenario{
		m.ofUsher(name, "INVITED", `mutation($i: InviteUsersInput!) { inviteUsers(input: $i) {
			invitedCount outcomes { email status invitation { id status } } } }`,
			func(c *client) map[string]any {
				return map[string]any{"i": map[string]any{"workspaceId": m.usher.workspace,
					"emails": []string{email(c)}}}
			}),
		{name: name, server: m.betterAuth.serverProcess, want: "pending",
			next: func(c *client) request {
				return m.askBetterAuth("POST", "/organization/invite-member", m.betterAuth.cookie,
					map[string]string{"email": email(c), "role": "member",
						"organizationId": "academy"})
			}},
		m.ofPlain(name, "/invite", "PENDING", func(c *client) plainInput {
			return plainInput{Email: email(c)}
		}),
	}
}

// signInScenarios sign in one of the people with a password. Nearly all of it is the hash, argon2id
// at Usher and scrypt at better-auth, so the rates compare hashes.
func (m *measuredServers) signInScenarios() []*scenario {
	const name = "sign-in, with its hash"
	login := func(c *client) string { return fmt.Sprintf("member%d@example.org", c.dice.IntN(signers)) }
	return []*scenario{
		{name: name, server: m.usher.serverProcess, want: `"accessToken"`,
			next: func(c *client) request {
				return postJSON("/graphql", graphqlBody(signInMutation, map[string]any{
					"i": map[string]any{"login": login(c), "password": password,
						"tokenDelivery": "BODY"}}))
			}},
		{name: name, server: m.betterAuth.serverProcess, want: `"token"`,
			next: func(c *client) request {
				return m.askBetterAuth("POST", "/sign-in/email", "",
					map[string]string{"email": login(c), "password": password})
			}},
	}
}

// refreshScenarios renew the sign-in of each client. Usher exchanges a single-use token for a new
// pair; better-auth moves the end of a session.
func (m *measuredServers) refreshScenarios() []*scenario {
	const name = "refresh of a sign-in"
	login := func(c *client) string { return fmt.Sprintf("member%d@example.org", c.index) }
	ctx := context.Background()
	return []*scenario{
		{name: name, server: m.usher.serverProcess, want: `"refreshToken"`,
			prepare: func(c *client) (err error) {
				_, c.token, err = m.usher.signIn(ctx, login(c))
				return err
			},
			next: func(c *client) request {
				return postJSON("/graphql", graphqlBody(`mutation($i: RefreshSessionInput!) {
					refreshSession(input: $i) { auth { accessToken refreshToken } } }`,
					map[string]any{"i": map[string]any{"refreshToken": c.token}}))
			},
			learn: func(c *client, answer []byte) error {
				var out struct {
					Data struct {
						RefreshSession struct {
							Auth struct{ RefreshToken string }
						}
					}
				}
				err := json.Unmarshal(answer, &out)
				c.token = out.Data.RefreshSession.Auth.RefreshToken
				return err
			}},
		{name: name, server: m.betterAuth.serverProcess, want: `"session"`,
			prepare: func(c *client) (err error) {
				c.token, err = m.betterAuth.signIn(ctx, login(c))
				return err
			},
			next: func(c *client) request {
				return m.askBetterAuth("GET", "/get-session", c.token, nil)
			}},
	}
}

// ofUsher returns a GraphQL request of the owner. The token is read at each request, because it is
// renewed between measurements.
func (m *measuredServers) ofUsher(name, want, query string,
	variables func(c *client) map[string]any) *scenario {
	return &scenario{name: name, server: m.usher.serverProcess, want: want,
		next: func(c *client) request {
			return postJSON("/graphql", graphqlBody(query, variables(c)),
				"Authorization: Bearer "+m.usher.token)
		}}
}

// ofPostGraphile returns a GraphQL request to PostGraphile.
func (m *measuredServers) ofPostGraphile(name, want, query string,
	variables func(c *client) map[string]any) *scenario {
	return &scenario{name: name, server: m.graphile.serverProcess, want: want,
		next: func(c *client) request {
			return postJSON("/graphql", graphqlBody(query, variables(c)))
		}}
}

// ofPlain returns a request to the plain handler.
func (m *measuredServers) ofPlain(name, path, want string,
	input func(c *client) plainInput) *scenario {
	return &scenario{name: name, server: m.plain, want: want, next: func(c *client) request {
		body, err := json.Marshal(input(c))
		if err != nil {
			panic(err) // texts and times
		}
		return postJSON(path, string(body))
	}}
}

// askBetterAuth returns a request to better-auth, with a cookie or without.
func (m *measuredServers) askBetterAuth(method, path, cookie string,
	input map[string]string) request {
	r := request{method: method, path: "/api/auth" + path,
		headers: []string{"Origin: http://" + m.betterAuth.address}}
	if cookie != "" {
		r.headers = append(r.headers, cookie)
	}
	if input != nil {
		body, err := json.Marshal(input)
		if err != nil {
			panic(err) // texts
		}
		r.body = string(body)
	}
	return r
}

// postJSON returns a POST request with a JSON body.
func postJSON(path, body string, headers ...string) request {
	return request{method: "POST", path: path, headers: headers, body: body}
}

func pick(dice *rand.Rand, list []string) string { return list[dice.IntN(len(list))] }
