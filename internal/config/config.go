// Package config turns the environment and the flags into validated settings, or reports all
// problems with them.
//
// The command line fills in Config. Its fields are plain strings, so that all malformed values are
// reported together. Resolve validates them and returns Settings, which the rest of Usher uses.
// Contradictory settings are refused: no setting silently weakens another one.
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

// Config holds every setting as the operator typed it. The tags are for github.com/alecthomas/kong,
// whose Vars need Help. A flag with a default has no placeholder, because kong shows the default
// instead.
type Config struct {
	Addr           string          `env:"USHER_ADDR" default:"127.0.0.1:8080" help:"${config_help_addr}"`
	PublicURL      string          `env:"USHER_PUBLIC_URL" placeholder:"URL" help:"${config_help_public_url}"`
	DatabaseURL    secret.Redacted `env:"USHER_DATABASE_URL" default:"sqlite:var/usher.db" help:"${config_help_database_url}"`
	Secret         secret.Redacted `env:"USHER_SECRET" placeholder:"BASE64,…" help:"${config_help_secret}"`
	SecretFile     string          `env:"USHER_SECRET_FILE" placeholder:"FILE" help:"${config_help_secret_file}"`
	SMTPURL        secret.Redacted `name:"smtp-url" env:"USHER_SMTP_URL" placeholder:"URL" help:"${config_help_smtp_url}"`
	MailFrom       string          `env:"USHER_MAIL_FROM" placeholder:"ADDRESS" help:"${config_help_mail_from}"`
	CORSOrigins    string          `name:"cors-origins" env:"USHER_CORS_ORIGINS" placeholder:"ORIGIN,…" help:"${config_help_cors_origins}"`
	AccountLinks   string          `env:"USHER_ACCOUNT_LINKS" placeholder:"URL" help:"${config_help_account_links}"`
	TrustedProxies string          `env:"USHER_TRUSTED_PROXIES" placeholder:"NETWORK,…" help:"${config_help_trusted_proxies}"`
	Log            string          `env:"USHER_LOG" default:"text" help:"${config_help_log}"`
	AdminAddr      string          `env:"USHER_ADMIN_ADDR" placeholder:"HOST:PORT" help:"${config_help_admin_addr}"`
	BounceSecret   secret.Redacted `env:"USHER_BOUNCE_SECRET" placeholder:"whsec_BASE64,…" help:"${config_help_bounce_secret}"`
	Playground     string          `env:"USHER_PLAYGROUND" default:"false" help:"${config_help_playground}"`
	FastGraphQL    string          `name:"fast-graphql" env:"USHER_FAST_GRAPHQL" default:"true" help:"${config_help_fast_graphql}"`

	DatabasePool        string `env:"USHER_DATABASE_POOL" default:"20" help:"${config_help_database_pool}"`
	PreparedStatements  string `env:"USHER_PREPARED_STATEMENTS" default:"true" help:"${config_help_prepared_statements}"`
	WebhookAllowPrivate string `env:"USHER_WEBHOOK_ALLOW_PRIVATE" default:"false" help:"${config_help_webhook_allow_private}"`
	DeletionDays        string `env:"USHER_DELETION_DAYS" default:"14" help:"${config_help_deletion_days}"`
}

// Settings are validated, parsed and safe to print: secrets redact themselves.
type Settings struct {
	Addr        string          // host:port to listen on
	AdminAddr   string          // host:port of metrics and profiles; empty for none
	PublicURL   *url.URL        // scheme and host alone, lower case, no slash at the end
	DatabaseURL secret.Redacted // sqlite:path, or postgres:// (also postgresql://)
	Keyring     *secret.Keyring
	SMTPURL     secret.Redacted // empty: no email is sent
	MailFrom    string
	CORSOrigins []string // in the format of the Origin header
	// page of a front end for links about accounts, with {page} and {token}; empty for the public URL
	AccountLinkTemplate string
	TrustedProxies      []netip.Prefix    // masked; IPv4 as IPv4
	BounceKeys          []secret.Redacted // raw bytes; empty: the bounce hook is off
	LogJSON             bool
	Playground          bool
	FastGraphQL         bool // responses are the same without it, but slower
	Demo                bool

	DatabasePool        int  // maximum of PostgreSQL connections of one process
	PreparedStatements  bool // cached on each database connection
	WebhookAllowPrivate bool // webhooks may go to http, private networks and all ports
	DeletionDays        int  // between the deletion of a workspace and its erasure
}

