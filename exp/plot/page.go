package plot

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"strings"
)

// Page is one HTML file that needs nothing else: no network, no other file.
type Page struct {
	Title    string
	Sections []Section
	Static   bool // charts as pictures: a small page without Vega, where nothing moves
}

// Section is a part of a page; what is empty is left out.
type Section struct {
	Heading string
	Prose   string  // plain text; an empty line begins a paragraph
	Table   string  // HTML of ours, with its data escaped: it goes into the page as it is
	Text    string  // preformatted
	Charts  []Chart // a *Plot or Plot, a *Parallel or a *HeatMap
}

// Chart is what a page can show.
type Chart interface {
	VegaLite() ([]byte, error)
	SVG(w io.Writer, o SVGOptions) error
	figure(experiments []string) (figure, error)
}

// figure is a chart as a page needs it.
type figure struct {
	title  string
	spec   object // nil if there are only panels
	own    bool   // the specification has its own size
	wide   bool   // and takes the whole width of the page
	panels []panel
	notes  []string
	svg    func(w io.Writer, o SVGOptions) error
}

func (p Plot) figure(experiments []string) (figure, error) {
	if p.Experiments == nil {
		p.Experiments = experiments
	}
	c, err := p.chart()
	if err != nil {
		return figure{}, err
	}
	f := figure{title: c.title, panels: c.panels, svg: func(w io.Writer, o SVGOptions) error {
		bare := *c
		bare.title, bare.panels, bare.notes = "", nil, nil
		_, err := w.Write(bare.svg(o))
		return err
	}}
	if !c.empty() || len(c.panels) == 0 {
		f.own = p.Own != nil || c.family == matrices || c.square
		f.wide = len(c.matrices) > 1
		c.title = "" // it stands over the figure
		f.spec, err = p.spec(c)
	}
	f.notes = c.notes
	return f, err
}

func (p *Parallel) figure([]string) (figure, error) {
	return figure{title: p.title, spec: p.spec(), notes: p.notes, svg: p.SVG}, nil
}

func (h *HeatMap) figure([]string) (figure, error) {
	return figure{title: h.title, spec: h.spec(), notes: h.notes, svg: h.SVG}, nil
}

// HTML writes the page. Every script in it is ours and named by its hash in a
// Content-Security-Policy, so that nothing of data can run, and no address is
// reached. Vega interprets its expressions instead of compiling them: the
// policy needs no unsafe-eval.
func (p Page) HTML(w io.Writer) error {
	body, charts, err := p.body()
	if err != nil {
		return err
	}
	scripts := []string{pageJS}
	if charts > 0 {
		libraries, err := vegaScripts()
		if err != nil {
			return err
		}
		scripts = append(append(libraries, chartsJS), scripts...)
	}
	var out bytes.Buffer
	out.WriteString(p.head(scripts))
	out.Write(body)
	if charts > 0 {
		configs, err := json.Marshal(object{"light": pageConfig(light()), "dark": pageConfig(dark())})
		if err != nil {
			return err
		}
		fmt.Fprintf(&out, "<script type=\"application/json\" id=\"vega-config\">%s</script>\n", configs)
		out.WriteString(licenses())
	}
	for _, s := range scripts {
		fmt.Fprintf(&out, "<script>%s</script>\n", s)
	}
	out.WriteString("</body>\n</html>\n")
	_, err = w.Write(out.Bytes())
	return err
}

// pageConfig lets the paper of the page shine through.
func pageConfig(t theme) object { return plus(config(t), "background", nil) }

func (p Page) head(scripts []string) string {
	var hashes []string
	for _, s := range scripts {
		hashes = append(hashes, permit(s))
	}
	policy := "default-src 'none'; script-src " + strings.Join(hashes, " ") +
		"; style-src 'unsafe-inline'; img-src data:; connect-src 'none'; base-uri 'none'; form-action 'none'"
	return fmt.Sprintf(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="%s">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>%s</title>
<style>
%s</style>
</head>
<body>
`, policy, html.EscapeString(p.Title), pageCSS)
}

// body returns what people see, and how many charts Vega is to draw in it.
func (p Page) body() (out []byte, charts int, err error) {
	b := &builder{static: p.Static, experiments: p.experiments()}
	b.f("<header><h1>%s</h1>", html.EscapeString(p.Title))
	b.contents(p.Sections)
	b.f("</header>\n<main>\n")
	for i, s := range p.Sections {
		if err := b.section(i, s); err != nil {
			return nil, 0, err
		}
	}
	b.f("</main>\n")
	if b.charts > 0 {
		b.f("<footer>Drag a chart to move it, Ctrl and the wheel to zoom, double click to go back; click the legend to pick.</footer>\n")
		b.f("<noscript><p class=\"alarm\">The charts of this page are drawn by scripts, which are switched off.</p></noscript>\n")
	}
	return b.Bytes(), b.charts, nil
}

// experiments returns those of all plots: one has the same colour all over the page.
func (p Page) experiments() []string {
	var all []string
	for _, s := range p.Sections {
		for _, c := range s.Charts {
			plot, ok := c.(Plot)
			if pointer, is := c.(*Plot); is {
				plot, ok = *pointer, true
			}
			if ok {
				for _, e := range plot.experiments() {
					all = with(all, e)
				}
			}
		}
	}
	return all
}
