package oidc_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"usher/internal/apptest"
)

// publishedKeys returns the ids of the RSA keys of the key set.
func publishedKeys(t *testing.T, k *apptest.Kit) (ids []string) {
	t.Helper()
	resp, err := http.Get(k.URL + "/oauth/jwks.json")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var set struct {
		Keys []struct{ Kid, Kty, Alg string }
	}
	if err := json.NewDecoder(resp.Body).Decode(&set); err != nil {
		t.Fatal(err)
	}
	for _, key := range set.Keys {
		if key.Kty == "RSA" && key.Alg == "RS256" {
			ids = append(ids, key.Kid)
		}
	}
	return ids
}

// keyOf returns the id of the key that signed a token.
func keyOf(t *testing.T, token string) string {
	t.Helper()
	header, _, _ := strings.Cut(token, ".")
	raw, err := base64.RawURLEncoding.DecodeString(header)
	if err != nil {
		t.Fatal(err)
	}
	var h struct{ Kid string }
	if err := json.Unmarshal(raw, &h); err != nil {
		t.Fatal(err)
	}
	return h.Kid
}

// PAR-5
func TestASigningKeyIsPublishedBeforeItSignsAndAfterItDid(t *testing.T) {
	onBoth(t, func(t *testing.T, p *apptest.Place) {
		learner(p, "ann@example.org")
		a := register(t, p, nil)
		idToken := func() string {
			_, token := a.signedIn("ann@example.org")
			raw, _ := token.Extra("id_token").(string)
			return raw
		}
		rotate := func(later time.Duration) {
			t.Helper()
			p.Clock.Add(later)
			if err := p.Applications.RotateKeys(t.Context()); err != nil {
				t.Fatal(err)
			}
			p.Clock.Add(2 * time.Minute) // a process remembers the keys for a minute
		}
		first := keyOf(t, idToken())
		rotate(time.Hour)
		if ids := publishedKeys(t, p.Kit); len(ids) != 1 || ids[0] != first {
			t.Errorf("the first keys are %v, ID tokens are signed by %s", ids, first)
		}
		rotate(90 * 24 * time.Hour)
		if ids := publishedKeys(t, p.Kit); len(ids) != 2 || keyOf(t, idToken()) != first {
			t.Errorf("the successor is not announced, or signs already: %v", ids)
		}
		rotate(25 * time.Hour)
		second := keyOf(t, idToken())
		if ids := publishedKeys(t, p.Kit); len(ids) != 2 || second == first {
			t.Errorf("the successor does not sign: %v", ids)
		}
		rotate(46 * 24 * time.Hour)
		if ids := publishedKeys(t, p.Kit); len(ids) != 1 || ids[0] != second {
			t.Errorf("the first key is still published: %v", ids)
		}
	})
}
