package plot

import (
	"testing"

	"github.com/dewar-build/dewar/internal/browsertest"
)

// What people begin their own templates with is drawn as it is.
func TestAnchored_browser(t *testing.T) {
	page := Page{Title: "t", Sections: []Section{{}}}
	for _, name := range TemplateNames() {
		p := samplePlot(name, 2, 40)
		p.ID, p.Own = name, must[*Own](t)(Custom(Anchored(name)))
		page.Sections[0].Charts = append(page.Sections[0].Charts, p)
	}
	p := browsertest.Start(t).OpenBytes(written(t, page.HTML))
	for _, c := range p.Charts() {
		if !c.Drawn() {
			t.Errorf("not drawn: %+v", c)
		}
	}
	p.Quiet()
}

// hostileTemplate asks for everything that a template of a stranger could ask for.
const hostileTemplate = `{
	"$schema": "https://vega.github.io/schema/vega-lite/v6.json",
	"usermeta": {"embedOptions": {
		"ast": false, "defaultStyle": "body { display: none }", "config": "https://example.invalid/config.json", "theme": "dark",
		"patch": "https://example.invalid/patch.json", "sourceHeader": "<script>document.title='owned'</script>",
		"actions": {"editor": true, "source": true}, "editorUrl": "https://example.invalid/", "loader": {"baseURL": "https://example.invalid/"}}},
	"title": "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">",
	"config": {"aria": true},
	"layer": [
		{"data": {"url": "https://example.invalid/leak.csv"}, "mark": "point", "encoding": {"x": {"field": "step"}}},
		{"data": {"values": "<DVC_METRIC_DATA>"}, "mark": {"type": "point", "size": 400, "filled": true},
			"transform": [{"calculate": "'https://example.invalid/?' + datum.loss", "as": "there"}],
			"encoding": {"x": {"field": "<DVC_METRIC_X>", "type": "quantitative"}, "y": {"field": "<DVC_METRIC_Y>", "type": "quantitative"},
				"href": {"field": "there"}, "description": {"value": "\"><script>document.title='owned'</script>"}, "tooltip": {"value": "<img src=x onerror=\"document.title='owned'\">"}}},
		{"data": {"values": "<DVC_METRIC_DATA>"}, "mark": {"type": "image", "url": "https://example.invalid/pixel.png", "width": 9, "height": 9},
			"encoding": {"x": {"field": "<DVC_METRIC_X>", "type": "quantitative"}, "y": {"field": "<DVC_METRIC_Y>", "type": "quantitative"}}},
		{"data": {"values": "<DVC_METRIC_DATA>"}, "mark": {"type": "image", "width": 9, "height": 9},
			"encoding": {"url": {"value": "javascript:document.title='owned'"}, "x": {"field": "<DVC_METRIC_X>", "type": "quantitative"}}}
	]
}`

// A template of a stranger runs nothing, loads nothing, and leads nowhere.
func TestCustom_hostile_browser(t *testing.T) {
	plot := samplePlot("linear", 1, 3)
	plot.Own = must[*Own](t)(Custom([]byte(hostileTemplate)))
	p := browsertest.Start(t).OpenBytes(written(t, Page{Title: "t", Sections: []Section{{Charts: []Chart{plot}}}}.HTML))
	for _, c := range p.Charts() {
		if !c.Drawn() {
			t.Errorf("what can be drawn is not: %+v", c)
		}
	}
	// A click on every mark, as a person would; what follows it has a moment to.
	p.Ask(`(async () => {
		for (const mark of document.querySelectorAll(".vega svg path, .vega svg image")) {
			for (const kind of ["mouseover", "mousemove", "click"]) mark.dispatchEvent(new MouseEvent(kind, { bubbles: true, cancelable: true, view: window }));
		}
		await new Promise(requestAnimationFrame);
		await new Promise((settled) => { const c = new MessageChannel(); c.port1.onmessage = settled; c.port2.postMessage(0); });
	})()`, nil)
	var title, shown string
	p.Ask(`document.title`, &title)
	p.Ask(`getComputedStyle(document.body).display`, &shown)
	if title != "t" || shown == "none" {
		t.Errorf("the template changed the page: title %q, body %q", title, shown)
	}
	for _, never := range []string{".vega details a[href*=invalid]", ".vega image[href*=invalid]", "img[src=x]", "link", "iframe"} {
		if n := p.Count(never); n > 0 {
			t.Errorf("%d of %s", n, never)
		}
	}
	if n := p.Count(".note"); n == 0 {
		t.Error("nothing says that addresses are left out")
	}
	p.Quiet()
}
