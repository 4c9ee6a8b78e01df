package server

import (
	"context"
	"regexp"

	"github.com/99designs/gqlgen/graphql"

	"usher/ent/schema"
	"usher/internal/access"
	"usher/internal/fault"
	"usher/internal/gqlhttp"
	"usher/internal/idempotency"
	"usher/internal/ident"
	"usher/internal/inbound"
	"usher/internal/store"
)

// maxNamedIDs limits the objects that are looked up before an answer is repeated.
const maxNamedIDs = 1_000

// keep stores what an attempt has done, or forgets it if it had no effect. A failure is logged and does
// not change the answer: the row knows already whether the mutation was done.
func (g onceGuard) keep(ctx context.Context, by *access.Caller, mine *store.Reservation,
	op *graphql.OperationContext, resp *graphql.Response) {
	// The answer is stored also for a client that is gone: it will ask again.
	ctx, cancel := inbound.Limit(context.WithoutCancel(ctx), keepLimit)
	defer cancel()
	succeeded := resp != nil && len(resp.Errors) == 0
	var err error
	switch {
	case resp == nil && !mine.IsDone():
		// The time of the request is over. Whether a transaction still commits is not known, so the
		// row waits for the end of its lease.
		return
	case !succeeded && !mine.IsDone():
		err = g.Once.Release(ctx, mine)
	default:
		var done idempotency.Stored
		if done, err = g.describe(ctx, by, mine, op, resp); err == nil {
			err = g.Once.Finish(ctx, mine, done)
		}
	}
	if err != nil {
		g.Log.Warn("store idempotent answer failed", "request_id", inbound.ID(ctx), "error", err)
	}
}

// describe returns what is stored of an answer: its bytes unless they hold a credential or an error, the
// objects that it names, and the rights of the caller.
func (g onceGuard) describe(ctx context.Context, by *access.Caller, mine *store.Reservation,
	op *graphql.OperationContext, resp *graphql.Response) (done idempotency.Stored, err error) {
	if resp == nil {
		return done, nil
	}
	named := namedIDs(resp.Data)
	if len(resp.Errors) > 0 || selectsCredential(op) {
		for _, id := range named {
			done.IDs = append(done.IDs, id.String())
		}
		return done, nil
	}
	// Only objects that the caller sees now can be hidden from them later. Deleted ones are named too.
	seen, err := g.resolver.VisibleIDs(store.AsCaller(ctx, by), named)
	if err != nil {
		return done, err
	}
	done.Answer, done.IDs = resp.Data, []string{}
	// These are looked up again before a repetition is answered.
	for _, id := range seen {
		done.IDs = append(done.IDs, id.String())
	}
	workspace, one := mine.Workspace()
	for _, m := range by.Memberships {
		if one && m.WorkspaceID != workspace {
			continue
		}
		// A membership without any permission counts as well.
		held := append([]access.Holding{{Place: access.Workspace(m.WorkspaceID)}}, m.Holdings...)
		for _, h := range held {
			done.Rights = append(done.Rights, schema.HeldRight{WorkspaceID: m.WorkspaceID,
				PlaceID: h.Place.ID, Permissions: h.Permissions.Words()})
		}
	}
	return done, nil
}

// replay answers a repetition with the first answer. ALREADY_DONE if it is not kept; NOT_FOUND or
// FORBIDDEN for a caller who may no longer read it.
func (g onceGuard) replay(ctx context.Context, by *access.Caller,
	stored *idempotency.Stored) graphql.ResponseHandler {
	if stored.Answer == nil {
		return gqlhttp.Refuse(idempotency.AlreadyDone(stored.IDs))
	}
	for _, right := range stored.Rights {
		m := by.In(right.WorkspaceID)
		if m == nil {
			return gqlhttp.Refuse(fault.Missing())
		}
		if !access.NewSet(right.Permissions).Within(m.Held(access.PlaceOf(right.PlaceID))) {
			return gqlhttp.Refuse(fault.Denied())
		}
	}
	// Objects that were moved out of sight are hidden also from a caller with the same roles.
	var named []ident.ID
	for _, word := range stored.IDs {
		if id, err := ident.Parse(word); err == nil {
			named = append(named, id)
		}
	}
	seen, err := g.resolver.VisibleIDs(store.AsCaller(ctx, by), named)
	switch {
	case err != nil:
		return gqlhttp.Refuse(err)
	case len(seen) < len(named):
		return gqlhttp.Refuse(fault.Missing())
	}
	if v, ok := ctx.Value(connectionKey{}).(*connectionInfo); ok {
		v.header.Set(replayedHeader, "true")
	}
	return graphql.OneShot(&graphql.Response{Data: stored.Answer})
}

// idPattern matches an id in an answer: a string of its own.
var idPattern = regexp.MustCompile(`"[a-z]{3}_[0-9a-z]{20,32}"`)

// namedIDs returns the ids in the data of an answer, each once, at most maxNamedIDs.
func namedIDs(data []byte) []ident.ID {
	var ids []ident.ID
	known := map[ident.ID]bool{}
	// An id inside of a longer text is no reference of the API.
	for _, word := range idPattern.FindAll(data, -1) {
		id, err := ident.Parse(string(word[1 : len(word)-1]))
		if err != nil || known[id] {
			continue
		}
		if known[id] = true; len(known) > maxNamedIDs {
			break
		}
		ids = append(ids, id)
	}
	return ids
}
