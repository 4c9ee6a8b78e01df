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

// who is an account as it was asked for: the account, if there is one, and the subject that tries
// are counted under.
//
// Security: the subject comes from what was typed, never from the account found, or limits would
// tell which accounts exist. An account with both an address and a username has a count for each.
type who struct {
	account *ent.User
	subject string
}

// find looks an account up by its address, or by its username in the organization of a workspace.
// What cannot be either is answered like what does not exist. A username without a workspace is
// BAD_USER_INPUT at workspace.
func (s *Service) find(ctx context.Context, login, slug string) (who, error) {
	login, slug = strings.TrimSpace(login), strings.TrimSpace(slug)
	if len(login) > maxLogin {
		return who{subject: "too long"}, nil
	}
	if strings.Contains(login, "@") {
		a, err := address.Parse(login)
		if err != nil {
			return who{subject: "malformed " + login}, nil
		}
		u, err := s.one(ctx, user.EmailKey(a.Key))
		return who{u, byAddress(a.Key)}, err
	}
	if slug == "" {
		return who{}, fault.Input("workspace", "account.workspace_needed")
	}
	_, key, err := Username(login)
	if err != nil {
		return who{subject: "malformed " + login}, nil
	}
	w, err := s.store.Workspace.Query().Where(workspace.Slug(strings.ToLower(slug))).
		Only(system(ctx))
	if ent.IsNotFound(err) {
		return who{subject: "nowhere " + key}, nil
	}
	if err != nil {
		return who{}, fmt.Errorf("account: find a workspace: %w", err)
	}
	u, err := s.one(ctx, user.UsernameOrganizationID(w.OrganizationID), user.UsernameKey(key))
	return who{u, byUsername(w.OrganizationID.String(), key)}, err
}

// maxLogin bounds what is looked for, in bytes: an address of 254 and a name beside it.
const maxLogin = 500

func byAddress(key string) string                { return "address " + key }
func byUsername(organization, key string) string { return "username " + organization + " " + key }

// known is the who of an account that has been found already.
func known(u *ent.User) who { return who{u, subjects(u)[0]} }

// subjects are all that tries at an account may have been counted under.
func subjects(u *ent.User) (list []string) {
	if u.EmailKey != nil {
		list = append(list, byAddress(*u.EmailKey))
	}
	if u.UsernameKey != nil && u.UsernameOrganizationID != nil {
		list = append(list, byUsername(u.UsernameOrganizationID.String(), *u.UsernameKey))
	}
	return append(list, "account "+u.ID.String())
}
