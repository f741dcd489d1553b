package dewar

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/dewar-build/dewar/config"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/store/remote/program"
)

// Remotes changes what is configured of remotes. It needs no open project, so
// that what keeps one from opening can be mended.
type Remotes struct {
	Host Host
	Root string // of the project; "": only the user's own file is there
	Dir  string // what relative paths of a person are relative to
}

// RemoteChange says what was changed.
type RemoteChange struct {
	Name    string   `json:"remote"`
	URL     string   `json:"url,omitempty"`
	Default bool     `json:"default,omitempty"`
	Files   []string `json:"files"` // that were changed, in the order of their scopes
	Hidden  string   `json:"-"`     // a file that decides otherwise still
}

// NewRemote is a remote to be added.
type NewRemote struct {
	Name, URL string
	Options   []Setting
	Default   bool
	ReadOnly  bool
	Trust     bool
}

// Setting is NAME=VALUE.
type Setting struct{ Name, Value string }

func (m *Remotes) places() config.Places { return ConfigPlaces(m.Host, m.Root) }

// Read reads what is configured; errors in it are the error.
func (m *Remotes) Read() (*config.Config, error) {
	c, ds := config.Read(m.Host.FS, m.places())
	return c, ds.Err()
}

// file changes the file of a scope.
func (m *Remotes) file(s config.Scope, f func(e *config.Editor)) error {
	return config.Change(m.Host.FS, m.places(), s, func(e *config.Editor) error { f(e); return nil })
}

func (m *Remotes) name(s config.Scope) string { return m.places().Name(s) }

// Add adds a remote. The first one is the default.
func (m *Remotes) Add(ctx context.Context, n NewRemote, s config.Scope) (RemoteChange, error) {
	out := RemoteChange{Name: n.Name, Files: []string{m.name(s)}}
	if problem := config.CheckName(n.Name); problem != "" {
		return out, failure(diag.Diagnostic{Code: "E-remote-name", Detail: problem})
	}
	c, err := m.Read()
	if err != nil {
		return out, err
	}
	if r, ok := c.Remote(n.Name); ok && (r.In(s) || s == config.User || slices.Max(r.Scopes) != config.User) {
		return out, failure(diag.Diagnostic{Code: "E-remote-taken", Detail: fmt.Sprintf("%s is %s already. Take another name, or change it: dewar remote modify %s url=URL", n.Name, r.URL, n.Name)})
	}
	text, u, err := m.url(n.URL, s)
	if err != nil {
		return out, err
	}
	if err := m.checkOptions(ctx, u, n.Options, s); err != nil {
		return out, err
	}
	out.URL, out.Default = u.Text, n.Default || len(c.Remotes) == 0
	return out, m.file(s, func(e *config.Editor) {
		e.Set("remote", n.Name, "url", config.Text(text))
		if out.Default {
			onlyDefault(e, n.Name)
		}
		if n.ReadOnly {
			e.Set("remote", n.Name, "access", config.Text("read"))
		}
		if n.Trust {
			e.Set("remote", n.Name, "trust", "true")
		}
		for _, o := range n.Options {
			e.SetEntry("remote", n.Name, "options", o.Name, o.Value)
		}
	})
}

// onlyDefault makes a remote the one default of a file.
func onlyDefault(e *config.Editor, name string) {
	for _, other := range e.Labels("remote") {
		if other != name {
			e.Unset("remote", other, "default")
		}
	}
	e.Set("remote", name, "default", "true")
}

// url reads the url that a person typed, and how it is to be written into the
// file of a scope: a relative path as seen from the project.
func (m *Remotes) url(typed string, s config.Scope) (string, config.URL, error) {
	u, err := config.ParseURL(typed, m.Dir)
	if err != nil {
		code := "E-remote-url"
		if bad, ok := err.(*config.BadURL); ok && bad.Secret {
			code = "E-remote-secret"
		}
		return "", u, failure(diag.Diagnostic{Code: code, Detail: err.Error()})
	}
	text := u.Text
	if u.IsDirectory() && s != config.User && !filepath.IsAbs(filepath.FromSlash(typed)) && !strings.Contains(typed, "://") {
		if rel, err := filepath.Rel(m.Root, u.Path); err == nil {
			if text = filepath.ToSlash(rel); strings.Contains(text, ":") {
				text = "./" + text
			}
		}
	}
	return text, u, nil
}

// checkOptions refuses options that may not be set in the file of a scope, or,
// where the program that reaches the place is at hand, that there are not.
func (m *Remotes) checkOptions(ctx context.Context, u config.URL, options []Setting, s config.Scope) error {
	for _, o := range options {
		if code, problem := config.CheckOption(u, o.Name, s); problem != "" {
			return failure(diag.Diagnostic{Code: code, Detail: problem})
		}
	}
	if len(options) == 0 || u.IsDirectory() || u.Scheme == "rclone" {
		return nil
	}
	c, err := remoteCommand(m.Host)
	if err != nil {
		return nil // it says so when it is needed
	}
	b, err := program.Describe(ctx, c, u.Text)
	if err != nil {
		return nil
	}
	names := make([]string, len(b.Options))
	for i, o := range b.Options {
		names[i] = o.Name
	}
	for _, o := range options {
		i := slices.Index(names, o.Name)
		if i < 0 {
			return failure(diag.Diagnostic{Code: "E-remote-option", Detail: fmt.Sprintf("%s:// has no option %s.%s", u.Scheme, o.Name, nearName(o.Name, names))})
		}
		if err := flagged(o.Name, b.Options[i].Secret, b.Options[i].Command, s); err != nil {
			return err
		}
	}
	return nil
}

