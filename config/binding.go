package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
)

// options merges the options of a remote, entry by entry, each checked for the
// file that it is in.
func (m *merger) options(r *Remote, group []block) {
	merged := map[string]entry{}
	subject := group[0].subject()
	for _, b := range group {
		list := b.attrs["options"].entries
		for _, name := range slices.Sorted(maps.Keys(list)) {
			e := list[name]
			if e.gone {
				delete(merged, name)
				continue
			}
			if code, problem := CheckOption(r.URL, name, e.scope); problem != "" {
				m.badOption(code, e, subject, problem)
				continue
			}
			merged[name] = e
		}
	}
	r.Options = map[string]string{}
	for name, e := range merged {
		r.Options[name] = e.text
		reach, _ := optionReach(r.URL.Scheme, name)
		r.guarded = r.guarded || reach != everywhere && e.scope == Local
	}
	r.binding = bind(r.URL, merged)
}

func (m *merger) badOption(code string, e entry, subject, problem string) {
	span := e.span
	span.Masked = code == "E-remote-secret"
	m.report(code, span, subject, "%s", problem)
}

// bind spells the place that secrets are bound to: the url, and the options of
// the committed file but for the harmless ones. Who changes the file cannot
// have them sent elsewhere, or over a way that others can listen to.
func bind(u URL, options map[string]entry) string {
	var b strings.Builder
	b.WriteString(u.Text)
	for _, name := range slices.Sorted(maps.Keys(options)) {
		if e := options[name]; e.scope == Project && !slices.Contains(harmless, name) {
			fmt.Fprintf(&b, " %s=%s", name, e.text)
		}
	}
	return b.String()
}

// secrets takes those that were given for this place. Each file's are bound by
// themselves.
func (m *merger) secrets(r *Remote, group []block) {
	values := map[string]string{}
	for _, b := range group {
		a, ok := b.attrs["secrets"]
		if !ok || len(a.entries) == 0 {
			continue
		}
		m.checkNames(r.URL, a, b.subject())
		bound, ok := m.bound(b, r)
		switch {
		case !ok:
			m.report("E-remote-secret", b.span, b.subject(), "The secrets do not say what place they are for, and the url may be changed by others. `dewar remote login %s` writes it; by hand it is: for = %q", r.Name, r.binding)
		case bound != r.binding && b.scope == User: // of a remote of that name elsewhere
		case bound != r.binding:
			r.Moved = bound
		default:
			for name, e := range a.entries {
				if values[name] = e.text; e.gone {
					delete(values, name)
				}
			}
			r.guarded = r.guarded || b.scope == Local
		}
	}
	r.Secrets = Secrets{values}
	if len(values) > 0 {
		r.Moved = ""
	}
}

// bound returns what the secrets of a block are bound to: what it says, or the
// url that stands beside them.
func (m *merger) bound(b block, r *Remote) (string, bool) {
	if a, ok := b.attrs["for"]; ok {
		return a.value.(string), true
	}
	a, ok := b.attrs["url"]
	if !ok {
		return "", false
	}
	u, err := ParseURL(a.value.(string), m.places.base(b.scope))
	if err != nil {
		return "", false
	}
	if strings.HasPrefix(r.binding, u.Text+" ") {
		return "", false // the committed file adds options: they are to be seen and agreed to
	}
	return u.Text, true
}

func (m *merger) checkNames(u URL, a attr, subject string) {
	names := SecretNames(u)
	for _, name := range slices.Sorted(maps.Keys(a.entries)) {
		if e := a.entries[name]; !slices.Contains(names, name) {
			m.ds = append(m.ds, diag.Diagnostic{Code: "E-remote-login", Span: e.span, Subject: subject, Detail: UnknownSecret(u, name)})
		}
	}
}

// UnknownSecret says that a place has no secret of a name.
func UnknownSecret(u URL, name string) string {
	names := SecretNames(u)
	if len(names) == 0 {
		return fmt.Sprintf("%s takes no secrets, so %q means nothing.", u, name)
	}
	return fmt.Sprintf("%s:// has no secret %q.%s", u.Scheme, name, didYouMean(name, names))
}
