package onboarding_test

import (
	"testing"

	"usher/ent"
	"usher/ent/importbatch"
	"usher/ent/invitation"
	"usher/ent/member"
	"usher/internal/apptest"
	"usher/internal/store"
)

// PAR-4: the id of another system tells who a row is about, before its address does.
func TestAnImportFindsPeopleByExternalID(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		const header = "external id,last name,first name,email,labels,password\n"
		people := header + "0042,Lee,Zoe,zoe@acme.test,a,correct horse battery\n" +
			"0043,Lee,Max,max@acme.test,a,correct horse battery\n"
		made := run(p, upload(p, importbatch.ActionCreate, importbatch.ExistingUpdate, people))
		same(t, "made", counts(made), "0 invited 2 created 0 updated 0 unchanged 0 wrong of 2")
		zoe := p.Member("zoe@acme.test")
		same(t, "external id", *zoe.ExternalID, "0042")

		again := upload(p, importbatch.ActionCreate, importbatch.ExistingUpdate, people)
		same(t, "again", rowsOf(p, again), []string{"2 UNCHANGED", "3 UNCHANGED"})

		ann := p.Join("ann@acme.test", nil)
		changed := upload(p, importbatch.ActionCreate, importbatch.ExistingUpdate, header+
			"0042,Lee,Zoe,zoe.lee@acme.test,b,\n"+ // a new address
			"0043,Lee,Zoe,zoe@acme.test,,\n"+ // the address of another member
			"0044,Lee,Max,max@acme.test,,\n"+ // another id
			"0045,Lee,Ann,ann@acme.test,,\n"+ // the first id of a member
			"0045,Lee,Eve,eve@acme.test,,correct horse battery\n"+ // twice
			"0046,Lee,Tom,,,correct horse battery\n") // new, without an address
		same(t, "changed", rowsOf(p, changed), []string{
			"2 UPDATE email:import.address_kept", "3 ERROR externalId:invite.external_id_of_other",
			"4 ERROR externalId:invite.other_external_id", "5 UPDATE",
			"6 ERROR externalId:import.twice", "7 CREATE"})
		run(p, changed)
		zoe = p.Store.Member.Query().Where(member.ExternalID("0042")).OnlyX(p.In())
		same(t, "labels", zoe.Labels, []string{"a", "b"})
		same(t, "address", zoe.EmailKey, "zoe@acme.test")
		same(t, "accounts", p.Store.User.Query().CountX(store.AsSystem(t.Context(), "a test")), 5)
		same(t, "ann's id", *p.Member("ann@acme.test").ExternalID, "0045")

		if _, err := p.Imports.UndoImport(t.Context(), p.Caller(p.Admin), changed.ID); err != nil {
			t.Fatal(err)
		}
		if id := p.Store.Member.GetX(p.In(), ann.ID).ExternalID; id != nil {
			t.Errorf("after undoing, ann has %s", *id)
		}
	})
}

// Who accepts an invitation of an import has the external id of its row, unless somebody else has it
// by then: it keeps nobody out.
func TestAnInviteeGetsTheExternalIDOfTheirRow(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		run(p, upload(p, importbatch.ActionInvite, importbatch.ExistingSkip,
			"email,matricule\nzoe@acme.test,0042\nmax@acme.test,0043\n"))
		p.Write(func(ctx ctx, tx *store.Tx) error {
			return tx.Member.UpdateOneID(p.Admin.ID).SetExternalID("0043").Exec(ctx)
		})
		for _, address := range []string{"zoe@acme.test", "max@acme.test"} {
			mustAccept(p, nil, p.Mailed(p.Store.Invitation.Query().
				Where(invitation.EmailKey(address)).OnlyX(p.In())))
		}
		held := func(m *ent.Member) string {
			if m.ExternalID == nil {
				return ""
			}
			return *m.ExternalID
		}
		same(t, "zoe", held(p.Member("zoe@acme.test")), "0042")
		same(t, "max", held(p.Member("max@acme.test")), "")
	})
}
