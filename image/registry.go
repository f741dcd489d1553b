package image

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// registry is a repository of a registry. The library knows how names are read, where logins are kept and
// how a registry is convinced of them; what is asked for then is two kinds of addresses, and done here, so that
// a large layer whose connection breaks is gone on with and not begun anew.
type registry struct {
	cache  *Cache
	ref    Ref
	name   name.Reference
	client *http.Client
	base   string
}

// tries is how often something is asked for before it is given up.
const tries = 5

func (c *Cache) openRegistry(ctx context.Context, ref Ref) (source, error) {
	at, err := ref.repository()
	if err != nil {
		return nil, err
	}
	if c.Network == nil {
		return nil, problem(Unreachable, "%s is in a registry, and this host reaches none", ref)
	}
	repo := at.Context()
	auth := authn.Anonymous
	if c.Network.Logins != nil {
		if auth, err = authn.Resolve(ctx, c.Network.Logins, repo); err != nil {
			return nil, causedBy(NoLogin, err, "the login for %s cannot be read", repo.RegistryStr())
		}
	}
	s := &registry{cache: c, ref: ref, name: at}
	err = s.patiently(ctx, func(ctx context.Context) error {
		t, err := transport.NewWithContext(ctx, repo.Registry, auth, guarded{c.Network.Transport}, []string{repo.Scope(transport.PullScope)})
		if err == nil {
			s.client = &http.Client{Transport: t}
		}
		return err
	})
	s.base = fmt.Sprintf("https://%s/v2/%s/", repo.RegistryStr(), repo.RepositoryStr()) // the transport puts http where that is meant
	return s, s.explain(err)
}

func (s *registry) close() error { return nil }

func (s *registry) saved(string) (*contents, error) { return nil, nil }

// accepted are the types of manifests and indexes.
var accepted = strings.Join([]string{
	string(types.OCIImageIndex), string(types.DockerManifestList), string(types.OCIManifestSchema1), string(types.DockerManifestSchema2),
}, ", ")

func (s *registry) document(ctx context.Context, sum string) (b []byte, err error) {
	at := sum
	if at == "" {
		at = s.name.Identifier()
	}
	err = s.patiently(ctx, func(ctx context.Context) error {
		resp, err := s.get(ctx, "manifests/"+at, http.Header{"Accept": {accepted}})
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if err := transport.CheckError(resp, http.StatusOK); err != nil {
			return err
		}
		b, err = readDocument(resp.Body, "the manifest of "+s.ref.place())
		return err
	})
	return b, s.explain(err)
}

func (s *registry) get(ctx context.Context, at string, header http.Header) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+at, nil)
	if err != nil {
		return nil, err
	}
	for name, values := range header {
		req.Header[name] = values
	}
	resp, err := s.client.Do(req)
	var failed *url.Error
	if errors.As(err, &failed) { // where blobs are may be signed, which is nobody's to read
		if u, e := url.Parse(failed.URL); e == nil {
			u.RawQuery = ""
			failed.URL = u.String()
		}
	}
	return resp, err
}

func (s *registry) blob(ctx context.Context, d digest.Digest) (io.ReadCloser, error) {
	return &resumed{ctx: ctx, s: s, d: d}, nil
}

// patiently tries again what may go well the next time.
func (s *registry) patiently(ctx context.Context, f func(ctx context.Context) error) error {
	for n := 1; ; n++ {
		watched, _, end := s.watch(ctx)
		err := silence(ctx, watched, f(watched))
		end()
		if err == nil || n == tries || !mayPass(err) {
			return err
		}
		if err := s.cache.Wait(ctx, backoff(n)); err != nil {
			return err
		}
	}
}

func backoff(n int) time.Duration { return time.Second << n / 2 }

func (s *registry) watch(ctx context.Context) (watched context.Context, alive, end func()) {
	if s.cache.Watch == nil {
		return ctx, func() {}, func() {}
	}
	return s.cache.Watch(ctx)
}

// mayPass reports whether another try may have another end: what the registry said does not change,
// unless it says that it is at a loss; a connection may.
func mayPass(err error) bool {
	var answer *transport.Error
	var known *Error
	switch {
	case errors.As(err, &known), errors.Is(err, context.Canceled):
		return false
	case errors.As(err, &answer):
		return answer.StatusCode >= 500 || answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode == http.StatusRequestTimeout || answer.StatusCode == http.StatusRequestedRangeNotSatisfiable
	}
	var dns *net.DNSError
	return !errors.Is(err, errInTheClear) && !(errors.As(err, &dns) && dns.IsNotFound)
}

