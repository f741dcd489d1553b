// Package lint finds what is allowed and most likely not meant: names that nothing
// uses, axes that change nothing, comparisons that are never true. Each finding is a
// warning with a code of its own and, where what to write instead is beyond doubt, a
// fix that is a few edits of the text.
//
// It reads declarations, params files and, if there is one, the graph; it evaluates
// nothing and changes no file. Who applies a fix evaluates again and compares. False
// findings cost more than missed ones: what cannot be seen for certain is left alone.
// Package dewar and the language server import it.
package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/eval/param"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/lang"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Options are what lints look at beside the declarations. All of it may be left out:
// then what needs it is not found.
type Options struct {
	Read    func(path string) ([]byte, error) // reads a project-relative path: params files
	Decoded *param.Files                      // those that an evaluation has decoded
	Exists  func(path string) bool            // whether there is such a project-relative path
	Others  func() []*lang.Pipeline           // the other pipelines of the project, asked where a params file is read: what they claim of it is claimed
	Graph   *graph.Graph                      // what the pipeline evaluates to
	Root    string                            // where the project is on this machine, with slashes
	Warned  diag.List                         // what evaluation warned of: comments silence that here too
}

// Finding is one thing found, with what mends it.
type Finding struct {
	diag.Diagnostic
	Fix *Fix // nil: it takes a person to decide
}

// Find looks for all there is to find in a pipeline, which lang.Load and lang.Check
// found no errors in. Findings are in the order of the text; those that a comment
// silences are left out.
func Find(p *lang.Pipeline, o Options) []Finding {
	l := newLinter(p, o)
	for _, look := range []func(){
		l.expressions, l.unused, l.pathAxes, l.redundantOrder, l.duplicateInputs, l.cases, l.secrets, l.paramsFiles,
	} {
		look()
	}
	for _, d := range o.Warned {
		l.found = append(l.found, Finding{Diagnostic: d})
	}
	found := l.silence(l.found)
	slices.SortStableFunc(found, func(a, b Finding) int { return order(a.Span, b.Span) })
	return found
}

func order(a, b diag.Span) int {
	if c := strings.Compare(a.File, b.File); c != 0 {
		return c
	}
	return a.Start.Byte - b.Start.Byte
}

// linter is one call of Find.
type linter struct {
	p           *lang.Pipeline
	o           Options
	places      []place
	of          map[*lang.Block][]*place // the places of a block, without those of blocks in it
	locals      map[string]hclsyntax.Expression
	localPlaces map[string]*place
	textDepths  map[string]int       // of locals, as far as it was asked
	types       map[string]valueType // of locals, as far as it was asked
	paths       map[string]bool      // texts that are paths of what is made or tracked; nil until somebody asks
	params      map[string]param.Bound
	files       []*param.File          // params files that were read
	lines       map[string]*diag.Lines // of files, as far as it was asked
	bodies      map[string]*hclsyntax.Body
	found       []Finding
}

func newLinter(p *lang.Pipeline, o Options) *linter {
	if o.Read == nil {
		o.Read = func(string) ([]byte, error) { return nil, errNothing }
	}
	l := &linter{p: p, o: o, places: placesOf(p), params: map[string]param.Bound{}, of: map[*lang.Block][]*place{}, locals: map[string]hclsyntax.Expression{}, localPlaces: map[string]*place{}, types: map[string]valueType{}}
	for i := range l.places {
		if pl := &l.places[i]; pl.block == nil {
			l.locals[pl.attr.Name], l.localPlaces[pl.attr.Name] = pl.root(), pl
		} else if pl.inner == nil {
			l.of[pl.block] = append(l.of[pl.block], pl)
		}
	}
	bound, _ := param.BindAll(p.Params, param.Options{Dir: p.Dir, Read: o.Read, Files: o.Decoded, AllowMissing: true})
	for _, b := range bound.List {
		l.params[b.Name] = b
	}
	l.files = bound.Files
	return l
}

// report adds a finding.
func (l *linter) report(code string, at diag.Span, subject string, fix *Fix, format string, args ...any) *Finding {
	l.found = append(l.found, Finding{
		Diagnostic: diag.Diagnostic{Severity: diag.Warning, Code: code, Span: at, Subject: subject, Detail: fmt.Sprintf(format, args...)},
		Fix:        fix,
	})
	return &l.found[len(l.found)-1]
}

// note adds a place to a finding.
func (f *Finding) note(at diag.Span, text string) {
	if !at.IsZero() {
		f.Notes = append(f.Notes, diag.Note{Span: at, Text: text})
	}
}
