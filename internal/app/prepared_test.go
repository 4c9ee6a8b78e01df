package app_test

import (
	"fmt"
	"log/slog"
	"net/url"
	"testing"

	"usher/internal/app"
	"usher/internal/apptest"
)

func TestStatementsAreKeptUnlessTheSettingSaysNo(t *testing.T) {
	t.Parallel()
	kinds := map[bool]string{}
	for _, kept := range []bool{true, false} {
		set := apptest.Settings(t, apptest.Database(t, "sqlite"))
		set.PublicURL, set.PreparedStatements = &url.URL{Scheme: "http", Host: "usher.test"}, kept
		a, err := app.New(set, slog.New(slog.NewTextHandler(t.Output(), nil)), app.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer a.Store.Close()
		c, err := a.Store.DB().Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := c.Raw(func(conn any) error {
			kinds[kept] = fmt.Sprintf("%T", conn)
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if kinds[true] != "*store.preparedConn" || kinds[false] != "*sqlite.conn" {
		t.Errorf("connections are %v", kinds)
	}
}
