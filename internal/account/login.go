package account

import (
	"context"
	"fmt"
	"strings"

	"usher/ent"
	"usher/ent/user"
	"usher/ent/workspace"
	"usher/internal/address"
	"usher/internal/fault"
)

// accountLookup is the result of looking an account up: the account, nil if there is none, and the
// subject under which attempts are counted.
//
// Security: the subject comes from the typed login, never from the account found, or limits would
// tell which accounts exist. An account with both an address and a username has a count for each.
type accountLookup struct {
	account *ent.User
	subject string
}

// lookUpLogin finds an account by its address, or by its username in the organization of a
// workspace. A malformed login is answered like an account that does not exist. A username without
// a workspace is BAD_USER_INPUT at workspace.
func (s *Service) lookUpLogin(ctx context.Context, login, slug string) (accountLookup, error) {
	login, slug = strings.TrimSpace(login), strings.TrimSpace(slug)
	// The limit is in bytes and checked first, so that a megabyte is never normalized.
	if len(login) > maxLoginBytes {
		return accountLookup{subject: "too long"}, nil
	}
	// A username cannot contain the character, so the two kinds of login never overlap.
	if strings.Contains(login, "@") {
		a, err := address.Parse(login)
		if err != nil {
			return accountLookup{subject: "malformed " + login}, nil
		}
		u, err := s.findUser(ctx, user.EmailKey(a.Key))
		return accountLookup{u, addressSubject(a.Key)}, err
	}
	if slug == "" {
		return accountLookup{}, fault.Input("workspace", "account.workspace_needed")
	}
	_, key, err := ParseUsername(login)
	if err != nil {
		return accountLookup{subject: "malformed " + login}, nil
	}
	w, err := s.store.Workspace.Query().Where(workspace.Slug(strings.ToLower(slug))).
		Only(systemContext(ctx))
	if ent.IsNotFound(err) {
		return accountLookup{subject: "nowhere " + key}, nil
	}
	if err != nil {
		return accountLookup{}, fmt.Errorf("account: find a workspace: %w", err)
	}
	u, err := s.findUser(ctx, user.UsernameOrganizationID(w.OrganizationID), user.UsernameKey(key))
	return accountLookup{u, usernameSubject(w.OrganizationID.String(), key)}, err
}

// maxLoginBytes limits the logins that are looked up, in bytes: an address of 254 and a name
// beside it.
const maxLoginBytes = 500

func addressSubject(key string) string { return "address " + key }

// usernameSubject names a username for the limits of sign-ins. It is unique in its organization
// only.
func usernameSubject(organization, key string) string {
	return "username " + organization + " " + key
}

// lookupFor returns the lookup of an account that is loaded already.
func lookupFor(u *ent.User) accountLookup { return accountLookup{u, limitSubjects(u)[0]} }

// limitSubjects returns all subjects under which attempts at an account may have been counted.
func limitSubjects(u *ent.User) (list []string) {
	if u.EmailKey != nil {
		list = append(list, addressSubject(*u.EmailKey))
	}
	if u.UsernameKey != nil && u.UsernameOrganizationID != nil {
		list = append(list, usernameSubject(u.UsernameOrganizationID.String(), *u.UsernameKey))
	}
	return append(list, "account "+u.ID.String())
}
