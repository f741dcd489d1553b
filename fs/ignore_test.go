package fs_test

import (
	"bytes"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/internal/machinetest"
	"github.com/google/go-cmp/cmp"
)

func TestIgnoreBuiltin(t *testing.T) {
	mem := fs.Memory()
	must(t, fs.WriteFile(mem, "/"+fs.IgnoreFile, []byte("*.log\n!__pycache__/\n")))
	g := fs.NewIgnore(fs.NewProject(mem, "/").ReadFile)
	for p, want := range map[string]bool{
		".git/": true, ".git/config": true, "a/.git/": true, ".dewar/cache/": true, ".DS_Store": true,
		"a/.ipynb_checkpoints/": true, "a/.ipynb_checkpoints": false, "__pycache__/": false,
		"a.log": true, "a/b.log": true, "a.py": false, "m.pyc": false, ".": false,
	} {
		clean, dir := strings.CutSuffix(p, "/")
		if got, err := g.Match(clean, dir); err != nil || got != want {
			t.Errorf("%s: %v, %v", p, got, err)
		}
	}
}

// git is the authority on the language: both are asked about the same files
// and must agree. Hand-written files hold what is known to be hard, random ones the
// rest.
func TestIgnoreAsGit(t *testing.T) {
	git := needGit(t)
	paths := []string{
		"a", "ab/", "ab/b/", "ab/b/foo/", "b/", "b/a", "b/c/", "b/c/a", "abc", "xbc", "[a]bc", "foo.o", "src/", "src/foo.o", "src/foo.c",
		"src/build/", "src/build/x", "build/", "build/x", "x y", "x ", "#hash", "!bang", "doc/", "doc/frotz/",
		"doc/frotz/x", "lib/", "lib/keep", "lib/drop", "lib/sub/", "lib/sub/keep", "A1", "é", "b\\c", "foo",
		"deep/", "deep/er/", "deep/er/foo", "deep/er/foo.txt", "deep/foo", "-", "a-b", "]", "^x", "file\r",
	}
	repo := gitRepo(t, git, paths)
	for _, text := range []string{
		"*.o\n!src/foo.o\n", "build/\n", "/build\n", "src/build\n", "**/foo\n", "deep/**\n", "deep/**/foo\n", "a/**/b\n",
		"[!a]bc\n", "[^a]bc\n", "[a-x]bc\n", "\\[a\\]bc\n", "x\\ \n", "x \n", "x y   \n", "\\#hash\n", "#hash\n", "\\!bang\n",
		"lib/\n!lib/keep\n", "lib/*\n!lib/keep\n", "*\n!*/\n!keep\n", "doc/frotz\n", "frotz/\n", "?\n", "[[:upper:]]*\n",
		"[[:nope:]]*\n", "[]]\n", "[]-]\n", "[a\n", "abc\\\n", "b\\\\c\n", "**\n", "***\n", "/**\n", "**/\n", "*/**\n", "/*\n!/src\n",
		"foo/\n", "foo**bar\n", "deep**foo\n", "deep/*\n", "*oo\n", "f*o\n", "**o\n", "deep/er**\n", "**/er/**\n", "/\n", "//\n", "!\n", "\n\n",
		"a\r\nabc\r\n", "\ufeffabc\n", "abc", "deep/**/**/foo\n", "src/**/\n", "[a-c-z]bc\n", "[\\a]bc\n", "[!]a]\n", "*[!c]\n", "\\a\n",
	} {
		agree(t, repo, map[string]string{"": text}, paths)
	}
	rnd := rand.New(rand.NewSource(7))
	for range 150 {
		files := map[string]string{"": randomIgnore(rnd), "b": randomIgnore(rnd), "deep/er": randomIgnore(rnd)}
		agree(t, repo, files, paths)
	}
}

func needGit(t *testing.T) string {
	return machinetest.Program(t, "git")
}

func randomIgnore(rnd *rand.Rand) string {
	pieces := []string{"*", "**", "/", "/", "a", "b", "c", "foo", "deep", "er", "?", "[a-f]", "[!a]", ".", "o", "\\", " ", "src", "lib", "keep"}
	var b strings.Builder
	for range 1 + rnd.Intn(5) {
		if rnd.Intn(4) == 0 {
			b.WriteByte('!')
		}
		for range 1 + rnd.Intn(6) {
			b.WriteString(pieces[rnd.Intn(len(pieces))])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// repo asks the real git about files that are there: about others its answer
// depends on how their names end.
type repo struct{ git, dir string }

func gitRepo(t *testing.T, git string, paths []string) repo {
	r := repo{git, t.TempDir()}
	for _, p := range paths {
		at := filepath.Join(r.dir, p)
		if strings.HasSuffix(p, "/") {
			must(t, os.MkdirAll(at, 0o755))
		} else {
			must(t, os.WriteFile(at, nil, 0o644))
		}
	}
	r.run(t, "", "init", "-q")
	return r
}

// agree compares the paths that git and we ignore under these ignore files.
func agree(t *testing.T, r repo, files map[string]string, paths []string) {
	t.Helper()
	mem := fs.Memory()
	for sub, text := range files {
		at := filepath.Join(r.dir, sub, ".gitignore")
		must(t, os.WriteFile(at, []byte(text), 0o644))
		defer os.Remove(at)
		must(t, mem.MkdirAll(path.Join("/", sub), 0o755))
		must(t, fs.WriteFile(mem, path.Join("/", sub, fs.IgnoreFile), []byte(text)))
	}
	want := r.ignored(t, paths)
	g := fs.NewIgnore(fs.NewProject(mem, "/").ReadFile)
	var got []string
	for _, p := range paths {
		clean, isDir := strings.CutSuffix(p, "/")
		yes, err := g.Match(clean, isDir)
		must(t, err)
		if yes {
			got = append(got, p)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%q (-git +ours):\n%s", files, diff)
	}
}

func (r repo) run(t *testing.T, in string, args ...string) string {
	t.Helper()
	cmd := exec.Command(r.git, args...)
	cmd.Dir, cmd.Stdin = r.dir, strings.NewReader(in)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil && cmd.ProcessState.ExitCode() != 1 { // 1: nothing is ignored
		t.Fatal(fmt.Errorf("git %q: %w\n%s", args, err, &stderr))
	}
	return string(out)
}

func (r repo) ignored(t *testing.T, paths []string) (ignored []string) {
	t.Helper()
	var in strings.Builder
	for _, p := range paths {
		in.WriteString(strings.TrimSuffix(p, "/") + "\x00")
	}
	all := strings.Split(r.run(t, in.String(), "check-ignore", "--no-index", "-z", "--stdin"), "\x00")
	for _, p := range paths {
		if slices.Contains(all, strings.TrimSuffix(p, "/")) {
			ignored = append(ignored, p)
		}
	}
	return ignored
}

func FuzzIgnore(f *testing.F) {
	f.Add("*.o\n!a/b\n[a-z]*\n**/x\n", "a/b/c.o")
	f.Add("a**********b*******c******d\n", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
	f.Fuzz(func(t *testing.T, text, p string) {
		if clean, err := fs.CleanProjectPath(".", p); err == nil {
			g := fs.NewIgnore(func(string) ([]byte, error) { return []byte(text), nil })
			if _, err := g.Match(clean, false); err != nil {
				t.Fatal(err)
			}
		}
	})
}
