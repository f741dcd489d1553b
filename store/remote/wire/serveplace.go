package wire

import (
	"context"
	"path/filepath"
	"sync"
	"time"

	"github.com/dewar-build/dewar/store/remote"
)

// with does what needs a place.
func (s *server) with(ctx context.Context, place remote.Place, r Request) (Answer, error) {
	if err := r.check(); err != nil {
		return Answer{}, err
	}
	moved := &movement{s: s, id: r.ID}
	switch r.Op {
	case OpStat:
		sizes, err := place.Stat(ctx, r.Names)
		return Answer{Sizes: sizes}, err
	case OpPut:
		return Answer{}, place.Put(ctx, r.Name, r.File, r.Size, moved.add)
	case OpGet:
		return Answer{}, place.Get(ctx, r.Name, r.File, r.Offset, r.Size, moved.add)
	case OpPart:
		ranger, ok := place.(remote.Ranger)
		if !ok {
			return Answer{}, wrong("parts of objects cannot be had here")
		}
		return Answer{}, ranger.GetRange(ctx, r.Name, r.File, r.Offset, r.Size)
	case OpList:
		return Answer{}, s.list(ctx, place, r)
	case OpRemove:
		return Answer{}, place.Remove(ctx, r.Names)
	}
	return Answer{}, wrong("there is no operation %q", r.Op)
}

// check refuses what only somebody else than dewar would ask for.
func (r Request) check() error {
	if len(r.Names) > MaxNames {
		return wrong("%d names are more than a request may have", len(r.Names))
	}
	names := r.Names
	switch r.Op {
	case OpPut, OpGet, OpPart:
		names = []string{r.Name}
		if !filepath.IsAbs(r.File) {
			return wrong("the file %q is not an absolute path", r.File)
		}
		if r.Offset < 0 || r.Size < 0 {
			return wrong("offset and size are not negative")
		}
	case OpList:
		if r.Dir != "" {
			names = []string{r.Dir}
		}
	}
	for _, name := range names {
		if err := remote.CheckName(name); err != nil {
			return wrong("%v", err)
		}
	}
	return nil
}

func (s *server) list(ctx context.Context, place remote.Place, r Request) error {
	var batch []Object
	room := MaxLine / 2
	flush := func() {
		if len(batch) > 0 {
			s.say(Answer{ID: r.ID, Objects: batch})
			batch, room = nil, MaxLine/2
		}
	}
	err := place.List(ctx, r.Dir, func(o remote.Object) error {
		// What dewar would never have named so is nothing to it, and may not fit on a line.
		if remote.CheckName(o.Name) != nil {
			return nil
		}
		batch = append(batch, Object{Name: o.Name, Size: o.Size, Changed: o.Changed})
		room -= len(o.Name) + 100
		if len(batch) == MaxObjects || room <= 0 {
			flush()
		}
		return ctx.Err()
	})
	flush()
	return err
}

// movement tells of bytes that moved, but not of every few of them. The last
// are told by the end of the request.
type movement struct {
	s  *server
	id uint64

	mu   sync.Mutex
	sum  int64
	said time.Time
}

func (m *movement) add(n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sum += n
	now := time.Now()
	if m.said.IsZero() {
		m.said = now // a small object is there before anybody asks
	}
	if m.sum > 0 && now.Sub(m.said) >= orElse(m.s.pace.Moved, 100*time.Millisecond) {
		m.s.say(Answer{ID: m.id, Moved: m.sum})
		m.sum, m.said = 0, now
	}
}
