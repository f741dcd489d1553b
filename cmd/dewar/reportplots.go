package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/exp/plot"
)

// mostPlots is how many plots a report has: a grid of thousands may have as many.
const mostPlots = 60

// plots are those of a report: of files that differ, unless all are wanted. The
// notes say what is left out, and what cannot be drawn.
func (r *report) plots() (list []plot.Plot, notes []string) {
	only := r.plotPaths()
	if len(only) > mostPlots {
		notes = append(notes, fmt.Sprintf("%d plots are left out: dewar plots diff draws them all.", len(only)-mostPlots))
		only = only[:mostPlots]
	}
	if len(only) == 0 {
		return nil, nil
	}
	draw := r.draw
	draw.only = only
	for _, p := range plotsOf([]*dewar.Results{r.old, r.new}, &draw) {
		if _, err := p.VegaLite(); err != nil {
			notes = append(notes, fmt.Sprintf("%s cannot be drawn: %v.", p.ID, err))
			continue
		}
		list = append(list, p)
	}
	r.drawn = list
	return list, notes
}

// plotPaths are the files to be drawn, sorted.
func (r *report) plotPaths() []string {
	files := map[string][2]*dewar.PlotFile{}
	for side, x := range []*dewar.Results{r.old, r.new} {
		for i := range x.Plots {
			pair := files[x.Plots[i].Path]
			pair[side] = &x.Plots[i]
			files[x.Plots[i].Path] = pair
		}
	}
	var out []string
	for name, pair := range files {
		if r.all || !samePlot(pair[0], pair[1]) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// samePlot reports whether two files have the same bytes. What cannot be read in
// both places shows nothing.
func samePlot(a, b *dewar.PlotFile) bool {
	if a == nil || b == nil {
		return false
	}
	x, errA := a.Read()
	y, errB := b.Read()
	return (errA == nil) == (errB == nil) && bytes.Equal(x, y)
}

// linkedPlot is a plot as Markdown has it: a picture in a file, or a note.
type linkedPlot struct{ title, link, note string }

func writePlotLinks(b *bytes.Buffer, list []linkedPlot) {
	if len(list) > 0 {
		b.WriteString("\n## Plots\n")
	}
	for _, p := range list {
		if p.note != "" {
			fmt.Fprintf(b, "\n%s\n", mdText(p.note))
			continue
		}
		fmt.Fprintf(b, "\n![%s](%s)\n", mdText(p.title), p.link)
	}
}

// plotFiles draws the plots of a Markdown report into files and says where they
// are; nothing without a place for them.
func (c *cli) plotFiles(r *report, f *reportFlags) (links []linkedPlot, files []string, err error) {
	d := plotDir{fs: c.host.FS, dir: f.plots, mark: plotMark(f.out)}
	if d.dir == "" {
		if f.out == "-" {
			return nil, nil, nil
		}
		d.dir = strings.TrimSuffix(f.out, filepath.Ext(f.out)) + "_plots"
	}
	d.at = c.abs(d.dir)
	from := c.dir
	if f.out != "-" {
		from = filepath.Dir(c.abs(f.out))
	}
	plots, notes := r.plots()
	pictures := map[string][]byte{}
	for _, p := range plots {
		name := plotFileName(p.ID, func(name string) bool { _, taken := pictures[name]; return taken })
		var b bytes.Buffer
		if err := p.SVG(&b, plot.SVGOptions{Theme: plot.Auto}); err != nil {
			notes = append(notes, fmt.Sprintf("%s cannot be drawn: %v.", p.ID, err))
			continue
		}
		pictures[name] = append(b.Bytes(), d.mark...)
		link, err := filepath.Rel(from, filepath.Join(d.at, name))
		if err != nil {
			link = filepath.Join(d.at, name)
		}
		links = append(links, linkedPlot{title: plotTitle(p), link: linkTo(link)})
		files = append(files, filepath.Join(d.dir, name))
	}
	for _, n := range notes {
		links = append(links, linkedPlot{note: n})
	}
	return links, files, d.write(pictures)
}

func plotTitle(p plot.Plot) string {
	if p.Title != "" {
		return p.Title
	}
	return p.ID
}

// linkTo writes a path into a link of Markdown: what might mean something there
// or in an address is percent-encoded.
func linkTo(name string) string {
	var b strings.Builder
	for _, c := range []byte(filepath.ToSlash(name)) {
		if c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("/._-=,+", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
