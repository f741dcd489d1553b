package plot

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/dewar-build/dewar/internal/machinetest"
)

// browse opens a file in a browser and returns its document after everything has
// run, and what the browser said.
func browse(t *testing.T, page []byte) (dom, log string) {
	t.Helper()
	program := machinetest.Program(t, "chromium")
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, page, 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--user-data-dir="+t.TempDir(),
		"--enable-logging=stderr", "--window-size=1300,1000", "--virtual-time-budget=60000", "--dump-dom", (&url.URL{Scheme: "file", Path: file}).String())
	var out, messages strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &messages
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %s", err, messages.String())
	}
	return out.String(), messages.String()
}

var (
	place   = regexp.MustCompile(`(?s)<div class="vega[^>]*id="(c\d+)"[^>]*>(.*?)<script type="application/json"`)
	console = regexp.MustCompile(`(?m)^.*CONSOLE.*$`)
	mark    = regexp.MustCompile(`<g class="mark-(line|symbol|rect|text|rule|area) role-mark[^"]*"[^>]*>(<g[^>]*>)*<(path|text|line)`)
)

// The pages work in a browser, offline and under their policy: every chart has its
// marks, nothing of data ran, tables sort, and the console stays empty.
func TestPage_browser(t *testing.T) {
	page := samplePage(t)
	out := string(written(t, page.HTML))
	// The page is ours; what clicks its heading for the test has to be permitted too.
	click := `document.querySelectorAll("th")[1].click();`
	out = strings.Replace(out, "script-src ", "script-src "+permit(click)+" ", 1)
	end := strings.LastIndex(out, "</body>")
	out = out[:end] + "<script>" + click + "</script>" + out[end:]
	dom, log := browse(t, []byte(out))

	charts := place.FindAllStringSubmatch(dom, -1)
	if want := 3*len(TemplateNames()) + 4; len(charts) != want {
		t.Errorf("%d charts, want %d", len(charts), want)
	}
	for _, m := range charts {
		canvas := strings.Contains(m[2], "<canvas")
		if !strings.Contains(m[0], `data-drawn="yes"`) || !canvas && len(mark.FindAllString(m[2], -1)) == 0 {
			t.Errorf("%s is not drawn: %.3000s", m[1], m[2])
		}
		if strings.Contains(m[2], "could not be drawn") || strings.Contains(m[2], "NaN") {
			t.Errorf("%s: %.1000s", m[1], m[2])
		}
	}
	if strings.Contains(dom, "<title>owned") || strings.Contains(dom, `<img src="x"`) || strings.Contains(dom, "<script>document.title") {
		t.Error("something of data ran")
	}
	if acc, loss := strings.Index(dom, "<td>acc</td>"), strings.Index(dom, "<td>loss</td>"); acc > loss {
		t.Error("the table is not sorted by its numbers")
	}
	for _, line := range console.FindAllString(log, -1) {
		t.Error(line)
	}
}

// A table whose columns stand in groups is sorted by its columns.
func TestPage_grouped_browser(t *testing.T) {
	page := Page{Title: "t", Sections: []Section{{Table: `<table><thead><tr><th></th><th colspan="2">metrics</th></tr>
<tr><th>name</th><th>a</th><th>b</th></tr></thead><tbody>
<tr><td>x</td><td>1</td><td>9</td></tr><tr><td>y</td><td>2</td><td>8</td></tr></tbody></table>`}}}
	out := string(written(t, page.HTML))
	click := `document.querySelectorAll("th")[4].click();`
	out = strings.Replace(out, "script-src ", "script-src "+permit(click)+" ", 1)
	end := strings.LastIndex(out, "</body>")
	dom, log := browse(t, []byte(out[:end]+"<script>"+click+"</script>"+out[end:]))
	if strings.Index(dom, "<td>y</td>") > strings.Index(dom, "<td>x</td>") {
		t.Error("the table is not sorted by b")
	}
	for _, line := range console.FindAllString(log, -1) {
		t.Error(line)
	}
}

// The pictures and what stands for a missing one are there without Vega.
func TestPage_static_browser(t *testing.T) {
	page := samplePage(t)
	page.Static = true
	dom, log := browse(t, written(t, page.HTML))
	if n, want := strings.Count(dom, `<img class="drawing"`), 3*len(TemplateNames())+4; n != want {
		t.Errorf("%d drawings, want %d", n, want)
	}
	for _, line := range console.FindAllString(log, -1) {
		t.Errorf("%.300s", line)
	}
}
