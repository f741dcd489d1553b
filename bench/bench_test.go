package main

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const s = time.Second

func TestPredict(t *testing.T) {
	for _, c := range []struct {
		name  string
		known []sized
		start time.Duration
		n     int
		want  time.Duration
	}{
		{"nothing is known", nil, 0, 10, 0},
		{"ten times as much", []sized{{10, 2 * s}}, 0, 100, 20 * s},
		{"what it takes for nothing does not grow", []sized{{10, 3 * s}}, 2 * s, 100, 12 * s},
		{"linear so far", []sized{{10, 1 * s}, {100, 10 * s}}, 0, 1000, 100 * s},
		{"quadratic so far", []sized{{10, 1 * s}, {100, 100 * s}}, 0, 1000, 10000 * s},
		{"never less than linear", []sized{{10, 1 * s}, {100, 1 * s}}, 0, 1000, 10 * s},
		{"never more than quadratic", []sized{{10, 1 * s}, {100, 1000 * s}}, 0, 1000, 100000 * s},
		{"what is too short says nothing", []sized{{10, time.Millisecond}, {100, s}}, 0, 1000, 10 * s},
		{"less than for nothing", []sized{{10, 1 * s}}, 2 * s, 100, 2 * s},
	} {
		if got := predict(c.known, c.start, c.n).Round(time.Millisecond); got != c.want {
			t.Errorf("%s: %v, not %v", c.name, got, c.want)
		}
	}
}

// What would take too long is not begun, and says what it took before; nor is
// anything run again that was not run.
func TestBegin_budget(t *testing.T) {
	b := &bench{budget: 20 * s, results: results{
		{independent, 10, cold, "x"}:  {spent: spent{wall: 1 * s}},
		{independent, 100, cold, "x"}: {spent: spent{wall: 10 * s}},
	}}
	e := &entrant{peer: peer{name: "x"}}
	w := workload{independent, 1000, 1}
	b.begin(e, w, cold)
	b.begin(e, w, again)
	got := []string{b.results[place{independent, 1000, cold, "x"}].why, b.results[place{independent, 1000, again, "x"}].why}
	if diff := cmp.Diff([]string{"—, 100 took 10 s", "—"}, got); diff != "" || !e.out {
		t.Error(diff, e.out)
	}
	e = &entrant{peer: peer{name: "x"}}
	b.budget = 200 * s
	if b.begin(e, w, cold); e.out {
		t.Error("it is left out within the budget")
	}
	b.ends = time.Now()
	if b.begin(e, w, cold); !e.out {
		t.Error("it is begun when there is no time left")
	}
}

// everyone are all peers there can be.
func everyone() []peer {
	b := &bench{dir: "/work", parallel: 2}
	list := []peer{dewarPeer("dewar", b)}
	for _, m := range makers {
		list = append(list, m.make(m.name, b))
	}
	return list
}

// Every peer is told every work; and where all stages are listed, each is.
func TestPeers_files(t *testing.T) {
	for _, p := range everyone() {
		if p.differs == "" && p.name != "dewar" {
			t.Errorf("%s: nothing says what is different", p.name)
		}
		for k, inputs := range map[kind][]string{independent: {"in/6.txt"}, chained: {"in/0.txt"}, directory: {"0000/0.bin"}, sweep: {"in/0.txt"}} {
			w := workload{k, 7, 2}
			var all strings.Builder
			for _, text := range p.write(w) {
				all.WriteString(text)
			}
			for _, input := range inputs {
				if p.name != "snakemake" && !strings.Contains(all.String(), input) {
					t.Errorf("%s, %s: %s is not in what it is given:\n%s", p.name, k, input, all.String())
				}
			}
			if k == sweep && strings.Contains(all.String(), "cp ") && !strings.Contains(all.String(), "sed") {
				t.Errorf("%s: the sweep does not use its param", p.name)
			}
			if len(p.run(w)) == 0 {
				t.Errorf("%s, %s: nothing is run", p.name, k)
			}
		}
	}
}

// How many stages a file has, of those who list them.
func TestPeers_stages(t *testing.T) {
	w := workload{chained, 7, 2}
	for name, word := range map[string]string{"dewar": "stage \"s", "dvc": "cmd: cp", "ninja": "build out/", "make": "\tcp", "bazel": "copy(name", "xvc": "command: cp"} {
		i := slices.IndexFunc(everyone(), func(p peer) bool { return p.name == name })
		n := 0
		for _, text := range everyone()[i].write(w) {
			n += strings.Count(text, word)
		}
		if n != w.n {
			t.Errorf("%s: %d stages, not %d", name, n, w.n)
		}
	}
}

