package dewar

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/config"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store/remote/program"
)

// LoginReport says what was kept, by name.
type LoginReport struct {
	Name   string   `json:"remote"`
	URL    string   `json:"url"`
	File   string   `json:"file"`
	Stored []string `json:"stored"`
}

// Login keeps what proves who we are to a remote, in the file of this machine or in
// the user's own. It is bound to the place as it is now. Answers are by the names that
// config.Logins has; a file is named, not read.
func (m *Remotes) Login(r *config.Remote, answers map[string]string, user bool) (LoginReport, error) {
	s := config.Local
	if user {
		s = config.User
	}
	out := LoginReport{Name: r.Name, URL: r.URL.Text, File: m.name(s)}
	secrets, options, err := m.sort(r, answers)
	if err != nil {
		return out, err
	}
	for name := range secrets {
		out.Stored = append(out.Stored, name)
	}
	for name := range options {
		out.Stored = append(out.Stored, name)
	}
	slices.Sort(out.Stored)
	return out, m.file(s, func(e *config.Editor) {
		forget(e, r)
		for _, name := range out.Stored {
			if value, ok := secrets[name]; ok {
				e.SetEntry("remote", r.Name, "secrets", name, value)
			} else {
				e.SetEntry("remote", r.Name, "options", name, options[name])
			}
		}
		if len(secrets) > 0 {
			e.Set("remote", r.Name, "for", config.Text(r.Binding()))
		}
	})
}

// sort tells secrets from options, and refuses what is incomplete or unknown.
func (m *Remotes) sort(r *config.Remote, answers map[string]string) (secrets, options map[string]string, err error) {
	secrets, options = map[string]string{}, map[string]string{}
	for _, name := range sortedNames(answers) {
		if answers[name] == "" || strings.ContainsAny(answers[name], "\x00\r\n") && !strings.HasPrefix(answers[name], "{") {
			return nil, nil, badLogin(r, "%s is empty, or has more than one line.", name)
		}
		a, asked := config.Asked(r.URL, name)
		switch {
		case asked && a.Option:
			options[name] = answers[name]
			if a.File {
				if options[name], err = m.filePath(r, a, answers[name]); err != nil {
					return nil, nil, err
				}
			}
		case asked || slices.Contains(config.SecretNames(r.URL), name):
			secrets[name] = answers[name]
		default:
			return nil, nil, badLogin(r, "%s", config.UnknownSecret(r.URL, name))
		}
	}
	if missing := config.Missing(r.URL, answers, r.Options); missing != "" {
		return nil, nil, badLogin(r, "%s", missing)
	}
	return config.Kept(r.URL, secrets), options, nil
}

func sortedNames(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }

func badLogin(r *config.Remote, format string, args ...any) error {
	return failure(diag.Diagnostic{Code: "E-remote-login", Subject: fmt.Sprintf("remote %q", r.Name), Detail: fmt.Sprintf(format, args...)})
}

// filePath makes the path of a file absolute, and sees whether it can be what it is to be.
func (m *Remotes) filePath(r *config.Remote, a config.Ask, path string) (string, error) {
	path = filepath.FromSlash(path)
	if rest, ok := strings.CutPrefix(path, "~"+string(filepath.Separator)); ok && m.Host.LookupEnv != nil {
		if home, ok := m.Host.LookupEnv("HOME"); ok {
			path = filepath.Join(home, rest)
		}
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(m.Dir, path)
	}
	b, err := fs.ReadFile(m.Host.FS, path)
	if err != nil {
		return "", badLogin(r, "%s cannot be read: %v.", a.Name, err)
	}
	var account struct {
		Type string `json:"type"`
	}
	if a.Name == "service_account_file" && (json.Unmarshal(b, &account) != nil || account.Type != "service_account") {
		return "", badLogin(r, "%s is not the file of a service account: that is JSON with \"type\": \"service_account\".", path)
	}
	return path, nil
}

// forget takes away what a login has left.
func forget(e *config.Editor, r *config.Remote) {
	e.Unset("remote", r.Name, "secrets")
	e.Unset("remote", r.Name, "for")
	for _, l := range config.Logins(r.URL) {
		for _, a := range l.Asks {
			if a.File {
				e.UnsetEntry("remote", r.Name, "options", a.Name)
			}
		}
	}
}

// LoginBrowser lets the program that reaches the remote get secrets from a person, who
// is shown a page to visit, and keeps them.
func (m *Remotes) LoginBrowser(ctx context.Context, r *config.Remote, user, browser bool, show func(page string)) (LoginReport, error) {
	c, err := remoteCommand(m.Host)
	if err != nil {
		return LoginReport{}, err
	}
	at := program.At{URL: r.URL.Text, Options: r.Options}
	got, err := program.Login(ctx, c, at, browser, show)
	if err != nil {
		return LoginReport{}, RemoteFailure(r, "logging in", err)
	}
	return m.Login(r, got, user)
}

// Logout forgets the credentials of a remote.
func (m *Remotes) Logout(r *config.Remote, user bool) (RemoteChange, error) {
	s := config.Local
	if user {
		s = config.User
	}
	out := RemoteChange{Name: r.Name, Files: []string{}}
	if !r.In(s) {
		return out, nil
	}
	had := false
	err := m.file(s, func(e *config.Editor) {
		before, _ := e.Bytes()
		forget(e, r)
		after, _ := e.Bytes() // its error is Change's, too
		had = !bytes.Equal(before, after)
		e.RemoveEmpty("remote", r.Name)
	})
	if had {
		out.Files = append(out.Files, m.name(s))
	}
	return out, err
}
