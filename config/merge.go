package config

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
)

// merger makes one Config of the blocks of all files.
type merger struct {
	config *Config
	places Places
	ds     diag.List
}

func (m *merger) report(code string, span diag.Span, subject, format string, args ...any) {
	m.ds = append(m.ds, diag.Diagnostic{Code: code, Span: span, Subject: subject, Detail: fmt.Sprintf(format, args...)})
}

// merge takes blocks in the order of their files.
func (m *merger) merge(blocks []block) {
	same := map[string][]block{}
	for _, b := range blocks {
		same[b.subject()] = append(same[b.subject()], b)
	}
	var remotes [][]block
	for _, subject := range slices.Sorted(maps.Keys(same)) {
		group := same[subject]
		switch group[0].kind {
		case "cache":
			m.cache(group)
		case "data":
			m.data(group)
		case "remote":
			remotes = append(remotes, group)
		}
	}
	for _, group := range remotes {
		m.remote(group, same)
	}
	slices.SortFunc(m.config.Remotes, func(a, b Remote) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(m.config.Data, func(a, b Data) int { return cmp.Compare(a.Name, b.Name) })
	m.chooseDefault(remotes)
}

// last returns an attribute as the last file that has it says it.
func last(group []block, name string) (attr, bool) {
	for _, b := range slices.Backward(group) {
		if a, ok := b.attrs[name]; ok {
			return a, true
		}
	}
	return attr{}, false
}

// tried reports whether an attribute is written anywhere, be it wrong.
func tried(group []block, name string) bool {
	return slices.ContainsFunc(group, func(b block) bool { return b.tried[name] })
}

// value returns the value of an attribute, or what it is if nobody says.
func value[T any](group []block, name string, otherwise T) T {
	if a, ok := last(group, name); ok {
		return a.value.(T)
	}
	return otherwise
}

// oneOf checks an attribute that is one of some words.
func (m *merger) oneOf(group []block, name string, words ...string) string {
	a, ok := last(group, name)
	if !ok {
		return words[0]
	}
	if got := a.value.(string); !slices.Contains(words, got) {
		m.report("E-config-value", a.span, group[0].subject(), "%s is one of %s, not %q.", name, strings.Join(words, ", "), got)
		return words[0]
	}
	return a.value.(string)
}

// path makes the path of an attribute native and absolute.
func (m *merger) path(a attr, subject, name string) string {
	path := filepath.FromSlash(a.value.(string))
	if strings.HasPrefix(path, "~") {
		m.report("E-config-value", a.span, subject, "%s: ~ is only known to a shell. Write the path in full.", name)
		return ""
	}
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	base := m.places.base(a.scope)
	if base == "" {
		m.report("E-config-value", a.span, subject, "%s is relative, and in your own file there is nothing that it could be relative to. Write the path in full.", name)
		return ""
	}
	return filepath.Join(base, path)
}

func (m *merger) cache(group []block) {
	c := &m.config.Cache
	if a, ok := last(group, "dir"); ok {
		c.Dir = m.path(a, "cache", "dir")
	}
	c.Limit = value(group, "limit", int64(0))
	a, ok := last(group, "link")
	if !ok {
		c.Links = []Link{Reflink, Copy}
		return
	}
	known := []string{string(Reflink), string(Hardlink), string(Symlink), string(Copy)}
	for _, word := range a.value.([]string) {
		switch {
		case !slices.Contains(known, word):
			m.report("E-config-value", a.span, "cache", "There is no link %q.%s", word, didYouMean(word, known))
		case slices.Contains(c.Links, Link(word)):
			m.report("E-config-value", a.span, "cache", "%s stands twice in link.", word)
		default:
			c.Links = append(c.Links, Link(word))
		}
	}
	if len(c.Links) == 0 && len(a.value.([]string)) == 0 {
		m.report("E-config-value", a.span, "cache", "link is empty: one way to make files is needed. Leave it out for [\"reflink\", \"copy\"].")
	}
}

func (m *merger) data(group []block) {
	subject := group[0].subject()
	a, ok := last(group, "path")
	if !ok && tried(group, "path") {
		return
	}
	if !ok {
		m.report("E-config-attribute", group[len(group)-1].span, subject, "path is missing: where the data lies on this machine.")
		return
	}
	if path := m.path(a, subject, "path"); path != "" {
		m.config.Data = append(m.config.Data, Data{group[0].label, path, a.span})
	}
}

func (m *merger) remote(group []block, all map[string][]block) {
	subject := group[0].subject()
	a, ok := last(group, "url")
	if !ok {
		if !tried(group, "url") {
			m.noURL(group, all)
		}
		return
	}
	u, err := ParseURL(a.value.(string), m.places.base(a.scope))
	if err != nil {
		m.badURL(a, subject, err)
		return
	}
	r := Remote{
		Name: group[0].label, URL: u, Span: a.span,
		ReadOnly: m.oneOf(group, "access", "write", "read") == "read",
		Trust:    value(group, "trust", false),
		Parallel: value(group, "parallel", 0),
	}
	if p, ok := last(group, "packs"); ok {
		packs := p.value.(bool)
		r.Packs = &packs
	}
	for _, b := range group {
		r.Scopes = append(r.Scopes, b.scope)
	}
	m.options(&r, group)
	m.secrets(&r, group)
	m.config.Remotes = append(m.config.Remotes, r)
}

func (m *merger) badURL(a attr, subject string, err error) {
	d := diag.Diagnostic{Code: "E-remote-url", Span: a.span, Subject: subject, Detail: err.Error()}
	var bad *BadURL
	if errors.As(err, &bad) && bad.Secret {
		d.Code, d.Span.Masked = "E-remote-secret", true
	}
	m.ds = append(m.ds, d)
}

// noURL: without a url there is no remote. In one's own file it may be
// that of another project, and what a login left may stay.
func (m *merger) noURL(group []block, all map[string][]block) {
	at := group[len(group)-1]
	if at.scope == User {
		return
	}
	var names []string
	for _, other := range all {
		if _, ok := last(other, "url"); ok && other[0].kind == "remote" {
			names = append(names, other[0].label)
		}
	}
	slices.Sort(names)
	if at.scope == Project {
		m.report("E-config-attribute", at.span, at.subject(), "url is missing: where the remote is.")
		return
	}
	m.ds = append(m.ds, diag.Diagnostic{
		Severity: diag.Warning, Code: "W-config-unused", Span: at.span, Subject: at.subject(),
		Detail: fmt.Sprintf("No file has a url for %s, so this does nothing.%s `dewar remote remove %s` removes it.", at.label, didYouMean(at.label, names), at.label),
	})
}

// chooseDefault: of several the one that the last file names. The only remote
// is the default if nothing says otherwise.
func (m *merger) chooseDefault(remotes [][]block) {
	for _, s := range []Scope{Local, Project, User} {
		var chosen []attr
		for _, group := range remotes {
			r, ok := m.config.Remote(group[0].label)
			a, said := last(group, "default")
			if !ok || !said || a.scope != s || !a.value.(bool) {
				continue
			}
			if len(chosen) > 0 {
				m.ds = append(m.ds, diag.Diagnostic{
					Code: "E-duplicate", Span: a.span, Subject: group[0].subject(), Detail: "A file has one default remote. Remove one of the two.",
					Notes: []diag.Note{{Span: chosen[0].span, Text: "this is one as well"}},
				})
				return
			}
			chosen = append(chosen, a)
			r.Default = true
		}
		if len(chosen) > 0 {
			return
		}
	}
	if len(m.config.Remotes) == 1 {
		r := &m.config.Remotes[0]
		for _, group := range remotes {
			if group[0].label == r.Name {
				r.Default = value(group, "default", true)
			}
		}
	}
}
