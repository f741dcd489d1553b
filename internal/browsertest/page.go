package browsertest

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Page is one that is open.
type Page struct {
	b       *Browser
	session string
	loaded  chan struct{}
	once    sync.Once // closes it
	there   bool      // it is this page that is open, and not the empty one before it

	mu      sync.Mutex
	said    []string // in the console, by scripts or by the browser about them
	reached []string // addresses outside of the page itself
}

// Open opens a file and returns when all charts in it are drawn, or could not be.
func (b *Browser) Open(file string) *Page {
	b.t.Helper()
	file, err := filepath.Abs(file)
	if err != nil {
		b.t.Fatal(err)
	}
	p := &Page{b: b, loaded: make(chan struct{})}
	var made struct{ TargetID, SessionID string }
	b.call("", "Target.createTarget", object{"url": "about:blank"}, &made)
	b.call("", "Target.attachToTarget", object{"targetId": made.TargetID, "flatten": true}, &made)
	p.session = made.SessionID
	b.conn.hear(p.session, p.event)
	for _, what := range []string{"Page.enable", "Runtime.enable", "Log.enable", "Network.enable"} {
		b.call(p.session, what, nil, nil)
	}
	b.call(p.session, "Page.navigate", object{"url": (&url.URL{Scheme: "file", Path: file}).String()}, nil)
	<-p.loaded
	p.Ask(drawn, nil)
	return p
}

// OpenBytes writes a page into a file and opens that.
func (b *Browser) OpenBytes(page []byte) *Page {
	b.t.Helper()
	file := filepath.Join(b.t.TempDir(), "page.html")
	if err := os.WriteFile(file, page, 0o644); err != nil {
		b.t.Fatal(err)
	}
	return b.Open(file)
}

// object is the params of a request.
type object map[string]any

// drawn is a promise that all charts of a page are settled.
const drawn = `new Promise((resolve) => {
  const open = () => document.querySelector(".vega:not([data-drawn])");
  const look = () => { if (!open()) resolve(true); };
  new MutationObserver(look).observe(document, { subtree: true, attributes: true, childList: true });
  look();
})`

// event notes what the browser tells of this page.
func (p *Page) event(m message) {
	var e struct {
		Type  string // of a console message
		Args  []struct{ Value, Description any }
		Entry struct{ Level, Text, URL string }

		ExceptionDetails struct {
			Text      string
			Exception struct{ Description string }
		}
		Frame   struct{ URL, ParentID string }
		Request struct{ URL string }
		URL     string
	}
	_ = json.Unmarshal(m.Params, &e) // what we do not know is none of these
	switch m.Method {
	case "Page.frameNavigated":
		p.there = p.there || e.Frame.ParentID == "" && strings.HasPrefix(e.Frame.URL, "file:")
	case "Page.loadEventFired":
		if p.there {
			p.once.Do(func() { close(p.loaded) })
		}
	case ended:
		p.once.Do(func() { close(p.loaded) })
	case "Runtime.consoleAPICalled":
		words := []string{e.Type}
		for _, a := range e.Args {
			words = append(words, text(a.Value)+text(a.Description))
		}
		p.note(&p.said, strings.Join(words, " "))
	case "Runtime.exceptionThrown":
		p.note(&p.said, e.ExceptionDetails.Text+" "+e.ExceptionDetails.Exception.Description)
	case "Log.entryAdded":
		p.note(&p.said, e.Entry.Level+" "+e.Entry.Text+" "+e.Entry.URL)
	case "Network.requestWillBeSent":
		p.reach(e.Request.URL)
	case "Network.webSocketCreated", "Network.webTransportCreated":
		p.reach(e.URL)
	}
}

// text is what a value of a console message reads as.
func text(v any) string {
	s, ok := v.(string)
	if !ok && v != nil {
		b, _ := json.Marshal(v) // it came from JSON
		s = string(b)
	}
	return s
}

// reach notes an address, unless what it names is in the file that we opened.
func (p *Page) reach(address string) {
	scheme, rest, _ := strings.Cut(address, ":")
	if scheme == "file" && strings.HasSuffix(rest, ".html") || slices.Contains([]string{"data", "blob", "about"}, scheme) {
		return
	}
	p.note(&p.reached, address)
}

func (p *Page) note(list *[]string, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	*list = append(*list, text)
}

// Ask evaluates an expression in the page, waits for what it promises, and reads
// that into answer.
func (p *Page) Ask(expression string, answer any) {
	p.b.t.Helper()
	var got struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct {
			Exception struct{ Description string }
		}
	}
	p.b.call(p.session, "Runtime.evaluate", object{"expression": expression, "awaitPromise": true, "returnByValue": true}, &got)
	if got.ExceptionDetails != nil {
		p.b.t.Fatalf("%s: %s", expression, got.ExceptionDetails.Exception.Description)
	}
	if answer == nil {
		return
	}
	if err := json.Unmarshal(got.Result.Value, answer); err != nil {
		p.b.t.Fatalf("%s is %s: %v", expression, got.Result.Value, err)
	}
}

// Count returns how many elements a CSS selector finds.
func (p *Page) Count(selector string) (n int) {
	p.b.t.Helper()
	p.Ask("document.querySelectorAll("+quoted(selector)+").length", &n)
	return n
}

// quoted is a text as scripts write it.
func quoted(text string) string {
	b, _ := json.Marshal(text) // a string has no reason to fail
	return string(b)
}

// Document returns the page as it is now.
func (p *Page) Document() (html string) {
	p.b.t.Helper()
	p.Ask("document.documentElement.outerHTML", &html)
	return html
}

// Quiet fails the test for every word in the console and every address tried.
func (p *Page) Quiet() {
	p.b.t.Helper()
	p.Ask("0", nil) // events that came before this answer are noted
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.said {
		p.b.t.Errorf("the console: %.500s", s)
	}
	for _, address := range p.reached {
		p.b.t.Errorf("the page tried to reach %.300s", address)
	}
}

// Photograph writes the whole page into a PNG file.
func (p *Page) Photograph(file string) {
	p.b.t.Helper()
	var shot struct{ Data string }
	p.b.call(p.session, "Page.captureScreenshot", object{"format": "png", "captureBeyondViewport": true}, &shot)
	b, err := base64.StdEncoding.DecodeString(shot.Data)
	if err == nil {
		err = os.WriteFile(file, b, 0o644)
	}
	if err != nil {
		p.b.t.Fatal(err)
	}
}
