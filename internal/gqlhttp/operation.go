package gqlhttp

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"usher/internal/inbound"
)

// operation is one of those that run on a websocket. It takes its own answers to the client.
type operation struct {
	*talk
	id     string
	cancel context.CancelFunc
}

// subscribe starts an operation. It answers false when the connection is over.
func (t *talk) subscribe(ctx context.Context, m message) bool {
	if m.ID == "" {
		_ = t.conn.Close(closeInvalid, "invalid message")
		return false
	}
	ctx, cancel := context.WithCancel(ctx)
	o := &operation{talk: t, id: m.ID, cancel: cancel}
	if !t.note(o) {
		cancel()
		_ = t.conn.Close(closeTaken, "subscriber already exists")
		return false
	}
	// Security: a slot is free when the work has ended. Starting and completing in turn must not pile work up.
	select {
	case t.slots <- struct{}{}:
	default:
		o.refuse(t.exec.DispatchError(ctx, gqlerror.List{refused(over("gqlhttp.operations", OperationLimit))}))
		return true
	}
	t.work.Go(func() {
		// A socket lasts for hours: each operation has a record of its own, and a line where something went wrong.
		ctx, record := inbound.Begin(ctx, inbound.ID(ctx))
		defer func() {
			o.end()
			<-t.slots
			if len(record.Codes()) > 0 {
				record.Log(ctx, t.log, slog.LevelInfo, "websocket operation")
			}
		}()
		params, rejected := parse(m.Payload, http.Header{})
		if rejected != nil {
			o.refuse(t.exec.DispatchError(ctx, gqlerror.List{gqlerror.Wrap(rejected.fault)}))
			return
		}
		t.run(ctx, t.exec, params, false, o)
	})
	return true
}

// note takes an operation in, unless its id is in use.
func (t *talk) note(o *operation) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.running[o.id] != nil {
		return false
	}
	t.running[o.id] = o
	t.began++
	return true
}

// stop ends an operation at its client's wish. What has ended already, or was never there, is no mistake: the messages of
// both sides cross on their way.
func (t *talk) stop(id string) {
	t.mu.Lock()
	o := t.running[id]
	t.mu.Unlock()
	if o != nil {
		o.end()
	}
}

// end ends the operation and frees its id, which may have been given to another one since.
func (o *operation) end() {
	o.cancel()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.running[o.id] == o {
		delete(o.running, o.id)
	}
}

func (o *operation) open() {}

// next says nothing once the client has lost interest: what was under way then comes out as an error of its own.
func (o *operation) next(resp *graphql.Response) bool {
	o.mu.Lock()
	wanted := o.running[o.id] == o
	o.mu.Unlock()
	return wanted && o.say("next", encode(resp))
}

// refuse answers with the list of errors alone, as the protocol wants it of what does not run. The id is free before the
// client hears of it: it may use it again at once.
func (o *operation) refuse(resp *graphql.Response) {
	text, err := json.Marshal(resp.Errors)
	if err != nil {
		panic(err) // made of text by the presenter
	}
	o.end()
	o.say("error", text)
}

func (o *operation) complete() {
	o.end()
	o.say("complete", nil)
}

// breakOff closes the whole connection: the protocol has no other way to end a stream that may be opened again. Clients
// come back after this code, with all that they subscribed to.
func (o *operation) breakOff() {
	o.end()
	_ = o.conn.Close(websocket.StatusTryAgainLater, "unavailable")
}

func (o *operation) say(kind string, payload json.RawMessage) bool {
	return o.send(message{ID: o.id, Type: kind, Payload: payload})
}
