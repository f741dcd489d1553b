package image_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/dewar-build/dewar/image"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// shop is a registry whose answers can be spoilt.
type shop struct {
	*httptest.Server
	host string
	mu   sync.Mutex
	// spoil may answer in place of the registry; n counts the requests for that address from 1.
	spoil func(w http.ResponseWriter, r *http.Request, n int) bool
	seen  map[string]int
}

func newShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{seen: map[string]int{}, spoil: func(http.ResponseWriter, *http.Request, int) bool { return false }}
	real := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.seen[r.Method+" "+r.URL.Path]++
		n, spoil := s.seen[r.Method+" "+r.URL.Path], s.spoil
		s.mu.Unlock()
		if !spoil(w, r, n) {
			real.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(s.Close)
	s.host = strings.TrimPrefix(s.URL, "http://")
	return s
}

// sell puts an image into the registry.
func (s *shop) sell(t *testing.T, at string, img v1.Image) image.Ref {
	t.Helper()
	ref, err := name.ParseReference(s.host + "/" + at)
	if err == nil {
		err = remote.Write(ref, img)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = map[string]int{}
	return image.Ref{Source: s.host + "/" + at, Digest: sum(t, img)}
}

func (s *shop) asked(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.seen["GET "+path]
}

// online is a bench that reaches registries.
func online(t *testing.T) *bench {
	b := newBench(t)
	b.Network = &image.Network{Transport: http.DefaultTransport}
	return b
}

func twoLayers(t *testing.T) (v1.Image, string) {
	t.Helper()
	img := imageOf(t, gzLayer(file("a", "text")), staticLayer(archive(file("b", strings.Repeat("0123456789", 50_000)))))
	m, err := img.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	return img, m.Layers[1].Digest.String()
}

// An image of a registry is asked for once, its layers once, and what a tag means can be looked up.
func TestRegistry(t *testing.T) {
	s := newShop(t)
	img, layer := twoLayers(t)
	ref := s.sell(t, "team/img:1.0", img)
	b := online(t)
	found, err := b.Resolve(t.Context(), image.Ref{Source: ref.Source})
	if err != nil || found.Digest != ref.Digest || found.Kind != "manifest" {
		t.Fatal(found, err)
	}
	if n := s.asked("/v2/team/img/blobs/" + layer); n != 0 {
		t.Fatal("a layer was asked for to say what a name means")
	}
	var last [2]int64
	_, release, err := b.Bring(t.Context(), ref, func(done, total int64) { last = [2]int64{done, total} })
	if err != nil {
		t.Fatal(err)
	}
	release()
	if last[0] != found.Bytes || last[1] != found.Bytes {
		t.Fatalf("progress ended at %v of %d", last, found.Bytes)
	}
	if _, got, err := b.bring(ref); err != nil || cmp.Diff([]string{"a", "b"}, got) != "" {
		t.Fatal(got, err)
	}
	if n := s.asked("/v2/team/img/blobs/" + layer); n != 1 || b.waits.Load() != 0 {
		t.Fatalf("asked %d times, tried again %d times", n, b.waits.Load())
	}
}

// What breaks off is gone on with, if need be from the beginning; what the registry says is told.
func TestRegistryTrouble(t *testing.T) {
	img, layer := twoLayers(t)
	isLayer := func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, layer) && r.Method == "GET" }
	raw := archive(file("b", strings.Repeat("0123456789", 50_000)))
	half := func(w http.ResponseWriter, from, to int) bool {
		w.Header().Set("Content-Length", fmt.Sprint(len(raw)-from))
		if from > 0 {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(raw)-1, len(raw)))
			w.WriteHeader(http.StatusPartialContent)
		}
		_, _ = w.Write(raw[from:to])
		return true
	}
	always := func(code int, text string) func(http.ResponseWriter, *http.Request, int) bool {
		return func(w http.ResponseWriter, r *http.Request, _ int) bool {
			if !strings.Contains(r.URL.Path, "manifests") {
				return false
			}
			w.WriteHeader(code)
			_, _ = io.WriteString(w, text)
			return true
		}
	}
	tests := []struct {
		name    string
		spoil   func(http.ResponseWriter, *http.Request, int) bool
		problem image.Problem
		text    string
		waits   int64
	}{
		{"broken off, and the rest", func(w http.ResponseWriter, r *http.Request, n int) bool {
			var from int
			_, _ = fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from)
			return isLayer(r) && n < 4 && half(w, from, from+100_000)
		}, 0, "", 3},
		{"broken off, and all of it again", func(w http.ResponseWriter, r *http.Request, n int) bool {
			return isLayer(r) && n == 1 && half(w, 0, 300_000)
		}, 0, "", 1},
		{"broken off, and no parts are given", func(w http.ResponseWriter, r *http.Request, n int) bool {
			if isLayer(r) && r.Header.Get("Range") != "" {
				w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
				return true
			}
			return isLayer(r) && n == 1 && half(w, 0, 300_000)
		}, 0, "", 2},
		{"always broken off at once", func(w http.ResponseWriter, r *http.Request, _ int) bool {
			return isLayer(r) && half(w, 0, 0)
		}, image.Unreachable, "the connection ended", 4},
		{"wrong bytes", func(w http.ResponseWriter, r *http.Request, _ int) bool {
			if isLayer(r) {
				b := []byte(strings.Replace(string(raw), "5678", "evil", 1))
				_, _ = w.Write(b)
			}
			return isLayer(r)
		}, image.Mismatch, "not those of its digest", 0},
		{"more bytes", func(w http.ResponseWriter, r *http.Request, _ int) bool {
			if isLayer(r) {
				_, _ = w.Write(append(raw, 0))
			}
			return isLayer(r)
		}, image.Mismatch, "more than", 0},
		{"another manifest", always(200, `{"schemaVersion":2}`), image.Mismatch, "not sha256", 0},
		{"an endless manifest", always(200, strings.Repeat(" ", 9<<20)), image.TooLarge, "larger than", 0},
		{"busy for a while", func(w http.ResponseWriter, r *http.Request, n int) bool {
			if n < 3 && strings.Contains(r.URL.Path, "manifests") {
				w.WriteHeader(http.StatusTooManyRequests)
				return true
			}
			return false
		}, 0, "", 2},
		{"broken for good", always(503, ""), image.Unreachable, "503 Service Unavailable", 4},
		{"not there", always(404, `{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}`), image.NotFound, "manifest unknown", 0},
		{"not for us", always(401, `{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}`), image.NoLogin, "authentication required", 0},
		{"forbidden", always(403, ""), image.NoLogin, "403", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, b := newShop(t), online(t)
			ref := s.sell(t, "img", img)
			s.spoil = test.spoil
			_, got, err := b.bring(ref)
			if problemOf(err) != test.problem || test.problem != 0 && !strings.Contains(err.Error(), test.text) {
				t.Fatalf("%d: %v", problemOf(err), err)
			}
			if test.problem == 0 && (err != nil || len(got) != 2) {
				t.Fatal(got, err)
			}
			if n := b.waits.Load(); n != test.waits {
				t.Errorf("tried again %d times, not %d", n, test.waits)
			}
		})
	}
}