// nearName is didYouMean where a list of all would be too long.
func nearName(name string, names []string) string {
	return cmp.Or(meant(name, names), " rclone's documentation of this kind of place lists them.")
}

// flagged refuses what the program itself calls secret, or a command.
func flagged(name string, secret, command bool, s config.Scope) error {
	switch {
	case secret:
		return failure(diag.Diagnostic{Code: "E-remote-secret", Detail: fmt.Sprintf("%s is a secret. `dewar remote login` asks for it and keeps it where nobody else reads it.", name)})
	case command && !s.Private():
		return failure(diag.Diagnostic{Code: "E-remote-option", Detail: fmt.Sprintf("%s runs a command on this machine, and a committed file may be a stranger's. Set it with --local.", name)})
	}
	return nil
}

// scopesOf returns those of the files that speak of a remote, without the user's own
// unless it is asked for.
func (m *Remotes) scopesOf(name string, user bool) ([]config.Scope, error) {
	var in []config.Scope
	own := false
	c, _ := config.Read(m.Host.FS, m.places()) // what is wrong may be what is to be removed
	for _, f := range c.Files {
		e, err := config.NewEditor(f.Name, f.Bytes)
		if err != nil || !e.Has("remote", name) {
			continue
		}
		if f.Scope == config.User && !user {
			own = true
			continue
		}
		if f.Scope == config.User == user {
			in = append(in, f.Scope)
		}
	}
	if len(in) > 0 {
		return in, nil
	}
	if own {
		return nil, failure(diag.Diagnostic{Code: "E-remote-missing", Detail: fmt.Sprintf("%s is configured in your own file, %s, for all projects. To change it there: --user", name, m.name(config.User))})
	}
	_, err := RemoteNamed(c, name)
	if err == nil {
		err = failure(diag.Diagnostic{Code: "E-remote-missing", Detail: fmt.Sprintf("Your own file does not speak of %s. Leave --user out.", name)})
	}
	return nil, err
}

// Remove takes a remote out of the project's files, or out of the user's own. Its
// credentials go with it; what is stored there stays.
func (m *Remotes) Remove(name string, user bool) (RemoteChange, error) {
	return m.each(name, user, func(e *config.Editor) { e.Remove("remote", name) })
}

// Rename gives a remote another name.
func (m *Remotes) Rename(name, to string, user bool) (RemoteChange, error) {
	if problem := config.CheckName(to); problem != "" {
		return RemoteChange{}, failure(diag.Diagnostic{Code: "E-remote-name", Detail: problem})
	}
	c, _ := config.Read(m.Host.FS, m.places())
	if r, ok := c.Remote(to); ok {
		return RemoteChange{}, failure(diag.Diagnostic{Code: "E-remote-taken", Detail: fmt.Sprintf("%s is %s already. Take another name.", to, r.URL)})
	}
	out, err := m.each(name, user, func(e *config.Editor) {
		e.Remove("remote", to) // what a login left of a remote that is gone
		e.Rename("remote", name, to)
	})
	out.Name = to
	return out, err
}

// each changes every file that speaks of a remote.
func (m *Remotes) each(name string, user bool, f func(e *config.Editor)) (RemoteChange, error) {
	out := RemoteChange{Name: name, Files: []string{}}
	scopes, err := m.scopesOf(name, user)
	for _, s := range scopes {
		if err = m.file(s, f); err != nil {
			break
		}
		out.Files = append(out.Files, m.name(s))
	}
	return out, err
}

// SetDefault makes a remote the one that is used where none is named, as the file of
// a scope says.
func (m *Remotes) SetDefault(name string, s config.Scope) (RemoteChange, error) {
	out := RemoteChange{Name: name, Default: true, Files: []string{m.name(s)}}
	c, err := m.Read()
	if err != nil {
		return out, err
	}
	r, err := RemoteNamed(c, name)
	if err != nil {
		return out, err
	}
	out.URL = r.URL.Text
	if s == config.Project && !r.In(config.Project) {
		return out, failure(diag.Diagnostic{Code: "E-remote-missing", Detail: fmt.Sprintf("The committed file does not have %s, so it cannot be the default there. For this machine: dewar remote default %s --local", name, name)})
	}
	if err := m.file(s, func(e *config.Editor) { onlyDefault(e, name) }); err != nil {
		return out, err
	}
	if c, err := m.Read(); err == nil {
		if now, ok := c.Default(); ok && now.Name != name {
			out.Hidden = fmt.Sprintf("a file that counts more says %s", now.Name)
		}
	}
	return out, nil
}

