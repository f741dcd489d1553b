// Package lsp is dewar's language server: it tells an editor what a pipeline declares
// while it is being written. It speaks the Language Server Protocol 3.17 over a pair of
// streams.
//
// One goroutine owns the state: texts, what was understood of them, what the last
// evaluation found. It answers requests one after the other, each from the text as it
// is, broken or not (package syntax), in milliseconds. Evaluations take longer, so they
// happen beside it, one at a time for each pipeline, on a picture of the texts; what they
// find comes back as a message. A request never waits for one: values of params and axes
// are those of the last text that was sound. A rename alone is evaluated before it is
// answered, beside everything else too. What is said goes out by a goroutine of its own, so
// a client that does not read holds nobody.
//
// It runs nothing, writes no file and opens no project: edits are the editor's to make.
// cmd/dewar imports it.
package lsp

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/dewar-build/dewar/eval"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/lsp/wire"
)

// Host is what the server takes from the machine it is on.
type Host struct {
	FS        fs.FS
	LookupEnv func(string) (string, bool)
	Root      func(dir string) (root string, ok bool) // the project that a directory is in
	Version   string
	// Modules returns a way to have the modules from Git that are in a project already; nil: none are.
	Modules func(fsys fs.FS, root string) func(eval.GitModule) (dir string, err error)
	// After calls f once d has passed, unless it is stopped before. f may be called from any goroutine.
	After func(d time.Duration, f func()) (stop func())
	// Alive reports whether there is a process on this machine; nil: that is never asked.
	Alive func(pid int) bool
}

// ErrNoShutdown is a client that went away without saying so.
var ErrNoShutdown = errors.New("the client ended without a shutdown")

// server is one session.
type server struct {
	host  Host
	out   *wire.Writer
	inbox *inbox

	initialized bool
	shut        bool // shutdown was asked
	exit        bool // exit was told, or there is nothing more to read
	lost        error
	client      client
	calls       int  // requests that were sent
	looks       bool // at files, for a client that does not watch them
	due         bool // a look is planned

	mu      sync.Mutex
	pending map[string]context.CancelFunc // requests that wait for their answer

	open      map[string]*openDocument // by path
	folders   []string                 // of the workspace
	pipelines map[string]*pipeline     // by directory
	parsed    map[string]*parsed       // by path
	busy      map[string]*atomic.Bool  // directories that are evaluated, and whether nobody waits for that any more
	published map[string]string        // paths with diagnostics, and the URIs that they were said of
	functions []eval.FunctionDoc
}

// client is what the client said that it can do.
type client struct {
	snippets     bool
	related      bool
	hierarchical bool
	watches      bool     // files on disk, if it is asked to
	texts        bool     // sends texts of other files, if it is asked to
	asks         []string // methods that it asks of them too, if it is asked to
}

// Serve reads messages from in and writes answers to out until the client says exit, or
// in ends. It returns ErrNoShutdown if that came without a shutdown.
func Serve(ctx context.Context, h Host, in io.Reader, out io.Writer) error {
	s := newServer(h)
	b := newOutbox(out, func(err error) { s.inbox.put(func() { s.end(err) }) })
	s.out = wire.NewWriter(b)
	go b.run()
	go s.read(ctx, bufio.NewReaderSize(in, 64<<10))
	for !s.exit {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.inbox.ready:
			for _, f := range s.inbox.take() {
				if f(); s.exit {
					break
				}
			}
		}
	}
	b.close()
	late := make(chan struct{})
	stop := h.After(patience, func() { close(late) })
	select {
	case <-b.done:
	case <-late:
	case <-ctx.Done():
	}
	stop()
	if s.lost != nil {
		return s.lost
	}
	if !s.shut {
		return ErrNoShutdown
	}
	return nil
}

// newServer returns a session that has no place to write to yet.
func newServer(h Host) *server {
	return &server{
		host: h, inbox: newInbox(),
		pending: map[string]context.CancelFunc{}, open: map[string]*openDocument{}, pipelines: map[string]*pipeline{},
		parsed: map[string]*parsed{}, busy: map[string]*atomic.Bool{}, published: map[string]string{}, functions: eval.Functions(),
	}
}

