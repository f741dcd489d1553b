package plot

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"strings"
)

// builder writes the body of a page. What it is given is escaped by who calls f.
type builder struct {
	bytes.Buffer
	static      bool
	experiments []string
	charts      int
}

func (b *builder) f(format string, args ...any) { fmt.Fprintf(b, format, args...) }

// contents lists the sections of a long page.
func (b *builder) contents(sections []Section) {
	if len(sections) < 4 {
		return
	}
	b.f("<nav>")
	for i, s := range sections {
		if s.Heading != "" {
			b.f("<a href=\"#s%d\">%s</a>", i, html.EscapeString(s.Heading))
		}
	}
	b.f("</nav>")
}

func (b *builder) section(i int, s Section) error {
	b.f("<section id=\"s%d\">\n", i)
	if s.Heading != "" {
		b.f("<h2>%s</h2>\n", html.EscapeString(s.Heading))
	}
	for _, paragraph := range strings.Split(strings.ReplaceAll(s.Prose, "\r\n", "\n"), "\n\n") {
		if paragraph = strings.TrimSpace(paragraph); paragraph != "" {
			b.f("<p>%s</p>\n", html.EscapeString(paragraph))
		}
	}
	if s.Table != "" {
		b.f("<div class=\"table\">%s</div>\n", s.Table)
	}
	if s.Text != "" {
		b.f("<pre>%s</pre>\n", html.EscapeString(s.Text))
	}
	if len(s.Charts) > 0 {
		b.f("<div class=\"charts\">\n")
		for _, c := range s.Charts {
			if err := b.chart(c); err != nil {
				return err
			}
		}
		b.f("</div>\n")
	}
	b.f("</section>\n")
	return nil
}

func (b *builder) chart(c Chart) error {
	f, err := c.figure(b.experiments)
	if err != nil {
		return err
	}
	class := "chart"
	if f.wide || len(f.panels) > 1 && f.spec == nil {
		class = "chart wide"
	}
	b.f("<figure class=\"%s\">\n<h3>%s</h3>\n", class, html.EscapeString(f.title))
	if f.spec != nil {
		if err := b.drawing(f); err != nil {
			return err
		}
	}
	b.panels(f.panels)
	for _, n := range f.notes {
		b.f("<p class=\"note\">%s</p>\n", html.EscapeString(n))
	}
	b.f("</figure>\n")
	return nil
}

// drawing is the chart itself: for Vega, its specification as data beside its place.
func (b *builder) drawing(f figure) error {
	if b.static {
		var picture bytes.Buffer
		if err := f.svg(&picture, SVGOptions{Theme: Auto}); err != nil {
			return err
		}
		b.f("<img class=\"drawing\" alt=\"%s\" src=\"%s\">\n", html.EscapeString(f.title), dataURL("image/svg+xml", picture.Bytes()))
		return nil
	}
	if !f.own {
		f.spec["width"] = "container"
		f.spec["autosize"] = object{"type": "fit-x", "contains": "padding"}
	}
	spec, err := json.Marshal(f.spec)
	if err != nil {
		return fmt.Errorf("write the specification of %s: %w", f.title, err)
	}
	b.charts++
	own := ""
	if f.own {
		own = " own"
	}
	b.f("<div class=\"vega%s\" id=\"c%d\" role=\"img\" aria-label=\"%s\"></div>\n", own, b.charts, html.EscapeString(f.title))
	b.f("<script type=\"application/json\" id=\"c%d-spec\">%s</script>\n", b.charts, spec)
	return nil
}

// panels are pictures side by side, each with its experiment; what could not be
// read says so in its place.
func (b *builder) panels(panels []panel) {
	if len(panels) == 0 {
		return
	}
	b.f("<div class=\"panels\">\n")
	for _, p := range panels {
		b.f("<figure class=\"panel\"><figcaption><strong>%s</strong> <span>%s</span></figcaption>", html.EscapeString(p.experiment), html.EscapeString(p.path))
		if p.image != nil {
			b.f("<img alt=\"%s\" src=\"%s\">", html.EscapeString(p.experiment+" "+p.path), html.EscapeString(dataURL(p.mime, p.image)))
		} else {
			b.f("<p class=\"alarm\">%s</p>", html.EscapeString(p.err))
		}
		b.f("</figure>\n")
	}
	b.f("</div>\n")
}
