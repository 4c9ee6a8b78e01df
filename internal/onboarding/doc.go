// Package onboarding is the domain: every way in. One verb a file.
//
// A door is a way in: invite, create, import, join, register, provision. A Grant is what a door gives; an Invitation is
// a promise of one to an address. The giver is who last saved a grant: nobody hands out more than they hold, asked when
// it is saved and again when it is admitted. admit is the threshold, the only code that makes a person an active member.
//
//	                   ┌── resend, edit ──┐
//	                   ▼                  │
//	invite ────────► PENDING ─────────────┘
//	                   │  │  │  └─ its time is over ─► EXPIRED ── resend ─► PENDING
//	                   │  │  └──── decline ──────────► DECLINED
//	                   │  └─────── cancel ───────────► CANCELLED
//	                   └────────── accept ── admit ──► ACTIVE
//
// Expiry is judged when an invitation is read, and in the statement that accepts it; a row may say PENDING for long
// after its time. Every transition is one UPDATE … WHERE status = PENDING that changes one row or none: whoever changes
// it has won, whoever does not reads again and says what happened meanwhile.
//
// Every verb has the same five steps in the same order: who may · is it well formed · one transaction: lock, write,
// audit, enqueue · return the row.
package onboarding
