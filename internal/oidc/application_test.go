package oidc_test

import (
	"strings"
	"testing"

	"usher/ent"
	entapp "usher/ent/application"
	"usher/internal/apptest"
	"usher/internal/fault"
	"usher/internal/inputs"
	"usher/internal/oidc"
	"usher/internal/store"
)

// PAR-5
func TestAnAdministratorRegistersAnApplication(t *testing.T) {
	apptest.OnBoth(t, func(t *testing.T, k *apptest.Kit) {
		p := k.Found("Acme", "acme")
		admin := k.Caller(p.Admin)
		in := oidc.CreateInput{WorkspaceID: p.Workspace.ID, Name: " Learning ", Confidential: true,
			RedirectURIs: []string{"https://App.example.org/callback?a=b"}}
		app, clientSecret, err := k.Applications.CreateApplication(t.Context(), admin, in)
		if err != nil {
			t.Fatal(err)
		}
		if app.Name != "Learning" || app.RedirectUris[0] != in.RedirectURIs[0] ||
			app.IDTokenAlgorithm != entapp.IDTokenAlgorithmRS256 ||
			len(clientSecret.Reveal()) < 40 {
			t.Errorf("%v", app)
		}
		stored, err := k.Store.Application.Get(store.AsSystem(t.Context(), "test"), app.ID)
		if err != nil {
			t.Fatal(err)
		}
		if stored.SecretHash == nil || strings.Contains(string(*stored.SecretHash),
			clientSecret.Reveal()) {
			t.Error("the secret is stored in clear, or not at all")
		}
		if app, err = k.Applications.UpdateApplication(t.Context(), admin, oidc.UpdateInput{
			ID: app.ID, InitiateLoginURI: inputs.Change[string]{Set: true,
				Value: new("https://app.example.org/login")},
		}); err != nil || *app.InitiateLoginURI != "https://app.example.org/login" ||
			app.RedirectUris[0] != in.RedirectURIs[0] {
			t.Errorf("after an update: %v, %v", app, err)
		}
		if _, _, err := k.Applications.RotateApplicationSecret(t.Context(), admin, app.ID,
			nil); err != nil {
			t.Error(err)
		}
		if err := k.Applications.DeleteApplication(t.Context(), admin, app.ID); err != nil {
			t.Error(err)
		}
		if got := p.Happened(app.ID); strings.Join(got, " ") != "application.made "+
			"application.edited application.secret_rotated application.removed" {
			t.Errorf("the history has %v", got)
		}

		in.Confidential = false
		if app, clientSecret, err = k.Applications.CreateApplication(t.Context(), admin,
			in); err != nil || clientSecret != "" || app.SecretHash != nil {
			t.Errorf("a public application: %v, %v", app, err)
		}
		if _, _, err = k.Applications.RotateApplicationSecret(t.Context(), admin, app.ID,
			nil); !fault.Has(err, fault.Conflict) {
			t.Errorf("the secret of a public application: %v", err)
		}
	}, apptest.WithoutMail, apptest.WithoutWorker)
}

// PAR-5
func TestAnApplicationNamesPagesThatNobodyElseCanRead(t *testing.T) {
	t.Parallel()
	k := apptest.New(t, "sqlite", apptest.WithoutMail, apptest.WithoutWorker)
	p := k.Found("Acme", "acme")
	create := func(change func(in *oidc.CreateInput)) (*ent.Application, error) {
		in := oidc.CreateInput{WorkspaceID: p.Workspace.ID, Name: "Learning",
			RedirectURIs: []string{"https://app.example.org/callback"}}
		change(&in)
		app, _, err := k.Applications.CreateApplication(t.Context(), k.Caller(p.Admin), in)
		return app, err
	}
	for _, uri := range []string{"", "http://app.example.org/callback", "https://app.example.org/#",
		"https://app.example.org/a#b", "https://*.example.org/callback", "javascript:alert(1)",
		"https://ann@app.example.org/callback", "//app.example.org", "app:/callback",
		"https://app.example.org/../callback", "http://localhost.example.org/callback"} {
		for field, change := range map[string]func(in *oidc.CreateInput){
			"redirectUris.0":           func(in *oidc.CreateInput) { in.RedirectURIs = []string{uri} },
			"postLogoutRedirectUris.0": func(in *oidc.CreateInput) { in.PostLogoutRedirectURIs = []string{uri} },
			"initiateLoginUri":         func(in *oidc.CreateInput) { in.InitiateLoginURI = &uri },
		} {
			if uri == "" && field == "initiateLoginUri" {
				continue // none
			}
			_, err := create(change)
			if f, ok := fault.Of(err); !ok || f.Code != fault.BadUserInput || f.Field != field {
				t.Errorf("%s %q: %v", field, uri, err)
			}
		}
	}
	if _, err := create(func(in *oidc.CreateInput) { in.RedirectURIs = nil }); !fault.Has(err,
		fault.BadUserInput) {
		t.Errorf("no redirect URI: %v", err)
	}
	if _, err := create(func(in *oidc.CreateInput) {
		in.RedirectURIs = []string{"http://localhost:5173/callback", "http://127.0.0.1/callback"}
	}); err != nil {
		t.Error(err)
	}
	for range 49 {
		p.Application("one of many", "https://app.example.org/callback")
	}
	if _, err := create(func(*oidc.CreateInput) {}); !fault.Has(err, fault.Conflict) {
		t.Errorf("the 51st application: %v", err)
	}
}
