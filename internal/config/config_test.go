package config

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/alecthomas/kong"

	"usher/internal/i18n"
	"usher/internal/secret"
)

const (
	secretA = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="     // 32 bytes
	bounceA = "whsec_Ym91bmNlLWJvdW5jZS1ib3VuY2UtYm91bmNl"       // 27 bytes
	secretB = "_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-" // 36 bytes, url alphabet, unpadded
)

// lenient passes everything that it would be for the mail package to refuse.
var lenient = Checks{SMTPURL: func(string) error {
	return nil
}, MailFrom: func(string) error { return nil }}

// good is a configuration without a problem.
func good() *Config {
	return &Config{
		Addr: "127.0.0.1:8080", PublicURL: "https://usher.example.org",
		DatabaseURL: "sqlite:var/usher.db", Secret: secretA,
		Log: "text", Playground: "false", FastGraphQL: "true", DatabasePool: "20",
		PreparedStatements: "true", DeletionDays: "14",
		WebhookAllowPrivate: "false",
	}
}

// refusals returns the lines of Resolve's error.
func refusals(t *testing.T, c *Config, demo bool) []string {
	t.Helper()
	_, err := c.Resolve(demo, lenient)
	if err == nil {
		return nil
	}
	return strings.Split(err.Error(), "\n")
}

func TestEverythingMissingOrMalformedIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	c := &Config{
		Addr: "8080", DatabaseURL: "mysql://x", SMTPURL: "smtp://u:hunter2@h", MailFrom: "nobody",
		CORSOrigins: "*", AccountLinks: "https://app.example.org/{token}",
		TrustedProxies: "10.0.0.0/99,everyone", Log: "xml", AdminAddr: ":metrics",
		Playground: "maybe", FastGraphQL: "quickly", BounceSecret: "whsec_x",
		DatabasePool: "1", PreparedStatements: "well", DeletionDays: "0", WebhookAllowPrivate: "maybe",
	}
	bad := func(string) error { return errors.New("no such thing") }
	s, err := c.Resolve(false, Checks{SMTPURL: bad, MailFrom: bad})
	if err == nil {
		t.Fatal("accepted")
	}
	var named []string
	for line := range strings.SplitSeq(err.Error(), "\n") {
		variable, sentence, _ := strings.Cut(line, ": ")
		named = append(named, variable)
		if len(sentence) < 10 || strings.Contains(sentence, "config.") ||
			strings.Contains(sentence, "<no value>") {
			t.Errorf("no sentence: %s", line)
		}
	}
	slices.Sort(named)
	want := []string{
		"USHER_ACCOUNT_LINKS", "USHER_ADDR", "USHER_ADMIN_ADDR", "USHER_BOUNCE_SECRET", "USHER_CORS_ORIGINS",
		"USHER_DATABASE_POOL", "USHER_DATABASE_URL", "USHER_DELETION_DAYS",
		"USHER_FAST_GRAPHQL", "USHER_LOG",
		"USHER_MAIL_FROM",
		"USHER_PLAYGROUND", "USHER_PREPARED_STATEMENTS", "USHER_PUBLIC_URL", "USHER_SECRET",
		"USHER_SMTP_URL", "USHER_TRUSTED_PROXIES", "USHER_TRUSTED_PROXIES",
		"USHER_WEBHOOK_ALLOW_PRIVATE",
	}
	if !slices.Equal(named, want) {
		t.Errorf("named %v", named)
	}
	if s.Keyring != nil {
		t.Error("a keyring without a secret")
	}
}

