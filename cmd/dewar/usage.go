package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// usage makes the error of someone who asked for what cannot be done.
func usage(code, format string, args ...any) error {
	return &diag.Failure{List: diag.List{{Code: code, Detail: fmt.Sprintf(format, args...)}}}
}

// explainUsage has root and all below it speak of wrong flags and arguments in
// our words, and say where to read on.
func explainUsage(root *cobra.Command) {
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage("E-usage", "%s. `%s --help` shows how it is used.", flagError(err), cmd.CommandPath())
	})
	for _, cmd := range root.Commands() {
		explainUsage(cmd)
	}
	check := root.Args
	switch {
	case root.HasSubCommands() && root.RunE == nil:
		root.Args = noSuchCommand
		root.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	case check != nil:
		root.Args = func(cmd *cobra.Command, args []string) error {
			if check(cmd, args) == nil {
				return nil
			}
			return usage("E-usage", "The usage is: %s", cmd.UseLine())
		}
	}
}

// noSuchCommand is how a command with commands below it takes arguments: not
// at all.
func noSuchCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	cmd.SuggestionsMinimumDistance = 2
	var near string
	if s := cmd.SuggestionsFor(args[0]); len(s) > 0 {
		near = fmt.Sprintf(" Did you mean %s?", s[0])
	}
	return usage("E-usage", "There is no command %q.%s `%s --help` lists the commands.", strings.TrimSpace(cmd.CommandPath()+" "+args[0]), near, cmd.CommandPath())
}

// flagError says what is wrong with a flag, without Go in it.
func flagError(err error) string {
	var unknown *pflag.NotExistError
	var value *pflag.InvalidValueError
	var required *pflag.ValueRequiredError
	switch {
	case errors.As(err, &unknown):
		return fmt.Sprintf("There is no flag %s", dashed(unknown.GetSpecifiedName()))
	case errors.As(err, &required):
		return fmt.Sprintf("The flag %s needs a value", dashed(required.GetSpecifiedName()))
	case errors.As(err, &value):
		return fmt.Sprintf("The flag --%s cannot be %s", value.GetFlag().Name, strconv.Quote(value.GetValue())+wants(value.GetFlag()))
	}
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:]
}

// wants says which values a flag takes.
func wants(f *pflag.Flag) string {
	if _, ok := f.Value.(parallel); ok {
		return ": it takes a positive number"
	}
	switch f.Value.Type() {
	case "int":
		return ": it takes a number"
	case "bool":
		return ": it is there or it is not"
	}
	return ""
}

func dashed(name string) string {
	if len([]rune(name)) == 1 {
		return "-" + name
	}
	return "--" + name
}
