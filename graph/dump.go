package graph

import (
	"fmt"
	"strconv"
	"strings"
)

// Dump returns all of g as stable text, for tests and for people; fields with
// zero values and spans are left out. Instances are named by Ref, so that the
// text does not change when an unrelated stage is added.
func Dump(g *Graph) string {
	d := &dumper{g: g}
	d.line(0, "graph", g.Dir)
	for i := range g.Params {
		d.param(&g.Params[i])
	}
	for i := range g.Overrides {
		o := &g.Overrides[i]
		d.line(0, "override", o.Name, o.Text, o.Origin)
	}
	for i := range g.Data {
		x := &g.Data[i]
		d.line(0, "data", x.Name, x.Path, flag(x.Dir, "directory"), pair("host", x.Host), pair("url", x.URL), pair("sha256", x.SHA256),
			pair("project", x.From.Project), pair("of", x.From.Path), pair("rev", x.From.Rev), flag(x.NoPush, "no-push"))
	}
	for i := range g.Toolchains {
		t := &g.Toolchains[i]
		d.line(0, "toolchain", t.Name, t.Kind, t.Path, list("files", t.Files), list("command", t.Args), flag(t.Share, "share"))
	}
	for _, name := range g.Idle {
		d.line(0, "module", name, "idle")
	}
	for i := range g.Stages {
		d.stage(&g.Stages[i])
	}
	return d.b.String()
}

type dumper struct {
	g *Graph
	b strings.Builder
}

// line writes words, indented; empty words are left out, others quoted if they
// would not read as one word. Words made by raw stand as they are.
func (d *dumper) line(indent int, words ...any) {
	d.b.WriteString(strings.Repeat("  ", indent))
	sep := ""
	for _, w := range words {
		text := ""
		switch w := w.(type) {
		case raw:
			text = string(w)
		case string:
			text = word(w)
		default:
			text = word(fmt.Sprint(w))
		}
		if text == "" {
			continue
		}
		d.b.WriteString(sep + text)
		sep = " "
	}
	d.b.WriteByte('\n')
}

type raw string

func word(s string) string {
	if s == "" || !strings.ContainsAny(s, " \t\n\r\"\\()[]") && strconv.CanBackquote(s) {
		return s
	}
	return strconv.Quote(s)
}

func flag(on bool, name string) raw {
	if on {
		return raw(name)
	}
	return ""
}

func list(name string, words []string) raw {
	if len(words) == 0 {
		return ""
	}
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = strconv.Quote(w)
	}
	return raw(name + "=[" + strings.Join(quoted, " ") + "]")
}

func pair(name, value string) raw {
	if value == "" {
		return ""
	}
	return raw(name + "=" + word(value))
}

func number(name string, n int64) raw {
	if n == 0 {
		return ""
	}
	return raw(name + "=" + strconv.FormatInt(n, 10))
}

func (d *dumper) stage(s *Stage) {
	d.line(0, "stage", s.Name, flag(s.Template, "template"), list("axes", s.Axes), pair("description", s.Description))
	for i := s.First; i < s.First+s.N; i++ {
		d.instance(&d.g.Instances[i])
	}
}

func (d *dumper) instance(x *Instance) {
	d.line(1, "instance", raw(x.Ref()), number("timeout", int64(x.Timeout)), number("retries", int64(x.Retries)),
		pair("isolation", string(x.Isolation)), pair("image", strings.Trim(x.Image.Ref+"@"+x.Image.Digest, "@")), flag(x.Network, "network"), flag(x.Cache, "cache"), flag(x.Always, "always"),
		flag(x.Frozen, "frozen"), flag(x.Nondeterminal, "nondeterministic"), list("labels", x.Labels), list("toolchains", x.Toolchains))
	for _, a := range x.Point {
		d.line(2, "axis", a.Name, raw(strconv.Quote(a.Value)))
	}
	for i := range x.Inputs {
		d.input(&x.Inputs[i])
	}
	for i := range x.Outputs {
		d.output(&x.Outputs[i])
	}
	for _, id := range x.After {
		d.line(2, "after", raw(d.g.ref(id)))
	}
	d.line(2, flag(x.Native, "native"), list("args", x.Args), pair("in", x.WorkingDir))
	d.texts(x)
	for _, v := range x.Env {
		d.line(2, "env", v.Name, raw(strconv.Quote(v.Value)))
	}
	for _, s := range x.Secrets {
		d.line(2, "secret", s.Name, pair("env", s.Env), pair("param", s.Param), pair("version", s.Version))
	}
	for _, v := range x.Platform {
		d.line(2, "platform", v.Name, v.Value)
	}
	for _, r := range x.Resources {
		d.line(2, "resource", r.Name, r.Amount)
	}
	for _, s := range x.Scratch {
		d.line(2, "scratch", s.Name, pair("path", s.Path), pair("env", s.Env), pair("scope", s.Scope))
	}
	for i := range x.Asserts {
		d.assert(&x.Asserts[i])
	}
	for _, s := range x.Params {
		d.line(2, "params", s.Path, list("keys", s.Keys), list("withheld", s.Withheld))
	}
	for _, u := range x.Uses {
		d.line(2, "use", u.Name, raw(strconv.Quote(u.Text)), pair("from", u.Origin))
	}
}

