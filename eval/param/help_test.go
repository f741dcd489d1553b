package param_test

import (
	"fmt"
	iofs "io/fs"
	"sort"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// blocks reads param blocks from text.
func blocks(t testing.TB, text string) []*lang.Block {
	t.Helper()
	f, diags := hclsyntax.ParseConfig([]byte(text), "pipeline.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	var out []*lang.Block
	for _, b := range f.Body.(*hclsyntax.Body).Blocks {
		block := &lang.Block{Kind: b.Type, Name: b.Labels[0], Span: lang.Span(b.DefRange())}
		for _, a := range b.Body.Attributes {
			block.Attrs = append(block.Attrs, &lang.Attr{Name: a.Name, Expr: a.Expr, Span: lang.Span(a.SrcRange), NameSpan: lang.Span(a.NameRange)})
		}
		sort.Slice(block.Attrs, func(i, j int) bool { return block.Attrs[i].Span.Start.Byte < block.Attrs[j].Span.Start.Byte })
		out = append(out, block)
	}
	return out
}

// world is what a binding sees besides the declarations.
type world struct {
	dir   string
	files map[string]string
	extra []string // --params
	set   []string // -p
	allow bool
}

func (w world) options() param.Options {
	opts := param.Options{Dir: w.dir, ParamsFiles: w.extra, AllowMissing: w.allow}
	opts.Read = func(path string) ([]byte, error) {
		if s, ok := w.files[path]; ok {
			return []byte(s), nil
		}
		return nil, &iofs.PathError{Op: "open", Path: path, Err: iofs.ErrNotExist}
	}
	for _, s := range w.set {
		name, text, _ := strings.Cut(s, "=")
		opts.Set = append(opts.Set, param.Setting{Name: name, Text: text})
	}
	return opts
}

// where writes a span as people do.
func where(s diag.Span) string {
	if s.IsZero() {
		return "-"
	}
	return fmt.Sprintf("%s:%d:%d", s.File, s.Start.Line, s.Start.Column)
}

// lines writes diagnostics one a line.
func lines(l diag.List) string {
	var b strings.Builder
	for _, d := range l {
		fmt.Fprintf(&b, "%s %s: %s\n", d.Code, where(d.Span), d.Detail)
	}
	return b.String()
}
