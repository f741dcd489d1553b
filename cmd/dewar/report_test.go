package main

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/diag"
	"github.com/dewar-build/dewar/fs"
	"github.com/google/go-cmp/cmp"
)

// reportOf is a report of stages that differ as said: "a", "b<a=added" needs a.
func reportOf(words ...string) *report {
	r := &report{old: &dewar.Results{Name: "HEAD"}, new: &dewar.Results{Name: "workspace"}, compared: true}
	for _, w := range words {
		w, difference, _ := strings.Cut(w, "=")
		name, needs, _ := strings.Cut(w, "<")
		st := &dewar.StageResult{Name: name, Instances: make([]dewar.InstanceResult, 1)}
		c := dewar.StageChange{Name: name, Needs: strings.FieldsFunc(needs, func(r rune) bool { return r == '+' }), Difference: dewar.Difference(difference), Old: st, New: st, Same: 1}
		switch c.Difference {
		case "":
			c.Difference = dewar.StageSame
		case dewar.OtherResults:
			c.Same, c.Results = 0, 1
		}
		r.stages = append(r.stages, c)
		r.costs.Stages = append(r.costs.Stages, dewar.StageCost{Name: name, Old: &dewar.Cost{Instances: 1}, New: &dewar.Cost{Instances: 1}})
	}
	return r
}

// names are those of what is drawn, and its edges.
func (p picked) names() string {
	var list []string
	for _, c := range p.stages {
		list = append(list, c.Name)
	}
	for _, e := range p.edges {
		list = append(list, p.stages[e[0]].Name+">"+p.stages[e[1]].Name)
	}
	return strings.Join(list, " ")
}

