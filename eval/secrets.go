package eval

import (
	"sort"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/graph"
	"github.com/zclconf/go-cty/cty"
)

// Secrets are environment variables of a command whose values are put in when it is executed. Their
// names and versions enter the action key, their values go nowhere: not into the graph that is kept,
// the lock, the log or a message. They are the one place that a sensitive param may flow to.

// secrets collects the attribute: a list of names of dewar's own environment, or an object of names to
// { env, version } or sensitive params.
func (r *rest) secretsOf(x *graph.Instance) {
	if r.secrets == nil {
		return
	}
	f, list, _, ok := r.secrets.at()
	if !ok {
		return
	}
	for _, e := range list {
		s, ok := r.secret(f, e)
		if ok && (s.Env == "" || r.ours(s.Env, e.span)) && r.mayBe(x, s.Name, e.span) {
			x.Secrets = append(x.Secrets, s)
		}
	}
	sort.Slice(x.Secrets, func(i, j int) bool { return x.Secrets[i].Name < x.Secrets[j].Name })
}

const secretsForm = "secrets is a list of names, [\"API_TOKEN\"], or an object: { TOKEN = { env = \"API_TOKEN\", version = \"2\" }, PASSWORD = param.password }."

func (r *rest) secret(f form, e entry) (graph.Secret, bool) {
	bare, marks := bareValue(e.v)
	if !bare.IsWhollyKnown() || bare.IsNull() {
		return graph.Secret{}, false
	}
	var o origins
	o.add(marks)
	switch t := bare.Type(); {
	case f == named && o.sensitive != "":
		value, err := text(bare)
		if err != nil {
			r.ev.errorf(&r.st.frame, "E-attribute-type", e.span, "secrets.%s is one text or number: param.%s is none.", e.name, o.sensitive)
			return graph.Secret{}, false
		}
		return graph.Secret{Name: e.name, Param: o.sensitive, Value: value}, true
	case f == named && isObject(t):
		return r.secretObject(e, bare)
	case f != named && t == cty.String && o.sensitive == "":
		return graph.Secret{Name: bare.AsString(), Env: bare.AsString()}, true
	}
	r.ev.errorf(&r.st.frame, "E-attribute-type", e.span, "%s A param is a secret if it says sensitive = true; what is no secret goes into env.", secretsForm)
	return graph.Secret{}, false
}

// secretObject reads { env = "…", version = "…" }; env is the name itself if it is not given.
func (r *rest) secretObject(e entry, v cty.Value) (graph.Secret, bool) {
	s := graph.Secret{Name: e.name, Env: e.name}
	m := v.AsValueMap()
	for _, n := range sortedNames(m) {
		at := map[string]*string{"env": &s.Env, "version": &s.Version}[n]
		value, err := text(m[n])
		if at == nil || err != nil {
			r.ev.errorf(&r.st.frame, "E-attribute-value", e.span, "secrets.%s has `env`, the variable that has the value, and `version`, which counts for the action key; both are texts.", e.name)
			return s, false
		}
		*at = value
	}
	return s, true
}

// mayBe refuses names that are no names, or are used already.
func (r *rest) mayBe(x *graph.Instance, name string, at diag.Span) bool {
	if name == "" || strings.ContainsAny(name, "=\x00") {
		r.ev.errorf(&r.st.frame, "E-attribute-value", at, "%q is no name of an environment variable.", name)
		return false
	}
	if decides(name) {
		r.ev.errorf(&r.st.frame, "E-attribute-value", at, "%s decides what a command runs or how, so its value must enter the action key: give it in env.", name)
		return false
	}
	for _, v := range x.Env {
		if v.Name == name {
			r.ev.errorf(&r.st.frame, "E-duplicate", at, "%s is in secrets, and in env or pass_env, where its value is written down. Leave it out there.", name)
			return false
		}
	}
	for _, s := range x.Secrets {
		if s.Name == name {
			r.ev.errorf(&r.st.frame, "E-duplicate", at, "%s is in secrets twice.", name)
			return false
		}
	}
	return true
}

// decides reports whether a variable says which programs and libraries are run: what every command
// has, and what loaders and interpreters read.
func decides(name string) bool {
	for _, v := range graph.BaseEnv() {
		if v.Name == name {
			return true
		}
	}
	return strings.HasPrefix(name, "LD_") || name == "PYTHONPATH" || name == "PYTHONHOME" || name == "BASH_ENV" || name == "ENV"
}
