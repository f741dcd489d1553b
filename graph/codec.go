package graph

import (
	"errors"
)

// codecVersion changes with everything that changes the bytes, new fields of
// Graph included.
const codecVersion = "dewar graph 4\n"

// Encode returns g as bytes, for Decode of the same build of dewar. It is a
// cache of an evaluation and nothing else: no other program reads it.
//
// One walk, walkGraph, is both the writer and the reader, so that they cannot
// disagree; TestCodecKeepsEverything holds that it visits every field.
func Encode(g *Graph) []byte {
	c := newWriter(len(g.Instances))
	c.walkGraph(g)
	return c.out
}

// Decode reads what Encode wrote. Its strings share one copy of b. On other
// bytes it fails; it never panics and allocates in proportion to b. It has no
// checksum: whoever keeps b has its digest.
func Decode(b []byte) (*Graph, error) {
	if len(b) < len(codecVersion) || string(b[:len(codecVersion)]) != codecVersion {
		return nil, errors.New("kept graph: of another version")
	}
	g := &Graph{}
	c := &coder{in: string(b), at: len(codecVersion)}
	c.walkGraph(g)
	if c.bad || c.at != len(c.in) || !g.sound() {
		return nil, errors.New("kept graph: malformed")
	}
	return g, nil
}

// sound reports whether all IDs and indexes of g lead somewhere.
func (g *Graph) sound() bool {
	n := ID(len(g.Instances))
	next := ID(0)
	for i := range g.Stages {
		s := &g.Stages[i]
		if s.First != next || s.N < 0 || s.N > n-next {
			return false
		}
		next += s.N
	}
	if next != n {
		return false
	}
	for i := range g.Instances {
		for _, id := range g.Instances[i].After {
			if id < 0 || id >= n {
				return false
			}
		}
		for j := range g.Instances[i].Inputs {
			in := &g.Instances[i].Inputs[j]
			if in.Kind > Collected || in.Kind == Artifact &&
				(in.From < 0 || in.From >= n || in.Output < 0 || in.Output >= len(g.Instances[in.From].Outputs)) {
				return false
			}
		}
	}
	return true
}

// The walk. The number given to each list is the least an element can take, so
// that a wrong length is found before memory is asked for.

func (c *coder) walkGraph(g *Graph) {
	c.text(&g.Dir)
	each(c, &g.Stages, &c.arenas.stages, 7, (*coder).stage)
	each(c, &g.Instances, &c.arenas.instances, 29, (*coder).instance)
	each(c, &g.Toolchains, &c.arenas.toolchains, 7, (*coder).toolchain)
	each(c, &g.Data, &c.arenas.data, 4, (*coder).data)
	each(c, &g.Params, &c.arenas.params, 5, (*coder).param)
	each(c, &g.Overrides, &c.arenas.overrides, 3, (*coder).override)
	c.words(&g.Idle)
}

func (c *coder) stage(s *Stage) {
	c.text(&s.Name)
	c.text(&s.Description)
	c.words(&s.Axes)
	c.flags(&s.Template)
	c.span(&s.Span)
	c.id(&s.First)
	c.id(&s.N)
}

func (c *coder) instance(x *Instance) {
	c.text(&x.Stage)
	each(c, &x.Point, &c.arenas.axes, 2, (*coder).axis)
	c.text(&x.Key)
	each(c, &x.Inputs, &c.arenas.inputs, 11, (*coder).input)
	each(c, &x.Outputs, &c.arenas.outputs, 9, (*coder).output)
	each(c, &x.After, &c.arenas.ids, 1, (*coder).id)
	c.words(&x.Args)
	c.text(&x.Script)
	each(c, &x.Env, &c.arenas.vars, 2, (*coder).variable)
	c.text(&x.WorkingDir)
	c.words(&x.Toolchains)
	c.text((*string)(&x.Isolation))
	c.text(&x.Image.Ref)
	c.text(&x.Image.Digest)
	each(c, &x.Secrets, &c.arenas.secrets, 4, (*coder).secret)
	c.flags(&x.Native, &x.Network, &x.Cache, &x.Always, &x.Frozen, &x.Nondeterminal)
	c.int((*int64)(&x.Timeout))
	c.number(&x.Retries)
	each(c, &x.Resources, &c.arenas.resources, 2, (*coder).resource)
	each(c, &x.Scratch, &c.arenas.scratch, 4, (*coder).scratch)
	each(c, &x.Platform, &c.arenas.vars, 2, (*coder).variable)
	c.words(&x.Labels)
	each(c, &x.Asserts, &c.arenas.asserts, 5, (*coder).assert)
	each(c, &x.Uses, &c.arenas.uses, 3, (*coder).use)
	each(c, &x.Params, &c.arenas.sections, 3, (*coder).section)
	c.text(&x.Display)
	c.span(&x.Span)
}

