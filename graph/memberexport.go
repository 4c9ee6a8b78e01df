package graph

import (
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"usher/ent"
	"usher/ent/member"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/i18n"
	"usher/internal/imports"
	"usher/internal/relay"
	"usher/internal/scalar"
)

// The parameters of a URL of the list of members. The filter is its JSON form in the API.
const (
	filterParameter  = "filter"
	orderParameter   = "orderBy"
	sinceParameter   = "updated_since" // a moment, as RFC 3339 writes it
	columnsParameter = "columns"       // "all" adds ids, status and dates
)

// maxFilterLength limits the filter in a URL, in bytes. Browsers and proxies cut longer URLs.
const maxFilterLength = 6 << 10

// encodeMemberSelection returns the parameters of a URL for a filter and an order of members.
// BAD_USER_INPUT for a filter that is too long for a URL.
func encodeMemberSelection(filter *MemberFilter, orderBy *ent.MemberOrder) (url.Values, error) {
	query := url.Values{}
	if filter != nil {
		text, err := json.Marshal(filter)
		if err != nil {
			return nil, err
		}
		if len(text) > maxFilterLength {
			return nil, fault.Input("filter", "graph.filter_long")
		}
		query.Set(filterParameter, string(text))
	}
	if orderBy != nil {
		query.Set(orderParameter, orderBy.Field.String()+" "+orderBy.Direction.String())
	}
	return query, nil
}

// ParseMemberSelection reads the filter and the order from the parameters of a URL of the list of
// members. BAD_USER_INPUT for parameters that encodeMemberSelection does not write.
func ParseMemberSelection(by *access.Caller, query url.Values) (imports.MemberSelection, error) {
	which := imports.MemberSelection{Record: query.Get(columnsParameter) == "all"}
	if text := query.Get(sinceParameter); text != "" {
		since, err := ParseSince(sinceParameter, text)
		if err == nil && query.Has(orderParameter) {
			err = newBadSince(sinceParameter, nil)
		}
		if err != nil {
			return which, err
		}
		which.Since = &since
	}
	if text := query.Get(filterParameter); text != "" {
		var filter MemberFilter
		refused := fault.Input(filterParameter, "graph.filter_url")
		// A plain URL may hold anything: only a signed one was written here.
		if len(text) > maxFilterLength || json.Unmarshal([]byte(text), &filter) != nil {
			return which, refused
		}
		if !filter.isStorable() {
			return which, refused
		}
		which.Where = filter.toPredicate(by)
	}
	if text := query.Get(orderParameter); text != "" {
		field, direction, _ := strings.Cut(text, " ")
		order := &ent.MemberOrder{Direction: relay.OrderDirection(direction),
			Field: &ent.MemberOrderField{}}
		if order.Field.UnmarshalGQL(field) != nil || order.Direction.Validate() != nil {
			return which, fault.Input(orderParameter, "graph.filter_url")
		}
		which.Order = order
	}
	return which, nil
}

// ParseSince reads the moment from which on a download lists something. BAD_USER_INPUT for what is no
// moment of RFC 3339 in the years that scalar Time accepts.
func ParseSince(parameter, text string) (time.Time, error) {
	at, err := scalar.UnmarshalTime(text)
	if err != nil {
		err = newBadSince(parameter, err)
	}
	return at, err
}

// newBadSince returns the refusal of a parameter that is no moment.
func newBadSince(parameter string, cause error) error {
	return fault.Input(parameter, "graph.since_url", i18n.Args{"Field": parameter}).Because(cause)
}

// isStorable tells whether a database can compare the texts and states of a filter that did not
// come through the API, where scalars and enums are checked.
func (f *MemberFilter) isStorable() bool {
	texts := []*string{f.Label, f.Email, f.Search}
	if c := f.CustomField; c != nil {
		texts = append(texts, &c.Key, &c.Value)
	}
	for _, text := range texts {
		if text != nil && !scalar.IsStorable(*text) {
			return false
		}
	}
	for _, status := range f.Status {
		if member.StatusValidator(status) != nil {
			return false
		}
	}
	return true
}