// logins are what `docker login` keeps.
type logins map[string]authn.AuthConfig

func (l logins) Resolve(r authn.Resource) (authn.Authenticator, error) {
	if c, ok := l[r.RegistryStr()]; ok {
		return authn.FromConfig(c), nil
	}
	return authn.Anonymous, nil
}

// A registry that wants a login gets the one that is kept for it, and says so if there is none.
func TestLogin(t *testing.T) {
	s := newShop(t)
	img, _ := twoLayers(t)
	ref := s.sell(t, "private", img)
	s.spoil = func(w http.ResponseWriter, r *http.Request, _ int) bool {
		if user, word, ok := r.BasicAuth(); ok && user == "ada" && word == "secret" {
			return false
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="here"`)
		w.WriteHeader(http.StatusUnauthorized)
		return true
	}
	b := online(t)
	if _, _, err := b.bring(ref); problemOf(err) != image.NoLogin {
		t.Fatal(err)
	}
	b.Network.Logins = logins{s.host: {Username: "ada", Password: "wrong"}}
	if _, _, err := b.bring(ref); problemOf(err) != image.NoLogin || strings.Contains(err.Error(), "wrong") {
		t.Fatal(err)
	}
	b.Network.Logins = logins{s.host: {Username: "ada", Password: "secret"}}
	if _, _, err := b.bring(ref); err != nil {
		t.Fatal(err)
	}
}

// A registry may want a token, which another address gives for the login.
func TestToken(t *testing.T) {
	s := newShop(t)
	img, _ := twoLayers(t)
	ref := s.sell(t, "private", img)
	s.spoil = func(w http.ResponseWriter, r *http.Request, _ int) bool {
		user, _, _ := r.BasicAuth()
		switch {
		case r.URL.Path == "/token" && user == "ada":
			_, _ = io.WriteString(w, `{"token":"ticket"}`)
		case r.Header.Get("Authorization") == "Bearer ticket":
			return false
		default:
			w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="%s/token",service="here",scope="repository:private:pull"`, s.URL))
			w.WriteHeader(http.StatusUnauthorized)
		}
		return true
	}
	b := online(t)
	if _, _, err := b.bring(ref); problemOf(err) != image.NoLogin {
		t.Fatal(err)
	}
	b.Network.Logins = logins{s.host: {Username: "ada", Password: "secret"}}
	if _, _, err := b.bring(ref); err != nil {
		t.Fatal(err)
	}
}

