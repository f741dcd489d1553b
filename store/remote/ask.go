package remote

import (
	"context"
	"errors"
	"slices"
	"sort"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/dewar-build/dewar/digest"
)

// batch is how many names one Stat has.
const batch = 500

// present says of each blob whether the place has it: in a pack that is known, or
// by itself with the size that it must have.
func (l *link) present(ctx context.Context, ds []digest.Digest) ([]bool, error) {
	there := make([]bool, len(ds))
	var rest []int
	for i, d := range ds {
		if d == digest.Empty || l.packs.has(d) {
			there[i] = true
			continue
		}
		rest = append(rest, i)
	}
	if l.traits.AsksOneByOne {
		return there, l.presentOf(ctx, ds, rest, there, l.sizes)
	}
	g, ctx := l.group(ctx)
	for some := range slices.Chunk(rest, batch) { // there may be a million: their names are not all made at once
		g.Go(func() error { return l.presentOf(ctx, ds, some, there, l.stat) })
	}
	return there, g.Wait()
}

// presentOf is present for some of the blobs.
func (l *link) presentOf(ctx context.Context, ds []digest.Digest, some []int, there []bool, ask func(context.Context, []string) ([]int64, error)) error {
	names := make([]string, len(some))
	for i, r := range some {
		names[i] = BlobName(ds[r])
	}
	sizes, err := ask(ctx, names)
	for i, r := range some {
		if err == nil {
			there[r] = sizes[i] == ds[r].Size
		}
	}
	return err
}

// sizes returns the size of each object, or Absent: by asking for it, or by
// listing where it would be, whichever takes fewer requests.
func (l *link) sizes(ctx context.Context, names []string) ([]int64, error) {
	if l.traits.AsksOneByOne && len(names) > 1 {
		return l.sizesByShard(ctx, names)
	}
	sizes := make([]int64, len(names))
	g, ctx := l.group(ctx)
	for start := 0; start < len(names); start += batch {
		part := names[start:min(start+batch, len(names))]
		g.Go(func() error {
			got, err := l.stat(ctx, part)
			copy(sizes[start:], got)
			return err
		})
	}
	return sizes, g.Wait()
}

// group runs as much at once as the place likes.
func (l *link) group(ctx context.Context) (*errgroup.Group, context.Context) {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(l.opt.Parallel)
	return g, ctx
}

func (l *link) stat(ctx context.Context, names []string) (sizes []int64, err error) {
	one := ""
	if len(names) == 1 {
		one = names[0]
	}
	answers := make(chan []int64, l.opt.Tries) // one that was given up may still come
	err = l.call(ctx, "stat", one, func(ctx context.Context, beat func()) error {
		got, err := l.Place.Stat(ctx, names)
		if err == nil && len(got) != len(names) {
			err = errors.New("it answered another question")
		}
		if err == nil {
			answers <- got
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return <-answers, nil
}

// perList is how many objects one request lists.
const perList = 1000

// errLong ends a listing that takes more requests than asking one by one.
var errLong = errors.New("the list is too long")

// sizesByShard is sizes for a place where every Stat is a request. The first
// shard is listed, at most as far as pays; as hashes are spread evenly, that tells how
// large the others are.
func (l *link) sizesByShard(ctx context.Context, names []string) ([]int64, error) {
	sizes := make([]int64, len(names))
	shards := byShard(names)
	if len(shards) == 0 {
		return sizes, nil
	}
	requests, err := l.listShard(ctx, names, shards[0], sizes, len(shards[0].at))
	if err != nil {
		return nil, err
	}
	g, ctx := l.group(ctx)
	for _, s := range shards[1:] {
		if requests <= len(s.at) {
			g.Go(func() error {
				_, err := l.listShard(ctx, names, s, sizes, len(s.at))
				return err
			})
			continue
		}
		for _, i := range s.at {
			g.Go(func() error { return l.statInto(ctx, names[i:i+1], sizes[i:i+1]) })
		}
	}
	return sizes, g.Wait()
}

func (l *link) statInto(ctx context.Context, names []string, sizes []int64) error {
	got, err := l.stat(ctx, names)
	copy(sizes, got)
	return err
}

type shard struct {
	dir string
	at  []int // indexes of the names in it
}

// byShard groups names by the directory that they are in, the one with the most first.
func byShard(names []string) (all []shard) {
	where := map[string]int{}
	for i, name := range names {
		dir := shardOf(name)
		n, ok := where[dir]
		if !ok {
			n = len(all)
			where[dir] = n
			all = append(all, shard{dir: dir})
		}
		all[n].at = append(all[n].at, i)
	}
	sort.SliceStable(all, func(i, j int) bool { return len(all[i].at) > len(all[j].at) })
	return all
}

// listShard sets the sizes of a shard's objects from a listing, and returns how many
// requests that took: if it is more than limit, it asks for them one by one instead.
func (l *link) listShard(ctx context.Context, names []string, s shard, sizes []int64, limit int) (int, error) {
	found := make(map[string]int64)
	seen := 0
	err := l.list(ctx, s.dir, func(o Object) error {
		if seen++; seen > limit*perList {
			return errLong
		}
		found[o.Name] = o.Size
		return nil
	}, func() { seen = 0; clear(found) })
	if errors.Is(err, errLong) {
		for _, i := range s.at {
			if err := l.statInto(ctx, names[i:i+1], sizes[i:i+1]); err != nil {
				return 0, err
			}
		}
		return limit + 1, nil
	}
	for _, i := range s.at {
		size, ok := found[names[i]]
		if !ok {
			size = Absent
		}
		sizes[i] = size
	}
	return seen/perList + 1, err
}

// list lists what is below dir; again is called before another try. A try that was given up is not
// heard any more, even if it goes on.
func (l *link) list(ctx context.Context, dir string, each func(Object) error, again func()) error {
	var mu sync.Mutex
	try, ended := 0, false // the one that is heard, and whether nobody listens any more
	defer func() {
		mu.Lock()
		defer mu.Unlock()
		ended = true
	}()
	next := func() int {
		mu.Lock()
		defer mu.Unlock()
		try++
		return try
	}
	return l.call(ctx, "list", dir, func(ctx context.Context, beat func()) error {
		mine := next()
		hear := func(f func() error) error {
			mu.Lock()
			defer mu.Unlock()
			if ended || mine != try {
				return errStopped
			}
			return f()
		}
		if err := hear(func() error { again(); return nil }); err != nil {
			return err
		}
		var stop error
		err := l.Place.List(ctx, dir, func(o Object) error {
			beat()
			if CheckName(o.Name) != nil || o.Size < 0 {
				return nil // a stranger's, or none of ours
			}
			stop = hear(func() error { return each(o) })
			return stop
		})
		if stop != nil {
			return &stopped{stop}
		}
		return err
	})
}
