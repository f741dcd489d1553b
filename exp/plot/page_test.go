package plot

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"
)

// samplePage has every template, everything hostile, and all that is no template.
func samplePage(t *testing.T) Page {
	sweep := sampleSweep()
	own := samplePlot("linear", 3, 40)
	own.ID, own.Own = "own", must[*Own](t)(Custom([]byte(ownTemplate)))
	pictures := Plot{Definition: Definition{ID: "pictures"}, Sources: []Source{
		{Experiment: "HEAD", Path: "build/x.png", Image: []byte(pixel)},
		{Experiment: "workspace", Path: "build/x.png", Err: "The file is not in the store."},
		{Experiment: hostile, Path: hostile, Image: []byte("<svg xmlns='http://www.w3.org/2000/svg' onload='document.title=1'/>")},
	}}
	broken := samplePlot("linear", 3, 40)
	broken.Sources[1].Frame, broken.Sources[1].Err = nil, "line 3: there are 4 cells under 2 columns"
	page := Page{Title: "Plots " + hostile, Sections: []Section{
		{Heading: "Metrics", Table: "<table><thead><tr><th>metric</th><th>HEAD</th></tr></thead><tbody><tr><td>loss</td><td>10</td></tr><tr><td>acc</td><td>9</td></tr></tbody></table>"},
		{Heading: hostile, Prose: hostile + "\n\n" + hostile, Text: hostile},
		{Heading: "Sweep", Charts: []Chart{must[*Parallel](t)(sweep.ParallelCoordinates("loss")), must[*HeatMap](t)(sweep.HeatMap("train.C", "depth", "loss"))}},
		{Heading: "Others", Charts: []Chart{own, &pictures, broken}},
	}}
	for _, n := range []int{1, 3} {
		s := Section{Heading: "Templates"}
		for _, template := range TemplateNames() {
			s.Charts = append(s.Charts, samplePlot(template, n, 60))
		}
		page.Sections = append(page.Sections, s)
	}
	s := Section{Heading: "Hostile"}
	for _, template := range TemplateNames() {
		s.Charts = append(s.Charts, hostilePlot(template))
	}
	page.Sections = append(page.Sections, s)
	return page
}

var scriptTag = regexp.MustCompile(`(?is)<script([^>]*)>(.*?)</script>`)

// Every script of a page is ours, and named in its policy; everything else is data.
func TestPage_scripts(t *testing.T) {
	for _, static := range []bool{false, true} {
		page := samplePage(t)
		page.Static = static
		out := written(t, page.HTML)
		policy, _, _ := bytes.Cut(out, []byte("<title>"))
		running := 0
		for _, m := range scriptTag.FindAllSubmatch(out, -1) {
			switch string(m[1]) {
			case "":
				running++
				if !bytes.Contains(policy, []byte(permit(string(m[2])))) {
					t.Errorf("a script that is not permitted: %.80s", m[2])
				}
			default:
				if !bytes.HasPrefix(m[1], []byte(` type="application/json" id="`)) {
					t.Errorf("a script with %s", m[1])
				}
			}
		}
		if want := map[bool]int{false: 5, true: 1}[static]; running != want {
			t.Errorf("%d scripts, want %d", running, want)
		}
		if rest := scriptTag.ReplaceAll(out, nil); bytes.Contains(rest, []byte("<img src=x")) || bytes.Contains(rest, []byte("<!-- a.b")) {
			t.Error("data became HTML")
		}
		for _, never := range []string{"unsafe-eval", "http-equiv=\"refresh\"", " src=\"http", " href=\"http"} {
			if bytes.Contains(scriptTag.ReplaceAll(out, nil), []byte(never)) {
				t.Errorf("the page has %s", never)
			}
		}
	}
}

// A page without charts is small.
func TestPage_small(t *testing.T) {
	pictures := Plot{Sources: []Source{{Experiment: "a", Path: "x.png", Image: []byte(pixel)}}}
	for name, page := range map[string]Page{
		"empty":    {},
		"pictures": {Sections: []Section{{Charts: []Chart{pictures}}}},
		"static":   {Static: true, Sections: []Section{{Charts: []Chart{samplePlot("linear", 3, 40)}}}},
	} {
		if out := written(t, page.HTML); len(out) > 40_000 {
			t.Errorf("%s: %d bytes", name, len(out))
		}
	}
}

// An experiment has one colour all over a page, whichever plots have it.
func TestPage_colors(t *testing.T) {
	a, b := samplePlot("linear", 3, 5), samplePlot("linear", 3, 5)
	b.Sources = b.Sources[1:]
	out := string(written(t, Page{Sections: []Section{{Charts: []Chart{a, b}}}}.HTML))
	if n := strings.Count(out, `"domain":["workspace","brave-otter"],"range":["#e0761a","#12a07a"]`); n == 0 {
		t.Error("workspace has another colour in the second plot")
	}
}

func TestPage_unknownTemplate(t *testing.T) {
	page := Page{Sections: []Section{{Charts: []Chart{Plot{Definition: Definition{Template: "pie"}}}}}}
	if err := page.HTML(io.Discard); err == nil {
		t.Error("no error")
	}
}
