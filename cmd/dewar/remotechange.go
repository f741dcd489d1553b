package main

import (
	"fmt"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/config"
	"github.com/spf13/cobra"
)

func (c *cli) remoteAdd() *cobra.Command {
	var s scopeFlags
	var n dewar.NewRemote
	var options []string
	var access string
	cmd := &cobra.Command{
		Use: "add NAME URL", Short: "Add a remote", Args: cobra.ExactArgs(2),
		Long:    "Adds a remote. The first one is the default. Urls are:\n" + urlHelp(),
		Example: "  dewar remote add origin /mnt/share/store\n  dewar remote add -d origin s3://bucket/prefix -o region=eu-central-1\n  dewar remote add lab sftp://me@host/srv/store --local",
		RunE: func(cmd *cobra.Command, args []string) error {
			n.Name, n.URL = args[0], args[1]
			var err error
			if n.Options, err = settings(options, "--option"); err != nil {
				return err
			}
			if access != "read" && access != "write" {
				return usage("E-usage", "--access is read or write, not %q.", access)
			}
			n.ReadOnly = access == "read"
			m, err := s.in(c)
			if err != nil {
				return err
			}
			change, err := m.Add(c.ctx, n, s.scope())
			if err != nil {
				return err
			}
			return c.printAdded(m, change)
		},
	}
	f := cmd.Flags()
	f.BoolVarP(&n.Default, "default", "d", false, "use it where no remote is named")
	f.StringArrayVarP(&options, "option", "o", nil, "an option of the place, NAME=VALUE in rclone's words (repeatable)")
	f.StringVar(&access, "access", "write", "write, or read: never push there")
	f.BoolVar(&n.Trust, "trust", false, "use action results that others pushed there")
	s.add(cmd)
	return cmd
}

// urlHelp lists the forms of urls.
func urlHelp() string {
	var b strings.Builder
	for _, example := range config.Examples() {
		fmt.Fprintf(&b, "  %s\n", example)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func (c *cli) printAdded(m *dewar.Remotes, change dewar.RemoteChange) error {
	if c.json {
		return c.printJSON(change)
	}
	as := ""
	if change.Default {
		as = ", the default remote"
	}
	c.printf("added %s%s: %s (%s)\n", change.Name, as, change.URL, change.Files[0])
	u, err := config.ParseURL(change.URL, "")
	switch {
	case err != nil:
	case len(config.Logins(u)) > 0:
		c.printf("If it wants credentials: dewar remote login %s\nWhether it works:        dewar remote test %s\n", change.Name, change.Name)
	default:
		c.printf("Whether it works: dewar remote test %s\n", change.Name)
	}
	return nil
}

func (c *cli) remoteModify() *cobra.Command {
	var s scopeFlags
	var unset []string
	cmd := &cobra.Command{
		Use: "modify NAME [SETTING=VALUE...]", Short: "Change settings of a remote", Args: cobra.MinimumNArgs(1),
		Long:    "Changes settings of a remote: url, access, trust, default, parallel, packs, or options.NAME, an option\nof the place in rclone's words. The file that has its url is changed, or the one that a flag names.",
		Example: "  dewar remote modify origin access=read\n  dewar remote modify origin options.region=eu-central-1 --unset parallel",
		ValidArgsFunction: func(cmd *cobra.Command, args []string, typed string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return c.completeRemotes(cmd, args, typed)
			}
			return []string{"access=read", "access=write", "default=true", "options.", "packs=", "parallel=", "trust=true", "url="}, cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			set, err := settings(args[1:], "modify")
			if err != nil {
				return err
			}
			if len(set)+len(unset) == 0 {
				return usage("E-usage", "Say what to change: dewar remote modify %s SETTING=VALUE, or --unset SETTING.", args[0])
			}
			m, err := s.in(c)
			if err != nil {
				return err
			}
			change, err := m.Modify(c.ctx, args[0], set, unset, s.chosen())
			return c.printChange("changed", change, err)
		},
	}
	cmd.Flags().StringArrayVarP(&unset, "unset", "u", nil, "take this setting away (repeatable)")
	s.add(cmd)
	return cmd
}

func (c *cli) remoteRemove() *cobra.Command {
	var user bool
	cmd := &cobra.Command{
		Use: "remove NAME", Aliases: []string{"rm"}, Short: "Remove a remote and its credentials", Args: cobra.ExactArgs(1),
		Long:              "Removes a remote from the project's files, its credentials too. What is stored there stays.",
		ValidArgsFunction: c.completeRemotes,
		RunE: func(_ *cobra.Command, args []string) error {
			m, err := c.remotes(user)
			if err != nil {
				return err
			}
			change, err := m.Remove(args[0], user)
			return c.printChange("removed", change, err)
		},
	}
	cmd.Flags().BoolVar(&user, "user", false, "from your own file")
	return cmd
}

func (c *cli) remoteRename() *cobra.Command {
	var user bool
	cmd := &cobra.Command{
		Use: "rename NAME NEW", Short: "Give a remote another name", Args: cobra.ExactArgs(2),
		ValidArgsFunction: c.completeRemotes,
		RunE: func(_ *cobra.Command, args []string) error {
			m, err := c.remotes(user)
			if err != nil {
				return err
			}
			change, err := m.Rename(args[0], args[1], user)
			return c.printChange("renamed "+args[0]+" to", change, err)
		},
	}
	cmd.Flags().BoolVar(&user, "user", false, "in your own file")
	return cmd
}

// printChange says what was done with a remote, and where.
func (c *cli) printChange(done string, change dewar.RemoteChange, err error) error {
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(change)
	}
	c.printf("%s %s (%s)\n", done, change.Name, strings.Join(change.Files, ", "))
	return nil
}
