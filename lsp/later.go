package lsp

import (
	"context"

	"github.com/dewar-build/dewar/lsp/wire"
)

// later is the answer to a request that takes an evaluation: it is worked out beside
// everything else, of a picture of the texts.
type later struct {
	work  func() (any, error)
	still func() bool // the texts are those of the picture; asked where the state is owned
}

// await answers a request once its answer is there.
func (s *server) await(ctx context.Context, m *wire.Message, l *later, done func()) {
	go func() {
		var result any
		var err error
		failure := guarded(func() { result, err = l.work() })
		s.inbox.put(func() {
			out, bad := answered(result, err)
			switch {
			case failure != nil:
				bad = wire.Errorf(wire.InternalError, "%v", failure)
			case !l.still():
				bad = wire.Errorf(wire.ContentModified, "the text was changed meanwhile")
			}
			s.reply(ctx, m, out, bad, done)
		})
	}()
}

// unchanged returns whether the open texts will be what they are now.
func (s *server) unchanged() func() bool {
	now := make(map[string]*document, len(s.open))
	for name, d := range s.open {
		now[name] = d.document
	}
	return func() bool {
		for name, d := range s.open {
			if now[name] != d.document {
				return false
			}
		}
		return len(now) == len(s.open)
	}
}
