package spec_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFences_console: what documents show of the command line is what it says.
// CONTRIBUTING describes how such a block is written.
func TestFences_console(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a POSIX shell")
	}
	list := fences(t, "console")
	if len(list) == 0 {
		t.Error("found no examples")
	}
	bin := dewarIn(t)
	dirs := map[*fence]string{}
	for _, f := range list {
		dir := dirs[f.before]
		if f.before == nil {
			dir = newProject(t, bin, f)
		}
		dirs[f] = dir
		t.Run(fmt.Sprintf("%s:%d", f.file, f.line), func(t *testing.T) { checkConsole(t, bin, dir, f) })
	}
}

// dewarIn returns a directory with a dewar: that of $DEWAR, or one that is built
// once for all tests.
func dewarIn(t *testing.T) string {
	t.Helper()
	if at := os.Getenv("DEWAR"); at != "" {
		return filepath.Dir(at)
	}
	dir, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

var binaries string // a directory for what build makes

var build = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("go", "build", "-o", filepath.Join(binaries, "dewar"), "../cmd/dewar").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build dewar: %w\n%s", err, out)
	}
	return binaries, nil
})

func TestMain(m *testing.M) {
	var err error
	if binaries, err = os.MkdirTemp("", "dewar-spec"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(binaries)
	os.Exit(code)
}

// newProject makes a project of the document's files.
func newProject(t *testing.T, bin string, f *fence) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range f.files {
		at := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(at), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if out, code := shell(t, bin, dir, "dewar init"); code != 0 {
		t.Fatal(out)
	}
	return dir
}

var exitCode = regexp.MustCompile(`# exit (\d+)$`)

// checkConsole runs the commands of a block and compares all of its text.
func checkConsole(t *testing.T, bin, dir string, f *fence) {
	var got strings.Builder
	for line := range strings.Lines(f.text) {
		command, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "$ ")
		if !ok {
			continue
		}
		out, code := shell(t, bin, dir, command)
		want := "0"
		if m := exitCode.FindStringSubmatch(command); m != nil {
			want = m[1]
		}
		if fmt.Sprint(code) != want {
			t.Errorf("%s: exit code %d, want %s", command, code, want)
		}
		got.WriteString("$ " + command + "\n" + out)
	}
	diff := cmp.Diff(steady(f.text), steady(got.String()))
	switch {
	case diff == "":
	case *update:
		rewrite(t, f, got.String())
	default:
		t.Errorf("-written +got:\n%s", diff)
	}
}

// rewrite puts what commands said in the place of a block's text.
func rewrite(t *testing.T, f *fence, text string) {
	b, err := os.ReadFile(f.file)
	if err != nil {
		t.Fatal(err)
	}
	out := strings.Replace(string(b), "\n"+f.text+"```\n", "\n"+text+"```\n", 1)
	if err := os.WriteFile(f.file, []byte(out), 0o666); err != nil {
		t.Fatal(err)
	}
}

func shell(t *testing.T, bin, dir, command string) (out string, code int) {
	t.Helper()
	cmd := exec.Command("sh", "-c", command)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "XDG_CONFIG_HOME="+dir, "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	var b bytes.Buffer
	cmd.Stdout, cmd.Stderr = &b, &b
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return b.String(), cmd.ProcessState.ExitCode()
}

// What differs from run to run, or from machine to machine, is made the same in
// the document and in what a command says.
var variable = []struct {
	pattern *regexp.Regexp
	text    string
}{
	{regexp.MustCompile(`\b[0-9.]+s\b`), "0s"},
	{regexp.MustCompile(`"(seconds|cpu_seconds)":[0-9.e-]+`), `"$1":0`},
	{regexp.MustCompile(`"time":"[^"]*"`), `"time":""`},
	{regexp.MustCompile(`\b[0-9a-f]{64}/[0-9]+\b`), "HASH/SIZE"},
	{regexp.MustCompile(`\b[0-9a-f]{12}\b`), "HASH"},
	{regexp.MustCompile(`…/[0-9]+\b`), "HASH/SIZE"},
}

func steady(text string) string {
	for _, v := range variable {
		text = v.pattern.ReplaceAllString(text, v.text)
	}
	return text
}
