package sandbox_test

import (
	"strings"
	"testing"

	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
	"github.com/dewar-build/dewar/run/sandbox"
)

// Where no keeper looks after a command, it has a terminal as well.
func TestTerminalWithoutNamespaces(t *testing.T) {
	for name, b := range map[string]*bench{
		"landlock": locked(t, sandbox.Options{Slots: 1}),
		"private":  newBench(t, sandbox.Options{Slots: 1, Private: true}),
		"off":      newBench(t, sandbox.Options{Slots: 1}),
	} {
		p := &person{}
		out := b.talk(p, strings.NewReader("hello\n"), []string{"/bin/sh", "-c", "test -t 0 && test -t 1 && read x && echo got $x; stty size; echo mine > /dev/tty; exit 3"}, func(x *run.Execution) {
			if name == "off" {
				x.Level = graph.IsolationOff
			}
		})
		if got := p.String(); out.ExitCode != 3 || string(out.Level) != name || !strings.Contains(got, "got hello\n12 34\nmine\n") {
			t.Errorf("%s: exit %d at %q: %q", name, out.ExitCode, out.Level, got)
		}
	}
}
