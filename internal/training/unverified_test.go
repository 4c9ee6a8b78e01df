package training_test

import (
	"testing"

	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/ident"
	"usher/internal/training"
)

// AUT-6: the person who typed the address of an account first may know its password.
func TestAnAccountWhoseAddressNobodyHasVerifiedInstructsNoSession(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		m := p.Join("ann@example.org", nil)
		of := p.Program("Safety")
		_, err := p.Training.CreateSession(t.Context(), p.Caller(p.Admin),
			making{ProgramID: of.ID, InstructorIDs: []ident.ID{m.ID}})
		refused(t, "createSession", err, fault.BadUserInput, "instructorIds")
		same(t, "sessions", must[int](t)(p.Store.Session.Query().Count(p.In())), 0)

		name := "run"
		// the operator's word
		run := schedule(
			p, making{ProgramID: of.ID, Name: &name, InstructorIDs: []ident.ID{p.Admin.ID}})
		both := training.UpdateSessionInput{ID: run.ID,
			InstructorIDs: &[]ident.ID{p.Admin.ID, m.ID}}
		_, err = p.Training.UpdateSession(t.Context(), p.Caller(p.Admin), both)
		refused(t, "updateSession", err, fault.BadUserInput, "instructorIds")
		same(t, "holds", p.Holds(m.ID), []string{"learner@*"})

		p.Verify("ann@example.org")
		change(p, both)
		same(t, "holds", p.Holds(m.ID), []string{"instructor@run", "learner@*"})
	})
}
