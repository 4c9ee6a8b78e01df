// Package joinlink lets people join by themselves. An administrator makes a join link with a
// whitelist of addresses. Its public page takes an address and emails a confirmation link, which
// verifies the address. The person is then admitted, or waits for an administrator's approval if
// the link asks for one, or if the person was removed or deactivated there.
//
// Files: link.go and slug.go change links, warning.go warns of their settings, explain.go tells why
// an address may join or not. page.go shows the public pages, join.go and confirm.go are the two
// steps of a person, approve.go the decision of an administrator. All three end in attempt.go, the
// only transaction that admits. email.go composes the emails.
package joinlink
