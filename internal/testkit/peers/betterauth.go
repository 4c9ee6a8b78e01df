package main

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
)

// betterAuth is better-auth with its organization plugin and its database. It has no list of
// members with groups and roles, so it is measured at invitations and sign-ins only.
type betterAuth struct {
	*serverProcess
	db     *database
	cookie string // of the owner
}

// startBetterAuth fills better-auth's own tables with as many people and invitations, and starts
// it.
func startBetterAuth(ctx context.Context, o *options, server string) (*betterAuth, error) {
	db, err := createDatabase(ctx, server, "better_auth")
	if err != nil {
		return nil, err
	}
	address, port, err := freePort()
	if err != nil {
		return nil, err
	}
	script := filepath.Join(o.servers, "better-auth.mjs")
	env := []string{"NODE_ENV=production", "DATABASE_URL=" + db.url, "PORT=" + port,
		"SECRET=" + strings.Repeat("peers-", 8)}
	if _, err := runCommand(ctx, env, "", o.node(), script, "migrate"); err != nil {
		return nil, err
	}
	b := &betterAuth{db: db}
	if b.serverProcess, err = startServer(ctx, o, "better-auth", address, env, o.node(),
		script); err != nil {
		return nil, err
	}
	// One account is made through the API, so that its hash has the form of the version in use.
	var out any
	answer, err := post(ctx, b.url("/sign-up/email"), map[string]string{"email": ownerEmail,
		"password": password, "name": "Olivia Owner"}, &out, "Origin", "http://"+address)
	if err != nil {
		return nil, err
	}
	if b.cookie, err = cookieOf(answer); err != nil {
		return nil, err
	}
	// The owner's hash is everybody's who signs in, as in Usher's database.
	for _, statement := range []string{
		`INSERT INTO "user" (id, name, email, "emailVerified")
			SELECT 'u' || n, 'Member ' || n, 'member' || n || '@example.org', true
			FROM generate_series(0, $1::int - 1) n`,
		`INSERT INTO organization (id, name, slug, "createdAt")
			SELECT 'academy', 'Academy', 'academy', now() WHERE $1::int > 0`,
		`INSERT INTO member (id, "organizationId", "userId", role, "createdAt")
			SELECT 'm' || id, 'academy', id, CASE WHEN email LIKE 'owner@%' THEN 'owner' ELSE 'member' END,
			now() FROM "user" WHERE $1::int > 0`,
	} {
		if _, err := db.ExecContext(ctx, statement, o.members); err != nil {
			return nil, err
		}
	}
	if _, err := db.ExecContext(ctx, `INSERT INTO account
		(id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
		SELECT 'a' || n, 'u' || n, 'credential', 'u' || n, a.password, now(), now()
		FROM account a, generate_series(0, $1::int - 1) n WHERE a."providerId" = 'credential'`,
		signers); err != nil {
		return nil, err
	}
	if _, err := db.ExecContext(ctx, `INSERT INTO invitation
		(id, "organizationId", email, role, status, "expiresAt", "inviterId")
		SELECT 'i' || n, 'academy', 'pending' || n || '@example.org', 'member', 'pending',
		now() + interval '30 days', u.id FROM "user" u, generate_series(0, $1::int - 1) n
		WHERE u.email = $2`, o.invitations(), ownerEmail); err != nil {
		return nil, err
	}
	return b, settle(ctx, db)
}

func (b *betterAuth) url(path string) string { return "http://" + b.address + "/api/auth" + path }

// signIn returns the cookie of a new session.
func (b *betterAuth) signIn(ctx context.Context, email string) (string, error) {
	var out any
	answer, err := post(ctx, b.url("/sign-in/email"), map[string]string{"email": email,
		"password": password}, &out, "Origin", "http://"+b.address)
	if err != nil {
		return "", err
	}
	return cookieOf(answer)
}

// cookieOf returns the session cookie that an answer sets, as a header of the next request. Its
// name may have a prefix.
func cookieOf(answer *http.Response) (string, error) {
	for _, c := range answer.Cookies() {
		if strings.HasSuffix(c.Name, "session_token") {
			return "Cookie: " + c.Name + "=" + c.Value, nil
		}
	}
	return "", fmt.Errorf("%s sets no session cookie", answer.Request.URL.Path)
}