func (d *dumper) texts(x *Instance) {
	if x.Script != "" {
		d.line(2, "script", raw(strconv.Quote(x.Script)))
	}
	if x.Display != "" {
		d.line(2, "display", raw(strconv.Quote(x.Display)))
	}
}

func (d *dumper) input(in *Input) {
	at := raw("")
	if in.At != in.Path || in.Kind != Workspace {
		at = pair("at", in.At)
	}
	switch in.Kind {
	case Workspace:
		d.line(2, "input", in.Label, at, "workspace", in.Path, pair("data", in.Data), flag(in.Reference, "reference"))
	case Artifact:
		d.line(2, "input", in.Label, at, "artifact", raw(d.g.outputRef(in.From, in.Output)), pair("sub", in.Sub))
	case Collected:
		d.line(2, "input", in.Label, at, "collected")
	case Literal:
		d.line(2, "input", in.Label, at, "literal", raw(strconv.Quote(string(in.Bytes))), flag(in.Exec, "executable"))
	}
}

func (d *dumper) output(o *Output) {
	path := o.Path
	if o.Dir {
		path += "/"
	}
	at := raw("")
	if o.At != o.Path {
		at = pair("at", o.At)
	}
	d.line(2, "output", string(o.Group)+"."+o.Name, path, at, flag(o.NoCache, "nocache"), flag(o.Persist, "persist"),
		flag(o.NoPush, "nopush"), flag(o.NoCheckout, "nocheckout"), pair("description", o.Description),
		list("maximize", o.Maximize), list("minimize", o.Minimize))
	if p := o.Plot; p != nil {
		d.line(3, "plot", pair("template", p.Template), pair("x", p.X), list("y", p.Y), pair("x_label", p.XLabel), pair("y_label", p.YLabel), pair("title", p.Title))
	}
}

func (d *dumper) assert(a *Assert) {
	d.line(2, "assert", raw(strconv.Quote(a.Condition)), raw(strconv.Quote(a.Error)), list("metrics", a.Metrics))
	d.line(3, "scope", raw(a.Scope))
}

func (d *dumper) param(p *Param) {
	d.line(0, "param", p.Name, pair("file", p.File), pair("chosen", p.Chosen), flag(p.Sensitive, "sensitive"))
	for i := range p.Leaves {
		l := &p.Leaves[i]
		d.line(1, "leaf", l.Name, raw(strconv.Quote(l.Value)), pair("from", l.Origin), list("at", l.Path), flag(l.Set, "set"))
	}
}

// ref names an instance; it does not trust id, as dumps are for broken graphs too.
func (g *Graph) ref(id ID) string {
	if id < 0 || int(id) >= len(g.Instances) {
		return "instance " + strconv.Itoa(int(id))
	}
	return g.Instances[id].Ref()
}

// outputRef names an output of an instance, as people would read it:
// "train@C=1 outputs.model".
func (g *Graph) outputRef(id ID, output int) string {
	if id < 0 || int(id) >= len(g.Instances) || output < 0 || output >= len(g.Instances[id].Outputs) {
		return g.ref(id) + " output " + strconv.Itoa(output)
	}
	o := &g.Instances[id].Outputs[output]
	return g.ref(id) + " " + string(o.Group) + "." + o.Name
}
