package main

import (
	"fmt"
	"time"
)

// The places of the workspace that all servers hold.
const (
	groupCount = 500
	unitCount  = 200
)

// roleNames are the names of the roles that people have, by their keys in Usher.
var roleNames = map[string]string{"learner": "Learner", "coach": "Coach"}

// person is one member of the workspace. Everybody has two roles, each in a group.
type person struct {
	first, last, email string
	status             string
	unit               int // index of the org unit; -1 for none
	groups             [2]int
	roles              [2]string // keys
	joined             time.Time
}

// personAt returns the nth of so many people. The next one joined a second later. Addresses are
// numbered; names come in no order, as those of people do.
func personAt(n, count int, first time.Time) person {
	p := person{
		first: fmt.Sprintf("First%d", n*16_807%count), last: fmt.Sprintf("Last%d", n*48_271%count),
		email: fmt.Sprintf("member%d@example.org", n), status: "ACTIVE", unit: n % unitCount,
		groups: [2]int{n * 7 % groupCount, (n*7 + 131) % groupCount},
		roles:  [2]string{"learner", "coach"},
		joined: first.Add(time.Duration(n) * time.Second),
	}
	if n%10 == 0 {
		p.unit = -1
	}
	if n%1000 == 7 { // few, and far apart
		p.status = "DEACTIVATED"
	}
	return p
}

func groupName(n int) string { return fmt.Sprintf("Group %03d", n) }

func unitName(n int) string { return fmt.Sprintf("Unit %03d", n) }

func inviteeEmail(n int) string { return fmt.Sprintf("pending%d@example.org", n) }

// inviteeGroup returns the group of an invitation.
func inviteeGroup(n int) int { return n / inviteBatch % groupCount }

// inviteBatch is the number of invitations that one request to Usher makes.
const inviteBatch = 500