// read puts messages into the inbox.
func (s *server) read(ctx context.Context, r *bufio.Reader) {
	for {
		m, err := wire.Read(r)
		var bad *wire.Error
		switch {
		case errors.As(err, &bad):
			s.inbox.put(func() { s.answer(nil, nil, bad) })
		case err != nil:
			s.inbox.put(func() { s.end(err) })
			return
		case m.Method == "$/cancelRequest":
			s.cancel(m.Params)
		case m.Method == "":
			// an answer to a request of ours: none of them matters
		default:
			ctx, done := s.register(ctx, m)
			s.inbox.put(func() { s.handle(ctx, m, done) })
		}
	}
}

// end ends the session because nothing more can be read.
func (s *server) end(err error) {
	s.exit = true
	if err != io.EOF && !s.shut {
		s.lost = err
	}
}

// register makes a request known to cancel.
func (s *server) register(ctx context.Context, m *wire.Message) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	if !m.IsRequest() {
		return ctx, cancel
	}
	id := string(m.ID)
	s.mu.Lock()
	s.pending[id] = cancel
	s.mu.Unlock()
	return ctx, func() {
		cancel()
		s.mu.Lock()
		delete(s.pending, id)
		s.mu.Unlock()
	}
}

func (s *server) cancel(params json.RawMessage) {
	var p cancelParams
	if json.Unmarshal(params, &p) != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if cancel := s.pending[string(p.ID)]; cancel != nil {
		cancel()
	}
}

// handle carries out one message, and calls done once that is over.
func (s *server) handle(ctx context.Context, m *wire.Message, done func()) {
	if !m.IsRequest() {
		defer done()
		if failure := s.notified(ctx, m); failure != nil {
			s.log("%s: %s", m.Method, failure.Message)
		}
		return
	}
	if ctx.Err() != nil {
		s.reply(ctx, m, nil, nil, done)
		return
	}
	result, failure := s.requested(ctx, m)
	if l, ok := result.(*later); ok {
		s.await(ctx, m, l, done)
		return
	}
	s.reply(ctx, m, result, failure, done)
}

// reply answers a request, unless it was cancelled.
func (s *server) reply(ctx context.Context, m *wire.Message, result any, failure *wire.Error, done func()) {
	defer done()
	if failure == nil && ctx.Err() != nil {
		failure = wire.Errorf(wire.RequestCancelled, "the request was cancelled")
	}
	s.answer(m.ID, result, failure)
}

// requested answers a request. A mistake of ours ends the request, not the server.
func (s *server) requested(ctx context.Context, m *wire.Message) (result any, failure *wire.Error) {
	defer func() {
		if r := recover(); r != nil {
			result, failure = nil, wire.Errorf(wire.InternalError, "this is a bug in dewar: %v", r)
		}
	}()
	h := requests[m.Method]
	switch {
	case m.Method == "initialize" && s.initialized, s.shut:
		return nil, wire.Errorf(wire.InvalidRequest, "%s cannot be asked now", m.Method)
	case m.Method != "initialize" && !s.initialized:
		return nil, wire.Errorf(wire.ServerNotInitialized, "initialize comes first")
	case h == nil:
		return nil, wire.Errorf(wire.MethodNotFound, "there is no method %s", m.Method)
	}
	return h(s, ctx, m.Params)
}

// notified carries out a notification.
func (s *server) notified(ctx context.Context, m *wire.Message) (failure *wire.Error) {
	defer func() {
		if r := recover(); r != nil {
			failure = wire.Errorf(wire.InternalError, "this is a bug in dewar: %v", r)
		}
	}()
	if m.Method == "exit" {
		s.exit = true
		return nil
	}
	h := notifications[m.Method]
	if h == nil || !s.initialized || s.shut {
		return nil // what is not known may be left out
	}
	_, failure = h(s, ctx, m.Params)
	return failure
}

// answer writes an answer. Where that fails the client is gone.
func (s *server) answer(id json.RawMessage, result any, failure *wire.Error) {
	if err := s.out.Answer(id, result, failure); err != nil {
		s.end(err)
	}
}

func (s *server) notify(method string, params any) {
	if err := s.out.Notify(method, params); err != nil {
		s.end(err)
	}
}

// log tells the client what went wrong, where it has a place for it.
func (s *server) log(format string, args ...any) {
	s.notify("window/logMessage", logParams{Type: 1, Message: fmt.Sprintf(format, args...)})
}
