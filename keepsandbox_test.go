package dewar

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
)

func TestKeptNames(t *testing.T) {
	seen := map[string]string{}
	for _, ref := range []string{"train", "train@C=0.1,depth=3", "train@f=a/b", "train@f=a b", "train@f=a_b", "train@f=" + strings.Repeat("x", 300), "train@f=" + strings.Repeat("x", 301)} {
		name := keptName(ref)
		if strings.ContainsAny(name, "/ ") || len(name) > 120 || seen[name] != "" {
			t.Errorf("%q is called %q, as is %q", ref, name, seen[name])
		}
		seen[name] = ref
		if got := keptOf(name + "-20260102-030405.006"); got != name {
			t.Errorf("%q is found as %q", name, got)
		}
	}
}

// Nothing grows without bound: too old ones go, and those that are too many.
func TestKeptSandboxesEnd(t *testing.T) {
	now := time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)
	p := &Project{host: Host{FS: fs.Memory(), Now: func() time.Time { return now }}, Root: "/p"}
	at := func(name string, age time.Duration) string { return name + "-" + now.Add(-age).Format(keptTime) }
	for _, name := range []string{at("a", time.Hour), at("b", time.Minute), at("c", keptFor+time.Hour), "stray"} {
		if err := p.host.FS.MkdirAll(p.path("sandbox", name), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	var order []string
	p.removeSandboxes(func(_ int, name string) bool {
		if name != "stray" {
			order = append(order, name)
		}
		return p.keptLong(name)
	})
	if d := cmp.Diff([]string{at("b", time.Minute), at("a", time.Hour), at("c", keptFor+time.Hour)}, order); d != "" {
		t.Error("not from the newest on:", d)
	}
	left, err := p.host.FS.ReadDir(p.path("sandbox"))
	if err != nil || len(left) != 2 {
		t.Error(left, err)
	}
}

// Names of variables come from images too, and are no part of a program.
func TestCommandEnv(t *testing.T) {
	x := &graph.Instance{Secrets: []graph.Secret{{Name: "TOKEN", Env: "MINE"}, {Name: "B;c", Env: "B;c"}}}
	e := &run.Execution{Action: &graph.Action{}, Vars: []graph.Var{{Name: "A;echo x;B", Value: "1"}, {Name: "B;c", Value: "hidden"}, {Name: "C", Value: "$(x)"}, {Name: "TOKEN", Value: "hidden"}}}
	want := []string{`'A;echo x;B'=1`, `C='$(x)'`, `HOME=/tmp`, `PATH=''`, `TOKEN="$MINE"`}
	if d := cmp.Diff(want, commandEnv(x, e)); d != "" {
		t.Error(d)
	}
}
