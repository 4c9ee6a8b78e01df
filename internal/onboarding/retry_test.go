package onboarding_test

import (
	"testing"

	"usher/internal/apptest"
)

// An import that is tried again counts its seats from the beginning: the last one is free for its
// row, in the preview and in the import itself.
func TestAnImportThatIsTriedAgainTakesTheLastSeat(t *testing.T) {
	withWorker(t, func(t *testing.T, p *apptest.Place) {
		p.Seats(p.SeatsTaken() + 1)
		p.Store.BreakOffFirst("40001")

		b := upload(p, "CREATE", "SKIP", "email,firstName,lastName\nann@acme.test,Ann,Lee")
		preview := rowsOf(p, b)
		p.Store.BreakOffFirst("")
		undisturbed := upload(p, "CREATE", "SKIP",
			"email,firstName,lastName\nann@acme.test,Ann,Lee")
		same(t, "the preview", preview, rowsOf(p, undisturbed))

		p.Store.BreakOffFirst("40001")
		run(p, b)
		p.Store.BreakOffFirst("")
		if p.Member("ann@acme.test") == nil {
			t.Errorf("the row was not done: %v", rowsOf(p, b))
		}
	})
}
