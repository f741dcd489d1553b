package config

import (
	"errors"
	"fmt"
	iofs "io/fs"
	"path/filepath"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// The names of the files in .dewar.
const (
	ProjectFile = "config.hcl"
	LocalFile   = "config.local.hcl"
)

// maxFile is the size of a file beyond which it is no configuration.
const maxFile = 1 << 20

// Places says where the files are.
type Places struct {
	Root string // the project; "": only the user's own file is read
	Dir  string // .dewar in it
	User string // the user's own file; "": there is none
}

// Path returns the native path of the file of a scope.
func (p Places) Path(s Scope) string {
	switch s {
	case User:
		return p.User
	case Project:
		return filepath.Join(p.Dir, ProjectFile)
	}
	return filepath.Join(p.Dir, LocalFile)
}

// Name returns what messages call the file of a scope.
func (p Places) Name(s Scope) string {
	if s == User {
		return p.User
	}
	return filepath.ToSlash(filepath.Join(filepath.Base(p.Dir), filepath.Base(p.Path(s))))
}

// base is what relative paths in the file of a scope are relative to.
func (p Places) base(s Scope) string {
	if s == User {
		return ""
	}
	return p.Root
}

// scopes returns those that have a file.
func (p Places) scopes() []Scope {
	var out []Scope
	if p.User != "" {
		out = append(out, User)
	}
	if p.Root != "" {
		out = append(out, Project, Local)
	}
	return out
}

// Read reads and merges the files that exist. With errors in the list the
// Config is what could be understood.
func Read(fsys fs.FS, p Places) (*Config, diag.List) {
	c := &Config{}
	var blocks []block
	var secret []diag.Span
	var ds diag.List
	for _, s := range p.scopes() {
		b, err := readFile(fsys, p.Path(s))
		if errors.Is(err, iofs.ErrNotExist) {
			continue
		}
		if err != nil {
			ds = append(ds, diag.Diagnostic{Code: "E-file-unreadable", Detail: fmt.Sprintf("Reading %s failed: %v.", p.Name(s), err)})
			continue
		}
		c.Files = append(c.Files, File{s, p.Name(s), b})
		r := reader{scope: s, name: p.Name(s)}
		r.file(b)
		blocks, secret = append(blocks, r.blocks...), append(secret, r.secret...)
		ds = append(append(ds, r.ds...), readable(fsys, p, s, r.blocks)...)
	}
	m := merger{config: c, places: p}
	m.merge(blocks)
	return c, mask(append(ds, m.ds...), secret)
}

// mask has no message show a line on which a secret stands, whatever the message is about.
func mask(ds diag.List, secret []diag.Span) diag.List {
	for _, d := range ds {
		if d.Span.Masked {
			secret = append(secret, d.Span)
		}
	}
	for i := range ds {
		ds[i].Span.Masked = ds[i].Span.Masked || touches(ds[i].Span, secret)
		for n := range ds[i].Notes {
			ds[i].Notes[n].Span.Masked = touches(ds[i].Notes[n].Span, secret)
		}
	}
	return ds
}

// touches reports whether a line of s has something of the list on it.
func touches(s diag.Span, list []diag.Span) bool {
	for _, o := range list {
		if o.File == s.File && o.Start.Line <= s.End.Line && s.Start.Line <= o.End.Line {
			return true
		}
	}
	return false
}

func readFile(fsys fs.FS, name string) ([]byte, error) {
	info, err := fsys.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.Size > maxFile {
		return nil, fmt.Errorf("it has %d bytes, and at most %d are read", info.Size, maxFile)
	}
	return fs.ReadFile(fsys, name)
}

// readable warns of secrets that others may read.
func readable(fsys fs.FS, p Places, s Scope, blocks []block) diag.List {
	info, err := fsys.Stat(p.Path(s))
	if err != nil || !s.Private() || info.Mode.Perm()&0o077 == 0 || !hasSecrets(blocks) || filepath.Separator != '/' {
		return nil
	}
	return diag.List{{
		Severity: diag.Warning, Code: "W-config-readable",
		Detail: fmt.Sprintf("%s holds secrets, and others on this machine may read it (its mode is %04o). Run: chmod 600 %s", p.Name(s), info.Mode.Perm(), p.Path(s)),
	}}
}

func hasSecrets(blocks []block) bool {
	for _, b := range blocks {
		if len(b.attrs["secrets"].entries) > 0 {
			return true
		}
	}
	return false
}

// block is a block of one file, read.
type block struct {
	kind, label string
	scope       Scope
	span        diag.Span // of its header
	attrs       map[string]attr
	tried       map[string]bool // attributes that are written, right or wrong
}

// attr is an attribute that was read.
type attr struct {
	value   any // by the form of the attribute
	entries map[string]entry
	span    diag.Span
	scope   Scope
}

// entry is one of the entries of an object.
type entry struct {
	text  string
	gone  bool // null: what another file says is taken away
	span  diag.Span
	scope Scope
}

// reader reads one file.
type reader struct {
	scope  Scope
	name   string
	blocks []block
	secret []diag.Span // where secrets stand
	ds     diag.List
}

func (r *reader) report(code string, span diag.Span, subject, format string, args ...any) {
	r.ds = append(r.ds, diag.Diagnostic{Code: code, Span: span, Subject: subject, Detail: fmt.Sprintf(format, args...)})
}

func (r *reader) file(src []byte) {
	body, ds := lang.ParseBody(r.name, src)
	if ds.HasErrors() {
		r.ds = append(r.ds, r.discreet(ds)...)
		return
	}
	for _, a := range sortedAttrs(body) {
		r.report("E-config-attribute", lang.Span(a.NameRange), "", "%s stands outside of any block.%s", a.Name, didYouMean(a.Name, kinds()))
	}
	seen := map[string]diag.Span{}
	for _, b := range body.Blocks {
		r.block(b, seen)
	}
}

// discreet keeps the text of a private file out of messages about it: a
// secret may stand where it cannot be told for one.
func (r *reader) discreet(ds diag.List) diag.List {
	if !r.scope.Private() {
		return ds
	}
	for i := range ds {
		ds[i].Span.Masked = true
		if ds[i].Code == "E-syntax" {
			ds[i].Detail = "The text around this place is not valid HCL. It is not shown, for it may be secret."
		}
		ds[i].Notes, ds[i].Values = nil, nil
	}
	return ds
}

func (r *reader) block(b *hclsyntax.Block, seen map[string]diag.Span) {
	spec, span := blockOf(b.Type), lang.Span(b.DefRange())
	if spec == nil {
		r.report("E-config-block", span, "", "There is no block %q in configuration.%s", b.Type, didYouMean(b.Type, kinds()))
		return
	}
	if len(b.Labels) != labels(spec) {
		want := map[bool]string{true: fmt.Sprintf("%s takes one name: %s \"NAME\" { … }.", spec.Kind, spec.Kind), false: fmt.Sprintf("%s takes no name: %s { … }.", spec.Kind, spec.Kind)}
		r.report("E-config-block", span, "", "%s", want[spec.Label])
		return
	}
	out := block{kind: b.Type, scope: r.scope, span: span, attrs: map[string]attr{}, tried: map[string]bool{}}
	if spec.Label {
		out.label = b.Labels[0]
	}
	subject := out.subject()
	if first, ok := seen[subject]; ok {
		r.ds = append(r.ds, diag.Diagnostic{
			Code: "E-duplicate", Span: span, Subject: subject, Detail: "A file has one block of a name. Make one of the two.",
			Notes: []diag.Note{{Span: first, Text: "it is here as well"}},
		})
		return
	}
	seen[subject] = span
	if b.Type == "remote" && CheckName(out.label) != "" {
		r.report("E-remote-name", lang.Span(b.LabelRanges[0]), "", "%s", CheckName(out.label))
		return
	}
	for _, inner := range b.Body.Blocks {
		r.report("E-config-block", lang.Span(inner.DefRange()), subject, "A %s block has no blocks in it. An object is an attribute: %s = { … }.", spec.Kind, inner.Type)
	}
	for _, a := range sortedAttrs(b.Body) {
		r.attribute(spec, &out, a)
	}
	r.blocks = append(r.blocks, out)
}

func labels(spec *Block) int {
	if spec.Label {
		return 1
	}
	return 0
}

func (b *block) subject() string {
	if b.label == "" {
		return b.kind
	}
	return fmt.Sprintf("%s %q", b.kind, b.label)
}

// attribute reads an attribute into a block, if it may be there.
func (r *reader) attribute(spec *Block, out *block, a *hclsyntax.Attribute) {
	subject, span := out.subject(), lang.Span(a.SrcRange)
	as := spec.attribute(a.Name)
	out.tried[a.Name] = true
	if as != nil && as.form == hidden {
		r.secret = append(r.secret, span)
	}
	switch {
	case as == nil:
		r.report("E-config-attribute", lang.Span(a.NameRange), subject, "A %s block has no attribute %q.%s", spec.Kind, a.Name, didYouMean(a.Name, spec.names()))
		return
	case as.Private != "" && !r.scope.Private():
		code, advice := "E-config-private", fmt.Sprintf("Write it into .dewar/%s, which is this machine's.", LocalFile)
		if as.form == hidden {
			code = "E-remote-secret"
			advice = fmt.Sprintf("Take it out, and run `dewar remote login %s`. If it was committed, replace it where it was given to you.", out.label)
		}
		r.report(code, span, subject, "%s cannot be in the committed file: %s. %s", a.Name, as.Private, advice)
		return
	}
	got, ok := r.value(as, a.Expr, subject)
	if ok {
		got.span, got.scope = span, r.scope
		out.attrs[a.Name] = got
	}
}
