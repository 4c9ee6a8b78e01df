package bounce

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"
)

// providerEvent is a provider's report about one email. Unknown fields are ignored.
type providerEvent struct {
	MessageID string     `json:"messageId"`
	Recipient string     `json:"recipient"`
	Type      string     `json:"type"`
	Reason    string     `json:"reason"`
	At        *time.Time `json:"at"` // only that it is a time: reports are in no order
}

// readEvents parses a JSON body. One invalid event rejects the whole body, so that the provider
// notices the error.
func readEvents(body []byte) ([]Report, error) {
	var told struct {
		Events *[]providerEvent `json:"events"`
	}
	if err := json.Unmarshal(body, &told); err != nil {
		return nil, malformedBodyError("the body is not JSON, or a field of it is of another type")
	}
	switch {
	case told.Events == nil:
		return nil, malformedBodyError("the body has no events")
	case len(*told.Events) > maxReports:
		return nil, errTooMany
	}
	var reports []Report
	for _, e := range *told.Events {
		report := Report{strings.TrimSpace(e.MessageID), e.Recipient, e.Reason}
		if report.MessageID == "" {
			return nil, malformedBodyError("an event has no messageId")
		}
		switch e.Type {
		case "bounced":
			// A temporary failure may come as bounced too. Only a permanent one suppresses (MAI-6).
			if !isPermanentFailure(e.Reason) {
				continue
			}
		case "complained":
			report.Reason = ComplaintReason
		case "delivered", "deferred":
			continue
		default:
			return nil, malformedBodyError(
				"an event is of none of the types bounced, complained, delivered and deferred")
		}
		reports = append(reports, report)
	}
	return reports, nil
}

// The two codes of a failure: the enhanced status of RFC 3463, anywhere in the text, and the reply
// code of RFC 5321 at its start. An IPv4 address must not match.
var (
	enhancedStatusPattern = regexp.MustCompile(
		`(?:^|[\s;:#(])([245])\.\d{1,3}\.\d{1,3}(?:[\s;:,)]|$)`)
	replyCodePattern = regexp.MustCompile(`^\s*(?:(?i:smtp)\s*;\s*)?([245])\d\d(?:\D|$)`)
)

// isPermanentFailure reports whether a reason has a status of class 5. The enhanced status takes
// priority. Without any code it returns false, because an address must not be suppressed for an
// unknown failure.
func isPermanentFailure(reason string) bool {
	for _, pattern := range []*regexp.Regexp{enhancedStatusPattern, replyCodePattern} {
		if m := pattern.FindStringSubmatch(reason); m != nil {
			return m[1] == "5"
		}
	}
	return false
}
