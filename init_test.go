package dewar_test

import (
	"context"
	"errors"
	iofs "io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/fs"
)

// newcomer is a directory that is no project yet.
func newcomer(t *testing.T, files string) *engine {
	e := inMemory(t, files)
	e.remove(".dewar")
	return e
}

func (e *engine) init(h dewar.Host) dewar.InitReport {
	e.Helper()
	rep, err := dewar.Init(context.Background(), h, e.root)
	e.must(err)
	return rep
}

func TestInit(t *testing.T) {
	e := newcomer(t, "")
	rep := e.init(e.host())
	if diff := cmp.Diff([]string{".dewar/.gitignore", "pipeline.hcl"}, rep.Created); diff != "" || rep.Merge {
		t.Errorf("%+v", rep)
	}
	e.shop.on("/bin/sh", text("Hello, world!\n"))
	e.run(all).is("hello executed") // the starter is a pipeline
	was := e.dump(".")
	if rep := e.init(e.host()); len(rep.Created) > 0 {
		t.Errorf("again: %+v", rep)
	}
	e.same(was, e.dump("."))
}

func TestInitLeavesWhatIsThere(t *testing.T) {
	e := newcomer(t, "-- pipeline.hcl --\nstage \"mine\" {\n  command = [\"mine\"]\n}\n")
	e.write(map[string]string{".dewar/.gitignore": "mine\n", ".gitattributes": "*.bin -text"})
	if rep := e.init(e.host()); len(rep.Created) > 0 {
		t.Errorf("%+v", rep)
	}
	e.want(map[string]string{".dewar/.gitignore": "mine\n", ".gitattributes": "*.bin -text"})
	e.run(all).is("mine executed")
}

func TestInitInGit(t *testing.T) {
	e := newcomer(t, "-- .git/HEAD --\nref: refs/heads/main\n")
	e.put(".gitattributes", "*.bin -text")
	var commands []string
	h := e.host()
	h.Command = func(_ context.Context, argv []string) ([]byte, error) {
		commands = append(commands, strings.Join(argv, " "))
		return nil, nil
	}
	for range 2 {
		commands = nil
		if rep := e.init(h); !rep.Merge {
			t.Errorf("%+v", rep)
		}
		want := []string{
			"git -C /p config --local merge.dewar-lock.name merge pipeline.lock by instance",
			"git -C /p config --local merge.dewar-lock.driver dewar merge-lock %O %A %B",
		}
		if diff := cmp.Diff(want, commands); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		e.want(map[string]string{".gitattributes": "*.bin -text\npipeline.lock merge=dewar-lock\n"})
	}
}

// TestInitWithoutTheProgramGit: there is nothing to register with.
func TestInitWithoutTheProgramGit(t *testing.T) {
	e := newcomer(t, "-- .git/HEAD --\nx\n")
	if rep := e.init(e.host()); rep.Merge || e.exists(".gitattributes") {
		t.Errorf("%+v", rep)
	}
}

func TestInitWhereNothingMayBeWritten(t *testing.T) {
	e := newcomer(t, "")
	h := e.host()
	h.FS = fs.Faulty(e.fs, func(op, _ string) error {
		switch op {
		case "create", "mkdir", "mkdirall":
			return iofs.ErrPermission
		}
		return nil
	})
	_, err := dewar.Init(context.Background(), h, e.root)
	if !strings.Contains(errText(err), "E-project-unwritable") || !strings.Contains(errText(err), "may write to") {
		t.Error(errText(err))
	}
}

// TestAReadOnlyProject says what is wrong.
func TestAReadOnlyProject(t *testing.T) {
	e := inMemory(t, basic)
	h := e.host()
	h.FS = fs.Faulty(e.fs, func(op, path string) error {
		switch op {
		case "create", "mkdir", "mkdirall", "append", "lock":
			return iofs.ErrPermission
		}
		return nil
	})
	_, err := dewar.Open(h, e.root)
	if !strings.Contains(errText(err), "E-project-unwritable") || !strings.Contains(errText(err), "Make it writable") {
		t.Error(errText(err))
	}
	if _, err := dewar.Open(e.host(), "/nowhere"); !errors.Is(err, iofs.ErrNotExist) {
		t.Errorf("a directory that is not there: %v", err)
	}
}

func TestInitSomewhereElse(t *testing.T) {
	e := newcomer(t, "")
	e.must(e.fs.MkdirAll("/q", 0o777))
	rep, err := dewar.Init(context.Background(), e.host(), "/q")
	if err != nil || rep.Root != "/q" {
		t.Errorf("%+v, %v", rep, err)
	}
	if root, err := dewar.FindProject(e.fs, "/q"); err != nil || root != "/q" {
		t.Errorf("%s, %v", root, err)
	}
}
