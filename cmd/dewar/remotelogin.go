package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/config"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

func (c *cli) remoteLogin() *cobra.Command {
	var user, stdin, noBrowser bool
	var with string
	cmd := &cobra.Command{
		Use: "login [NAME]", Short: "Give the credentials of a remote", Args: cobra.MaximumNArgs(1),
		Long:              "Asks for what a remote wants to know and keeps it in .dewar/config.local.hcl, which only you can read\nand Git does not see. It is bound to the place: if the remote's url changes, it is not sent there.",
		Example:           "  dewar remote login origin\n  dewar remote login origin --with sas\n  pass show s3 | dewar remote login origin --stdin     # lines as access_key_id=…",
		ValidArgsFunction: c.completeRemotes,
		RunE: func(_ *cobra.Command, args []string) error {
			m, r, err := c.oneRemote(user, args)
			if err != nil {
				return err
			}
			if len(config.Logins(r.URL)) == 0 {
				return usage("E-remote-login", "%s", nothingToGive(r))
			}
			rep, err := c.login(m, r, with, stdin, user, !noBrowser)
			if err != nil {
				return err
			}
			if c.json {
				return c.printJSON(rep)
			}
			c.printf("kept for %s: %s (%s)\nWhether it works: dewar remote test %s\n", rep.Name, strings.Join(rep.Stored, ", "), rep.File, rep.Name)
			return nil
		},
	}
	f := cmd.Flags()
	f.BoolVar(&stdin, "stdin", false, "read NAME=VALUE lines from standard input instead of asking")
	f.BoolVar(&user, "user", false, "keep them in your own file, for all projects")
	f.BoolVar(&noBrowser, "no-browser", false, "only show the page to visit")
	f.StringVar(&with, "with", "", "which way, where a place has several: password, token, key-file, service-account, …")
	return cmd
}

func nothingToGive(r *config.Remote) string {
	switch {
	case r.URL.IsDirectory():
		return fmt.Sprintf("%s is a directory: who may read and write there is decided by the modes of its files.", r.URL)
	case r.URL.Scheme == "rclone":
		return fmt.Sprintf("The credentials of %s are kept by rclone: rclone config reconnect %s:", r.URL, r.URL.Host)
	}
	return fmt.Sprintf("%s:// takes no credentials from dewar: they come from the environment.", r.URL.Scheme)
}

// oneRemote is the remote that is named, or the default.
func (c *cli) oneRemote(user bool, args []string) (*dewar.Remotes, *config.Remote, error) {
	m, err := c.remotes(user)
	if err != nil {
		return nil, nil, err
	}
	found, err := m.Read()
	if err != nil {
		return nil, nil, err
	}
	name := ""
	if len(args) > 0 {
		name = args[0]
	}
	r, err := dewar.RemoteNamed(found, name)
	return m, r, err
}

func (c *cli) login(m *dewar.Remotes, r *config.Remote, with string, stdin, user, browser bool) (dewar.LoginReport, error) {
	if stdin {
		answers, err := c.readAnswers(r)
		if err != nil {
			return dewar.LoginReport{}, err
		}
		return m.Login(r, answers, user)
	}
	way, err := c.way(r, with)
	if err != nil {
		return dewar.LoginReport{}, err
	}
	if way.Browser {
		return m.LoginBrowser(c.ctx, r, user, browser, func(page string) {
			fmt.Fprintf(c.err, "Open this page to log in:\n  %s\n", page)
		})
	}
	answers := map[string]string{}
	for _, a := range way.Asks {
		if a.Option && r.Options[a.Name] != "" && !a.File {
			continue // the configuration has it
		}
		answer, err := c.ask(a.Prompt, a.Shown)
		if err != nil {
			return dewar.LoginReport{}, err
		}
		if answer != "" {
			answers[a.Name] = answer
		}
	}
	return m.Login(r, answers, user)
}

// answersMost bounds what is read from standard input.
const answersMost = 1 << 20

