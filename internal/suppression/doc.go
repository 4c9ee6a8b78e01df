// Package suppression holds the addresses that get no emails of a workspace or of any: because their
// owner asked for it or complained, or because an email bounced. Every email carries a link to the
// page on which its recipient stops further ones.
package suppression
