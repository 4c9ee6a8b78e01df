package outbox

import (
	"fmt"
	"strconv"
	"testing"

	"usher/internal/store"
)

// BenchmarkPost is what promising mails costs the transaction that owes them.
func BenchmarkPost(b *testing.B) {
	for name, dsn := range databases {
		for _, n := range []int{1, 500} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				db := opened(b, dsn(b))
				o := newOffice(b, db, &scripted{answers: []error{nil}})
				queued := make([]QueuedEmail, n)
				for i := range queued {
					queued[i] = to(strconv.Itoa(i) + "@x.test")
				}
				for b.Loop() {
					err := db.WithTx(b.Context(), func(tx *store.Tx) error {
						return o.Post(b.Context(), tx, queued...)
					})
					if err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
