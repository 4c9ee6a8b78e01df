// Package mail renders the emails that Usher sends and sends them to an SMTP server.
//
// A Content holds the plain values of an email, without a database. Render makes a subject, a text
// part and an HTML part in the recipient's language. All kinds share one layout. They differ in
// their sentences, which are in the catalogue under "mail.<kind>_…", and in the facts that kind.go
// lists. SMTP.Send sends a rendered email. It knows no queue and no retries; its error says whether
// another attempt can help (DeliveryError.Permanent).
//
// Three rules keep emails harmless. User input (names, messages) passes clean.go once, at the start
// of Render, and is escaped by html/template afterwards. Links must be complete and absolute; this
// package builds none. Only the workspace's logo is loaded from elsewhere, and nothing reports to
// the sender whether an email was opened.
package mail
