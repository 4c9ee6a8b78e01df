package chaos

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"
)

const followQuery = `subscription($w: ID!, $after: String) {
	eventsRecorded(workspaceId: $w, after: $after) { nodes { id type subjectId memberId } endCursor } }`

// followByStreams follows the log live, at one server by server-sent events and at the other one by
// a websocket. When a stream breaks off, and at times without a reason, it goes on at the other
// server from the last cursor.
func (l *listeners) followByStreams(ctx context.Context) {
	cursor := l.before
	for turn := 0; ctx.Err() == nil; turn++ {
		follow := l.followEvents
		if turn%2 == 1 {
			follow = l.followWebsocket
		}
		once, cancel := context.WithTimeout(ctx, time.Duration(1+l.roll(20))*time.Second)
		err := follow(once, cursor, func(text []byte) error {
			var answer struct {
				Data   struct{ EventsRecorded *eventPage }
				Errors []struct{ Message string }
			}
			if err := json.Unmarshal(text, &answer); err != nil {
				return err
			}
			page := answer.Data.EventsRecorded
			if page == nil {
				return errors.New("no events: " + string(text))
			}
			l.streamed.noteAll(*page)
			cursor = page.EndCursor
			return nil
		})
		cancel()
		l.breaks++
		if err != nil && strings.Contains(err.Error(), "no events") {
			l.t.Logf("subscription: %v", err)
		}
		if err != nil {
			time.Sleep(100 * time.Millisecond)
		}
	}
}

// variables returns those of the subscription.
func (l *listeners) variables(cursor string) map[string]any {
	return map[string]any{"w": l.workspaces[0], "after": cursor}
}

// followEvents passes on what the first server says by server-sent events, until the stream breaks
// off.
func (l *listeners) followEvents(ctx context.Context, cursor string,
	each func([]byte) error) error {
	body, err := json.Marshal(map[string]any{"query": followQuery, "variables": l.variables(cursor)})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.servers[0].url()+"/graphql",
		bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "text/event-stream")
	req.Header.Set("Authorization", "Bearer "+l.key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	for kind := ""; lines.Scan(); {
		line := lines.Text()
		if name, ok := strings.CutPrefix(line, "event: "); ok {
			kind = name
		}
		if data, ok := strings.CutPrefix(line, "data:"); ok && kind == "next" {
			if err := each([]byte(data)); err != nil {
				return err
			}
		}
	}
	return lines.Err()
}

// followWebsocket passes on what the second server says over a websocket, until it breaks off.
func (l *listeners) followWebsocket(ctx context.Context, cursor string,
	each func([]byte) error) error {
	conn, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(l.servers[1].url(), "http")+"/graphql",
		&websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		return err
	}
	defer func() { _ = conn.CloseNow() }()
	conn.SetReadLimit(1 << 20)
	for _, m := range []any{
		map[string]any{"type": "connection_init",
			"payload": map[string]any{"Authorization": "Bearer " + l.key}},
		map[string]any{"id": "1", "type": "subscribe",
			"payload": map[string]any{"query": followQuery, "variables": l.variables(cursor)}},
	} {
		text, err := json.Marshal(m)
		if err != nil {
			return err
		}
		if err := conn.Write(ctx, websocket.MessageText, text); err != nil {
			return err
		}
	}
	for {
		_, text, err := conn.Read(ctx)
		if err != nil {
			return err
		}
		var m struct {
			Type    string
			Payload json.RawMessage
		}
		if err := json.Unmarshal(text, &m); err != nil {
			return err
		}
		switch m.Type {
		case "next":
			if err := each(m.Payload); err != nil {
				return err
			}
		case "error", "complete":
			return errors.New("no events: " + string(text))
		}
	}
}
