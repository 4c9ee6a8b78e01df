package server

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"usher/ent"
	"usher/internal/ident"
)

func TestACursorHasOneSpelling(t *testing.T) {
	t.Parallel()
	var text bytes.Buffer
	// so that some cursors end in spare bits
	for _, value := range []any{nil, time.Now(), "a", "ab", "abc"} {
		text.Reset()
		ent.Cursor{ID: ident.New(ident.Member), Value: value}.MarshalGQL(&text)
		cursor := strings.Trim(text.String(), `"`)
		if err := checkCursor(cursor); err != nil {
			t.Errorf("%v: the cursor itself: %v", value, err)
		}
		others := []string{cursor + "=", cursor + "\n", cursor[:4] + "\r\n" + cursor[4:]}
		const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
		// how many last characters stand for the same bytes
		spare := map[int]int{2: 16, 3: 4}[len(cursor)%4]
		last := strings.IndexByte(alphabet, cursor[len(cursor)-1])
		for i := 1; i < spare; i++ {
			others = append(others, cursor[:len(cursor)-1]+string(alphabet[last^i]))
		}
		for _, other := range others {
			if err := checkCursor(other); err == nil {
				t.Errorf("%v: %q is taken for %q", value, other, cursor)
			}
		}
	}
}
