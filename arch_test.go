package dewar_test

import (
	"go/parser"
	"go/token"
	iofs "io/fs"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/dewar-build/dewar"

// allowed says which packages of ours a package may import, tests aside. A
// package that is not listed has the entry of the directory above it.
// "." is the root package. An import that is missing here is a decision to be
// made, not a line to be added in passing.
var allowed = map[string]string{
	"digest":                   "",
	"diag":                     "",
	"fs":                       "digest",
	"lang":                     "diag fs",
	"graph":                    "digest diag",
	"store":                    "digest diag fs graph",
	"store/checkout":           "digest diag fs graph store",
	"store/remote":             "digest diag fs graph store",
	"store/remote/wire":        "store/remote",
	"store/remote/dir":         "digest fs store/remote",
	"store/remote/program":     "store/remote store/remote/wire",
	"store/remote/web":         "fs",
	"store/remote/remotetest":  "digest fs store store/remote",
	"config":                   "diag fs lang",
	"lock":                     "digest diag fs graph",
	"image":                    "digest fs store",
	"verify":                   "digest fs",
	"run":                      "digest diag fs graph store",
	"run/gpu":                  "fs graph run",
	"run/toolchain":            "digest diag fs graph run",
	"run/native":               "digest diag fs graph run",
	"run/sandbox":              "digest diag fs graph run run/sandbox/keeper run/sandbox/landlock",
	"run/sandbox/keeper":       "",
	"run/sandbox/landlock":     "",
	"builtins":                 "diag fs eval/grid eval/number eval/param",
	"eval/number":              "",
	"eval/grid":                "eval/number",
	"eval/script":              "",
	"eval/space":               "graph",
	"eval/lint":                "diag fs lang graph eval/number eval/param",
	"eval/param":               "diag fs lang eval/grid eval/number",
	"eval":                     "digest diag fs lang builtins graph eval/number eval/grid eval/script eval/space eval/param",
	"git":                      "fs",
	"dvc":                      "fs",
	"dvc/fetch":                "digest dvc fs store store/remote",
	"foreign":                  "digest diag dvc fs config graph lock",
	"exp":                      "fs exp/frame",
	"exp/frame":                "eval/number",
	"exp/metric":               "exp/frame eval/number",
	"exp/table":                "",
	"exp/plot":                 "exp/frame exp/metric",
	".":                        "digest diag fs lang config graph store store/checkout store/remote store/remote/dir store/remote/program lock run run/gpu run/native run/toolchain eval eval/lint eval/param git dvc dvc/fetch foreign image verify exp exp/frame exp/metric",
	"lsp":                      "diag fs lang graph eval eval/grid eval/lint eval/param lsp/syntax lsp/wire",
	"lsp/syntax":               "",
	"lsp/wire":                 "",
	"cmd/dewar":                ". digest diag fs lang config graph lock lsp store/remote store/remote/web run run/gpu run/sandbox run/sandbox/keeper run/sandbox/landlock eval/lint eval/param image verify exp exp/frame exp/metric exp/table exp/plot cmd/dewar/layout",
	"cmd/dewar/layout":         "",
	"cmd/dewar-remote":         "store/remote store/remote/program store/remote/wire",
	"cmd/dewar-remote/servers": "store/remote store/remote/program store/remote/remotetest",
	"bench":                    "",
}

// outside says where a dependency or a power of the machine may be used.
// Everything that is not listed may be used anywhere.
var outside = map[string]string{
	"github.com/hashicorp/hcl/v2": "lang builtins eval config",
	"github.com/zclconf/go-cty":   "lang builtins eval config",
	"github.com/spf13/afero":      "fs",
	"github.com/spf13/cobra":      "cmd/dewar",
	"charm.land/lipgloss":         "cmd/dewar",
	"os/exec":                     "run/sandbox run/toolchain git store/remote/program cmd/dewar bench",
	"net":                         "run/sandbox image store/remote/web cmd/dewar cmd/dewar-remote",
	"math/rand":                   "",
}

// pure packages are functions of their arguments: neither the machine nor the
// clock may reach them.
var pure = []string{"digest", "diag", "lang", "graph", "builtins", "eval"}

func TestImportDirection(t *testing.T) {
	for dir, imports := range ourImports(t) {
		may := strings.Fields(entry(allowed, dir, t))
		for _, imp := range imports {
			rel, ours := strings.CutPrefix(imp, module)
			if !ours {
				continue
			}
			if rel = strings.TrimPrefix(rel, "/"); rel == "" {
				rel = "."
			}
			if rel != dir && !contains(may, rel) && !strings.HasPrefix(dir, "internal/") {
				t.Errorf("%s imports %s; it may import: %s", dir, rel, strings.Join(may, ", "))
			}
		}
	}
}

func TestOutsideImports(t *testing.T) {
	for dir, imports := range ourImports(t) {
		for _, imp := range imports {
			for what, where := range outside {
				if imp == "net/url" { // addresses are text
					continue
				}
				if (imp == what || strings.HasPrefix(imp, what+"/")) && !under(dir, strings.Fields(where)) {
					t.Errorf("%s imports %s, which belongs in: %s", dir, imp, where)
				}
			}
			if (imp == "os" || imp == "os/exec" || imp == "net") && under(dir, pure) {
				t.Errorf("%s imports %s, but evaluation is a pure function", dir, imp)
			}
		}
	}
}

// The clock is a value that is passed in.
func TestPureRoomsHaveNoClock(t *testing.T) {
	eachFile(t, func(dir, path string) {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range []string{"time.Now(", "time.Since(", "time.After("} {
			if under(dir, pure) && strings.Contains(string(b), call) {
				t.Errorf("%s calls %s...)", path, call)
			}
		}
	})
}

// skips are the tests that may be skipped wherever they run, CI too: how many in
// each file. Whatever this machine lacks is machinetest's to say, which fails in CI.
var skips = map[string]int{
	"examples/examples_test.go":         1, // Windows has no shell
	"examples/penguins_test.go":         1, // a check of .ci/run of its own, which sets DEWAR_PENGUINS
	"fs/fifo_windows_test.go":           1, // Windows has no fifos
	"fs/scan_test.go":                   1, // nor names that are not text
	"links_test.go":                     1, // nor links without rights
	"run/sandbox/death_linux_test.go":   1, // the other half of another test
	"run/sandbox/direct_test.go":        1, // Windows has no shell
	"run/sandbox/escapes_linux_test.go": 1, // the other half of another test
	"run/sandbox/inside_linux_test.go":  1, // the same
	"run/toolchain/base_test.go":        1, // only Linux hides the system
	"run/toolchain/process_test.go":     1, // Windows has no shell
	"spec/commands_test.go":             2, // nor there
	"spec/console_test.go":              1, // nor there
}

func TestSkips(t *testing.T) {
	call := regexp.MustCompile(`\.Skip(f|Now)?\(`)
	err := filepath.WalkDir(".", func(path string, d iofs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasPrefix(path, "internal/machinetest/") {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(path)
		if name == "arch_test.go" {
			return nil
		}
		if n := len(call.FindAll(b, -1)); n != skips[name] {
			t.Errorf("%s skips tests in %d places, and may in %d: say machinetest.Lacks where this machine lacks something", name, n, skips[name])
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPackageDocs(t *testing.T) {
	documented := map[string]bool{}
	eachFile(t, func(dir, path string) {
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		documented[dir] = documented[dir] || f.Doc != nil
	})
	for dir, ok := range documented {
		if !ok {
			t.Errorf("package %s has no doc comment: what is it for, what does it leave out, who imports it?", dir)
		}
	}
}

// ourImports returns what the packages of this module import, tests aside.
func ourImports(t *testing.T) map[string][]string {
	out := map[string][]string{}
	eachFile(t, func(dir, path string) {
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, imp := range f.Imports {
			p, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			out[dir] = append(out[dir], p)
		}
	})
	if len(out) < 10 {
		t.Fatalf("found only %d packages", len(out))
	}
	return out
}

// eachFile calls f for every Go file that is not a test, in order.
func eachFile(t *testing.T, f func(dir, path string)) {
	t.Helper()
	var paths []string
	err := filepath.WalkDir(".", func(path string, d iofs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "examples") {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") && !strings.HasSuffix(filepath.Dir(path), "test") {
			paths = append(paths, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(paths)
	for _, p := range paths {
		if b, err := os.ReadFile(p); err == nil && len(b) > 0 {
			f(filepath.ToSlash(filepath.Dir(p)), p)
		}
	}
}

func entry(table map[string]string, dir string, t *testing.T) string {
	for at := dir; ; at = filepath.ToSlash(filepath.Dir(at)) {
		if e, ok := table[at]; ok && (at != "." || dir == ".") {
			return e
		}
		if at == "." {
			t.Errorf("package %s is not in the table of rooms", dir)
			return ""
		}
	}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// under reports whether dir is one of dirs or below it.
func under(dir string, dirs []string) bool {
	for _, d := range dirs {
		if dir == d || strings.HasPrefix(dir, d+"/") {
			return true
		}
	}
	return false
}
