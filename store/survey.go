package store

import (
	"cmp"
	"context"
	"errors"
	iofs "io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// survey is a Survey being made.
type survey struct {
	*Collection
	ctx context.Context
	opt CollectOptions
	out *Survey

	young int64 // what was used since is not old enough

	stay *marks // nothing names it, and it stays
	data *marks // data that nothing names
	gone *marks // only of results that go

	named    int64       // size of the entries that stay
	unnamed  []entryFile // results that nothing names
	unmarked []blobFile  // blobs that were not marked when they were listed, in order
	twinSize int64       // of the copies of what is reached
	sizes    map[digest.Digest]Amount
}

// entryFile is an entry of an action cache.
type entryFile struct {
	cache string
	hash  [32]byte
	mtime int64
	size  int64
	Entry
}

// blobFile is a blob, as it was when it was looked at.
type blobFile struct {
	hash  [32]byte
	size  int64
	ctime int64
}

// staleFile is a file that was set aside, or fetched by half.
type staleFile struct {
	name string
	size int64
}

// doom is what a Survey found to remove, in the order in which it is to go.
type doom struct {
	entries []entryFile
	trees   []blobFile
	roots   []blobFile
	twins   []blobFile
	blobs   []blobFile
}

// entries reads both action caches. What a result refers to is reached with it; and one of which all
// outputs are reached costs nothing to keep.
func (p *survey) entries() error {
	var rest []entryFile
	for _, cache := range []string{sharedCache, localCache} {
		err := p.store.eachHash(cache, func(hash [32]byte, name string, info fs.Info) error {
			e, err := p.entry(cache, hash, name, info)
			if err != nil {
				return err
			}
			p.out.Before.add(info.Size)
			if _, named := p.results[hash]; named && e.Result != nil {
				p.markEntry(p.reach, &e)
				p.named += e.size
			} else {
				rest = append(rest, e)
			}
			return p.ctx.Err()
		})
		if err != nil {
			return err
		}
	}
	for i := range rest {
		switch e := &rest[i]; {
		case e.Result != nil && p.outputsReached(e):
			for _, d := range e.Blobs {
				p.reach.blob(d)
			}
			p.named += e.size
		case e.mtime >= p.since || e.mtime >= p.young:
			p.markEntry(p.stay, e)
			p.named += e.size
		default:
			p.unnamed = append(p.unnamed, *e)
		}
	}
	slices.SortFunc(p.unnamed, func(a, b entryFile) int {
		return cmp.Or(cmp.Compare(b.mtime, a.mtime), slices.Compare(a.hash[:], b.hash[:]))
	})
	return nil
}

// entry reads an entry; one that is damaged, or of an action that failed, has no Result.
// That it cannot be read is no damage.
func (p *survey) entry(cache string, hash [32]byte, name string, info fs.Info) (entryFile, error) {
	e := entryFile{cache: cache, hash: hash, mtime: info.MTime, size: info.Size}
	b, err := p.store.slurp(name, maxEntry)
	if err != nil {
		var failed *iofs.PathError
		if errors.As(err, &failed) && !isMissing(err) {
			return e, err
		}
		return e, nil
	}
	if r, err := decodeResult(b, p.store.rootOf); err == nil && r != nil {
		r.Explanation = nil // long, and of no use here
		e.Result = r
		if e.Blobs, err = treeMessages(b); err != nil {
			e.Blobs = nil
		}
		if !r.Log.IsZero() {
			e.Blobs = append(e.Blobs, r.Log)
		}
	}
	return e, nil
}

func (p *survey) markEntry(m *marks, e *entryFile) {
	for _, d := range e.Blobs {
		m.blob(d)
	}
	if e.Result != nil {
		for _, o := range e.Result.Outputs {
			m.content(o.Content)
		}
	}
}

func (p *survey) outputsReached(e *entryFile) bool {
	for _, o := range e.Result.Outputs {
		if !p.reach.hasContent(o.Content) {
			return false
		}
	}
	return len(e.Result.Outputs) > 0
}

// blobs lists all blobs, and remembers those that nothing reaches.
func (p *survey) blobs() error {
	err := p.store.eachHash("exec", func(hash [32]byte, _ string, info fs.Info) error {
		p.out.Before.add(info.Size)
		if p.reach.has(hash) {
			p.twinSize += info.Size
		}
		return p.ctx.Err()
	})
	if err != nil {
		return err
	}
	reached := func(hash [32]byte) bool {
		size, ok := p.reach.blobs[hash]
		if ok {
			p.out.Before.add(size)
			p.out.Reached.add(size)
		}
		return ok
	}
	return p.store.eachHashBut("cas", reached, func(hash [32]byte, _ string, info fs.Info) error {
		p.out.Before.add(info.Size)
		p.unmarked = append(p.unmarked, blobFile{hash, info.Size, info.CTime})
		return p.ctx.Err()
	})
}

// notes finds data that nothing names any more.
func (p *survey) notes(not ...*marks) error {
	p.data = p.store.newMarks(not...)
	notes, err := p.store.DataNotes()
	if err != nil {
		return err
	}
	for _, n := range notes {
		if p.reach.hasContent(n.Content) || !p.store.exists(n.Content.Digest) {
			continue
		}
		was := Amount{len(p.data.blobs), p.data.bytes}
		p.data.content(n.Content)
		p.out.Data = append(p.out.Data, GoneData{n, Amount{len(p.data.blobs) - was.Count, p.data.bytes - was.Bytes}})
	}
	return nil
}

func (s *Store) exists(d digest.Digest) bool {
	_, err := s.fs.Lstat(s.blob(d, false))
	return err == nil
}

// choose decides which results stay because there is room, and what becomes of
// each blob. Data that stays is there in any case, so that results are judged by
// what else they have; data that goes does not take with it what results have.
func (p *survey) choose() error {
	roomy := p.opt.Size > 0 && p.out.Before.Bytes <= p.opt.Size
	there := []*marks{p.reach, p.stay}
	if !p.opt.Data {
		if err := p.notes(p.reach); err != nil {
			return err
		}
		there = append(there, p.data) // it stays
	}
	if p.opt.Size > 0 {
		p.fill(roomy, there)
	}
	if p.opt.Data {
		if err := p.notes(p.reach, p.stay); err != nil {
			return err
		}
	}
	p.gone = p.store.newMarks(p.reach, p.stay, p.data)
	for i := range p.unnamed {
		p.markEntry(p.gone, &p.unnamed[i])
		p.goneResult(&p.unnamed[i])
	}
	slices.Reverse(p.out.Results)
	p.out.doom.entries = p.unnamed
	for _, b := range p.unmarked {
		p.judge(b, roomy)
	}
	p.unmarked = nil
	return p.ctx.Err()
}

// fill keeps results as long as there is room, the last used first.
func (p *survey) fill(roomy bool, there []*marks) {
	room := p.opt.Size - p.out.Reached.Bytes - p.twinSize - p.named
	for _, m := range there[1:] {
		room -= m.bytes
	}
	for len(p.unnamed) > 0 && p.ctx.Err() == nil {
		one := p.store.newMarks(there...)
		p.markEntry(one, &p.unnamed[0])
		if room -= one.bytes + p.unnamed[0].size; room < 0 && !roomy {
			return
		}
		maps.Copy(p.stay.blobs, one.blobs)
		maps.Copy(p.stay.dirs, one.dirs)
		p.stay.bytes += one.bytes
		p.unnamed = p.unnamed[1:]
	}
}

func (p *survey) goneResult(e *entryFile) {
	p.out.Freed.add(e.size)
	r := GoneResult{Action: digest.Digest{Hash: e.hash}, Used: time.Unix(0, e.mtime)}
	if e.Result != nil {
		r.Wall = e.Result.Wall
		p.out.Rebuild += r.Wall
		for i, o := range e.Result.Outputs {
			if i == 0 {
				r.Output = o.At
			}
			r.Bytes += p.store.sizeOf(o.Content, p.sizes).Bytes
		}
	}
	p.out.Results = append(p.out.Results, r)
}

// judge decides on one blob that is not reached.
func (p *survey) judge(b blobFile, roomy bool) {
	switch {
	case p.reach.has(b.hash) || p.stay.has(b.hash):
		p.out.Kept.add(b.size)
	case p.data.has(b.hash):
		if p.opt.Data && !p.relied(b) {
			p.out.doom.blobs = append(p.out.doom.blobs, b)
		}
	case p.relied(b):
		p.out.InUse.add(b.size)
	case roomy || b.ctime >= p.young:
		p.out.Kept.add(b.size)
	default:
		if p.gone.has(b.hash) {
			p.out.Freed.add(b.size)
		} else {
			p.out.Loose.add(b.size)
		}
		p.out.doom.blobs = append(p.out.doom.blobs, b)
	}
}

// relied reports whether another process may rely on a file. Where files have no
// change times nobody knows.
func (p *survey) relied(b blobFile) bool { return reliedOn(b.ctime, p.since) }

func reliedOn(used, since int64) bool { return used >= since || used == 0 && since != never }

// twins removes copies of what is not there, or goes.
func (p *survey) twins() error {
	return p.store.eachHash("exec", func(hash [32]byte, _ string, info fs.Info) error {
		b := blobFile{hash, info.Size, info.CTime}
		if goes := p.out.Removes(digest.Digest{Hash: hash}); !goes && (p.kept(hash) || p.store.exists(digest.Digest{Hash: hash})) || p.relied(b) {
			return p.ctx.Err()
		}
		p.out.Twins.add(info.Size)
		p.out.doom.twins = append(p.out.doom.twins, b)
		return p.ctx.Err()
	})
}

func (p *survey) kept(hash [32]byte) bool {
	return p.reach.has(hash) || p.stay.has(hash) || !p.opt.Data && p.data.has(hash)
}

// trees removes those of directories that are not reached. They are made anew when they
// are needed.
func (p *survey) trees() (err error) {
	p.out.doom.trees, err = p.treesOf(treeArea)
	if err == nil {
		p.out.doom.roots, err = p.treesOf(rootArea)
	}
	p.out.Trees = len(p.out.doom.trees) + len(p.out.doom.roots)
	return err
}

func (p *survey) treesOf(area string) (gone []blobFile, err error) {
	entries, err := p.store.fs.ReadDir(p.store.dir + "/" + area)
	if err != nil && !isMissing(err) {
		return nil, err
	}
	for _, e := range entries {
		if !isHash(e.Name) {
			continue
		}
		hash := hashOf(e.Name)
		info, err := p.store.fs.Lstat(p.store.dir + "/" + area + "/" + e.Name)
		b := blobFile{hash, 0, info.CTime}
		if err != nil || p.kept(hash) || p.relied(b) || b.ctime >= p.young || p.opt.Size > 0 && len(p.out.doom.blobs) == 0 {
			continue
		}
		gone = append(gone, b)
	}
	return gone, nil
}

// staleFiles finds what was set aside long ago, and what nobody has gone on fetching.
func (p *survey) staleFiles() error {
	if p.opt.Stale <= 0 {
		return nil
	}
	before := p.store.opt.Now().Add(-p.opt.Stale).UnixNano()
	for _, area := range []string{"quarantine", "incoming"} {
		dir := p.store.dir + "/" + area
		entries, err := p.store.fs.ReadDir(dir)
		if err != nil && !isMissing(err) {
			return err
		}
		for _, e := range entries {
			info, err := p.store.fs.Lstat(dir + "/" + e.Name)
			if err != nil || !info.IsRegular() || max(info.CTime, info.MTime) >= before || strings.HasSuffix(e.Name, ".lock") {
				continue
			}
			p.out.Stale.add(info.Size)
			p.out.stale = append(p.out.stale, staleFile{dir + "/" + e.Name, info.Size})
		}
	}
	return nil
}

// eachHash calls f for every file of a sharded area whose name is a hash, in order.
func (s *Store) eachHash(area string, f func(hash [32]byte, name string, info fs.Info) error) error {
	return s.eachHashBut(area, func([32]byte) bool { return false }, f)
}

// eachHashBut does not look at the files of which the name says enough: a million of
// them take half a minute from a cold disk.
func (s *Store) eachHashBut(area string, enough func(hash [32]byte) bool, f func(hash [32]byte, name string, info fs.Info) error) error {
	shards, err := s.fs.ReadDir(s.dir + "/" + area)
	if isMissing(err) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, shard := range shards {
		dir := s.dir + "/" + area + "/" + shard.Name
		if len(shard.Name) != 2 || !shard.Type.IsDir() {
			continue
		}
		files, err := s.fs.ReadDir(dir)
		if err != nil && !isMissing(err) {
			return err
		}
		for _, e := range files {
			if !isHash(e.Name) || !strings.HasPrefix(e.Name, shard.Name) {
				continue // not ours
			}
			name, hash := dir+"/"+e.Name, hashOf(e.Name)
			if enough(hash) {
				continue
			}
			info, err := s.fs.Lstat(name)
			if errors.Is(err, fs.ErrUnsupported) || isMissing(err) {
				continue
			}
			if err != nil {
				return err
			}
			if err := f(hash, name, info); err != nil {
				return err
			}
		}
	}
	return nil
}
