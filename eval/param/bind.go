package param

import (
	"errors"
	"fmt"
	iofs "io/fs"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/lang"
	"github.com/zclconf/go-cty/cty"
)

// BindAll binds the params of a pipeline.
//
// Each leaf takes its value from the highest layer that has it: -p over
// --params over the param's own file over the default. Lists replace each
// other whole, null means absent.
func BindAll(params []*lang.Block, opts Options) (Params, diag.List) {
	b := &binding{opts: opts, files: map[string]*File{}, over: map[string][]*Tree{}, picks: map[string][]*Tree{}}
	for _, block := range params {
		d, diags := declare(block, opts.Dir)
		b.diags = append(b.diags, diags...)
		b.decls = append(b.decls, d)
	}
	b.paramsFiles()
	b.settings()
	b.given()
	var out Params
	for i := range b.decls {
		out.List = append(out.List, b.bind(&b.decls[i]))
	}
	for _, f := range b.files {
		if f != nil {
			out.Files = append(out.Files, f)
		}
	}
	sort.Slice(out.Files, func(i, j int) bool { return out.Files[i].Path < out.Files[j].Path })
	out.Texts = b.texts
	return out, b.diags
}

// binding is the state of one BindAll.
type binding struct {
	opts  Options
	decls []decl
	files map[string]*File   // by path; nil: could not be read, and that is reported
	over  map[string][]*Tree // by param: the layers above its own file, lowest first
	picks map[string][]*Tree // by param: what those choose
	texts []Source
	diags diag.List
}

func (b *binding) report(code string, span diag.Span, format string, args ...any) {
	b.diags = append(b.diags, report(code, span, format, args...))
}

func (b *binding) decl(name string) *decl {
	for i := range b.decls {
		if b.decls[i].name == name {
			return &b.decls[i]
		}
	}
	return nil
}

func (b *binding) names() []string {
	out := make([]string, len(b.decls))
	for i := range b.decls {
		out[i] = b.decls[i].name
	}
	return out
}

// read returns a params file, once read; nil if it cannot be had, which is
// reported the first time. missingOK makes a file that does not exist no error.
func (b *binding) read(path string, at diag.Span, missingOK bool) *File {
	if f, ok := b.files[path]; ok {
		return f
	}
	b.files[path] = nil
	if _, ok := formatOf(path); !ok {
		b.report("E-params-format", at, "%s is in no format that dewar reads. Params files are YAML (.yaml, .yml), JSON (.json) or TOML (.toml).%s", path, pythonAdvice(path))
		return nil
	}
	text, err := b.opts.Read(path)
	switch {
	case errors.Is(err, iofs.ErrNotExist):
		if !missingOK {
			b.report("E-params-file", at, "There is no file %s.", path)
		}
		return nil
	case errors.Is(err, fs.ErrNotRegular):
		b.report("E-params-file", at, "%s is no regular file.", path)
		return nil
	case err != nil:
		b.report("E-params-file", at, "%s cannot be read: %v.", path, err)
		return nil
	}
	f, diags := b.opts.Files.decode(Source{Path: path, Bytes: text, Masked: b.secret(path)}, b.opts.Going)
	b.diags = append(b.diags, diags...)
	b.files[path] = f
	return f
}

// secret reports whether a sensitive param may take its value from a file. None of the
// file's lines is shown then: where it is not well formed, nobody knows which
// line belongs to which param.
func (b *binding) secret(path string) bool {
	over := slices.Contains(b.opts.ParamsFiles, path)
	return slices.ContainsFunc(b.decls, func(d decl) bool {
		return d.sensitive && (over || d.file == path || slices.ContainsFunc(d.choices, func(c choice) bool { return c.file == path }))
	})
}

