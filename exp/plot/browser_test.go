package plot

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dewar-build/dewar/internal/browsertest"
)

// The pages work in a browser, offline and under their policy: every chart has its
// marks, nothing of data ran, tables sort, and the console stays empty.
func TestPage_browser(t *testing.T) {
	p := browsertest.Start(t).OpenBytes(written(t, samplePage(t).HTML))
	charts := p.Charts()
	if want := 3*len(TemplateNames()) + 4; len(charts) != want {
		t.Errorf("%d charts, want %d", len(charts), want)
	}
	for _, c := range charts {
		if !c.Drawn() {
			t.Errorf("not drawn: %+v", c)
		}
	}
	dom := p.Document()
	if strings.Contains(dom, "<title>owned") || strings.Contains(dom, `<img src="x"`) || strings.Contains(dom, "<script>document.title") {
		t.Error("something of data ran")
	}
	p.Heading("HEAD")
	if diff := cmp.Diff([][]string{{"acc", "9"}, {"loss", "10"}}, p.Rows()); diff != "" {
		t.Errorf("the table is sorted by its numbers: -want +got:\n%s", diff)
	}
	p.Quiet()
}

// A table whose columns stand in groups is sorted by its columns.
func TestPage_grouped_browser(t *testing.T) {
	page := Page{Title: "t", Sections: []Section{{Table: `<table><thead><tr><th></th><th colspan="2">metrics</th></tr>
<tr><th>name</th><th>a</th><th>b</th></tr></thead><tbody>
<tr><td>x</td><td>1</td><td>9</td></tr><tr><td>y</td><td>2</td><td>8</td></tr></tbody></table>`}}}
	p := browsertest.Start(t).OpenBytes(written(t, page.HTML))
	p.Heading("b")
	if diff := cmp.Diff([][]string{{"y", "2", "8"}, {"x", "1", "9"}}, p.Rows()); diff != "" {
		t.Errorf("the table is sorted by b: -want +got:\n%s", diff)
	}
	p.Quiet()
}

// The pictures and what stands for a missing one are there without Vega.
func TestPage_static_browser(t *testing.T) {
	page := samplePage(t)
	page.Static = true
	p := browsertest.Start(t).OpenBytes(written(t, page.HTML))
	if n, want := p.Count("img.drawing"), 3*len(TemplateNames())+4; n != want {
		t.Errorf("%d drawings, want %d", n, want)
	}
	var blank []string
	p.Ask(`[...document.querySelectorAll("img.drawing")].filter((i) => !i.naturalWidth).map((i) => i.alt)`, &blank)
	if len(blank) > 0 {
		t.Errorf("drawings that no browser can read: %q", blank)
	}
	p.Quiet()
}