// Checks are the parsers of other packages that validate settings. Their errors are shown to the
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
		"cors_origins", "account_links",
		"trusted_proxies", "log", "admin_addr", "bounce_secret", "playground", "fast_graphql",
		"database_pool", "prepared_statements", "webhook_allow_private", "deletion_days",
	} {
		vars["config_help_"+setting] = i18n.T(i18n.English, "config.help_"+setting, nil)
	}
	return vars
}

// Resolve validates all settings. Its error joins one line for each problem: the variable, what is
// wrong and what to write. No line repeats a secret. In the demo a missing public URL is derived
// from the listen address, and KeepSecret must be called first to create a secret.
func (c *Config) Resolve(demo bool, checks Checks) (Settings, error) {
	var p problemList
	s := Settings{
		Addr:                p.checkListenAddress("USHER_ADDR", c.Addr),
		PublicURL:           p.checkPublicURL(c.PublicURL, c.Addr, demo),
		DatabaseURL:         p.checkDatabaseURL(c.DatabaseURL),
		Keyring:             p.deriveKeyring(c.Secret, c.SecretFile),
		SMTPURL:             c.SMTPURL,
		CORSOrigins:         p.parseOrigins(c.CORSOrigins),
		AccountLinkTemplate: p.checkAccountLinks(c.AccountLinks),
		TrustedProxies:      p.parseNetworks(c.TrustedProxies),
		BounceKeys:          p.parseBounceKeys(c.BounceSecret),
		LogJSON:             p.isJSONLog(c.Log),
		Playground:          p.parseSwitch("USHER_PLAYGROUND", c.Playground),
		FastGraphQL:         p.parseSwitch("USHER_FAST_GRAPHQL", c.FastGraphQL),
		Demo:                demo,

		DatabasePool:        p.parsePoolSize(c.DatabasePool),
		PreparedStatements:  p.parseSwitch("USHER_PREPARED_STATEMENTS", c.PreparedStatements),
		WebhookAllowPrivate: p.parseSwitch("USHER_WEBHOOK_ALLOW_PRIVATE", c.WebhookAllowPrivate),
		DeletionDays:        p.parseDeletionDays(c.DeletionDays),
	}
	if c.AdminAddr != "" {
		s.AdminAddr = p.checkListenAddress("USHER_ADMIN_ADDR", c.AdminAddr)
		// Two listeners cannot share an address. Port 0 is excepted: each listener gets a port of
		// its own.
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

// problemList collects the problems of all settings.
type problemList []error

// settingProblem is one problem: the variable and a message.
type settingProblem struct {
	variable string
	message  i18n.Message
}

// Error returns the problem in English, the language of logs.
func (p settingProblem) Error() string { return p.variable + ": " + p.message.In(i18n.English) }

// addProblem adds what is wrong with a setting. All problems are reported together at the start.
func (p *problemList) addProblem(variable, key string, args i18n.Args) {
	*p = append(*p, settingProblem{variable, i18n.Message{Key: key, Args: args}})
}

// addRefusal adds the error of another package's parser, if any.
func (p *problemList) addRefusal(variable string, err error) {
	if err != nil {
		p.addProblem(variable, "config.refused", i18n.Args{"Reason": err.Error()})
	}
}

// Bounds of the pool. A transaction and one other statement need two connections; PostgreSQL itself
// does not scale beyond about a thousand.
const (
	minPoolSize = 2
	maxPoolSize = 1000
)

// maxDeletionDays is the longest time between the deletion of a workspace and its erasure.
const maxDeletionDays = 365

// parseDeletionDays parses the days between the deletion of a workspace and its erasure.
func (p *problemList) parseDeletionDays(value string) int {
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > maxDeletionDays {
		p.addProblem("USHER_DELETION_DAYS", "config.deletion_malformed",
			i18n.Args{"Least": 1, "Most": maxDeletionDays})
	}
	return n
}

// parsePoolSize parses the maximum of connections.
func (p *problemList) parsePoolSize(value string) int {
	n, err := strconv.Atoi(value)
	if err != nil || n < minPoolSize || n > maxPoolSize {
		p.addProblem("USHER_DATABASE_POOL", "config.pool_malformed",
			i18n.Args{"Least": minPoolSize, "Most": maxPoolSize})
	}
	return n
}

// isJSONLog reports whether the log format is json; it reports a problem for anything but json and
// text.
func (p *problemList) isJSONLog(value string) bool {
	if value != "json" && value != "text" {
		p.addProblem("USHER_LOG", "config.log_unknown", nil)
	}
	return value == "json"
}

// parseSwitch parses a boolean setting: true or false, 1 or 0.
func (p *problemList) parseSwitch(variable, value string) bool {
	on, err := strconv.ParseBool(value)
	if err != nil {
		p.addProblem(variable, "config.switch_unknown", nil)
	}
	return on
}
