package eval

import (
	"sort"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// projection is the attribute params: which params the command finds in which
// params files. Its list is read from the syntax, because which param is meant
// matters, not which value it has.
type projection struct {
	ev    *evaluator
	st    *stage
	files []*projected
}

// projected is one params file to write.
type projected struct {
	path   string // project-relative
	own    bool   // it is the params' own file, cut down; else it is made of values
	items  []projectedItem
	span   diag.Span
	varies bool
	done   *written
}

type projectedItem struct {
	b     *param.Bound
	path  []string
	value *compiled // of override; nil: as bound
	span  diag.Span
}

type written struct {
	input   graph.Input
	section graph.Section
	ok      bool
}

func (ev *evaluator) projection(a *lang.Attr, st *stage, vw view) *projection {
	p := &projection{ev: ev, st: st}
	switch e := unparen(a.Expr.(hclsyntax.Expression)).(type) {
	case *hclsyntax.TupleConsExpr:
		p.list(e.Exprs, vw, "")
	case *hclsyntax.ObjectConsExpr:
		for _, item := range e.Items {
			p.file(item, vw)
		}
	default:
		ev.errorf(p.frame(), "E-params-form", spanOf(a), "%s", paramsForm)
	}
	sort.SliceStable(p.files, func(i, j int) bool { return p.files[i].path < p.files[j].path })
	return p
}

const paramsForm = "params is a list of references: [param.base, param.train.C, override(param.train.C, each.C)], or an object that gives such a list for each file to write."

// frame reports mistakes of the list itself once, not at each point.
func (p *projection) frame() *frame { return &frame{st: p.st} }

// file reads `"conf/run.yaml" = [ … ]`.
func (p *projection) file(item hclsyntax.ObjectConsItem, vw view) {
	ev := p.ev
	name := hcl.ExprAsKeyword(item.KeyExpr)
	if name == "" {
		v, ok := ev.compile(item.KeyExpr, p.frame(), view{base: ev.dir}, "").value()
		if !ok {
			return
		}
		v, _ = v.UnmarkDeep()
		if name, ok = stringOf(v); !ok {
			ev.errorf(p.frame(), "E-params-form", lang.Span(item.KeyExpr.Range()), "%s", paramsForm)
			return
		}
	}
	at := lang.Span(item.KeyExpr.Range())
	path, slash, ok := ev.path(p.frame(), name, at, "The params file")
	if !ok {
		return
	}
	if slash {
		ev.errorf(p.frame(), "E-path", at, "A params file is a file: its path has no slash at the end.")
		return
	}
	list, ok := unparen(item.ValueExpr).(*hclsyntax.TupleConsExpr)
	if !ok {
		ev.errorf(p.frame(), "E-params-form", lang.Span(item.ValueExpr.Range()), "%s", paramsForm)
		return
	}
	p.list(list.Exprs, vw, path)
}

// list reads references; to "" means each param's own file.
func (p *projection) list(exprs []hclsyntax.Expression, vw view, to string) {
	for _, e := range exprs {
		it, ok := p.item(unparen(e), vw)
		if !ok {
			continue
		}
		path := to
		if to == "" {
			if path = it.b.File; path == "" {
				p.ev.errorf(p.frame(), "E-params-fileless", it.span, "param.%s comes from no file. Say which file to write it to: params = { \"params.yaml\" = [param.%s] }.", it.b.Name, it.b.Name)
				continue
			}
		}
		f := p.find(path)
		if f == nil {
			f = &projected{path: path, own: to == "", span: it.span}
			p.files = append(p.files, f)
		}
		f.items = append(f.items, it)
		f.varies = f.varies || it.value != nil && it.value.varies
	}
}

func (p *projection) find(path string) *projected {
	for _, f := range p.files {
		if f.path == path {
			return f
		}
	}
	return nil
}

// item reads param.x.y or override(param.x.y, value).
func (p *projection) item(e hclsyntax.Expression, vw view) (projectedItem, bool) {
	it := projectedItem{span: lang.Span(e.Range())}
	ref := e
	if call, ok := e.(*hclsyntax.FunctionCallExpr); ok && call.Name == "override" {
		if len(call.Args) != 2 || call.ExpandFinal {
			p.ev.errorf(p.frame(), "E-params-form", it.span, "override takes a param and the value to write in its place: override(param.train.C, each.C).")
			return it, false
		}
		ref = unparen(call.Args[0])
		it.value = p.ev.compileNode(call.Args[1], &p.st.frame, vw, "", false)
	}
	t, ok := ref.(*hclsyntax.ScopeTraversalExpr)
	if !ok || t.Traversal.RootName() != "param" || len(t.Traversal) < 2 {
		p.ev.errorf(p.frame(), "E-params-form", it.span, "%s", paramsForm)
		return it, false
	}
	it.b = p.ev.byParam[(&refExpr{steps: t.Traversal}).name(1)]
	if it.b == nil || it.b.Broken {
		return it, false
	}
	for i := 2; i < len(t.Traversal); i++ {
		name := (&refExpr{steps: t.Traversal}).name(i)
		if _, ok := it.b.TypeAt(append(it.path[:len(it.path):len(it.path)], name)); name == "" || !ok {
			p.ev.errorf(p.frame(), "E-params-form", lang.Span(ref.Range()), "%s names no part of param.%s that a file could hold.", spell(t.Traversal), it.b.Name)
			return it, false
		}
		it.path = append(it.path, name)
	}
	if it.b.Sensitive {
		p.ev.errorf(p.frame(), "E-sensitive", it.span, "param.%s is sensitive, and a params file is written to disk. Secrets may not go there.", it.b.Name)
		return it, false
	}
	return it, true
}

// at writes the params files of one instance.
func (p *projection) at(x *graph.Instance, in *instance) {
	for _, f := range p.files {
		w := f.done
		if w == nil {
			fr := &p.st.frame
			if !f.varies {
				fr = p.frame()
			}
			w = p.write(f, fr)
			if !f.varies {
				f.done = w
			}
		}
		if w.ok {
			in.depend(w.input)
			x.Params = append(x.Params, w.section)
		}
	}
}

func (p *projection) write(f *projected, fr *frame) *written {
	var keep []param.Keep
	for pass := range 2 { // overrides last: the last one of a path wins
		for _, it := range f.items {
			if (it.value != nil) != (pass == 1) {
				continue
			}
			k, ok := p.keep(f, it, fr)
			if !ok {
				return &written{}
			}
			keep = append(keep, k...)
		}
	}
	if p.ev.req.Validate {
		return &written{} // the file need not be there
	}
	bytes, withheld, ds := p.bytes(f, keep)
	p.report(ds, f.span, fr)
	if ds.HasErrors() {
		return &written{}
	}
	names := make([]string, len(keep))
	for i, k := range keep {
		names[i] = strings.Join(k.Path, ".")
	}
	return &written{
		ok:      true,
		input:   graph.Input{Label: "params", At: f.path, Kind: graph.Literal, Bytes: bytes, Span: f.span},
		section: graph.Section{Path: f.path, Keys: unique(names), Withheld: withheld},
	}
}

func (p *projection) bytes(f *projected, keep []param.Keep) (out []byte, withheld []string, ds diag.List) {
	if file := p.ev.params.File(f.path); f.own && file != nil {
		return file.Project(keep)
	}
	out, ds = param.Write(f.path, keep)
	return out, nil, ds
}

// keep says which parts of the file an item stands for.
func (p *projection) keep(f *projected, it projectedItem, fr *frame) ([]param.Keep, bool) {
	if it.value == nil {
		if f.own {
			return it.b.Keep(it.path), true
		}
		return it.b.Values(it.path), true
	}
	v, ok := it.value.value()
	if !ok {
		return nil, false
	}
	bare, marks := v.UnmarkDeep()
	if !p.ev.public(marks, fr, it.span, "a params file") || !bare.IsWhollyKnown() {
		return nil, false
	}
	if fr.in != nil {
		p.ev.depend(fr.in, marks, "params", it.span)
	}
	k, ds := it.b.Override(it.path, bare)
	p.report(ds, it.span, fr)
	if !f.own && k.Override != nil && *k.Override != cty.NilVal {
		k.Path = append([]string{it.b.Name}, it.path...)
	}
	return []param.Keep{k}, !ds.HasErrors()
}

// report passes on what package param found, at the place in the stage.
func (p *projection) report(ds diag.List, at diag.Span, fr *frame) {
	for _, d := range ds {
		if d.Span.IsZero() {
			d.Span = at
		}
		p.ev.reports.add(d, fr)
	}
}