func TestGoodSettingsComeOutParsed(t *testing.T) {
	t.Parallel()
	c := good()
	c.PublicURL, c.AdminAddr, c.Log, c.Playground = "https://Usher.example.org:443/",
		"127.0.0.1:9090", "json", "true"
	c.CORSOrigins = " https://App.example.org , http://localhost:5173,https://a.example.org:443,"
	c.TrustedProxies = "10.1.2.3/8, 192.0.2.1,2001:db8::1/32,::1,::ffff:172.16.0.0/108"
	c.BounceSecret = bounceA + ", whsec_" + secretB
	s, err := c.Resolve(false, lenient)
	if err != nil {
		t.Fatal(err)
	}
	if len(s.BounceKeys) != 2 || s.BounceKeys[0].Reveal() != "bounce-bounce-bounce-bounce" ||
		len(s.BounceKeys[1]) != 36 {
		t.Errorf("%d keys for bounces", len(s.BounceKeys))
	}
	if s.PublicURL.String() != "https://usher.example.org" || s.Addr != c.Addr ||
		s.AdminAddr != c.AdminAddr {
		t.Errorf("%s %s %s", s.PublicURL, s.Addr, s.AdminAddr)
	}
	if !slices.Equal(s.CORSOrigins, []string{"https://app.example.org", "http://localhost:5173",
		"https://a.example.org"}) {
		t.Errorf("origins %v", s.CORSOrigins)
	}
	want := "[10.0.0.0/8 192.0.2.1/32 2001:db8::/32 ::1/128 172.16.0.0/12]"
	if fmt.Sprint(s.TrustedProxies) != want ||
		!s.TrustedProxies[0].Contains(netip.MustParseAddr("10.9.9.9")) {
		t.Errorf("networks %v", s.TrustedProxies)
	}
	if !s.LogJSON || !s.Playground || !s.FastGraphQL || !s.PreparedStatements || s.Demo ||
		s.MailFrom != "Usher <no-reply@usher.example.org>" {
		t.Errorf("%+v", s)
	}
}

