package spec_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	iofs "io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// banned are the synonyms that terms.md does without.
var banned = []string{"step", "task", "job", "node", "target", "rule"}

// foreign are words that are right somewhere because others made them: by file or
// directory, which words. A row is a decision, not a way to be left alone.
var foreign = map[string]string{
	"digest":               "target", // what a symbolic link points to, in REAPI too
	"fs":                   "target", // the same
	"fs/index_base.go":     "target step",
	"store":                "target",      // the same
	"run/sandbox":          "target",      // the same
	"eval":                 "node step",   // of the syntax: hcl's nodes, the steps of its traversals
	"cmd/dewar/dag.go":     "node",        // DOT
	"run/toolchain":        "node",        // node_modules
	"lsp/analyse.go":       "node",        // the same
	"bench":                "target rule", // what a figure should be; ninja
	"exp/plot":             "step rule",   // DVC's column of row numbers; Vega's marks and ranges
	"failure.go":           "target",      // what a symbolic link points to
	"lang/schema.go":       "node",        // the language of that name
	"diag/codes_eval.go":   "node",        // the same
	"bench/peer_xvc.go":    "step",        // xvc's word in its files
	"internal/browsertest": "target rule", // DevTools' pages; Vega's marks
	"spec/keys.md":         "target",      // the same
}

// allowedIn returns the foreign words of a file: those of the nearest row.
func allowedIn(name string) []string {
	for at := name; at != "."; at = path.Dir(at) {
		if words, ok := foreign[at]; ok {
			return strings.Fields(words)
		}
	}
	return nil
}

// TestWords_code: no name that we declare, and no text that we say, has a
// banned word.
func TestWords_code(t *testing.T) {
	for _, name := range goFiles(t) {
		allowed := allowedIn(name)
		for _, found := range wordsIn(t, name) {
			for _, word := range banned {
				if slices.Contains(wordsOf(found.text), word) && !slices.Contains(allowed, word) {
					t.Errorf("%s:%d: %q has the word %q; terms.md has others", name, found.line, found.text, word)
				}
			}
		}
	}
}

// TestWords_documents: nor does the prose of documents.
func TestWords_documents(t *testing.T) {
	for _, name := range documents(t) {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if name == "terms.md" {
			b, _, _ = bytes.Cut(b, []byte("## Words that are not used"))
		}
		allowed := allowedIn(path.Join("spec", name))
		for i, line := range strings.Split(string(code.ReplaceAllFunc(b, blank)), "\n") {
			for _, word := range banned {
				if slices.Contains(wordsOf(line), word) && !slices.Contains(allowed, word) {
					t.Errorf("%s:%d: the word %q in %q; terms.md has others", name, i+1, word, line)
				}
			}
		}
	}
}

// code is what is no prose: fenced blocks, and text in backquotes or quotes.
var code = regexp.MustCompile("(?s)```.*?```|`[^`\n]*`|\"[^\"\n]*\"")

// blank keeps the lines of b and nothing else.
func blank(b []byte) []byte { return bytes.Repeat([]byte("\n"), bytes.Count(b, []byte("\n"))) }

type found struct {
	text string
	line int
}

// wordsIn returns the names that a file declares and the texts in it.
func wordsIn(t *testing.T, name string) []found {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, filepath.Join("..", name), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []found
	add := func(at token.Pos, text string) { out = append(out, found{text, fset.Position(at).Line}) }
	name_ := func(id *ast.Ident) {
		if id != nil {
			add(id.Pos(), id.Name)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.FuncDecl:
			name_(n.Name)
		case *ast.TypeSpec:
			name_(n.Name)
		case *ast.Field:
			for _, id := range n.Names {
				name_(id)
			}
		case *ast.ValueSpec:
			for _, id := range n.Names {
				name_(id)
			}
		case *ast.AssignStmt:
			for _, e := range n.Lhs {
				if id, ok := e.(*ast.Ident); ok && n.Tok == token.DEFINE {
					name_(id)
				}
			}
		case *ast.RangeStmt:
			for _, e := range []ast.Expr{n.Key, n.Value} {
				if id, ok := e.(*ast.Ident); ok && n.Tok == token.DEFINE {
					name_(id)
				}
			}
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
				add(n.Pos(), text)
			}
		}
		return true
	})
	return out
}

var wordPattern = regexp.MustCompile(`[A-Z]+(?:[a-z]+)?|[a-z]+`)

// wordsOf cuts a name or a text into words in lower case, without a plural's s.
func wordsOf(text string) []string {
	words := wordPattern.FindAllString(text, -1)
	for i, w := range words {
		words[i] = strings.TrimSuffix(strings.ToLower(w), "s")
	}
	return words
}

// goFiles returns our Go files, tests aside, relative to the module.
func goFiles(t *testing.T) []string {
	t.Helper()
	var out []string
	err := iofs.WalkDir(os.DirFS(".."), ".", func(name string, e iofs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && name != "." && (strings.HasPrefix(e.Name(), ".") || e.Name() == "testdata") {
			return iofs.SkipDir
		}
		if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			out = append(out, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