// failing is a network that knows whom it was to ask, and asks nobody.
type failing struct{ asked []string }

func (f *failing) RoundTrip(r *http.Request) (*http.Response, error) {
	f.asked = append(f.asked, r.URL.Scheme+"://"+r.URL.Host)
	return nil, fmt.Errorf("no route to %s", r.URL.Host)
}

// Nobody but this machine is asked without encryption, also where the library would.
func TestInTheClear(t *testing.T) {
	for host, want := range map[string]bool{"registry.example.org": false, "10.0.0.7:5000": false, "192.168.1.2:5000": false, "x.localhost:5000": false, "127.0.0.1:5000": true, "localhost:5000": true} {
		b, f := online(t), &failing{}
		b.Network.Transport = f
		_, _, err := b.bring(image.Ref{Source: host + "/img", Digest: "sha256:" + strings.Repeat("0", 64)})
		if problemOf(err) != image.Unreachable {
			t.Fatal(err)
		}
		if got := strings.Contains(strings.Join(f.asked, " "), "http://"); got != want {
			t.Errorf("%s: asked %v", host, f.asked)
		}
	}
}

// A download ends with its context, and leaves no note.
func TestInterrupted(t *testing.T) {
	s, b := newShop(t), online(t)
	img, layer := twoLayers(t)
	ref := s.sell(t, "img", img)
	ctx, cancel := context.WithCancel(t.Context())
	s.spoil = func(w http.ResponseWriter, r *http.Request, _ int) bool {
		if strings.HasSuffix(r.URL.Path, layer) {
			cancel()
			<-r.Context().Done()
			return true
		}
		return false
	}
	_, _, err := b.Bring(ctx, ref, nil)
	if err == nil || problemOf(err) != 0 || ctx.Err() == nil {
		t.Fatal(err)
	}
	noted(t, b, 0)
}

// A server that falls silent is left, and asked again.
func TestSilent(t *testing.T) {
	s, b := newShop(t), online(t)
	img, layer := twoLayers(t)
	ref := s.sell(t, "img", img)
	silent := make(chan struct{}, 1)
	s.spoil = func(w http.ResponseWriter, r *http.Request, n int) bool {
		if strings.HasSuffix(r.URL.Path, layer) && n == 1 {
			_, _ = io.WriteString(w, "x")
			silent <- struct{}{}
			<-r.Context().Done()
			return true
		}
		return false
	}
	b.Watch = func(ctx context.Context) (context.Context, func(), func()) {
		watched, cancel := context.WithCancel(ctx)
		ended := make(chan struct{})
		go func() {
			select {
			case <-silent:
				cancel()
			case <-ended:
			}
		}()
		return watched, func() {}, func() { close(ended); cancel() }
	}
	if _, got, err := b.bring(ref); err != nil || len(got) != 2 || b.waits.Load() != 1 {
		t.Fatal(got, err, b.waits.Load())
	}
}