// silence is the error of a connection that was ended because nothing came.
func silence(ctx, watched context.Context, err error) error {
	if err != nil && watched.Err() != nil && ctx.Err() == nil {
		return errSilent
	}
	return err
}

var errSilent = errors.New("it is silent")

// explain says in words what a registry's answer means.
func (s *registry) explain(err error) error {
	var answer *transport.Error
	var known *Error
	host := s.name.Context().RegistryStr()
	switch {
	case err == nil, errors.As(err, &known), errors.Is(err, context.Canceled):
		return err
	case !errors.As(err, &answer):
		return causedBy(Unreachable, err, "the registry %s cannot be asked for %s", host, s.ref)
	case answer.StatusCode == http.StatusNotFound:
		return &Error{NotFound, fmt.Sprintf("the registry %s has no %s (%s)", host, s.ref, words(answer)), err}
	case answer.StatusCode == http.StatusUnauthorized, answer.StatusCode == http.StatusForbidden:
		return &Error{NoLogin, fmt.Sprintf("the registry %s does not give %s to us (%s)", host, s.ref, words(answer)), err}
	}
	return &Error{Unreachable, fmt.Sprintf("the registry %s was asked for %s and answered: %s", host, s.ref, words(answer)), err}
}

// words is what a registry said.
func words(e *transport.Error) string {
	text := fmt.Sprintf("%d %s", e.StatusCode, http.StatusText(e.StatusCode))
	for _, d := range e.Errors {
		if d.Message != "" {
			text += ": " + d.Message
		}
	}
	return text
}

// resumed reads a blob, and goes on where a connection broke off.
type resumed struct {
	ctx   context.Context
	s     *registry
	d     digest.Digest
	at    int64
	body  io.ReadCloser // nil: none is open
	bad   int           // tries since something came
	whole bool          // it does not give parts

	watched    context.Context
	alive, end func()
}

func (r *resumed) Read(b []byte) (int, error) {
	for {
		n, err := r.some(b)
		switch {
		case n > 0:
			r.bad = 0
			return n, nil // an error comes again
		case err == io.EOF && r.at >= r.d.Size:
			return 0, err
		case err == nil:
			continue
		case err == io.EOF, errors.Is(err, io.ErrUnexpectedEOF):
			err = fmt.Errorf("the connection ended after %d of %d bytes: %w", r.at, r.d.Size, io.ErrUnexpectedEOF)
		}
		err = silence(r.ctx, r.watched, err)
		r.Close()
		if r.bad++; r.ctx.Err() != nil {
			return 0, r.ctx.Err()
		}
		if r.bad == tries || !mayPass(err) {
			return 0, r.s.explain(err)
		}
		if err := r.s.cache.Wait(r.ctx, backoff(r.bad)); err != nil {
			return 0, err
		}
	}
}

// some reads from the connection, which it makes if there is none.
func (r *resumed) some(b []byte) (int, error) {
	if r.body == nil {
		if err := r.open(); err != nil {
			return 0, err
		}
	}
	n, err := r.body.Read(b)
	r.at += int64(n)
	r.alive()
	return n, err
}

func (r *resumed) open() error {
	r.watched, r.alive, r.end = r.s.watch(r.ctx)
	header := http.Header{"Accept-Encoding": {"identity"}}
	if r.at > 0 && !r.whole {
		header.Set("Range", fmt.Sprintf("bytes=%d-%d", r.at, r.d.Size-1))
	}
	resp, err := r.s.get(r.watched, "blobs/sha256:"+r.d.Hex(), header)
	if err == nil {
		r.body = resp.Body
		r.whole = resp.StatusCode == http.StatusRequestedRangeNotSatisfiable
		if err = transport.CheckError(resp, http.StatusOK, http.StatusPartialContent); err == nil {
			err = r.skip(resp)
		}
	}
	return err
}

// skip passes over what is known already, where a registry gives all of it again.
func (r *resumed) skip(resp *http.Response) error {
	from := int64(0)
	if resp.StatusCode == http.StatusPartialContent {
		if _, err := fmt.Sscanf(resp.Header.Get("Content-Range"), "bytes %d-", &from); err != nil || from > r.at {
			return fmt.Errorf("the registry gave another part than it was asked for (%q)", resp.Header.Get("Content-Range"))
		}
	}
	for left := r.at - from; left > 0; {
		n, err := io.CopyN(io.Discard, r.body, min(left, 1<<20))
		r.alive()
		if left -= n; err != nil {
			return err
		}
	}
	return nil
}

func (r *resumed) Close() error {
	if r.body != nil {
		_ = r.body.Close()
		r.body = nil
	}
	if r.end != nil {
		r.end()
		r.end = nil
	}
	return nil
}