// Modify sets and takes away attributes of a remote: url, access, trust, default,
// parallel, packs, options.NAME. scope nil: in the file that has its url.
func (m *Remotes) Modify(ctx context.Context, name string, set []Setting, unset []string, scope *config.Scope) (RemoteChange, error) {
	out := RemoteChange{Name: name}
	c, _ := config.Read(m.Host.FS, m.places()) // what is wrong may be what is to be mended
	r, ok := c.Remote(name)
	s := config.Project
	if ok {
		s = m.urlScope(r)
	} else {
		in, err := m.scopesOf(name, scope != nil && *scope == config.User)
		if err != nil {
			return out, err
		}
		s = in[0]
	}
	if scope != nil {
		s = *scope
	}
	out.Files = []string{m.name(s)}
	edits, err := m.edits(ctx, name, r, set, unset, s)
	if err != nil {
		return out, err
	}
	err = m.file(s, func(e *config.Editor) {
		for _, edit := range edits {
			edit(e)
		}
	})
	if c, ds := config.Read(m.Host.FS, m.places()); err == nil && !ds.HasErrors() {
		if r, ok := c.Remote(name); ok {
			out.URL, out.Default = r.URL.Text, r.Default
		}
	}
	return out, err
}

// urlScope is the file that has the url of a remote.
func (m *Remotes) urlScope(r *config.Remote) config.Scope {
	for _, s := range slices.Backward(r.Scopes) {
		if m.name(s) == r.Span.File {
			return s
		}
	}
	return config.Project
}

// settable are what Modify changes, besides options.
var settable = []string{"access", "default", "parallel", "packs", "trust", "url"}

// edits checks everything before anything is changed.
func (m *Remotes) edits(ctx context.Context, name string, r *config.Remote, set []Setting, unset []string, s config.Scope) ([]func(*config.Editor), error) {
	var out []func(*config.Editor)
	var u config.URL
	if r != nil {
		u = r.URL
	}
	var options []Setting
	for _, x := range set {
		option, isOption := strings.CutPrefix(x.Name, "options.")
		if isOption {
			options = append(options, Setting{option, x.Value})
			out = append(out, func(e *config.Editor) { e.SetEntry("remote", name, "options", option, x.Value) })
			continue
		}
		expr, err := m.expression(name, x, s)
		if err != nil {
			return nil, err
		}
		if x.Name == "url" {
			_, u, _ = m.url(x.Value, s)
		}
		if x.Name == "default" && x.Value == "true" {
			out = append(out, func(e *config.Editor) { onlyDefault(e, name) })
			continue
		}
		out = append(out, func(e *config.Editor) { e.Set("remote", name, x.Name, expr) })
	}
	if u.Scheme != "" {
		if err := m.checkOptions(ctx, u, options, s); err != nil {
			return nil, err
		}
	}
	for _, what := range unset {
		option, isOption := strings.CutPrefix(what, "options.")
		switch {
		case isOption:
			out = append(out, func(e *config.Editor) { e.UnsetEntry("remote", name, "options", option) })
		case what == "options" || slices.Contains(settable, what):
			out = append(out, func(e *config.Editor) { e.Unset("remote", name, what) })
		default:
			return nil, notSettable(name, what)
		}
	}
	return append(out, func(e *config.Editor) { e.RemoveEmpty("remote", name) }), nil
}

// expression is the value of a setting as it is written into a file.
func (m *Remotes) expression(remote string, x Setting, s config.Scope) (string, error) {
	wrong := func(want string) error {
		return failure(diag.Diagnostic{Code: "E-config-value", Detail: fmt.Sprintf("%s is %s, not %q.", x.Name, want, x.Value)})
	}
	switch x.Name {
	case "url":
		text, _, err := m.url(x.Value, s)
		return config.Text(text), err
	case "access":
		if x.Value != "read" && x.Value != "write" {
			return "", wrong("read or write")
		}
		return config.Text(x.Value), nil
	case "default", "packs", "trust":
		if x.Value != "true" && x.Value != "false" {
			return "", wrong("true or false")
		}
		return x.Value, nil
	case "parallel":
		if n, err := strconv.Atoi(x.Value); err != nil || n < 1 {
			return "", wrong("a whole number from 1 on")
		}
		return x.Value, nil
	}
	return "", notSettable(remote, x.Name)
}

func notSettable(remote, what string) error {
	if what == "for" || what == "secrets" || strings.HasPrefix(what, "secrets.") {
		return failure(diag.Diagnostic{Code: "E-remote-secret", Detail: fmt.Sprintf("Secrets are not given on a command line, where others see them. `dewar remote login %s` asks for them, `dewar remote logout %s` forgets them.", remote, remote)})
	}
	names := append(slices.Clone(settable), "options.NAME")
	return failure(diag.Diagnostic{Code: "E-config-attribute", Detail: fmt.Sprintf("A remote has no %s.%s An option of the place is options.%s.", what, didYouMean(what, names), what)})
}
