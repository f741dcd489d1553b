package examples_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/internal/machinetest"
)

// TestCheckpoint: a training that is interrupted halfway goes on from its own last checkpoint,
// does no epoch before that again, and makes what it makes without an interruption.
func TestCheckpoint(t *testing.T) {
	machinetest.Program(t, "python3")
	plain := checkpointExample(t)
	out, _ := plain.exec(plain.dewar, "run", "--json")
	plain.want(plain.events(out), outcome{Executed: []string{"data", "train"}, Instances: 2, Ran: 2})
	if !strings.Contains(out, `{"event":"sample","instance":"train","output":"metrics.log","row":100,"values":{"accuracy":`) {
		t.Error("the last row of the log was not shown")
	}

	e := checkpointExample(t)
	from := e.interruptAt(50)
	if from >= 100 {
		t.Fatalf("it came to its end before it was interrupted: %d", from)
	}
	if _, err := os.Stat(filepath.Join(e.dir, "build/model.json")); err == nil {
		t.Error("an interrupted training has a model")
	}

	// Other params have nothing to go on from.
	e.exec(e.dewar, "run", "-q", "-p", "train.epochs=2", "train")
	if log, _ := e.exec(e.dewar, "logs", "train"); log != "begins\nepoch 1\nepoch 2\n" {
		t.Errorf("other params: %s", log)
	}

	e.want(e.run("."), outcome{Executed: []string{"train"}, Instances: 2, Ran: 1, Unchanged: 1})
	want := fmt.Sprintf("goes on after epoch %d\n", from)
	for n := from + 1; n <= 100; n++ {
		want += fmt.Sprintf("epoch %d\n", n)
	}
	log, _ := e.exec(e.dewar, "logs", "train")
	if diff := cmp.Diff(want, log); diff != "" {
		t.Errorf("what was done: -want +got:\n%s", diff)
	}
	for _, name := range []string{"build/log.jsonl", "build/model.json", "build/scores.json"} {
		if diff := cmp.Diff(plain.read(name), e.read(name)); diff != "" {
			t.Errorf("%s: -without +with an interruption:\n%s", name, diff)
		}
	}
	if left, err := filepath.Glob(filepath.Join(e.dir, ".dewar/scratch/*")); err != nil || len(left) > 0 {
		t.Errorf("checkpoints that nobody needs any more: %v, %v", left, err)
	}
}

// checkpointExample is a copy of the example, with the Python package in it as run.sh puts it there.
func checkpointExample(t *testing.T) *example {
	t.Helper()
	e := copyOf(t, "checkpoint")
	b, err := os.ReadFile("../python/dewar/__init__.py")
	if err == nil {
		err = os.WriteFile(filepath.Join(e.dir, "src/dewar.py"), b, 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
	e.exec(e.dewar, "init", "-q")
	return e
}

// interruptAt runs the example and interrupts it as Ctrl-C does when there is a checkpoint
// of that epoch. It returns the epoch of the last one.
func (e *example) interruptAt(epoch int) int {
	e.t.Helper()
	var messages strings.Builder
	cmd := exec.Command(e.dewar, "run", "--json")
	cmd.Dir, cmd.Stdout, cmd.Stderr = e.dir, &messages, &messages
	if err := cmd.Start(); err != nil {
		e.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for asked := false; ; {
		select {
		case <-ended:
			if code := cmd.ProcessState.ExitCode(); code != 130 || !strings.Contains(messages.String(), `"event":"interrupted","instance":"train"`) {
				e.t.Fatalf("exit code %d\n%s", code, messages.String())
			}
			return e.checkpoint()
		case <-look.C:
			if !asked && e.checkpoint() >= epoch {
				asked = true
				if err := cmd.Process.Signal(os.Interrupt); err != nil {
					e.t.Fatal(err)
				}
			}
		}
	}
}

// checkpoint returns the epoch of the last checkpoint, 0 if there is none.
func (e *example) checkpoint() int {
	found, err := filepath.Glob(filepath.Join(e.dir, ".dewar/scratch/key-*/last.json"))
	if err != nil || len(found) != 1 {
		return 0
	}
	b, err := os.ReadFile(found[0])
	var state struct{ Epoch int }
	if err != nil || json.Unmarshal(b, &state) != nil {
		return 0
	}
	return state.Epoch
}
