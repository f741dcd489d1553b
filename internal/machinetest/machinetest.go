// Package machinetest is what tests say when this machine lacks something they
// need: a program, namespaces, a network. On a developer's machine the test is
// skipped, with the reason; in CI, where everything is to be there, it fails, so
// that nothing goes untested unnoticed.
//
// Only tests import it. What another operating system cannot have at all is no
// lack: such tests skip by runtime.GOOS.
package machinetest

import (
	"os"
	"os/exec"
	"testing"
)

// InCI reports whether everything that tests need has to be there.
func InCI() bool { return os.Getenv("CI") == "true" }

// Lacks ends the test: this machine has not got what it needs.
func Lacks(t testing.TB, reason ...any) {
	t.Helper()
	if InCI() {
		t.Fatal(append([]any{"CI must not go without this test:"}, reason...)...)
	}
	t.Skip(reason...)
}

// Program returns the path of a program on PATH, or ends the test.
func Program(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		Lacks(t, name, "is not installed")
	}
	return path
}
