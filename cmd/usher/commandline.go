package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"usher/internal/config"
)

// exitUsage is the exit code of a wrong command line, as of most programs.
const exitUsage = 2

// settingsGroup is the key of the flags that are settings of the server; config.Config is embedded
// with it.
const settingsGroup = "settings"

// newParser returns the parser of command lines. Help is written to out; exit is called after it.
func newParser(line *commandLine, out, problems io.Writer, exit func(int)) (*kong.Kong, error) {
	vars := config.Help()
	vars["version"] = versionText()
	return kong.New(line, kong.Name("usher"), kong.Vars(vars),
		kong.Description("Usher brings people into the workspaces where they learn or work."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true,
			WrapUpperBound: 100}),
		kong.ExplicitGroups([]kong.Group{{Key: settingsGroup, Title: "Settings:",
			Description: "Each is a flag and an environment variable."}}),
		kong.Help(printHelp), kong.Writers(out, problems), kong.Exit(exit))
}

// printHelp prints the help of a command. Settings are left out where they are not what the command
// is about.
func printHelp(o kong.HelpOptions, ctx *kong.Context) error {
	command := ctx.Selected()
	hidden := false
	// A reader of the help looks for what the command does.
	if command != nil && !slices.Contains([]string{"serve", "worker", "demo"}, command.Name) {
		for _, flag := range command.Flags {
			if flag.Group != nil && flag.Group.Key == settingsGroup {
				flag.Hidden, hidden = true, true
			}
		}
	}
	err := kong.DefaultHelpPrinter(o, ctx)
	if err == nil && hidden {
		_, err = fmt.Fprintln(ctx.Stdout, "\nThe settings, such as USHER_DATABASE_URL, hold here too: "+
			"usher serve --help lists them.")
	}
	return err
}

// runCommand runs one command line, without the name of the program, and returns its exit code:
// that of an exitError, 1 for any other error, 2 for a wrong command line.
func runCommand(ctx context.Context, args []string, out, problems io.Writer) int {
	// kong asks to exit after help, and would go on otherwise.
	code, exited := 0, false
	parser, err := newParser(&commandLine{}, out, problems, func(c int) { code, exited = c, true })
	if err != nil {
		fmt.Fprintln(problems, "usher:", err)
		return 1
	}
	parsed, err := parser.Parse(spellOut(args))
	switch {
	case exited: // by --help or --version
		return code
	case err != nil:
		return reportUsage(problems, err)
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	if err := parsed.Run(); err != nil {
		fmt.Fprintln(problems, "usher:", err)
		if exit := (*exitError)(nil); errors.As(err, &exit) {
			return exit.code
		}
		return 1
	}
	return 0
}

// spellOut returns the arguments with the habits of other programs as flags: help for nothing, and
// for `help COMMAND`.
func spellOut(args []string) []string {
	switch {
	case len(args) == 0:
		return []string{"--help"}
	case args[0] == "help":
		return append(slices.Clone(args[1:]), "--help")
	}
	return args
}

// reportUsage prints what is wrong with a command line on one line, and where to read on.
func reportUsage(problems io.Writer, err error) int {
	command := "usher"
	// The help of the command that was meant, not that of the root.
	if wrong := (*kong.ParseError)(nil); errors.As(err, &wrong) && wrong.Context != nil {
		if node := wrong.Context.Selected(); node != nil {
			command += " " + strings.TrimPrefix(node.FullPath(), "usher ")
		}
	}
	fmt.Fprintf(problems, "usher: %v; see %s --help\n", err, command)
	return exitUsage
}
