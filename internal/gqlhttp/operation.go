package gqlhttp

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"usher/internal/gqllimit"
	"usher/internal/inbound"
)

// socketOperation is one operation on a websocket. It sends its responses itself.
type socketOperation struct {
	*socketConnection
	id     string
	cancel context.CancelFunc
}

// startOperation starts an operation. It returns false when it has closed the connection.
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
	// Security: a slot is free only when its work has ended, so that starting and completing in
	// turn does not accumulate work.
	select {
	case t.slots <- struct{}{}:
	default:
		o.refuse(t.exec.DispatchError(ctx,
			gqlerror.List{wrapFault(gqllimit.NewCostFault("gqlhttp.operations", OperationLimit))}))
		return true
	}
	t.work.Go(func() {
		// A websocket lasts for hours. Each operation has a record of its own, and a log line if it
		// failed.
		ctx, record := inbound.Begin(ctx, inbound.ID(ctx))
		defer func() {
			o.releaseID()
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

// registerOperation adds an operation. It returns false if its id is in use.
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

// stopOperation ends an operation at the client's request. An unknown id is no error, because
// messages of both sides can cross.
func (t *socketConnection) stopOperation(id string) {
	t.mu.Lock()
	o := t.running[id]
	t.mu.Unlock()
	if o != nil {
		o.releaseID()
	}
}

// releaseID ends the operation and frees its id, which may belong to a later operation by now.
func (o *socketOperation) releaseID() {
	o.cancel()
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.running[o.id] == o {
		delete(o.running, o.id)
	}
}

func (o *socketOperation) open() {}

// next sends a response unless the client has completed the operation. The cancelled work would
// otherwise send an error.
func (o *socketOperation) next(resp *graphql.Response) bool {
	o.mu.Lock()
	wanted := o.running[o.id] == o
	o.mu.Unlock()
	return wanted && o.sendPayload("next", encodeResponse(resp))
}

// refuse sends the errors as the protocol defines for an operation that does not run. The id is
// freed first, since the client may use it again immediately.
func (o *socketOperation) refuse(resp *graphql.Response) {
	text, err := json.Marshal(resp.Errors)
	if err != nil {
		panic(err) // the presenter writes only text
	}
	o.releaseID()
	o.sendPayload("error", text)
}

// complete tells the client that the operation has ended.
func (o *socketOperation) complete() {
	o.releaseID()
	o.sendPayload("complete", nil)
}

// breakOff closes the whole connection. The protocol has no other way to end a stream that the
// client should open again. After this code clients reconnect and subscribe again.
func (o *socketOperation) breakOff() {
	o.releaseID()
	_ = o.conn.Close(websocket.StatusTryAgainLater, "unavailable")
}

// sendPayload sends a message of the operation. It returns false once the connection is broken.
func (o *socketOperation) sendPayload(kind string, payload json.RawMessage) bool {
	return o.writeMessage(socketMessage{ID: o.id, Type: kind, Payload: payload})
}