// readAnswers reads lines of NAME=VALUE.
func (c *cli) readAnswers(r *config.Remote) (map[string]string, error) {
	b, err := io.ReadAll(io.LimitReader(c.stdin, answersMost))
	if err != nil {
		return nil, fmt.Errorf("read standard input: %w", err)
	}
	answers := map[string]string{}
	n := 0
	for line := range strings.Lines(string(b)) {
		n++
		if line = strings.TrimRight(line, "\r\n"); strings.TrimSpace(line) == "" {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok {
			return nil, usage("E-remote-login", "Line %d of standard input is not NAME=VALUE. %s", n, config.Wanted(r.URL))
		}
		answers[strings.TrimSpace(name)] = value
	}
	return answers, nil
}

// way chooses among the ways to log in.
func (c *cli) way(r *config.Remote, with string) (config.Login, error) {
	ways := config.Logins(r.URL)
	var names []string
	for _, w := range ways {
		if w.Name == with {
			return w, nil
		}
		names = append(names, w.Name)
	}
	if with != "" {
		return config.Login{}, usage("E-remote-login", "%s:// is not logged in to with %q; there is: %s.", r.URL.Scheme, with, strings.Join(names, ", "))
	}
	if len(ways) == 1 || ways[0].Browser && !c.terminal(c.stdin) {
		return ways[0], nil
	}
	if !c.terminal(c.stdin) {
		return config.Login{}, c.noTerminal(r)
	}
	fmt.Fprintf(c.err, "How do you log in to %s?\n", r.URL)
	for i, w := range ways {
		fmt.Fprintf(c.err, "  %d  %s\n", i+1, w.Doc)
	}
	answer, err := c.ask("Number, or Enter for 1", true)
	if err != nil || answer == "" {
		return ways[0], err
	}
	n, err := strconv.Atoi(answer)
	if err != nil || n < 1 || n > len(ways) {
		return config.Login{}, usage("E-remote-login", "%q is none of the numbers from 1 to %d.", answer, len(ways))
	}
	return ways[n-1], nil
}

func (c *cli) noTerminal(r *config.Remote) error {
	text := "Standard input is no terminal, so nothing can be asked. Give lines of NAME=VALUE there, with --stdin."
	if r != nil {
		text += " " + config.Wanted(r.URL)
	}
	return usage("E-remote-login", "%s", text)
}

// ask asks the person at the terminal. What is typed is shown or not; after Ctrl-C it
// is shown again.
func (c *cli) ask(prompt string, shown bool) (string, error) {
	if !c.terminal(c.stdin) {
		return "", c.noTerminal(nil)
	}
	fd := int(c.stdin.Fd())
	state, err := term.GetState(fd)
	if err != nil {
		return "", fmt.Errorf("read terminal: %w", err)
	}
	fmt.Fprintf(c.err, "%s: ", prompt)
	type answer struct {
		text string
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		text, err := readLine(c.stdin, fd, shown)
		done <- answer{text, err}
	}()
	select {
	case <-c.ctx.Done():
		_ = term.Restore(fd, state)
		fmt.Fprintln(c.err)
		return "", context.Canceled
	case a := <-done:
		if !shown {
			fmt.Fprintln(c.err)
		}
		if a.err != nil {
			return "", fmt.Errorf("read terminal: %w", a.err)
		}
		return strings.TrimSpace(a.text), nil
	}
}

// readLine reads a line from a terminal, byte by byte where it is shown: what comes
// behind it is the next answer.
func readLine(f *os.File, fd int, shown bool) (string, error) {
	if !shown {
		b, err := term.ReadPassword(fd)
		return string(b), err
	}
	line, err := bufio.NewReaderSize(f, 16).ReadString('\n')
	if err == io.EOF && line != "" {
		err = nil
	}
	return line, err
}

func (c *cli) remoteLogout() *cobra.Command {
	var user bool
	cmd := &cobra.Command{
		Use: "logout [NAME]", Short: "Forget the credentials of a remote", Args: cobra.MaximumNArgs(1),
		ValidArgsFunction: c.completeRemotes,
		RunE: func(_ *cobra.Command, args []string) error {
			m, r, err := c.oneRemote(user, args)
			if err != nil {
				return err
			}
			change, err := m.Logout(r, user)
			if err != nil || c.json {
				if err == nil {
					err = c.printJSON(change)
				}
				return err
			}
			if len(change.Files) == 0 {
				c.printf("no credentials were kept for %s\n", r.Name)
				return nil
			}
			c.printf("forgot the credentials of %s (%s)\n", r.Name, change.Files[0])
			return nil
		},
	}
	cmd.Flags().BoolVar(&user, "user", false, "those in your own file")
	return cmd
}
