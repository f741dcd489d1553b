package dewar

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
)

// refusal is how package sandbox refuses.
type refusal struct{}

func (refusal) Error() string                    { return "no namespaces; allow them" }
func (refusal) Refusal() (reason, advice string) { return "no namespaces", "allow them" }

// ailing returns what is not well on a machine, one finding a line.
func ailing(t *testing.T, h Host, m Examiner) []string {
	t.Helper()
	h.FS, h.OS, h.CPUs = fs.OS(), "linux", 1
	h.LookupEnv = func(string) (string, bool) { return "", false }
	if h.Now == nil {
		h.Now = time.Now
	}
	up, err := CheckUp(t.Context(), h, m, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	bad := 0
	for _, f := range up.Findings {
		switch {
		case f.Health == Well && f.Advice != "", f.Health != Well && f.Advice == "":
			t.Errorf("%s is %s, with the advice %q", f.Check, f.Health, f.Advice)
		case f.Health == Sick:
			bad++
		}
		if f.Health != Well && f.Group != "machine" { // that is this one's
			out = append(out, string(f.Health)+" "+f.Check)
		}
	}
	if bad != up.Bad {
		t.Errorf("%d are bad, and it says %d", bad, up.Bad)
	}
	return out
}

func TestCheckUp(t *testing.T) {
	levels := func(works ...graph.Isolation) Examiner {
		return Examiner{Landlock: 6, Try: func(_ context.Context, level graph.Isolation, _ string, _ []run.Binding) error {
			for _, l := range works {
				if l == level {
					return nil
				}
			}
			return refusal{}
		}}
	}
	all := levels(graph.IsolationProject, graph.IsolationLandlock, graph.IsolationPrivate)
	with := func(change func(*Examiner)) Examiner { m := all; change(&m); return m }
	disk := func(d Disk, err error) Examiner {
		return with(func(m *Examiner) { m.Disk = func(string) (Disk, error) { return d, err } })
	}
	for _, test := range []struct {
		name string
		m    Examiner
		now  func() time.Time
		want []string
	}{
		{"Landlock stands in", levels(graph.IsolationLandlock, graph.IsolationPrivate), nil, []string{"warn project"}},
		{"nothing is enforced", levels(graph.IsolationPrivate), nil, []string{"bad project", "warn landlock"}},
		{"nothing runs", levels(), nil, []string{"bad project", "warn landlock", "bad private"}},
		{"Landlock is not needed", levels(graph.IsolationProject, graph.IsolationPrivate), nil, nil},
		{"room", disk(Disk{Type: "ext4", Total: 1 << 40, Free: 1 << 39}, nil), nil, nil},
		{"little room", disk(Disk{Type: "ext4", Total: 1 << 40, Free: 1 << 30}, nil), nil, []string{"warn directory"}},
		{"no room", disk(Disk{Type: "ext4", Total: 1 << 40, Free: 1 << 20}, nil), nil, []string{"bad directory"}},
		{"a network", disk(Disk{Type: "nfs", Network: true, Total: 1 << 40, Free: 1 << 39}, nil), nil, []string{"warn directory"}},
		{"a disk nobody knows", disk(Disk{}, errors.ErrUnsupported), nil, nil},
		{"a clock that is behind files", all, func() time.Time { return time.Now().Add(-time.Hour) }, []string{"warn time"}},
		{"a clock that was never set", with(func(m *Examiner) { m.Built = time.Now() }), func() time.Time { return time.Unix(0, 0) }, []string{"bad time"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := ailing(t, Host{Now: test.now}, test.m)
			// What it can link and call things by is this machine's filesystem's.
			var relevant []string
			for _, line := range got {
				if !strings.HasSuffix(line, "hermetic") && !strings.HasSuffix(line, "links") {
					relevant = append(relevant, line)
				}
			}
			if d := cmp.Diff(test.want, relevant); d != "" {
				t.Error(d)
			}
		})
	}
}
