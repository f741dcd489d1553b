// Package builtins is the function table of the language: one file a family,
// each function with its documentation and an example that the tests run.
//
// Functions are pure: what they read of the project goes through Env, and there
// is no clock, environment or randomness. Values keep their marks: a function
// that moves elements about leaves the marks on the elements, a function that
// makes something new of its arguments puts the marks of all of them on the
// leaves of it. A number comes out with its canonical text.
//
// eval imports it; it knows cty, hcl's closures, eval/grid and eval/number, not
// evaluation.
package builtins

import (
	"slices"
	"strings"

	"github.com/dewar-build/dewar/eval/grid"
	"github.com/dewar-build/dewar/fs"
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// Func is one function of the language.
type Func struct {
	Name    string
	Family  string // "strings", "collections", "numbers", "conversion", "paths", "dates", "encodings", "files", "grids", "syntax"
	Doc     string // sentences; the first one is the summary
	Example string // an expression
	Want    string // an expression that the example is equal to; "" only in the family "syntax"
	Impl    function.Function
}

// Env is what functions may touch. The zero Env works: an empty project in
// which no file has marks.
type Env struct {
	Dir     string  // the pipeline's directory, project-relative; "" or "." is the project itself
	Project Reader  // nil: there are no files
	Ignored Ignored // nil: nothing is ignored

	// FileMarks returns the marks of the path of a file that files() found at
	// path (as the value says it, relative to the pipeline), when the directory it
	// was given carried dir. nil: the file's path carries dir.
	FileMarks func(dir cty.ValueMarks, path string) cty.ValueMarks

	// Reads is asked before a file is read for its text, with the marks of its path. It
	// returns those that the text carries, or why the file cannot be read. nil: all
	// files can be, and the text carries what the path does.
	Reads func(marks cty.ValueMarks, path string) (cty.ValueMarks, error)

	// Index returns the index over the instances that the expression (the first
	// argument of pick or where, as written) stands for, so that a lookup does not
	// look at each: positions in it are positions in the value of the expression,
	// which must be known. nil, or a nil result: the value itself is searched.
	//
	// With Index set, the first parameter of pick and where is an expression
	// closure (hcl's customdecode), since merely passing a long list to a
	// function makes cty walk all of it.
	Index func(expr hcl.Expression, ctx *hcl.EvalContext) *grid.Index
}

// Reader is the project as functions read it; names are project-relative with
// slashes, "." for the project. Each call is part of the trace of the evaluation.
type Reader interface {
	ReadFile(name string) ([]byte, error)
	ReadDir(name string) ([]fs.Entry, error) // sorted by name
	Lstat(name string) (fs.Info, error)
}

// Ignored reports whether the ignore rules leave out a project-relative path.
type Ignored func(path string, dir bool) bool

// Table returns every function, families in a fixed order, sorted by name within.
func Table(env Env) []Func {
	var table []Func
	add := func(family string, funcs []Func) {
		slices.SortFunc(funcs, func(a, b Func) int { return strings.Compare(a.Name, b.Name) })
		for _, f := range funcs {
			f.Family = family
			table = append(table, f)
		}
	}
	add("strings", stringFuncs())
	add("collections", slices.Concat(listFuncs(), setFuncs(), objectFuncs()))
	add("numbers", slices.Concat(numberFuncs(), spaceFuncs()))
	add("conversion", conversionFuncs())
	add("paths", pathFuncs())
	add("dates", dateFuncs())
	add("encodings", slices.Concat(encodingFuncs(), csvFuncs(), tomlFuncs(), hashFuncs()))
	add("files", slices.Concat(fileFuncs(env), readFuncs(env)))
	add("grids", slices.Concat(gridFuncs(), shardFuncs(), instanceFuncs(env)))
	add("syntax", syntaxFuncs())
	return table
}

// Impls returns the implementations by name, for an hcl.EvalContext.
func Impls(table []Func) map[string]function.Function {
	m := make(map[string]function.Function, len(table))
	for _, f := range table {
		m[f.Name] = f.Impl
	}
	return m
}
