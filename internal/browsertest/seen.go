package browsertest

// Chart is one of a page of ours, as a person sees it.
type Chart struct {
	Title  string
	Canvas bool           // it is painted, so that its marks cannot be counted
	Marks  map[string]int // of data, by kind: axes and legends have none
	Broken bool           // a sentence says that it could not be drawn, or something is no number
	Height float64
}

// Drawn reports whether there is something to be seen.
func (c Chart) Drawn() bool { return !c.Broken && c.Height > 60 && (c.Canvas || len(c.Marks) > 0) }

// Charts returns the charts that scripts drew.
func (p *Page) Charts() (list []Chart) {
	p.b.t.Helper()
	p.Ask(`[...document.querySelectorAll(".vega")].map((c) => ({
  title: c.getAttribute("aria-label"),
  canvas: c.querySelector("canvas") !== null,
  marks: Object.fromEntries(["line", "symbol", "rect", "text", "rule", "area"].map((kind) =>
    [kind, c.querySelectorAll("g.mark-" + kind + ".role-mark :is(path, text, line)").length]).filter(([, n]) => n)),
  broken: c.querySelector(".alarm") !== null || c.innerHTML.includes("NaN"),
  height: c.getBoundingClientRect().height,
}))`, &list)
	return list
}

// Rows returns the cells of all tables below their headings.
func (p *Page) Rows() (rows [][]string) {
	p.b.t.Helper()
	p.Ask(`[...document.querySelectorAll("tbody tr")].map((r) => [...r.cells].map((c) => c.textContent))`, &rows)
	return rows
}

// Heading clicks the heading of a column, by its text.
func (p *Page) Heading(text string) {
	p.b.t.Helper()
	p.Ask(`[...document.querySelectorAll("thead tr:last-child th")].find((h) => h.textContent === `+quoted(text)+`).click()`, nil)
}
