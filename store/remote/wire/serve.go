package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/dewar-build/dewar/store/remote"
)

// Program is what a program can do: its places, and the two things that need
// none.
type Program interface {
	// Name is the name and the version of the program, for people.
	Name() string
	Open(ctx context.Context, r Request) (remote.Place, error)
	Describe(url string) (*Backend, error)
	// Login gets the secrets for a url from a person; show tells them a page to visit.
	Login(ctx context.Context, r Request, show func(page string)) (map[string]string, error)
}

// Pace is how often a program that has nothing to say says something.
type Pace struct {
	Alive time.Duration // between signs of life while something is pending; 0: ten seconds
	Moved time.Duration // between two answers with Moved to a request; 0: a tenth of a second
}

// Serve answers requests until there are no more of them, and then ends
// whatever is still under way. Its error is that in or out failed.
func Serve(ctx context.Context, in io.Reader, out io.Writer, p Program, pace Pace) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	s := &server{program: p, out: &writer{to: out}, pace: pace, running: map[uint64]context.CancelFunc{}}
	var beside sync.WaitGroup
	beside.Go(func() { s.signs(ctx) })
	err := s.read(ctx, NewReader(in))
	stop()
	s.requests.Wait()
	beside.Wait()
	if s.place != nil {
		err = errors.Join(err, s.place.Close())
	}
	return err
}

type server struct {
	program  Program
	out      *writer
	pace     Pace
	requests sync.WaitGroup

	mu      sync.Mutex
	running map[uint64]context.CancelFunc
	place   remote.Place
	text    *Cleaner // knows the secrets of open and login; nil before
}

func (s *server) read(ctx context.Context, in *Reader) error {
	for {
		var r Request
		switch err := in.Read(&r); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if r.Op == OpCancel {
			s.cancel(r.Of)
			continue
		}
		s.start(ctx, r)
	}
}

func (s *server) start(ctx context.Context, r Request) {
	ctx, cancel := context.WithCancel(ctx)
	s.mu.Lock()
	s.running[r.ID] = cancel
	s.mu.Unlock()
	s.requests.Go(func() {
		last := s.answer(ctx, r)
		s.mu.Lock()
		delete(s.running, r.ID)
		s.mu.Unlock()
		cancel()
		s.say(last)
	})
}

func (s *server) cancel(id uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if cancel := s.running[id]; cancel != nil {
		cancel()
	}
}

// say writes an answer. Where it cannot be written dewar is gone, and reading
// ends as well.
func (s *server) say(a Answer) { _ = s.out.write(a) }

// signs shows that the program lives, as long as somebody waits for it.
func (s *server) signs(ctx context.Context) {
	every := time.NewTicker(orElse(s.pace.Alive, 10*time.Second))
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
			s.mu.Lock()
			pending := len(s.running) > 0
			s.mu.Unlock()
			if pending {
				s.say(Answer{})
			}
		}
	}
}

func orElse(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}

// answer does what a request asks for and returns its last answer.
func (s *server) answer(ctx context.Context, r Request) (last Answer) {
	defer func() {
		if p := recover(); p != nil {
			text := fmt.Sprintf("this is a bug of %s: %v: %s", s.program.Name(), p, debug.Stack())
			last = Answer{ID: r.ID, Error: &Error{Kind: KindProtocol, Text: s.cleaner().Text(text)}}
		}
	}()
	a, err := s.do(ctx, r)
	if err != nil {
		if ctx.Err() != nil && kindOf(err) == KindTemporary {
			err = ctx.Err()
		}
		return Answer{ID: r.ID, Error: ErrorOf(err, s.cleaner().Text)}
	}
	a.ID, a.Done = r.ID, true
	return a
}

func (s *server) cleaner() *Cleaner {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.text == nil {
		return CleanerOf()
	}
	return s.text
}

func (s *server) do(ctx context.Context, r Request) (Answer, error) {
	switch r.Op {
	case OpHello:
		if !slices.Contains(r.Versions, Version) {
			return Answer{}, wrong("this program speaks version %d of the protocol, and is asked for one of %v", Version, r.Versions)
		}
		return Answer{Version: Version, Program: s.program.Name()}, nil
	case OpDescribe:
		b, err := s.program.Describe(r.URL)
		return Answer{Backend: b}, err
	case OpLogin:
		s.learn(r)
		secrets, err := s.program.Login(ctx, r, func(page string) { s.say(Answer{ID: r.ID, Visit: page}) })
		return Answer{Secrets: secrets}, err
	case OpOpen:
		return s.open(ctx, r)
	}
	s.mu.Lock()
	place := s.place
	s.mu.Unlock()
	if place == nil {
		return Answer{}, wrong("%q needs an open before it", r.Op)
	}
	return s.with(ctx, place, r)
}

func wrong(format string, args ...any) error {
	return &Failure{Kind: KindProtocol, Text: fmt.Sprintf(format, args...)}
}

// learn keeps the secrets of a request out of all that is said from now on.
func (s *server) learn(r Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text = NewCleaner(r.Secrets)
}

func (s *server) open(ctx context.Context, r Request) (Answer, error) {
	s.learn(r)
	place, err := s.program.Open(ctx, r)
	if err != nil {
		return Answer{}, err
	}
	s.mu.Lock()
	again := s.place != nil
	if !again {
		s.place = place
	}
	s.mu.Unlock()
	if again {
		_ = place.Close()
		return Answer{}, wrong("a place is open already")
	}
	t := place.Traits()
	return Answer{Traits: &Traits{Parallel: t.Parallel, Packs: t.Packs, ReadOnly: t.ReadOnly, AsksOneByOne: t.AsksOneByOne}}, nil
}
