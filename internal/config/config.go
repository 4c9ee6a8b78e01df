// Package config turns the environment and the flags into checked settings, or says everything that
// is wrong with them.
//
// Config is what the command line fills in: plain strings, so that a malformed value is reported
// here with the others and not by the first parser that meets it. Resolve checks all of it and
// makes Settings, which the rest of Usher uses. No setting silently changes another one's safety:
// what does not fit together is refused.
package config

import (
	"errors"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"usher/internal/i18n"
	"usher/internal/secret"
)

// Config holds every setting as typed by the operator. The tags are for github.com/alecthomas/kong;
// its Vars need Help. A flag with a default has no placeholder, for kong then shows the default in
// its place.
type Config struct {
	Addr           string          `env:"USHER_ADDR" default:"127.0.0.1:8080" help:"${config_help_addr}"`
	PublicURL      string          `env:"USHER_PUBLIC_URL" placeholder:"URL" help:"${config_help_public_url}"`
	DatabaseURL    secret.Redacted `env:"USHER_DATABASE_URL" default:"sqlite:var/usher.db" help:"${config_help_database_url}"`
	Secret         secret.Redacted `env:"USHER_SECRET" placeholder:"BASE64,…" help:"${config_help_secret}"`
	SecretFile     string          `env:"USHER_SECRET_FILE" placeholder:"FILE" help:"${config_help_secret_file}"`
	SMTPURL        secret.Redacted `name:"smtp-url" env:"USHER_SMTP_URL" placeholder:"URL" help:"${config_help_smtp_url}"`
	MailFrom       string          `env:"USHER_MAIL_FROM" placeholder:"ADDRESS" help:"${config_help_mail_from}"`
	CORSOrigins    string          `name:"cors-origins" env:"USHER_CORS_ORIGINS" placeholder:"ORIGIN,…" help:"${config_help_cors_origins}"`
	TrustedProxies string          `env:"USHER_TRUSTED_PROXIES" placeholder:"NETWORK,…" help:"${config_help_trusted_proxies}"`
	Log            string          `env:"USHER_LOG" default:"text" help:"${config_help_log}"`
	AdminAddr      string          `env:"USHER_ADMIN_ADDR" placeholder:"HOST:PORT" help:"${config_help_admin_addr}"`
	BounceSecret   secret.Redacted `env:"USHER_BOUNCE_SECRET" placeholder:"whsec_BASE64,…" help:"${config_help_bounce_secret}"`
	Playground     string          `env:"USHER_PLAYGROUND" default:"false" help:"${config_help_playground}"`
	FastGraphQL    string          `name:"fast-graphql" env:"USHER_FAST_GRAPHQL" default:"true" help:"${config_help_fast_graphql}"`

	DatabasePool       string `env:"USHER_DATABASE_POOL" default:"20" help:"${config_help_database_pool}"`
	PreparedStatements string `env:"USHER_PREPARED_STATEMENTS" default:"true" help:"${config_help_prepared_statements}"`
}

// Settings are checked, parsed and safe to print: what is secret redacts itself.
type Settings struct {
	Addr           string          // host:port to listen on
	AdminAddr      string          // host:port of metrics and profiles; empty for none
	PublicURL      *url.URL        // scheme and host alone, lower case, no slash at the end
	DatabaseURL    secret.Redacted // sqlite:path, or postgres:// (also postgresql://)
	Keyring        *secret.Keyring
	SMTPURL        secret.Redacted // empty for none: no mail leaves
	MailFrom       string
	CORSOrigins    []string          // as browsers send them
	TrustedProxies []netip.Prefix    // masked; IPv4 as IPv4
	BounceKeys     []secret.Redacted // raw bytes; none for no hook
	LogJSON        bool
	Playground     bool
	FastGraphQL    bool // answers are the same without, and slower
	Demo           bool

	DatabasePool       int  // connections to PostgreSQL that a process opens at most
	PreparedStatements bool // kept on each connection to the database
}

// Checks are the parsers of other packages that settings must pass. Their errors are shown to the
// operator, so they must not repeat a password.
type Checks struct {
	SMTPURL  func(string) error
	MailFrom func(string) error
}