func (c *coder) input(in *Input) {
	c.text(&in.Label)
	c.text(&in.At)
	c.byte((*uint8)(&in.Kind))
	c.text(&in.Path)
	c.text(&in.Data)
	c.id(&in.From)
	c.number(&in.Output)
	c.text(&in.Sub)
	c.bytes(&in.Bytes)
	c.flags(&in.Reference, &in.Exec)
	c.span(&in.Span)
}

func (c *coder) output(o *Output) {
	c.text((*string)(&o.Group))
	c.text(&o.Name)
	c.text(&o.Path)
	c.text(&o.At)
	plot := o.Plot != nil
	c.flags(&o.Dir, &o.NoCache, &o.Persist, &o.NoPush, &o.NoCheckout, &plot)
	c.text(&o.Description)
	c.words(&o.Maximize)
	c.words(&o.Minimize)
	if plot {
		c.plot(&o.Plot)
	}
	c.span(&o.Span)
}

func (c *coder) plot(p **PlotHints) {
	if !c.writing {
		*p = &PlotHints{}
	}
	h := *p
	c.text(&h.Template)
	c.text(&h.X)
	c.words(&h.Y)
	c.text(&h.XLabel)
	c.text(&h.YLabel)
	c.text(&h.Title)
}

func (c *coder) axis(a *Axis)         { c.text(&a.Name); c.text(&a.Value) }
func (c *coder) variable(v *Var)      { c.text(&v.Name); c.text(&v.Value) }
func (c *coder) resource(r *Resource) { c.text(&r.Name); c.int(&r.Amount) }

func (c *coder) scratch(s *Scratch) {
	c.text(&s.Name)
	c.text(&s.Path)
	c.text(&s.Env)
	c.text(&s.Scope)
}

// secret leaves the value out: who reads the graph has to look for it again.
func (c *coder) secret(s *Secret) {
	c.text(&s.Name)
	c.text(&s.Env)
	c.text(&s.Param)
	c.text(&s.Version)
}

func (c *coder) use(u *Use) { c.text(&u.Name); c.text(&u.Text); c.text(&u.Origin) }

func (c *coder) assert(a *Assert) {
	c.text(&a.Condition)
	c.text(&a.Error)
	c.text(&a.Scope)
	c.words(&a.Metrics)
	c.span(&a.Span)
}

func (c *coder) section(s *Section) { c.text(&s.Path); c.words(&s.Keys); c.words(&s.Withheld) }

func (c *coder) toolchain(t *Toolchain) {
	c.text(&t.Name)
	c.text(&t.Kind)
	c.text(&t.Path)
	c.words(&t.Files)
	c.words(&t.Args)
	c.flags(&t.Share)
	c.span(&t.Span)
}

func (c *coder) data(d *Data) {
	c.text(&d.Name)
	c.text(&d.Path)
	c.flags(&d.Dir, &d.NoPush)
	for _, s := range []*string{&d.Host, &d.URL, &d.SHA256, &d.From.Project, &d.From.Path, &d.From.Rev} {
		c.text(s)
	}
	c.span(&d.Span)
}

func (c *coder) param(p *Param) {
	c.text(&p.Name)
	c.text(&p.File)
	c.text(&p.Chosen)
	c.flags(&p.Sensitive)
	each(c, &p.Leaves, &c.arenas.leaves, 5, (*coder).leaf)
}

func (c *coder) leaf(l *ParamLeaf) {
	c.text(&l.Name)
	c.text(&l.Value)
	c.text(&l.Origin)
	c.words(&l.Path)
	c.flags(&l.Set)
}

func (c *coder) override(o *Override) { c.text(&o.Name); c.text(&o.Text); c.text(&o.Origin) }

func (c *coder) words(p *[]string) { each(c, p, &c.arenas.words, 1, (*coder).text) }
