package dewar

import (
	"maps"
	"math"
	"slices"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/run"
	"golang.org/x/sync/errgroup"
)

// What results cost is the time that their commands ran, whenever and wherever
// that was, and the room that they take. The time of an action is known to the
// record of an experiment that has it and to the action cache; of results that
// were collected or came from elsewhere it may be known to nobody, and then it
// is counted as not known instead of as nothing. Records of runs are no help: they name
// instances, and which action an instance was then they do not say.

// Cost is what the results of some instances cost.
type Cost struct {
	Instances int     // all of them
	Missing   int     // that have no result
	Actions   int     // different ones, behind those that have: an action that several share ran once
	Untimed   int     // of them, those of which nobody knows how long they ran
	Seconds   float64 // that the others ran
	Artifacts int     // that there are
	Unsized   int     // of them, directories of which nobody knows what they hold
	Bytes     int64   // that the others hold
}

// StageCost is what a stage cost in two places; nil where the place does not have it.
type StageCost struct {
	Name     string
	Old, New *Cost
}

// Costs are what the results of two places cost.
type Costs struct {
	Stages   []StageCost // as they were given
	Old, New Cost        // all stages together
	Fresh    Cost        // of the second, what comes from actions that the first does not have
}

// CostsOf says what the results of compared stages cost.
func (p *Project) CostsOf(list []StageChange) (Costs, error) {
	c := coster{p: p, sizes: map[digest.Digest]int64{}}
	if err := c.time(list); err != nil {
		return Costs{}, err
	}
	var out Costs
	var old, new, fresh sum
	for i := range list {
		for _, x := range instancesOf(list[i].Old) {
			c.add(&old, &x)
		}
	}
	for i := range list {
		for _, x := range instancesOf(list[i].New) {
			c.add(&new, &x)
			if !x.Action.IsZero() && !old.seen[x.Action] {
				c.add(&fresh, &x)
			}
		}
		out.Stages = append(out.Stages, StageCost{list[i].Name, c.of(list[i].Old), c.of(list[i].New)})
	}
	out.Old, out.New, out.Fresh = old.Cost, new.Cost, fresh.Cost
	return out, nil
}

func instancesOf(st *StageResult) []InstanceResult {
	if st == nil {
		return nil
	}
	return st.Instances
}

// sum is a cost that is being added up.
type sum struct {
	Cost
	seen map[digest.Digest]bool // actions
}

// coster knows how long actions ran and how large artifacts are.
type coster struct {
	p       *Project
	seconds map[digest.Digest]float64 // of the actions that it is known of
	sizes   map[digest.Digest]int64   // of directories; unsized
}

func (c *coster) of(st *StageResult) *Cost {
	if st == nil {
		return nil
	}
	var s sum
	for i := range st.Instances {
		c.add(&s, &st.Instances[i])
	}
	return &s.Cost
}

func (c *coster) add(s *sum, x *InstanceResult) {
	s.Instances++
	if x.Action.IsZero() {
		s.Missing++
		return
	}
	if s.seen == nil {
		s.seen = map[digest.Digest]bool{}
	}
	if !s.seen[x.Action] {
		s.seen[x.Action] = true
		s.Actions++
		if t, ok := c.seconds[x.Action]; ok {
			s.Seconds += t
		} else {
			s.Untimed++
		}
	}
	for _, o := range x.Outputs {
		s.Artifacts++
		n := o.Content.Digest.Size
		if o.Content.Kind == digest.Directory {
			if n = o.Bytes; n == 0 {
				n = c.sizeOf(o.Content.Digest)
			}
		}
		if n == unsized || s.Bytes > math.MaxInt64-n {
			s.Unsized++
			continue
		}
		s.Bytes += n
	}
}

// unsized is the size of a directory of which nobody knows it.
const unsized = -1

// sizeOf adds up the files of a directory of the store.
func (c *coster) sizeOf(d digest.Digest) int64 {
	if n, ok := c.sizes[d]; ok {
		return n
	}
	c.sizes[d] = unsized
	dir, err := c.p.store.Dir(d)
	if err != nil {
		return unsized
	}
	total := int64(0)
	add := func(n int64) bool {
		if n < 0 || total > math.MaxInt64-n {
			return false // a small encoding can stand for a tree of any size
		}
		total += n
		return true
	}
	for _, f := range dir.Files {
		if !add(f.Digest.Size) {
			return unsized
		}
	}
	for _, sub := range dir.Dirs {
		if !add(c.sizeOf(sub.Digest)) {
			return unsized
		}
	}
	c.sizes[d] = total
	return total
}

// time finds out how long every action ran: from the records of the places
// themselves, from the action cache, from records of other experiments.
func (c *coster) time(list []StageChange) error {
	c.seconds = map[digest.Digest]float64{}
	missing := map[digest.Digest]bool{}
	for i := range list {
		for _, x := range slices.Concat(instancesOf(list[i].Old), instancesOf(list[i].New)) {
			if x.Seconds > 0 {
				c.seconds[x.Action] = x.Seconds
			} else if !x.Action.IsZero() {
				missing[x.Action] = true
			}
		}
	}
	maps.DeleteFunc(missing, func(a digest.Digest, _ bool) bool { return c.seconds[a] > 0 })
	if err := c.timeByCache(slices.Collect(maps.Keys(missing))); err != nil {
		return err
	}
	maps.DeleteFunc(missing, func(a digest.Digest, _ bool) bool { return c.seconds[a] > 0 })
	return c.timeByRecords(missing)
}

// timeByCache asks the action cache. An entry of another program's may not say
// when it ran.
func (c *coster) timeByCache(actions []digest.Digest) error {
	found := make([]time.Duration, len(actions))
	var g errgroup.Group
	g.SetLimit(max(1, c.p.host.CPUs))
	for i, a := range actions {
		g.Go(func() error {
			res, err := c.p.store.Result(a)
			if err == nil && res != nil && !res.Started.IsZero() {
				found[i] = res.Wall
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i, a := range actions {
		if found[i] > 0 {
			c.seconds[a] = found[i].Seconds()
		}
	}
	return nil
}

// recordsAsked is how many records of experiments are read for what the cache does
// not know any more, the newest ones.
const recordsAsked = 100

// timeByRecords asks the records of experiments: they outlive the cache.
func (c *coster) timeByRecords(missing map[digest.Digest]bool) error {
	if len(missing) == 0 {
		return nil
	}
	rows, err := c.p.Experiments()
	if err != nil {
		return err
	}
	for i := len(rows) - 1; i >= max(0, len(rows)-recordsAsked) && len(missing) > 0; i-- {
		r, err := c.p.history().Read(rows[i].ID)
		if err != nil {
			continue // it was said that it cannot be read
		}
		for _, x := range r.Instances {
			a, err := digest.Parse(x.Action)
			if err == nil && missing[a] && x.Seconds > 0 && x.Outcome != outcomeOf(run.Failed) && x.Outcome != outcomeOf(run.Interrupted) {
				c.seconds[a] = x.Seconds
				delete(missing, a)
			}
		}
	}
	return nil
}
