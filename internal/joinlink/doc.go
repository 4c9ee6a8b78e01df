// Package joinlink lets people join by themselves. An administrator makes a join link with a
// whitelist of addresses. Its public page takes an address and emails a confirmation link, which
// verifies the address. The person is then admitted, or waits for an administrator's approval if
// the link, or the person's past in the workspace, asks for one.
//
// Files: link.go and slug.go change links, page.go shows the public pages, join.go and confirm.go
// are the two steps of a person, approve.go the decision of an administrator. All three end in
// attempt.go, the only transaction that admits.
package joinlink
