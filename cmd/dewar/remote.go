package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/config"
	"github.com/spf13/cobra"
)

func (c *cli) remote() *cobra.Command {
	cmd := &cobra.Command{
		Use: "remote", Short: "Places to share results through",
		Long: "A remote is a place that holds a copy of the store: a directory, a bucket, a server. `dewar push`\nbrings results and data there, `dewar pull` fetches them. Remotes are configured in .dewar/config.hcl,\nwhich is committed, in .dewar/config.local.hcl, which is this machine's, and in your own file.",
	}
	cmd.AddCommand(c.remoteAdd(), c.remoteList(), c.remoteTest(), c.remoteDefault(), c.remoteModify(), c.remoteRename(), c.remoteRemove(), c.remoteLogin(), c.remoteLogout())
	return cmd
}

// remotes returns what changes the configuration of remotes. Without a project there is
// only the user's own file.
func (c *cli) remotes(user bool) (*dewar.Remotes, error) {
	m := &dewar.Remotes{Host: c.host, Dir: c.dir}
	root, err := dewar.FindProject(c.host.FS, c.dir)
	if err != nil && !user {
		return nil, err
	}
	if err == nil {
		m.Root = root
	}
	found, _ := dewar.ReadConfig(c.host, m.Root)
	c.sources = found
	return m, nil
}

// scopeFlags say which file is meant.
type scopeFlags struct{ local, user bool }

func (s *scopeFlags) add(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&s.local, "local", false, "in .dewar/config.local.hcl: for this machine, not committed")
	cmd.Flags().BoolVar(&s.user, "user", false, "in your own file: for all projects")
}

// in returns what changes the file that is meant.
func (s *scopeFlags) in(c *cli) (*dewar.Remotes, error) {
	if s.local && s.user {
		return nil, usage("E-usage", "--local and --user are two files: take one of them.")
	}
	return c.remotes(s.user)
}

func (s *scopeFlags) scope() config.Scope {
	switch {
	case s.local:
		return config.Local
	case s.user:
		return config.User
	}
	return config.Project
}

// chosen is the scope, if one was asked for.
func (s *scopeFlags) chosen() *config.Scope {
	if scope := s.scope(); scope != config.Project {
		return &scope
	}
	return nil
}

// settings reads NAME=VALUE.
func settings(texts []string, flag string) ([]dewar.Setting, error) {
	var out []dewar.Setting
	for _, s := range texts {
		name, value, ok := strings.Cut(s, "=")
		if !ok || name == "" {
			return nil, usage("E-usage", "%s wants NAME=VALUE, not %q.", flag, config.Redact(s))
		}
		out = append(out, dewar.Setting{Name: name, Value: value})
	}
	return out, nil
}

// completeRemotes offers the names of remotes for the first argument.
func (c *cli) completeRemotes(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 || c.settle() != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	m, err := c.remotes(true)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	found, _ := dewar.ReadConfig(c.host, m.Root)
	var out []string
	for _, r := range found.Remotes {
		out = append(out, r.Name+"\t"+r.URL.Text)
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// listedRemote is a remote as remote list shows it.
type listedRemote struct {
	Name        string   `json:"name"`
	URL         string   `json:"url"`
	Default     bool     `json:"default"`
	Access      string   `json:"access"`
	Trust       bool     `json:"trust"`
	Configured  []string `json:"configured"`
	Credentials string   `json:"credentials"`
	Options     []string `json:"options,omitempty"`
}

func (c *cli) remoteList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the remotes", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			m, err := c.remotes(true)
			if err != nil {
				return err
			}
			found, ds := dewar.ReadConfig(c.host, m.Root)
			if err := ds.Err(); err != nil {
				return err
			}
			c.say(ds)
			list := []listedRemote{}
			for i := range found.Remotes {
				list = append(list, listed(&found.Remotes[i]))
			}
			if c.json {
				return c.printJSON(map[string]any{"remotes": list})
			}
			c.printRemotes(list)
			return nil
		},
	}
}

