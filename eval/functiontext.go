package eval

import (
	"bytes"
	"fmt"
	iofs "io/fs"
	"path"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2"
)

// A condition on results may call functions of the pipeline. It carries their text, as
// it carries its own: whoever evaluates it later has no pipeline.

// callees returns the functions of the pipeline that expressions call, directly or
// through others, sorted by name.
func (ev *evaluator) callees(exprs ...hcl.Expression) []*lang.Block {
	found := map[string]*lang.Block{}
	for len(exprs) > 0 {
		next := exprs[0]
		exprs = exprs[1:]
		for _, call := range lang.Calls(next) {
			i := slices.IndexFunc(ev.pipe.Functions, func(b *lang.Block) bool { return b.Name == call.Name })
			if i < 0 || found[call.Name] != nil {
				continue
			}
			b := ev.pipe.Functions[i]
			found[b.Name] = b
			exprs = append(exprs, b.Attr("result").Expr)
		}
	}
	out := make([]*lang.Block, 0, len(found))
	for _, b := range found {
		out = append(out, b)
	}
	slices.SortFunc(out, func(a, b *lang.Block) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// functionText writes functions as a pipeline that declares them and nothing else.
func (ev *evaluator) functionText(blocks []*lang.Block) string {
	var b strings.Builder
	for _, f := range blocks {
		fmt.Fprintf(&b, "function %q {\n", f.Name)
		for _, name := range []string{"params", "type", "result"} {
			if a := f.Attr(name); a != nil {
				fmt.Fprintf(&b, "  %s = %s\n", name, ev.pipe.Text(a.Expr.Range()))
			}
		}
		b.WriteString("}\n")
	}
	return b.String()
}

// textDir is where functions that are carried as text seem to lie.
const textDir = "<functions>"

// withFunctions gives an evaluator the functions of a text.
func (ev *evaluator) withFunctions(text string) diag.List {
	var ds diag.List
	ev.pipe, ds = lang.Load(functionReader(text), textDir)
	return ds
}

// atCondition moves what went wrong inside of functions that are text to the place of
// the condition: there is no file to show.
func atCondition(ds diag.List, at diag.Span) {
	inText := func(s diag.Span) bool { return strings.HasPrefix(s.File, textDir) }
	for i := range ds {
		if inText(ds[i].Span) {
			ds[i].Span = at
		}
		ds[i].Notes = slices.DeleteFunc(ds[i].Notes, func(n diag.Note) bool { return inText(n.Span) })
	}
}

// functionReader is a project of one pipeline: the text.
type functionReader string

func (r functionReader) ReadFile(string) ([]byte, error) { return bytes.Clone([]byte(r)), nil }

func (r functionReader) ReadDir(string) ([]fs.Entry, error) {
	return []fs.Entry{{Name: "pipeline.hcl"}}, nil
}

func (r functionReader) Lstat(name string) (fs.Info, error) {
	return fs.Info{}, &iofs.PathError{Op: "lstat", Path: path.Clean(name), Err: iofs.ErrNotExist}
}