// Each line: a change to a good configuration, and the one line that must come of it; none if want
// is empty.
func TestEachSettingIsJudged(t *testing.T) {
	t.Parallel()
	url := func(v string) func(*Config) { return func(c *Config) { c.PublicURL = v } }
	db := func(v secret.Redacted) func(*Config) { return func(c *Config) { c.DatabaseURL = v } }
	addr := func(v string) func(*Config) { return func(c *Config) { c.Addr = v } }
	key := func(v secret.Redacted) func(*Config) { return func(c *Config) { c.Secret = v } }
	cors := func(v string) func(*Config) { return func(c *Config) { c.CORSOrigins = v } }
	links := func(v string) func(*Config) { return func(c *Config) { c.AccountLinks = v } }
	trust := func(v string) func(*Config) { return func(c *Config) { c.TrustedProxies = v } }
	bounce := func(v secret.Redacted) func(*Config) {
		return func(c *Config) { c.BounceSecret = v }
	}
	for name, c := range map[string]struct {
		change func(*Config)
		want   string
	}{
		"as it is":         {func(*Config) {}, ""},
		"every interface":  {addr(":8080"), ""},
		"IPv6":             {addr("[::1]:8080"), ""},
		"any free port":    {addr("localhost:0"), ""},
		"no port":          {addr("127.0.0.1"), "USHER_ADDR: is no listen address"},
		"port too large":   {addr(":70000"), "USHER_ADDR: is no listen address"},
		"empty address":    {addr(""), "USHER_ADDR: is no listen address"},
		"a URL as address": {addr("http://x:80"), "USHER_ADDR: is no listen address"},
		"no public URL":    {url(""), "USHER_PUBLIC_URL: is missing"},
		"plain http": {url("http://usher.example.org"),
			"USHER_PUBLIC_URL: starts with http://"},
		"plain http on localhost": {url("http://localhost:8080"), ""},
		"plain http under it":     {url("http://a.localhost:8080"), ""},
		"plain http on 127.9.9.9": {url("http://127.9.9.9"), ""},
		"plain http on ::1":       {url("http://[::1]:8080"), ""},
		"plain http close to it": {url("http://localhost.example.org"),
			"USHER_PUBLIC_URL: starts with http://"},
		"plain http, private": {url("http://192.168.1.1"),
			"USHER_PUBLIC_URL: starts with http://"},
		"another scheme": {url("ftp://usher.example.org"),
			"USHER_PUBLIC_URL: is no base URL"},
		"no scheme": {url("usher.example.org"), "USHER_PUBLIC_URL: is no base URL"},
		"no host":   {url("https://"), "USHER_PUBLIC_URL: is no base URL"},
		"a path": {url("https://usher.example.org/app"),
			"USHER_PUBLIC_URL: is no base URL"},
		"two slashes": {url("https://usher.example.org//"),
			"USHER_PUBLIC_URL: is no base URL"},
		"a query": {url("https://usher.example.org?a=b"),
			"USHER_PUBLIC_URL: is no base URL"},
		"an empty query": {url("https://usher.example.org?"),
			"USHER_PUBLIC_URL: is no base URL"},
		"a fragment": {url("https://usher.example.org#a"),
			"USHER_PUBLIC_URL: is no base URL"},
		"credentials": {url("https://u:hunter2@usher.example.org"),
			"USHER_PUBLIC_URL: is no base URL"},
		"an empty port": {url("https://usher.example.org:"),
			"USHER_PUBLIC_URL: is no base URL"},
		"port zero": {url("https://usher.example.org:0"),
			"USHER_PUBLIC_URL: is no base URL"},
		"a host that is none": {url("https://us her.example.org"),
			"USHER_PUBLIC_URL: is no base URL"},
		"a host in another script": {url("https://münchen.example"),
			"USHER_PUBLIC_URL: is no base URL"},
		"its xn-- form":           {url("https://xn--mnchen-3ya.example"), ""},
		"an absolute SQLite path": {db("sqlite:/srv/usher.db"), ""},
		"no SQLite path":          {db("sqlite:"), "USHER_DATABASE_URL: needs the path"},
		"SQLite in memory":        {db("sqlite::memory:"), "USHER_DATABASE_URL: needs the path"},
		"SQLite with options": {db("sqlite:a.db?_synchronous=OFF"),
			"USHER_DATABASE_URL: needs the path"},
		"PostgreSQL":               {db("postgres://u:p@h:5432/d?sslmode=disable"), ""},
		"PostgreSQL by its socket": {db("postgresql:///d?host=/run/postgresql"), ""},
		"PostgreSQL without //":    {db("postgres:d"), "USHER_DATABASE_URL: is no PostgreSQL URL"},
		"PostgreSQL, odd password": {db("postgres://u:hunter2%zz@h/d"),
			"USHER_DATABASE_URL: is no PostgreSQL URL"},
		"another database": {db("mysql://h/d"), "USHER_DATABASE_URL: is of no known kind"},
		"no secret":        {key(""), "USHER_SECRET: is missing"},
		"a blank secret":   {key(" \n"), "USHER_SECRET: is missing"},
		"a short secret":   {key("aHVudGVyMg=="), "USHER_SECRET: is too short (number 1)"},
		"a short second secret": {key(secretA + ",aHVudGVyMg=="),
			"USHER_SECRET: is too short (number 2)"},
		"a comma at the end": {key(secretA + ","), "USHER_SECRET: is too short (number 2)"},
		"not base64": {key("hunter2!"),
			"USHER_SECRET: holds something that is not base64"},
		"the same secret twice": {key(secretA + "," + secretA),
			"USHER_SECRET: holds the same secret twice"},
		"two secrets":        {key(secretA + ", " + secretB), ""},
		"an unpadded secret": {key(secret.Redacted(secretA[:43])), ""},
		"a wrapped secret": {key(
			secret.Redacted(secretA[:20] + "\n" + secretA[20:] + "\n")), ""},
		"secret and file": {func(c *Config) {
			c.SecretFile = "x"
		}, "USHER_SECRET: and USHER_SECRET_FILE are both set"},
		"any origin": {cors("*"), `USHER_CORS_ORIGINS: holds "*"`},
		"no origin":  {cors("null"), `USHER_CORS_ORIGINS: holds "null"`},
		"a pattern of origins": {cors("https://*.example.org"),
			`USHER_CORS_ORIGINS: holds "https://*.example.org"`},
		"an origin with a slash": {cors("https://a.example.org/"),
			`USHER_CORS_ORIGINS: holds "https://a.example.org/"`},
		"account links": {links("https://app.example.org/{page}?token={token}"), ""},
		"account links without their page": {links("https://app.example.org/{token}"),
			"USHER_ACCOUNT_LINKS: is no template"},
		"account links in the clear": {links("http://app.example.org/{page}/{token}"),
			"USHER_ACCOUNT_LINKS: is no template"},
		"account links to any host": {links("https://{page}.example.org/{token}"),
			"USHER_ACCOUNT_LINKS: is no template"},
		"no network": {trust("proxy"), `USHER_TRUSTED_PROXIES: holds "proxy"`},
		"everyone on IPv4": {trust("0.0.0.0/0"),
			`USHER_TRUSTED_PROXIES: holds "0.0.0.0/0", which is everyone`},
		"everyone on IPv6": {trust("::/0"),
			`USHER_TRUSTED_PROXIES: holds "::/0", which is everyone`},
		"everyone in disguise": {trust("::ffff:0.0.0.0/96"), "USHER_TRUSTED_PROXIES: holds"},
		"a zone":               {trust("fe80::1%eth0"), "USHER_TRUSTED_PROXIES: holds"},
		"empty log":            {func(c *Config) { c.Log = "" }, "USHER_LOG: must be"},
		"a switch in digits":   {func(c *Config) { c.Playground = "1" }, ""},
		"the same address twice": {func(c *Config) {
			c.AdminAddr = c.Addr
		}, "USHER_ADMIN_ADDR: is the same"},
		"mail from this machine": {func(c *Config) {
			c.PublicURL, c.SMTPURL = "http://localhost:1", "smtp://h"
		}, ""},
		"mail from a bare address": {func(c *Config) {
			c.PublicURL, c.SMTPURL = "https://192.0.2.1", "smtp://h"
		}, "USHER_MAIL_FROM: is missing"},
		"bounces unsigned": {bounce(""), ""},
		"bounces signed":   {bounce(bounceA), ""},
		"a bounce secret unmarked": {bounce(secret.Redacted(bounceA[6:])),
			"USHER_BOUNCE_SECRET: is no secret of a webhook (number 1)"},
		"a bounce secret too short": {bounce("whsec_aHVudGVyMg=="),
			"USHER_BOUNCE_SECRET: is no secret of a webhook (number 1)"},
		"a second one not base64": {bounce(bounceA + ",whsec_hunter2!"),
			"USHER_BOUNCE_SECRET: is no secret of a webhook (number 2)"},
		"no mail from a bare host": {url("https://intranet"), ""},
	} {
		config := good()
		c.change(config)
		lines := refusals(t, config, false)
		switch {
		case c.want == "" && lines != nil:
			t.Errorf("%s: %v", name, lines)
		case c.want != "" && (len(lines) != 1 || !strings.HasPrefix(lines[0], c.want)):
			t.Errorf("%s: %v, want %s…", name, lines, c.want)
		}
		if strings.Contains(strings.Join(lines, ""), "hunter2") ||
			strings.Contains(strings.Join(lines, ""), "aHVudGVyMg") {
			t.Errorf("%s: a secret is repeated: %v", name, lines)
		}
	}
}