func listed(r *config.Remote) listedRemote {
	out := listedRemote{Name: r.Name, URL: r.URL.Text, Default: r.Default, Access: "write", Trust: r.Trust, Credentials: credentials(r)}
	if r.ReadOnly {
		out.Access = "read"
	}
	for _, s := range r.Scopes {
		out.Configured = append(out.Configured, s.String())
	}
	for name := range r.Options {
		out.Options = append(out.Options, name)
	}
	slices.Sort(out.Options)
	return out
}

// credentials says whether credentials are kept for a remote.
func credentials(r *config.Remote) string {
	switch {
	case r.URL.IsDirectory():
		return "unneeded"
	case r.URL.Scheme == "rclone":
		return "rclone"
	case r.Secrets.Len() > 0 || hasFile(r):
		return "stored"
	case r.Moved != "":
		return "moved"
	}
	return "none"
}

// hasFile reports whether a file that proves who we are is named.
func hasFile(r *config.Remote) bool {
	for name := range r.Options {
		if a, ok := config.Asked(r.URL, name); ok && a.File {
			return true
		}
	}
	return false
}

func (c *cli) printRemotes(list []listedRemote) {
	if len(list) == 0 {
		c.printf("There are no remotes. Add one: dewar remote add NAME URL\n")
		return
	}
	wide, wider := 0, 0
	for _, r := range list {
		wide, wider = max(wide, len(r.Name)), max(wider, len([]rune(r.URL)))
	}
	for _, r := range list {
		c.printf("%s\n", strings.TrimRight(fmt.Sprintf("%-*s  %-*s  %s", wide, r.Name, wider, r.URL, r.notes()), " "))
	}
}

// notes are what is worth saying of a remote beside its url.
func (r listedRemote) notes() string {
	var notes []string
	add := func(when bool, text string) {
		if when {
			notes = append(notes, text)
		}
	}
	add(r.Default, "default")
	add(r.Access == "read", "only read")
	add(r.Trust, "trusted")
	add(r.Credentials == "stored", "credentials kept")
	add(r.Credentials == "moved", "credentials were for another place: dewar remote login "+r.Name)
	if !slices.Contains(r.Configured, "project") {
		notes = append(notes, strings.Join(r.Configured, " and ")+" only")
	}
	return strings.Join(notes, ", ")
}

func (c *cli) remoteDefault() *cobra.Command {
	var s scopeFlags
	cmd := &cobra.Command{
		Use: "default [NAME]", Short: "Show or choose the remote that is used where none is named", Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: c.completeRemotes,
		RunE: func(_ *cobra.Command, args []string) error {
			m, err := s.in(c)
			if err != nil {
				return err
			}
			if len(args) == 0 {
				return c.showDefault(m)
			}
			change, err := m.SetDefault(args[0], s.scope())
			if err != nil {
				return err
			}
			if c.json {
				return c.printJSON(change)
			}
			c.printf("%s is the default remote (%s)\n", change.Name, change.Files[0])
			if change.Hidden != "" {
				fmt.Fprintf(c.err, "%s\n", "But not here: "+change.Hidden+".")
			}
			return nil
		},
	}
	s.add(cmd)
	return cmd
}

func (c *cli) showDefault(m *dewar.Remotes) error {
	found, err := m.Read()
	if err != nil {
		return err
	}
	r, ok := found.Default()
	switch {
	case c.json && !ok:
		return c.printJSON(map[string]any{"remote": nil})
	case c.json:
		return c.printJSON(map[string]any{"remote": r.Name, "url": r.URL.Text})
	case !ok:
		return usage("E-remote-missing", "No remote is the default. `dewar remote list` shows those there are; `dewar remote default NAME` chooses one.")
	}
	c.printf("%s  %s\n", r.Name, r.URL)
	return nil
}
