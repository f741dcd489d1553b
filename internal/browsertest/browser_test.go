package browsertest

import (
	"bytes"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// told is a test that notes what it was told, and goes on.
type told struct {
	testing.TB
	errors []string
}

func (*told) Helper() {}
func (t *told) Errorf(_ string, args ...any) {
	for _, a := range args {
		t.errors = append(t.errors, a.(string))
	}
}

// What a page says and tries is seen, whichever way it does it; a quiet page is quiet.
func TestPage_Quiet(t *testing.T) {
	b := Start(t)
	for _, c := range []struct {
		name, page string
		want       []string // in what the test is told
	}{
		{"quiet", `<p>hello</p><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><script>let x = 1</script>`, nil},
		{"says", `<script>console.log("a", 1, {})</script>`, []string{"log a 1"}},
		{"throws", `<script>throw new Error("broken")</script>`, []string{"broken"}},
		{"forgets", `<script>Promise.reject(new Error("lost"))</script>`, []string{"lost"}},
		{"draws from afar", `<img src="http://example.org/x.png">`, []string{"http://example.org/x.png"}},
		{"fetches", `<script>fetch("https://example.org/y").catch(() => {})</script>`, []string{"https://example.org/y"}},
		{"is not permitted", `<meta http-equiv="Content-Security-Policy" content="default-src 'none'"><script>1</script>`, []string{"Content Security Policy"}},
		{"reads files", `<img src="neighbour.png">`, []string{"neighbour.png"}},
		{"talks", `<script>new WebSocket("ws://example.org/z").onerror = () => {}</script>`, []string{"ws://example.org/z"}},
	} {
		p := b.OpenBytes([]byte("<!DOCTYPE html><title>t</title>" + c.page))
		p.Ask(`new Promise((settled) => setTimeout(settled))`, nil)
		note := &told{TB: t}
		p.b = &Browser{t: note, conn: b.conn}
		p.Quiet()
		if len(c.want) == 0 && len(note.errors) > 0 {
			t.Errorf("a page that %s: %q", c.name, note.errors)
		}
		for _, w := range c.want {
			if !slices.ContainsFunc(note.errors, func(e string) bool { return strings.Contains(e, w) }) {
				t.Errorf("a page that %s: %q does not say %s", c.name, note.errors, w)
			}
		}
	}
}

// A page is ready when its charts are, and not before.
func TestBrowser_Open(t *testing.T) {
	p := Start(t).OpenBytes([]byte(`<!DOCTYPE html><div class="vega"></div><button onclick="this.textContent = 'clicked'">b</button>
<script>requestAnimationFrame(() => requestAnimationFrame(() => { const v = document.querySelector(".vega"); v.innerHTML = "<svg><path></path></svg>"; v.dataset.drawn = "yes" }))</script>`))
	if n := p.Count(".vega svg path"); n != 1 {
		t.Errorf("%d paths, want 1", n)
	}
	p.Ask(`document.querySelector("button").click()`, nil)
	var got []string
	p.Ask(`[...document.querySelectorAll("button")].map((b) => b.textContent)`, &got)
	if diff := cmp.Diff([]string{"clicked"}, got); diff != "" {
		t.Error(diff)
	}
	if html := p.Document(); !strings.Contains(html, ">clicked</button>") {
		t.Error(html)
	}

	file := filepath.Join(t.TempDir(), "page.png")
	p.Photograph(file)
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	shot, err := png.DecodeConfig(bytes.NewReader(b))
	if err != nil || shot.Width < 1000 {
		t.Errorf("a photograph of %v: %v", shot, err)
	}
}
