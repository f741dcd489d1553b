package servers

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dewar-build/dewar/store/remote"
	"github.com/dewar-build/dewar/store/remote/program"
)

// fault is what a proxy does to a request.
type fault int

const (
	fine     fault = iota
	drop           // the connection ends before an answer
	lost           // it is done, but the connection ends before an answer
	truncate       // the half of the answer comes
	busy           // 503
	broken         // 500
	slow           // the answer comes in small pieces
	wrong          // a byte of the answer is another
	absent         // it says that nothing is there
	swallow        // it says that it keeps what it does not
	silent         // it never answers
)

// proxy passes requests on to a server, and spoils those that choose says.
type proxy struct {
	to     string
	choose func(*http.Request) fault

	mu   sync.Mutex
	done map[fault]int
	end  chan struct{}
}

// before puts a proxy before the S3 of at.
func before(t testing.TB, at program.At, choose func(*http.Request) fault) (*proxy, program.At) {
	t.Helper()
	p := &proxy{to: at.Options["endpoint"], choose: choose, done: map[fault]int{}, end: make(chan struct{})}
	server := httptest.NewServer(p)
	t.Cleanup(func() {
		close(p.end)
		server.Close()
	})
	options := map[string]string{}
	for name, value := range at.Options {
		options[name] = value
	}
	options["endpoint"] = server.URL
	at.Options = options
	return p, at
}

// seeded chooses each of the faults for one in n requests.
func seeded(seed uint64, n int, faults ...fault) func(*http.Request) fault {
	var mu sync.Mutex
	r := rand.New(rand.NewPCG(seed, 7))
	return func(*http.Request) fault {
		mu.Lock()
		defer mu.Unlock()
		if i := r.IntN(n * len(faults)); i < len(faults) {
			return faults[i]
		}
		return fine
	}
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f := p.choose(r)
	p.mu.Lock()
	p.done[f]++
	p.mu.Unlock()
	switch f {
	case drop:
		panic(http.ErrAbortHandler)
	case busy:
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	case broken:
		w.WriteHeader(http.StatusInternalServerError)
		return
	case absent:
		w.WriteHeader(http.StatusNotFound)
		return
	case swallow:
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("ETag", `"d41d8cd98f00b204e9800998ecf8427e"`)
		return
	case silent:
		<-p.end
		return
	}
	p.pass(w, r, f)
}

func (p *proxy) pass(w http.ResponseWriter, r *http.Request, f fault) {
	on, err := http.NewRequestWithContext(r.Context(), r.Method, p.to+r.URL.RequestURI(), r.Body)
	if err != nil {
		panic(err)
	}
	on.Header, on.Host, on.ContentLength = r.Header.Clone(), r.Host, r.ContentLength
	res, err := http.DefaultTransport.RoundTrip(on)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || f == lost {
		panic(http.ErrAbortHandler)
	}
	for name, values := range res.Header {
		w.Header()[name] = values
	}
	if r.Method != http.MethodHead {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(res.StatusCode)
	p.write(w, body, f)
}

func (p *proxy) write(w http.ResponseWriter, body []byte, f fault) {
	switch {
	case f == truncate && len(body) > 0:
		_, _ = w.Write(body[:len(body)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case f == wrong && len(body) > 0:
		body = bytes.Clone(body)
		body[len(body)/2] ^= 1
	case f == slow:
		for piece := range slices.Chunk(body, 1+len(body)/50) {
			_, _ = w.Write(piece)
			_ = http.NewResponseController(w).Flush()
		}
		return
	}
	_, _ = w.Write(body)
}

// patient is for a bad connection: it tries often, and does not wait long.
func patient() remote.Options {
	return remote.Options{Tries: 12, Jitter: func() float64 { return 0 }, Clock: hasty{}}
}

// hasty is a clock on which little time passes between two tries.
type hasty struct{}

func (hasty) Now() time.Time { return time.Now() }
func (hasty) After(d time.Duration) <-chan time.Time {
	if d < 30*time.Second {
		d /= 200
	}
	return time.After(d)
}

// What passes is overcome: everything arrives, and it is right.
func TestFaults_passing(t *testing.T) {
	happened := map[fault]int{}
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			p, at := before(t, below(gofake(t)), seeded(seed, 6, drop, lost, truncate, busy, broken, slow))
			w := newWork(t)
			c := command(t)
			r, err := remote.Push(t.Context(), w.from, remote.Named{Name: "origin", Place: open(t, c, at)}, w.request(), patient())
			if err != nil || !r.Complete() {
				t.Fatalf("push: %v, %+v", err, r)
			}
			to := w.store()
			r, err = remote.Fetch(t.Context(), to, []remote.Named{{Name: "origin", Place: open(t, c, at)}}, w.request(), patient())
			if err != nil || !r.Complete() || len(r.Corrupt) > 0 || !to.HasAll(w.root) {
				t.Fatalf("fetch: %v, %+v", err, r)
			}
			for f, n := range p.done {
				happened[f] += n
			}
		})
	}
	if len(happened) < 7 {
		t.Errorf("these faults happened: %v", happened)
	}
}

