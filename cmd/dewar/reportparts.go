package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/exp/plot"
	"github.com/dewar-build/dewar/exp/table"
)

// names are those of the places, as they may stand in a document.
func (r *report) names() (old, new string) { return safe(r.old.Name), safe(r.new.Name) }

func (r *report) title() string {
	old, new := r.names()
	return old + " and " + new
}

// part is a part of a report: prose, and a table if that has rows.
type part struct {
	heading string
	prose   []string // paragraphs
	table   *table.Table
}

// parts are those that Markdown and HTML have alike; the graph goes into the one
// called pipelineHeading.
func (r *report) parts() []part {
	f := compareFlags{precision: defaultPrecision}
	old, new := r.names()
	list := []part{
		{heading: "Metrics", table: aligned(metricTable(r.metrics, old, new, &f))},
		{heading: "Params", table: aligned(paramTable(r.params, old, new))},
		{heading: "Assertions", prose: r.assertProse(), table: r.assertTable()},
		{heading: pipelineHeading, prose: r.stageProse(), table: r.stageTable()},
		{heading: "Cost", prose: r.costProse(), table: r.costTable()},
	}
	var out []part
	for _, p := range list {
		if len(p.prose) > 0 || len(p.table.Rows) > 0 {
			out = append(out, p)
		}
	}
	return out
}

const pipelineHeading = "Pipeline"

// remarks stand before everything else.
func (r *report) remarks() []string {
	var out []string
	for _, side := range []*dewar.Results{r.old, r.new} {
		if side.Problem != "" {
			out = append(out, fmt.Sprintf("%s cannot be compared: %s", safe(side.Name), safe(side.Problem)))
		}
	}
	if len(r.stale) > 0 {
		out = append(out, fmt.Sprintf("The workspace is not up to date (%s): its stages and costs are told as pipeline.lock has them, from an earlier run. dewar run makes it up to date.", someOf(r.stale, 10)))
	}
	if r.unsure != "" {
		out = append(out, "Whether the workspace is up to date could not be found out: "+safe(r.unsure))
	}
	if len(r.metrics)+len(r.params) == 0 {
		out = append(out, "No metric and no param is different.")
	}
	return out
}

// someOf lists the first of many names.
func someOf(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most-1], ", "), len(names)-most+1)
}

// aligned puts the headers of columns that hold only numbers over them.
func aligned(t *table.Table) *table.Table {
	for i := range t.Columns {
		numbers := false
		for _, row := range t.Rows {
			if c := row.Cells[i]; !c.Absent {
				if numbers = c.IsNumber; !numbers {
					break
				}
			}
		}
		t.Columns[i].Numeric = numbers
	}
	return t
}

// mostAsserts is how many assertions that hold are listed.
const mostAsserts = 20

// fewAsserts reports whether those that hold are listed, too.
func (r *report) fewAsserts() bool { return r.all || len(r.new.Asserts) <= mostAsserts }

func (r *report) assertProse() []string {
	wrong := 0
	for _, a := range r.new.Asserts {
		if !a.OK {
			wrong++
		}
	}
	if r.fewAsserts() {
		return nil
	}
	return []string{fmt.Sprintf("Of %s, %d hold and %d do not.", counted(len(r.new.Asserts), "assertion"), len(r.new.Asserts)-wrong, wrong)}
}

func (r *report) assertTable() *table.Table {
	t := &table.Table{Columns: []table.Column{{Name: "Instance", Header: "Instance"}, {Name: "Condition", Header: "Condition"}, {Name: "Holds", Header: "Holds"}}}
	for _, a := range r.new.Asserts {
		holds := table.Cell{Text: "yes"}
		if !a.OK {
			holds = table.Cell{Text: "no: " + a.Error, Tone: -1}
		} else if !r.fewAsserts() {
			continue
		}
		t.Rows = append(t.Rows, table.Row{Cells: []table.Cell{{Text: a.Instance}, {Text: strings.Join(strings.Fields(a.Condition), " ")}, holds}})
	}
	return t
}

func (r *report) page() ([]byte, error) {
	page := plot.Page{Title: r.title()}
	if remarks := r.remarks(); len(remarks) > 0 {
		page.Sections = append(page.Sections, plot.Section{Prose: strings.Join(remarks, "\n\n")})
	}
	for _, p := range r.parts() {
		s := plot.Section{Heading: p.heading, Prose: strings.Join(p.prose, "\n\n")}
		if p.heading == pipelineHeading {
			page.Sections = append(page.Sections, plot.Section{Heading: p.heading, Prose: s.Prose, Table: r.picture()})
			s = plot.Section{}
		}
		if len(p.table.Rows) > 0 {
			s.Table = html(p.table)
		}
		if s.Table != "" || s.Prose != "" {
			page.Sections = append(page.Sections, s)
		}
	}
	if plots, notes := r.plots(); len(plots)+len(notes) > 0 {
		s := plot.Section{Heading: "Plots", Prose: strings.Join(notes, "\n\n")}
		for _, p := range plots {
			s.Charts = append(s.Charts, p)
		}
		page.Sections = append(page.Sections, s)
	}
	var b bytes.Buffer
	if err := page.HTML(&b); err != nil {
		return nil, usage("E-usage", "%v.", err)
	}
	return b.Bytes(), nil
}

func (r *report) markdown(plots []linkedPlot) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s\n", mdText(r.title()))
	for _, text := range r.remarks() {
		fmt.Fprintf(&b, "\n%s\n", mdText(text))
	}
	for _, p := range r.parts() {
		fmt.Fprintf(&b, "\n## %s\n", p.heading)
		for _, text := range p.prose {
			fmt.Fprintf(&b, "\n%s\n", mdText(text))
		}
		if p.heading == pipelineHeading {
			b.WriteString(r.mermaid())
		}
		if len(p.table.Rows) > 0 {
			b.WriteString("\n")
			_ = p.table.Markdown(&b) // a Buffer does not fail
		}
	}
	writePlotLinks(&b, plots)
	return b.Bytes()
}

// mdText writes a text into Markdown, where it means nothing but itself.
func mdText(s string) string {
	return strings.NewReplacer(
		`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "|", `\|`, "~", `\~`, "#", `\#`, "<", "&lt;", ">", "&gt;", "&", "&amp;",
	).Replace(strings.Join(strings.Fields(safe(s)), " "))
}