func TestReport_picked(t *testing.T) {
	var large, chain []string
	for i := range mostBoxes {
		large = append(large, fmt.Sprintf("p%d<q", i))
		chain = append(chain, fmt.Sprintf("c%d<c%d=results", i+1, i))
	}
	for _, test := range []struct {
		name   string
		stages []string
		want   string
	}{
		{"nothing differs", []string{"a", "b<a"}, ""},
		{"all of a small graph", []string{"a", "b<a=results", "c"}, "a b c a>b"},
		{"what is not there is not needed", []string{"b<gone=results"}, "b"},
		{"a cycle of two graphs over each other loses an edge", []string{"a<c", "b<a=removed", "c<b"}, "a b c c>a a>b"},
		{"nobody needs itself", []string{"a<a=results"}, "a"},
		{"of a large graph what differs and what is next to it", append(large, "q", "x<q", "y<x=results", "z<y", "end<z"), "x y z x>y y>z"},
		{"nothing of one too large", append(chain, "c0=results"), ""},
	} {
		if diff := cmp.Diff(test.want, reportOf(test.stages...).picked().names()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// Names from a lock that a stranger wrote are text and nothing else, wherever
// they stand.
func TestReport_strangers(t *testing.T) {
	bad := "x\"]:::y;</title><script>alert(1)</script>\n```\n%% #quot; `b` | [a](http://h) \x1b[31m\u202e\xff"
	r := reportOf("a=results", "after=results")
	r.new.Name, r.stages[0].Name, r.stages[1].Needs = bad, bad, []string{bad}
	page, err := r.page()
	if err != nil {
		t.Fatal(err)
	}
	text := string(r.markdown(nil))
	for _, x := range []struct {
		what, made string
		harm       []string
	}{
		{"page", string(page), []string{"<script>alert", "\x1b"}},
		{"picture", r.picture(), []string{"<script>alert", "\x1b", "\u202e"}},
		{"Markdown", text, []string{"<script", "\x1b", "\u202e", " [a](", "\n%%"}},
	} {
		for _, harm := range x.harm {
			if strings.Contains(x.made, harm) {
				t.Errorf("the %s has %q", x.what, harm)
			}
		}
	}
	d := xml.NewDecoder(strings.NewReader(r.picture()))
	for err == nil {
		_, err = d.Token()
	}
	if !errors.Is(err, io.EOF) {
		t.Errorf("the picture is not well-formed: %v", err)
	}
	if n := strings.Count(text, "```"); n != 2 {
		t.Errorf("%d fences:\n%s", n, text)
	}
	block := r.mermaid()
	for line := range strings.Lines(block) {
		if label, ok := strings.CutPrefix(line, "  s0[\""); ok {
			label, _ = strings.CutSuffix(label, "\"]\n")
			label = strings.ReplaceAll(label, "<br/>", "")
			if strings.ContainsAny(label, "\"[]<>`:|&%") {
				t.Errorf("the label %q has markup", label)
			}
		}
	}
	if want := "x#34;#93;#58;#58;#58;y#59;#60;#47;title#62;#60;script#62;"; !strings.Contains(block, want) {
		t.Errorf("no %s in:\n%s", want, block)
	}
}

func TestReport_costs(t *testing.T) {
	known := &dewar.Cost{Instances: 2, Actions: 2, Seconds: 90, Artifacts: 2, Bytes: 2048}
	more := &dewar.Cost{Instances: 2, Actions: 2, Seconds: 99, Artifacts: 2, Bytes: 2048}
	partly := &dewar.Cost{Instances: 3, Actions: 3, Untimed: 1, Seconds: 90, Artifacts: 3, Unsized: 2, Bytes: 10}
	unknown := &dewar.Cost{Instances: 1, Actions: 1, Untimed: 1, Artifacts: 1, Unsized: 1}
	never := &dewar.Cost{Instances: 1, Missing: 1}
	some := &dewar.Cost{Instances: 2, Missing: 1, Actions: 1, Seconds: 1, Artifacts: 1, Bytes: 1}
	for _, test := range []struct {
		name     string
		old, new *dewar.Cost
		same     bool
		want     string
	}{
		{"known", known, more, false, "1m30s, 1m39s, +9.00s (+10%), 2.0 KiB, 2.0 KiB, none"},
		{"less", more, known, false, "1m39s, 1m30s, -9.00s (-9%), 2.0 KiB, 2.0 KiB, none"},
		{"partly known", known, partly, false, "1m30s, 1m30s, and 1 not known, not known, 2.0 KiB, 10 B, and 2 not known, not known"},
		{"not known is not nothing", unknown, known, false, "not known, 1m30s, not known, not known, 2.0 KiB, not known"},
		{"the same, though nobody knows what", unknown, unknown, true, "not known, not known, none, not known, not known, none"},
		{"never run", never, known, false, "no result, 1m30s, not known, no result, 2.0 KiB, not known"},
		{"some never run", some, known, false, "1.00s, 1m30s, not known, 1 B, 2.0 KiB, not known"},
		{"added", nil, known, false, "-, 1m30s, -, -, 2.0 KiB, -"},
	} {
		var got []string
		for _, c := range costCells("a", number(1, "1"), test.old, test.new, test.same)[2:] {
			switch {
			case c.Absent:
				got = append(got, "-")
			case c.Show != "":
				got = append(got, c.Show)
			default:
				got = append(got, c.Text)
			}
		}
		if diff := cmp.Diff(test.want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// A directory of plots may be somebody's: a report changes what it wrote itself.
func TestPlotDir(t *testing.T) {
	disk := fs.Memory()
	put := func(name, text string) {
		t.Helper()
		if err := errors.Join(disk.MkdirAll("/d", 0o777), fs.WriteFile(disk, "/d/"+name, []byte(text))); err != nil {
			t.Fatal(err)
		}
	}
	d := plotDir{fs: disk, dir: "d", at: "/d", mark: plotMark("r.md")}
	write := func(names ...string) error {
		pictures := map[string][]byte{}
		for _, n := range names {
			pictures[n] = []byte("<svg/>" + d.mark)
		}
		return d.write(pictures)
	}
	list := func() string {
		entries, _ := disk.ReadDir("/d")
		var names []string
		for _, e := range entries {
			names = append(names, e.Name)
		}
		return strings.Join(names, " ")
	}
	if err := write(); err != nil || list() != "" {
		t.Errorf("without plots: %v, %s", err, list())
	}
	put("notes.txt", "mine")
	put("mine.svg", "<svg/>")
	put("other.svg", "<svg/>"+plotMark("other.md"))
	for _, names := range [][]string{{"a.svg", "b.svg"}, {"b.svg", "c.svg"}} {
		if err := write(names...); err != nil {
			t.Fatal(err)
		}
	}
	if want := "b.svg c.svg mine.svg notes.txt other.svg"; list() != want {
		t.Errorf("there are %s, not %s", list(), want)
	}
	for _, name := range []string{"mine.svg", "other.svg"} {
		var f *diag.Failure
		if err := write("z.svg", name); !errors.As(err, &f) || !strings.HasPrefix(f.List[0].Detail, "d/"+name+" is there") {
			t.Errorf("over %s: %v", name, err)
		}
	}
	if want := "b.svg c.svg mine.svg notes.txt other.svg"; list() != want {
		t.Errorf("after what was refused, there are %s, not %s", list(), want)
	}
}

func TestPlotFileName(t *testing.T) {
	taken := map[string]bool{}
	for _, test := range [][2]string{
		{"build/curve.csv", "build_curve.csv.svg"},
		{"build_curve.csv", "build_curve.csv-2.svg"},
		{"Build/Curve.csv", "build_curve.csv-3.svg"},
		{"../../etc/passwd", "_.._etc_passwd.svg"},
		{"a<b>&\n\"é.csv", "a_b_____.csv.svg"},
		{"...", "plot.svg"},
		{strings.Repeat("x", 300), strings.Repeat("x", 100) + ".svg"},
	} {
		got := plotFileName(test[0], func(name string) bool { return taken[name] })
		taken[got] = true
		if got != test[1] {
			t.Errorf("%q is %s, not %s", test[0], got, test[1])
		}
	}
	if got := linkTo("r plots/a(1)=%.svg"); got != "r%20plots/a%281%29=%25.svg" {
		t.Errorf("the link is %s", got)
	}
}