func get(r *http.Request) bool {
	return r.Method == http.MethodGet && r.URL.Query().Get("list-type") == ""
}

// Bytes that are wrong do not become part of a store.
func TestFaults_wrong(t *testing.T) {
	good := below(gofake(t))
	w := newWork(t)
	c := command(t)
	w.push(open(t, c, good))
	n := 0
	_, at := before(t, good, func(r *http.Request) fault {
		if get(r) && !strings.HasSuffix(r.URL.Path, "/version") {
			if n++; n == 5 { // the message of the directory came before
				return wrong
			}
		}
		return fine
	})
	to := w.store()
	one := remote.Options{Parallel: 1}
	r, err := remote.Fetch(t.Context(), to, []remote.Named{{Name: "origin", Place: open(t, c, at)}}, w.request(), one)
	must(t, err)
	if len(r.Corrupt) != 1 {
		t.Fatalf("one object was wrong, and %+v is said of it", r.Corrupt)
	}
	if r.Complete() {
		t.Error("the fetch is complete")
	}
	w.fetch(open(t, c, good))
}

// A place that says to keep what it does not is found out when it is fetched
// from; one that says to have nothing is sent everything.
func TestFaults_lies(t *testing.T) {
	good := below(gofake(t))
	w := newWork(t)
	c := command(t)
	lie := fine
	_, at := before(t, good, func(r *http.Request) fault {
		switch {
		case strings.HasSuffix(r.URL.Path, "/version"):
		case lie == swallow && r.Method == http.MethodPut, lie == absent && r.Method == http.MethodHead:
			return lie
		}
		return fine
	})
	lie = swallow
	p := open(t, c, at)
	w.push(p)
	r, err := remote.Fetch(t.Context(), w.store(), []remote.Named{{Name: "origin", Place: open(t, c, good)}}, w.request(), remote.Options{})
	if err == nil && r.Complete() {
		t.Error("what was never sent was fetched")
	}
	lie = absent
	w.push(p)
	w.fetch(open(t, c, good))
}

// A place that does not answer is given up, and the program lets go at once.
func TestFaults_silent(t *testing.T) {
	_, at := before(t, below(gofake(t)), func(*http.Request) fault { return silent })
	c := command(t)
	c.Grace = time.Minute
	w := newWork(t)
	_, err := remote.Push(t.Context(), w.from, remote.Named{Name: "origin", Place: open(t, c, at)}, w.request(), remote.Options{Tries: 1, Idle: 300 * time.Millisecond})
	if !errors.Is(err, remote.ErrUnreachable) {
		t.Errorf("the error is %v", err)
	}
}

// A large object whose connection breaks is fetched on from where it broke.
func TestFaults_resume(t *testing.T) {
	good := below(gofake(t))
	c := command(t)
	dir := t.TempDir()
	data := random(100 << 20)
	from, file := filepath.Join(dir, "from"), filepath.Join(dir, "to")
	must(t, os.WriteFile(from, data, 0o600))
	must(t, open(t, c, good).Put(t.Context(), "packs/large", from, int64(len(data)), nil))
	var mu sync.Mutex
	n := 0
	_, at := before(t, good, func(r *http.Request) fault {
		mu.Lock()
		defer mu.Unlock()
		if n++; n%5 == 0 {
			return truncate
		}
		return fine
	})
	p := open(t, c, at)
	have, tries := int64(0), 0
	for ; ; tries++ {
		err := p.Get(t.Context(), "packs/large", file, have, int64(len(data)), nil)
		info, statErr := os.Stat(file)
		must(t, statErr)
		if info.Size() < have || tries > 20 {
			t.Fatalf("after %d tries there are %d bytes: %v", tries, info.Size(), err)
		}
		have = info.Size()
		got, readErr := os.ReadFile(file)
		must(t, readErr)
		if !bytes.Equal(got, data[:have]) {
			t.Fatal("what is there is not the beginning of the object")
		}
		if err == nil {
			break
		}
	}
	if tries == 0 || have != int64(len(data)) {
		t.Errorf("%d tries, %d bytes", tries, have)
	}
}
