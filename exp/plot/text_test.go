package plot

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"
)

var sgr = regexp.MustCompile("\x1b\\[[0-9;]*m")

func textOf(t *testing.T, p Plot, o TextOptions) string {
	t.Helper()
	return string(written(t, func(w io.Writer) error { return p.Text(w, o) }))
}

func TestText_golden(t *testing.T) {
	for _, template := range TemplateNames() {
		one, several := samplePlot(template, 1, 60), samplePlot(template, 3, 60)
		golden(t, template+".txt", []byte(textOf(t, one, TextOptions{Unicode: true})+"\n"+textOf(t, several, TextOptions{Unicode: true})+"\n"+textOf(t, several, TextOptions{Width: 60, Height: 18})))
	}
	golden(t, "linear.color.txt", []byte(textOf(t, samplePlot("linear", 3, 60), TextOptions{Unicode: true, Color: true, Width: 60, Height: 16})))
	golden(t, "confusion.color.txt", []byte(textOf(t, samplePlot("confusion", 2, 60), TextOptions{Unicode: true, Color: true})))
}

// Whatever is drawn fits, and nothing of data reaches the terminal but text.
func TestText_fits(t *testing.T) {
	for _, template := range TemplateNames() {
		for _, p := range []Plot{samplePlot(template, 1, 300), samplePlot(template, 3, 300), hostilePlot(template)} {
			for _, o := range []TextOptions{{}, {Unicode: true}, {Unicode: true, Color: true}, {Width: 40, Height: 12}, {Width: 200, Height: 60, Unicode: true}} {
				out := textOf(t, p, o)
				if o.Color != strings.Contains(out, "\x1b[") {
					t.Errorf("%s %+v: colours", template, o)
				}
				out = sgr.ReplaceAllString(out, "")
				checkLines(t, template, out, newTerminal(o).TextOptions)
			}
		}
	}
}

func checkLines(t *testing.T, name, out string, o TextOptions) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	for _, line := range lines {
		if w := displaywidth.String(line); w > o.Width {
			t.Errorf("%s: %d columns of %d: %q", name, w, o.Width, line)
		}
		if strings.ContainsAny(line, "\x1b\x00\r\u2028") || !utf8.ValidString(line) {
			t.Errorf("%s: %q", name, line)
		}
	}
	if grows := strings.HasPrefix(name, "bar") || strings.HasPrefix(name, "confusion"); !grows && len(lines) >= o.Height && o.Height >= 24 {
		t.Errorf("%s: %d lines of %d", name, len(lines), o.Height)
	}
}

// ASCII is asked for where nothing else is shown.
func TestText_ascii(t *testing.T) {
	for _, template := range TemplateNames() {
		out := textOf(t, samplePlot(template, 3, 50), TextOptions{})
		if i := strings.IndexFunc(out, func(r rune) bool { return r >= 0x7f }); i >= 0 {
			t.Errorf("%s: %q", template, out[i:])
		}
	}
}

func TestText_panels(t *testing.T) {
	p := Plot{Definition: Definition{ID: "pictures"}, Sources: []Source{{Experiment: "a", Path: "x.png", Image: []byte(pixel)}, {Experiment: "b", Path: "x.png", Err: "It is not there."}}}
	if got, want := textOf(t, p, TextOptions{}), "pictures\na: x.png is a picture (png, 70 bytes).\nb: It is not there.\n"; got != want {
		t.Errorf("%q", got)
	}
}

func TestHeatMap_text(t *testing.T) {
	h := must[*HeatMap](t)(sampleSweep().HeatMap("train.C", "depth", "loss"))
	var b bytes.Buffer
	for _, o := range []TextOptions{{Unicode: true}, {}, {Color: true, Unicode: true}} {
		if err := h.Text(&b, o); err != nil {
			t.Fatal(err)
		}
		b.WriteByte('\n')
	}
	golden(t, "heat.txt", b.Bytes())
}
