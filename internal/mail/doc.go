// Package mail renders what Usher writes to people and hands it to an SMTP server.
//
// A mail is a Content: plain values, no database behind them. Render turns it into a subject, a
// text and an HTML part in the reader's language; every kind shares one layout and differs only in
// its sentences, which stand in the catalogue under "mail.<kind>_…", and in the few facts listed in
// kind.go. SMTP.Send carries a rendered mail; it knows nothing of queues and retries, it only says
// whether trying again can help (DeliveryError.Permanent).
//
// Three rules keep the mails harmless. What people typed (names, messages) passes clean.go once, at
// the top of Render, and is escaped by html/template afterwards. Links are given in whole and must
// be absolute; nothing here builds one. Nothing is fetched from afar but the workspace's logo, and
// nothing tells the sender whether a mail was opened.
package mail