// Help returns the texts of the flags, for kong.Vars.
func Help() map[string]string {
	vars := map[string]string{}
	for _, setting := range []string{
		"addr", "public_url", "database_url", "secret", "secret_file", "smtp_url", "mail_from",
		"cors_origins",
		"trusted_proxies", "log", "admin_addr", "bounce_secret", "playground", "fast_graphql",
		"database_pool", "prepared_statements",
	} {
		vars["config_help_"+setting] = i18n.T(i18n.English, "config.help_"+setting, nil)
	}
	return vars
}

// Resolve checks all settings. Its error joins one line per problem, each naming the variable, what
// is wrong and what to write; no line repeats a secret. In the demo a missing public URL follows
// from the listen address; for a secret of the demo's own call KeepSecret before.
func (c *Config) Resolve(demo bool, checks Checks) (Settings, error) {
	var p problemList
	s := Settings{
		Addr:           p.checkListenAddress("USHER_ADDR", c.Addr),
		PublicURL:      p.checkPublicURL(c.PublicURL, c.Addr, demo),
		DatabaseURL:    p.checkDatabaseURL(c.DatabaseURL),
		Keyring:        p.deriveKeyring(c.Secret, c.SecretFile),
		SMTPURL:        c.SMTPURL,
		CORSOrigins:    p.parseOrigins(c.CORSOrigins),
		TrustedProxies: p.parseNetworks(c.TrustedProxies),
		BounceKeys:     p.parseBounceKeys(c.BounceSecret),
		LogJSON:        p.isJSONLog(c.Log),
		Playground:     p.parseSwitch("USHER_PLAYGROUND", c.Playground),
		FastGraphQL:    p.parseSwitch("USHER_FAST_GRAPHQL", c.FastGraphQL),
		Demo:           demo,

		DatabasePool:       p.parsePoolSize(c.DatabasePool),
		PreparedStatements: p.parseSwitch("USHER_PREPARED_STATEMENTS", c.PreparedStatements),
	}
	if c.AdminAddr != "" {
		s.AdminAddr = p.checkListenAddress("USHER_ADMIN_ADDR", c.AdminAddr)
		// Only one of the two could listen there. Port 0 is another one each time.
		if c.AdminAddr == c.Addr && !strings.HasSuffix(c.Addr, ":0") {
			p.addProblem("USHER_ADMIN_ADDR", "config.admin_addr_same", nil)
		}
	}
	if c.SMTPURL != "" {
		p.addRefusal("USHER_SMTP_URL", checks.SMTPURL(c.SMTPURL.Reveal()))
	}
	s.MailFrom = p.checkMailFrom(c, s.PublicURL, checks)
	return s, errors.Join(p...)
}

// problemList collects what is wrong, one error a line.
type problemList []error

// settingProblem is one of them, a sentence behind the name of its variable.
type settingProblem struct {
	variable string
	message  i18n.Message
}

// Error returns the English line: operators read logs in English.
func (p settingProblem) Error() string { return p.variable + ": " + p.message.In(i18n.English) }

func (p *problemList) addProblem(variable, key string, args i18n.Args) {
	*p = append(*p, settingProblem{variable, i18n.Message{Key: key, Args: args}})
}

// addRefusal adds another package's complaint, if there is one.
func (p *problemList) addRefusal(variable string, err error) {
	if err != nil {
		p.addProblem(variable, "config.refused", i18n.Args{"Reason": err.Error()})
	}
}

// The bounds of the pool: a transaction and one other statement at a time must fit, and PostgreSQL
// itself is not made for more connections than the upper one.
const (
	minPoolSize = 2
	maxPoolSize = 1000
)

// parsePoolSize reads the number of connections.
func (p *problemList) parsePoolSize(value string) int {
	n, err := strconv.Atoi(value)
	if err != nil || n < minPoolSize || n > maxPoolSize {
		p.addProblem("USHER_DATABASE_POOL", "config.pool_malformed",
			i18n.Args{"Least": minPoolSize, "Most": maxPoolSize})
	}
	return n
}

// isJSONLog tells the format of the log.
func (p *problemList) isJSONLog(value string) bool {
	if value != "json" && value != "text" {
		p.addProblem("USHER_LOG", "config.log_unknown", nil)
	}
	return value == "json"
}

// parseSwitch reads a switch: true or false, 1 or 0.
func (p *problemList) parseSwitch(variable, value string) bool {
	on, err := strconv.ParseBool(value)
	if err != nil {
		p.addProblem(variable, "config.switch_unknown", nil)
	}
	return on
}
