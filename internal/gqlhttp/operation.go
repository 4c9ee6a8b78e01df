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

// socketOperation is one of those that run on a websocket. It takes its own answers to the client.
type socketOperation struct {
	*socketConnection
	id     string
	cancel context.CancelFunc
}

// startOperation starts an operation. It answers false when the connection is over.
func (t *socketConnection) startOperation(ctx context.Context, m socketMessage) bool {
	if m.ID == "" {
		_ = t.conn.Close(closeInvalid, "invalid message")
		return false
	}
	ctx, cancel := context.WithCancel(ctx)
	o := &socketOperation{socketConnection: t, id: m.ID, cancel: cancel}
	if !t.registerOperation(o) {
		cancel()
		_ = t.conn.Close(closeTaken, "subscriber already exists")
		return false
	}
	// Security: a slot is free when the work has ended. Starting and completing in turn must not
	// pile work up.
	select {
	case t.slots <- struct{}{}:
	default:
		o.refuse(t.exec.DispatchError(ctx,
			gqlerror.List{wrapFault(newCostFault("gqlhttp.operations", OperationLimit))}))
		return true
	}
	t.work.Go(func() {
		// A socket lasts for hours: each operation has a record of its own, and a line where
		// something went wrong.
		ctx, record := inbound.Begin(ctx, inbound.ID(ctx))
		defer func() {
			o.releasePlace()
			<-t.slots
			if len(record.Codes()) > 0 {
				record.Log(ctx, t.log, slog.LevelInfo, "websocket operation")
			}
		}()
		params, rejected := parseRequest(m.Payload, http.Header{})
		if rejected != nil {
			o.refuse(t.exec.DispatchError(ctx, gqlerror.List{gqlerror.Wrap(rejected.fault)}))
			return
		}
		t.runOperation(ctx, t.exec, params, false, o)
	})
	return true
}

// registerOperation takes an operation in, unless its id is in use.
func (t *socketConnection) registerOperation(o *socketOperation) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.running[o.id] != nil {
		return false
	}
	t.running[o.id] = o
	t.started++
	return true
}

// stopOperation ends an operation at its client's wish. What has ended already, or was never there,
// is no mistake: the messages of both sides cross on their way.
func (t *socketConnection) stopOperation(id string) {
	t.mu.Lock()
	o := t.running[id]
	t.mu.Unlock()
	if o != nil {
		o.releasePlace()
	}
}

// releasePlace ends the operation and frees its id, which may have been given to another one since.
func (o *socketOperation) releasePlace() {
	o.cancel()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.running[o.id] == o {
		delete(o.running, o.id)
	}
}

func (o *socketOperation) open() {}

// next says nothing once the client has lost interest: what was under way then comes out as an
// error of its own.
func (o *socketOperation) next(resp *graphql.Response) bool {
	o.mu.Lock()
	wanted := o.running[o.id] == o
	o.mu.Unlock()
	return wanted && o.sendPayload("next", encodeResponse(resp))
}

// refuse answers with the list of errors alone, as the protocol wants it of what does not run. The
// id is free before the client hears of it: it may use it again immediately.
func (o *socketOperation) refuse(resp *graphql.Response) {
	text, err := json.Marshal(resp.Errors)
	if err != nil {
		panic(err) // made of text by the presenter
	}
	o.releasePlace()
	o.sendPayload("error", text)
}

func (o *socketOperation) complete() {
	o.releasePlace()
	o.sendPayload("complete", nil)
}

// breakOff closes the whole connection: the protocol has no other way to end a stream that may be
// opened again. Clients come back after this code, with all that they subscribed to.
func (o *socketOperation) breakOff() {
	o.releasePlace()
	_ = o.conn.Close(websocket.StatusTryAgainLater, "unavailable")
}

func (o *socketOperation) sendPayload(kind string, payload json.RawMessage) bool {
	return o.writeMessage(socketMessage{ID: o.id, Type: kind, Payload: payload})
}
