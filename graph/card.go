package graph

import (
	"time"

	"usher/ent"
)

// Card is a card to print, in clear: made for the one answer to who issued it.
type Card struct {
	Member    *ent.Member
	URL       string
	Pin       string
	ExpiresAt time.Time
	QRSVG     string
	HTML      string
}
