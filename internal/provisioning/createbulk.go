package provisioning

import (
	"context"
	"slices"

	"usher/ent"
	"usher/ent/user"
	"usher/internal/admission"
	"usher/internal/ident"
	"usher/internal/inputs"
	"usher/internal/ratelimit"
	"usher/internal/store"
)

// CreateMany creates people for whom CreateOne would find nothing: no account of the address or the
// username, and no pending invitation. It returns their members in the order of people, nil for
// each one that CreateOne has to create: if the grant cannot be applied as a whole, if two people
// have one mailbox or username, or if there are too few seats for all. The number of statements
// does not depend on the number of people. others are people whom the caller creates one by one in
// the same transaction. The locks of the addresses are held.
func (d *AccountCreation) CreateMany(ctx context.Context, people,
	others []*NewPerson) ([]*ent.Member, error) {
	single := peopleInConflict(slices.Concat(people, others))
	var all []*admission.Admission
	rows, numbers := map[*admission.Admission]*ent.UserCreate{}, map[*admission.Admission]int{}
	for i, p := range people {
		if single[p] {
			continue
		}
		a := d.newAdmission(p)
		d.chooseGreeting(a, p)
		row := d.newAccount(p)
		a.User = accountOf(row.Mutation(), ident.New(ident.User))
		rows[a], numbers[a] = row, i
		all = append(all, a)
	}
	bulk, _, err := admission.PlanBulk(ctx, all)
	if err != nil {
		return nil, err
	}
	accounts := store.Bulk{Table: user.Table, Columns: user.Columns}
	for _, a := range bulk.People() {
		accounts.AddMutation(rows[a].Mutation(), a.User.ID, map[string]any{
			// ent sets these when it saves a row, which does not happen here.
			user.FieldCreatedAt: d.Now, user.FieldUpdatedAt: d.Now,
			user.FieldEmailProven:       user.DefaultEmailProven,
			user.FieldCredentialVersion: user.DefaultCredentialVersion,
		})
	}
	members := make([]*ent.Member, len(people))
	admitted, err := bulk.Admit(ctx, &accounts,
		len(people)-len(bulk.People())+len(others))
	if err != nil || !admitted {
		return members, err
	}
	for _, a := range bulk.People() {
		members[numbers[a]] = a.Member
	}
	return members, nil
}

// peopleInConflict returns the people of whom each depends on the result of another: they have the
// same username, external id, or mailbox, whose emails are counted.
func peopleInConflict(people []*NewPerson) map[*NewPerson]bool {
	single, first := map[*NewPerson]bool{}, map[string]*NewPerson{}
	note := func(key string, p *NewPerson) {
		if other := first[key]; other != nil {
			single[p], single[other] = true, true
			return
		}
		first[key] = p
	}
	for _, p := range people {
		if p.Key != "" {
			note("mailbox "+ratelimit.Mailbox(p.Key), p)
		}
		if p.ExternalID != "" {
			note("external id "+p.ExternalID, p)
		}
		if p.UsernameKey != "" {
			note("username "+p.UsernameKey, p)
		}
	}
	return single
}

// accountOf returns the account that an INSERT describes.
func accountOf(row *ent.UserMutation, id ident.ID) *ent.User {
	u := &ent.User{ID: id}
	for _, column := range []struct {
		to  **string
		get func() (string, bool)
	}{
		{&u.Email, row.Email}, {&u.EmailKey, row.EmailKey}, {&u.Username, row.Username},
		{&u.UsernameKey, row.UsernameKey}, {&u.FirstName, row.FirstName},
		{&u.LastName, row.LastName}, {&u.Locale, row.Locale},
	} {
		if v, set := column.get(); set {
			*column.to = inputs.NilIfEmpty(v)
		}
	}
	return u
}