func TestTheDemoFindsItsOwnPublicURL(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]string{
		"127.0.0.1:8080": "http://127.0.0.1:8080",
		":8080":          "http://localhost:8080",
		"0.0.0.0:8080":   "http://localhost:8080",
		"[::]:8080":      "http://localhost:8080",
		"[::1]:80":       "http://[::1]",
		"192.0.2.1:8080": "http://192.0.2.1:8080",
	} {
		c := good()
		c.PublicURL, c.Addr = "", addr
		s, err := c.Resolve(true, lenient)
		if err != nil || s.PublicURL.String() != want || !s.Demo {
			t.Errorf("%s: %v, %v", addr, s.PublicURL, err)
		}
	}
	c := good()
	c.PublicURL, c.Addr = "", "127.0.0.1:0"
	if lines := refusals(t, c, true); len(lines) != 1 ||
		!strings.HasPrefix(lines[0], "USHER_PUBLIC_URL: is missing, and") {
		t.Errorf("without a port: %v", lines)
	}
	c.Secret, c.Addr = "", ":1"
	if lines := refusals(t, c, true); len(lines) != 1 ||
		!strings.HasPrefix(lines[0], "USHER_SECRET: is missing") {
		t.Errorf("without a secret: %v", lines)
	}
}

func TestASecretFileIsReadLikeTheVariable(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(secretB+"\n,"+secretA+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, d := good(), good()
	c.Secret, c.SecretFile = "", file
	d.Secret = secretB + "," + secretA
	fromFile, err := c.Resolve(false, lenient)
	if err != nil {
		t.Fatal(err)
	}
	fromVariable, err := d.Resolve(false, lenient)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := fromFile.Keyring.SigningKeys(), fromVariable.Keyring.SigningKeys(); len(a) != 2 ||
		!reflect.DeepEqual(a, b) {
		t.Errorf("%v, %v", a, b)
	}
	for name, content := range map[string]string{"missing": "",
		"huge": strings.Repeat(secretA, 2000), "empty": " "} {
		c.SecretFile = filepath.Join(t.TempDir(), name)
		if content != "" {
			if err := os.WriteFile(c.SecretFile, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if lines := refusals(t, c, false); len(lines) != 1 ||
			!strings.HasPrefix(lines[0], "USHER_SECRET_FILE: ") {
			t.Errorf("%s: %v", name, lines)
		}
	}
}

func TestTheDemoKeepsASecretOfItsOwn(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "var", "secret")
	var wg sync.WaitGroup
	configs := make([]Config, 8)
	for i := range configs {
		wg.Go(func() {
			if err := configs[i].KeepSecret(file); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, c := range configs {
		if c.Secret != configs[0].Secret || c.Secret == "" {
			t.Fatal("processes that start together have different secrets")
		}
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(file), ".secret-*")); left != nil {
		t.Errorf("drafts stay: %v", left)
	}
	kept := good()
	kept.Secret = configs[0].Secret
	if lines := refusals(t, kept, true); lines != nil {
		t.Errorf("the kept secret is refused: %v", lines)
	}
	own := good()
	if err := own.KeepSecret(file); err != nil || own.Secret != secretA {
		t.Error("a configured secret is replaced")
	}
	own.Secret = ""
	if err := own.KeepSecret(filepath.Join(file, "below-a-file")); err == nil || own.Secret != "" {
		t.Error("a secret that cannot be kept is used")
	}
}

func TestTheCommandLineFillsEverySettingFromItsVariable(t *testing.T) {
	config := reflect.TypeFor[Config]()
	for i := range config.NumField() {
		t.Setenv(config.Field(i).Tag.Get("env"), "of "+config.Field(i).Name)
	}
	var c Config
	parser, err := kong.New(&c, kong.Vars(Help()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse([]string{"--cors-origins=by flag"}); err != nil {
		t.Fatal(err)
	}
	for i := range config.NumField() {
		want := "of " + config.Field(i).Name
		if config.Field(i).Name == "CORSOrigins" {
			want = "by flag"
		}
		if got := reflect.ValueOf(c).Field(i).String(); got != want {
			t.Errorf("%s is %q", config.Field(i).Name, got)
		}
	}
	for _, flag := range parser.Model.Flags {
		if flag.Name == "help" {
			continue
		}
		if name := "USHER_" + strings.ReplaceAll(strings.ToUpper(flag.Name), "-",
			"_"); !slices.Equal(flag.Envs, []string{name}) {
			t.Errorf("--%s belongs to %v", flag.Name, flag.Envs)
		}
	}
}

func TestHelpListsEverySettingWithItsDefault(t *testing.T) {
	var c Config
	var out bytes.Buffer
	parser, err := kong.New(&c, kong.Vars(Help()), kong.Writers(&out, &out),
		kong.Exit(func(int) {}))
	if err != nil {
		t.Fatal(err)
	}
	_, _ = parser.Parse([]string{"--help"})
	for _, want := range []string{"127.0.0.1:8080", "sqlite:var/usher.db", `--log="text"`,
		`--playground="false"`, `--fast-graphql="true"`, `--prepared-statements="true"`,
		"$USHER_MAIL_FROM"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s in\n%s", want, out.String())
		}
	}
	for name, text := range Help() {
		if strings.HasPrefix(text, "config.") ||
			text == i18n.T(i18n.French, strings.Replace(name, "_", ".", 1), nil) {
			t.Errorf("%s has no text", name)
		}
	}
	// What the defaults leave open is exactly what nobody can know for the operator.
	for _, setting := range reflect.VisibleFields(reflect.TypeFor[Config]()) {
		t.Setenv(setting.Tag.Get("env"), "")
		_ = os.Unsetenv(setting.Tag.Get("env"))
	}
	if _, err := parser.Parse(nil); err != nil {
		t.Fatal(err)
	}
	lines := refusals(t, &c, false)
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "USHER_PUBLIC_URL") ||
		!strings.HasPrefix(lines[1], "USHER_SECRET") {
		t.Errorf("the defaults leave open: %v", lines)
	}
}

func TestSettingsDoNotPrintTheirSecrets(t *testing.T) {
	t.Parallel()
	c := good()
	c.DatabaseURL, c.SMTPURL, c.BounceSecret = "postgres://u:hunter2@h/d",
		"smtp://u:hunter2@h", bounceA
	s, err := c.Resolve(false, lenient)
	if err != nil {
		t.Fatal(err)
	}
	out := fmt.Sprintf("%v %+v %#v %v %+v %#v", s, s, s, *c, *c, *c)
	for _, leak := range []string{"hunter2", secretA, "0123456789abcdef", bounceA[6:],
		"bounce-bounce"} {
		if strings.Contains(out, leak) {
			t.Errorf("printed %s", leak)
		}
	}
}
