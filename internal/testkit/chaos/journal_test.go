package chaos

import (
	"slices"
	"sync"
)

// state is what one address or username is in one workspace.
type state string

// The states that the load leads people through.
const (
	absent      state = "absent"
	pending     state = "pending"
	cancelled   state = "cancelled"
	active      state = "active"
	deactivated state = "deactivated"
	removed     state = "removed"
)

// journal notes what was acknowledged. A change whose answer was lost may have happened or not, so
// a person has a set of possible states; an acknowledged change leaves exactly one.
type journal struct {
	lock    sync.Mutex
	people  map[string][]state // by address or username
	imports map[string]int     // rows by import id
	faults  []string           // answers that no fault excuses
	codes   map[string]int     // how many answers had which code; "" for done
	changes int                // acknowledged
}

func newJournal() *journal {
	return &journal{people: map[string][]state{}, imports: map[string]int{},
		codes: map[string]int{}}
}

// note records one change of a person and tells whether their story goes on: only after an
// acknowledged change.
func (j *journal) note(who string, a answer, before, after state) bool {
	j.lock.Lock()
	defer j.lock.Unlock()
	j.count(a)
	switch {
	case a.ok():
		j.people[who] = []state{after}
		j.changes++
		return true
	case a.unknown():
		j.people[who] = []state{before, after}
	default: // refused: nothing happened
		j.people[who] = []state{before}
	}
	return false
}

// noteImport records an acknowledged import.
func (j *journal) noteImport(id string, rows int, a answer) {
	j.lock.Lock()
	defer j.lock.Unlock()
	j.count(a)
	if a.ok() {
		j.imports[id] = rows
		j.changes++
	}
}

// observe counts an answer that changes nobody.
func (j *journal) observe(a answer) {
	j.lock.Lock()
	defer j.lock.Unlock()
	j.count(a)
}

// count keeps codes, and those answers that are faults whatever happens to servers and database:
// INTERNAL, an answer that is no JSON, UNAVAILABLE without Retry-After.
func (j *journal) count(a answer) {
	code := a.code
	if a.lost {
		code = "lost"
	}
	j.codes[code]++
	bad := a.code == "INTERNAL" || a.code == "NOT_JSON" || a.code == "NO_CODE" ||
		a.code == "UNAVAILABLE" && a.status == 503 && a.retryAfter == ""
	if bad && len(j.faults) < 20 {
		j.faults = append(j.faults, a.body)
	}
}

// allows tells whether a person may be in a state.
func (j *journal) allows(who string, found state) bool {
	return slices.Contains(j.people[who], found)
}