// The change is seen in the output that is checked, and not before it is done again.
func TestWorkload_check(t *testing.T) {
	for _, k := range []kind{independent, chained, directory} {
		dir := t.TempDir()
		w := workload{k, 3, 1}
		if err := w.inputs(dir); err != nil {
			t.Fatal(err)
		}
		input, output := w.changes()
		copied := func() error {
			b, err := os.ReadFile(filepath.Join(dir, input))
			return errors.Join(err, os.WriteFile(filepath.Join(dir, "made", output), b, 0o666))
		}
		if err := errors.Join(write(dir, map[string]string{"made/out/": ""}), copied()); err != nil {
			t.Fatal(err)
		}
		p := peer{below: "made"}
		if err := w.check(p, dir); err != nil {
			t.Errorf("%s: %v", k, err)
		}
		if err := w.change(dir, 1); err != nil {
			t.Fatal(err)
		}
		if err := w.check(p, dir); err == nil {
			t.Errorf("%s: what is no longer true is not found", k)
		}
	}
}

func TestSizes(t *testing.T) {
	var list sizes
	if err := list.Set("10,100"); err != nil || list.String() != "10,100" {
		t.Error(list, err)
	}
	for _, bad := range []string{"0", "x", "100,10", "10,10"} {
		if err := list.Set(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestTimesIn(t *testing.T) {
	stat := "12 (a ) b) S 1 1 1 0 -1 0 0 0 0 0 100 20 3 4 20 0 1"
	if got := timesIn(stat); got != 1270*time.Millisecond {
		t.Error(got)
	}
	if got := timesIn(""); got != 0 {
		t.Error(got)
	}
}

// What failed is one line, and names no directory of this machine.
func TestSaid(t *testing.T) {
	b := &bench{dir: "/dev/shm/b"}
	got := b.said(peer{name: "x", program: "/home/u/venv/bin/x"}, errors.New("one\n/home/u/venv/bin/x: /dev/shm/b/peer-x/f | no\n"))
	if got != "/x: /f / no" {
		t.Error(got)
	}
}

func TestSeconds(t *testing.T) {
	for d, want := range map[time.Duration]string{1234 * time.Microsecond: "1.2 ms", 123 * time.Millisecond: "123 ms", 1234 * time.Millisecond: "1.23 s", 12345 * time.Millisecond: "12.3 s", 120 * s: "120 s"} {
		if got := seconds(d); got != want {
			t.Errorf("%v: %q, not %q", d, got, want)
		}
	}
}

func samplePlot() plot {
	return plot{x: "stages", y: "time <wall>", panels: []panel{
		{"cold", []line{{"dewar", []point{{10, 0.02}, {1000, 2}}}, {"slow", []point{{10, 3}, {100, 30}}}}},
		{"no-op", []line{{"dewar", []point{{10, 0.009}, {1000, 0.02}}}}},
	}}
}

// The scales are those of all panels: whole decades of time, the sizes as they are.
func TestPlot_scales(t *testing.T) {
	x, y := samplePlot().scales()
	if diff := cmp.Diff([]float64{10, 1000, 0.001, 100}, []float64{x.lo, x.hi, y.lo, y.hi}); diff != "" {
		t.Error(diff)
	}
	if got := x.at(100); math.Abs(got-panelWidth/2) > 1e-9 {
		t.Errorf("100 is at %v", got)
	}
	if y.at(0.001) != panelHeight || y.at(100) > 1e-9 {
		t.Error("less is not lower", y.at(0.001), y.at(100))
	}
	if got := len(y.decades()); got != 6 {
		t.Errorf("%d decades", got)
	}
	x, y = plot{}.scales()
	if x.lo >= x.hi || y.lo >= y.hi {
		t.Error("a plot of nothing has no scales")
	}
}

func TestApart(t *testing.T) {
	for _, c := range []struct{ in, want []float64 }{
		{[]float64{50, 10, 90}, []float64{50, 10, 90}},
		{[]float64{10, 12, 11}, []float64{10, 30, 20}},
		{[]float64{99, 98}, []float64{100, 90}},
	} {
		if diff := cmp.Diff(c.want, apart(c.in, 10, 100)); diff != "" {
			t.Errorf("%v: %s", c.in, diff)
		}
	}
}

// The picture is well-formed, has every line and every number once, and is the same each time.
func TestPlot_svg(t *testing.T) {
	text := samplePlot().svg()
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	for what, n := range map[string]int{"<polyline": 3, "<circle": 6, ">slow<": 1, ">dewar<": 2, ">10 ms<": 1, ">1,000<": 2, "prefers-color-scheme": 1} {
		if got := strings.Count(text, what); got != n {
			t.Errorf("%d times %s, not %d", got, what, n)
		}
	}
	if text != samplePlot().svg() {
		t.Error("it is not the same again")
	}
}

// A program that starts itself by its name finds itself.
func TestCommand_path(t *testing.T) {
	b := &bench{dir: t.TempDir()}
	cmd := b.command(b.dir, []string{filepath.Join(b.dir, "venv", "dvc")})
	want := "PATH=" + filepath.Join(b.dir, "venv") + string(os.PathListSeparator)
	if got := cmd.Env[len(cmd.Env)-1]; !strings.HasPrefix(got, want) {
		t.Errorf("%s does not begin with %s", got, want)
	}
}