// partCalled returns " Did you mean model.lr?" for the path lr, if one param or more have such a part.
func (b *binding) partCalled(path []string) string {
	var found []string
	for _, d := range b.decls {
		if d.ty.Kind == KindObject && d.ty.field(path[0]) != nil {
			found = append(found, dotted(append([]string{d.name}, path...)))
		}
	}
	if len(found) == 0 {
		return ""
	}
	return " Did you mean " + strings.Join(found, " or ") + "?"
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

func pythonAdvice(path string) string {
	if strings.HasSuffix(path, ".py") {
		return " Of a Python file only an interpreter knows the values: move them to a YAML file."
	}
	return ""
}

// paramsFiles reads --params: the names at the top are params.
func (b *binding) paramsFiles() {
	for _, path := range b.opts.ParamsFiles {
		f := b.read(path, diag.Span{}, false)
		if f == nil {
			continue
		}
		for _, e := range f.Root.Entries {
			d := b.decl(e.Name)
			if d == nil {
				if b.ofModule(e.Name, e.Span) {
					continue
				}
				b.report("E-param-unknown", e.Span, "There is no param %s.%s The names at the top of a --params file are those of params.", e.Name, nearest(e.Name, b.names()))
				continue
			}
			t := relabel(e.Value, ParamsFile, "--params ")
			b.layer(d, t)
		}
	}
}

// relabel says of a whole tree which layer it is in.
func relabel(t *Tree, layer Layer, prefix string) *Tree {
	out := *t
	out.Layer = layer
	if prefix != "" {
		out.Origin = prefix + t.origin()
	}
	out.Items = make([]*Tree, len(t.Items))
	for i, item := range t.Items {
		out.Items[i] = relabel(item, layer, prefix)
	}
	out.Entries = make([]Entry, len(t.Entries))
	for i, e := range t.Entries {
		e.Value = relabel(e.Value, layer, prefix)
		out.Entries[i] = e
	}
	return out.indexed()
}

// layer adds a layer above the ones that d has.
func (b *binding) layer(d *decl, t *Tree) {
	if d.broken {
		return
	}
	pick, rest := b.choose(d, t)
	if pick != nil {
		b.picks[d.name] = append(b.picks[d.name], pick)
	}
	if rest != nil && b.check(d, rest) {
		b.over[d.name] = append(b.over[d.name], rest)
	}
}

// check reports what in a layer is not of the declared type.
func (b *binding) check(d *decl, t *Tree) bool {
	c := checker{subject: "param." + d.name, sensitive: d.sensitive, notes: []diag.Note{{Span: d.typeSpan, Text: "declared here"}}}
	diags := c.check(d.ty, t)
	b.diags = append(b.diags, diags...)
	d.broken = d.broken || diags.HasErrors()
	return !d.broken
}

// settings reads -p. Of two settings of one name the later counts, but an object is merged over what is there.
func (b *binding) settings() {
	last := map[string]int{}
	for i, s := range b.opts.Set {
		last[s.Name] = i
	}
	for i, s := range b.opts.Set {
		if at := last[s.Name]; at == i || strings.HasPrefix(strings.TrimSpace(b.opts.Set[at].Text), "{") {
			b.setting(s)
		}
	}
}

func (b *binding) setting(s Setting) {
	d, path := b.named(s)
	if d == nil {
		return
	}
	if d.broken {
		return
	}
	t, diags := d.settingTree(s, path)
	for i := range diags {
		if d.sensitive && s.Text != "" {
			diags[i].Detail = strings.ReplaceAll(diags[i].Detail, s.Text, "(sensitive)")
		}
	}
	b.diags = append(b.diags, diags...)
	if t == nil || diags.HasErrors() {
		d.broken = true
		return
	}
	b.layer(d, t)
}

// named finds what a setting sets: a param and the path below it. It returns nil
// if that is nothing, which is reported.
func (b *binding) named(s Setting) (*decl, []string) {
	path, ok := splitName(s.Name)
	text := Source{Path: s.source(), Bytes: []byte(s.Text)}
	if ok && b.decl(path[0]) != nil && b.decl(path[0]).sensitive {
		text.Bytes = []byte("(sensitive)")
	}
	b.texts = append(b.texts, text)
	if !utf8.ValidString(s.Name) || !utf8.ValidString(s.Text) {
		b.report("E-param-set", s.span(), "The text is not UTF-8. Params are text.")
		return nil, nil
	}
	if list, ok := indexed(s.Name); ok {
		b.report("E-param-set", s.span(), "-p sets no single element of a list; a list is replaced whole: -p '%s=[…]'.", list)
		return nil, nil
	}
	if !ok {
		b.report("E-param-set", s.span(), "-p takes NAME=VALUE, where NAME is a param or a part of one: -p train.C=10.")
		return nil, nil
	}
	d := b.decl(path[0])
	if d == nil {
		if b.ofModule(path[0], s.span()) {
			return nil, nil
		}
		b.report("E-param-unknown", s.span(), "There is no param %s.%s", path[0], orElse(b.partCalled(path), nearest(path[0], b.names())))
		return nil, nil
	}
	if d.chooses(nil) && slices.Equal(path[1:], []string{chooser}) {
		return d, nil
	}
	return d, path[1:]
}

// bind puts the layers of one param together.
func (b *binding) bind(d *decl) Bound {
	out := Bound{Name: d.name, Type: d.ty, Sensitive: d.sensitive, File: d.file, Key: d.key, Span: d.span, Value: cty.UnknownVal(d.ty.Cty())}
	layers := []*Tree{d.def}
	var own, rest *Tree
	if d.file != "" && !d.broken {
		own, rest = b.own(d)
	}
	if len(d.choices) > 0 {
		layers[0] = b.base(d)
	}
	layers = append(append(layers, rest), b.over[d.name]...)
	var tree *Tree
	for _, t := range layers {
		tree = overlay(tree, t)
	}
	if tree = b.instead(d, tree); d.broken {
		out.Broken = true
		return out
	}
	if d.unknown {
		return out
	}
	bb := builder{pulse: pulse{going: b.opts.Going}}
	v := bb.build(d.ty, tree, nil, true)
	if len(bb.missing) > 0 && (!b.opts.AllowMissing || b.opts.User != nil) {
		b.missing(d, bb.missing)
		out.Broken = true
		return out
	}
	out.Value, out.Leaves = v, bb.leaves
	out.layers, out.picks = layers, d.picks
	if len(d.choices) > 0 && d.pick() != nil {
		out.Choice = d.chosenOf(own)
	}
	if d.sensitive {
		for i := range out.Leaves {
			out.Leaves[i].Text, out.Leaves[i].Span.Masked = "(sensitive)", true
		}
	}
	return out
}

// own returns what d's file has for it, nil if nothing, and what of that is its value.
func (b *binding) own(d *decl) (own, rest *Tree) {
	f := b.read(d.file, d.fileSpan, b.opts.AllowMissing)
	if f == nil {
		d.broken = !b.opts.AllowMissing
		return nil, nil
	}
	t := f.Root
	for i, name := range d.key {
		if t.Shape != Mapping && t.Shape != Null {
			b.report("E-param-type", t.Span, "%s must be an object with %s in it, not %s.", dotted(d.key[:i]), name, checker{}.describe(t))
			d.broken = true
			return nil, nil
		}
		if t = t.Get(name); t == nil {
			return nil, nil
		}
	}
	pick, rest := b.choose(d, t)
	if pick != nil {
		d.picks = append(d.picks, pick)
	}
	if rest == nil || !b.check(d, rest) {
		return t, nil
	}
	return t, rest
}

// missing reports everything that one param lacks in one message.
func (b *binding) missing(d *decl, gaps []absence) {
	names := make([]string, len(gaps))
	for i, g := range gaps {
		names[i] = "param." + d.name
		for _, p := range g.path {
			if strings.HasPrefix(p, "[") {
				names[i] += p
			} else {
				names[i] = member(names[i], p)
			}
		}
	}
	if b.opts.User != nil {
		b.lacking(d, strings.Join(names, ", "))
		return
	}
	verb := "has"
	if len(names) > 1 {
		verb = "have"
	}
	dg := report("E-param-missing", d.span, "%s %s no value. %s", strings.Join(names, ", "), verb, b.remedy(d, gaps))
	for _, g := range gaps {
		if g.in != nil && !g.in.Span.IsZero() {
			dg.Notes = append(dg.Notes, diag.Note{Span: g.in.Span, Text: "it should be here"})
			break
		}
	}
	b.diags = append(b.diags, dg)
}

// remedy says where a value could be put.
func (b *binding) remedy(d *decl, gaps []absence) string {
	if slices.ContainsFunc(gaps[0].path, func(p string) bool { return strings.HasPrefix(p, "[") }) {
		return "Every element of the list needs it."
	}
	set := dotted(append([]string{d.name}, gaps[0].path...))
	flag := fmt.Sprintf("with -p %s=VALUE", set)
	if t := d.pick(); t != nil {
		return fmt.Sprintf("%s has no %s. Add it there, or give it %s.", d.choice(t.Text).file, dotted(gaps[0].path), flag)
	}
	if d.file == "" {
		return "Give it a default, or a value " + flag + "."
	}
	key := dotted(append(clone(d.key), gaps[0].path...))
	hint := ""
	if f := b.files[d.file]; f != nil && len(d.key) > 0 && f.Root.at(d.key[:1]) == nil {
		hint = nearest(d.key[0], f.Root.names())
	}
	return fmt.Sprintf("%s has no %s.%s Add it there, or give it %s.", d.file, key, hint, flag)
}
