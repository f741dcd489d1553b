package run

import (
	"container/heap"
	"encoding/binary"
	"slices"
	"sort"

	"github.com/dewar-build/dewar/graph"
)

// queue holds the instances that have to execute, and decides which may.
//
// Every instance takes a place (there are Parallel of them), one CPU unless it
// says otherwise, and what it declares. The most urgent that fits is next; so
// small ones overtake a big one for which there is no room yet. After having
// been overtaken some times, the big one's share is set aside as it becomes free, and
// only what does not touch it may still pass.
//
// What can never fit, as it asks for more than the machine has, runs alone; so
// does an action without isolation, which works in the workspace itself. Devices
// cannot be had in part: who asks for more GPUs than there are is started at once, to
// be told so.
//
// Instances with equal needs form a class. There are few classes, however many
// instances, and only the first of each has to be looked at.
type queue struct {
	capacity  []int64  // by resource: the names, sorted
	used      []int64  //
	names     []string // "cpus", "memory", …; the place is the last, without a name
	classes   []class
	classOf   []int32 // by instance
	instances []instance
	running   int
	alone     bool // what runs now runs alone
	patience  int  // how often an instance may be overtaken
}

// class is the instances that need the same.
type class struct {
	needs     []int64 // by resource
	alone     bool    // it runs alone
	waiting   urgency // a heap
	overtaken int     // how often others were started while the first of it waited
}

// cpu is one CPU in the unit of resources.
const cpu = 1000

func newQueue(parallel int, capacity []graph.Resource, g *graph.Graph, instances []instance) queue {
	q := queue{instances: instances, patience: max(4, 2*parallel), classOf: make([]int32, len(g.Instances))}
	limits := map[string]int64{"cpus": int64(parallel) * cpu}
	for _, r := range capacity {
		limits[r.Name] = r.Amount
	}
	for name := range limits {
		q.names = append(q.names, name)
	}
	sort.Strings(q.names)
	for _, name := range q.names {
		q.capacity = append(q.capacity, limits[name])
	}
	q.capacity = append(q.capacity, int64(parallel))
	q.used = make([]int64, len(q.capacity))
	known := map[string]int32{}
	needs, id := make([]int64, len(q.capacity)), []byte(nil)
	for i := range g.Instances {
		alone := q.needsOf(&g.Instances[i], needs)
		id = id[:0]
		for _, n := range needs {
			id = binary.AppendVarint(id, n)
		}
		if alone {
			id = append(id, 'a')
		}
		c, ok := known[string(id)]
		if !ok {
			c = int32(len(q.classes))
			known[string(id)] = c
			q.classes = append(q.classes, class{needs: slices.Clone(needs), alone: alone, waiting: urgency{instances: instances}})
		}
		q.classOf[i] = c
	}
	return q
}

// needsOf sets needs to what x takes of each resource, and reports whether it
// runs alone. What the machine does not limit is not counted.
func (q *queue) needsOf(x *graph.Instance, needs []int64) (alone bool) {
	clear(needs)
	needs[len(needs)-1] = 1
	alone = x.Isolation == graph.IsolationOff
	cpus := false
	for _, r := range x.Resources {
		cpus = cpus || r.Name == "cpus"
		if i, ok := slices.BinarySearch(q.names, r.Name); ok {
			if r.Name == "gpus" && r.Amount > q.capacity[i] {
				continue
			}
			needs[i] = r.Amount
			alone = alone || r.Amount > q.capacity[i]
		}
	}
	if i, ok := slices.BinarySearch(q.names, "cpus"); ok && !cpus {
		needs[i] = min(cpu, q.capacity[i])
	}
	return alone
}

// needs returns what id takes, for Tokens.
func (q *queue) needs(id graph.ID) []graph.Resource {
	c := &q.classes[q.classOf[id]]
	var out []graph.Resource
	for i, name := range q.names {
		if c.needs[i] > 0 {
			out = append(out, graph.Resource{Name: name, Amount: c.needs[i]})
		}
	}
	return out
}

func (q *queue) push(id graph.ID) {
	heap.Push(&q.classes[q.classOf[id]].waiting, id)
}

// next takes the instance that is to be started now; ok is false if none can.
func (q *queue) next() (id graph.ID, ok bool) {
	if q.alone {
		return 0, false
	}
	order := q.byUrgency()
	if len(order) == 0 {
		return 0, false
	}
	reserved := make([]int64, len(q.capacity))
	for i, c := range order {
		k := &q.classes[c]
		if q.fits(k, reserved) {
			for _, o := range order[:i] {
				q.classes[o].overtaken++
			}
			return q.start(k), true
		}
		if k.overtaken < q.patience {
			continue
		}
		if k.alone {
			return 0, false // let everything else end
		}
		for r, n := range k.needs {
			reserved[r] += n
		}
	}
	return 0, false
}

// byUrgency returns the classes in which something waits, by their first.
func (q *queue) byUrgency() []int32 {
	var order []int32
	for i := range q.classes {
		if len(q.classes[i].waiting.ids) > 0 {
			order = append(order, int32(i))
		}
	}
	if len(order) > 1 {
		slices.SortFunc(order, func(a, b int32) int {
			return moreUrgent(q.instances, q.classes[a].waiting.ids[0], q.classes[b].waiting.ids[0])
		})
	}
	return order
}

func (q *queue) fits(c *class, reserved []int64) bool {
	if c.alone {
		return q.running == 0
	}
	for r, n := range c.needs {
		if n > 0 && n > q.capacity[r]-q.used[r]-reserved[r] {
			return false
		}
	}
	return true
}

func (q *queue) start(c *class) graph.ID {
	id := heap.Pop(&c.waiting).(graph.ID)
	c.overtaken = 0
	q.running++
	q.alone = c.alone
	for r, n := range c.needs {
		q.used[r] += n
	}
	return id
}

// release gives back what id has taken.
func (q *queue) release(id graph.ID) {
	q.running--
	q.alone = false
	for r, n := range q.classes[q.classOf[id]].needs {
		q.used[r] -= n
	}
}

// urgency is a heap of instances, the most urgent on top.
type urgency struct {
	instances []instance
	ids       []graph.ID
}

func (u *urgency) Len() int           { return len(u.ids) }
func (u *urgency) Less(i, j int) bool { return moreUrgent(u.instances, u.ids[i], u.ids[j]) < 0 }
func (u *urgency) Swap(i, j int)      { u.ids[i], u.ids[j] = u.ids[j], u.ids[i] }
func (u *urgency) Push(x any)         { u.ids = append(u.ids, x.(graph.ID)) }
func (u *urgency) Pop() any {
	last := u.ids[len(u.ids)-1]
	u.ids = u.ids[:len(u.ids)-1]
	return last
}

// moreUrgent is negative if a is to go before b: the longest path first, then
// the order of the pipeline.
func moreUrgent(instances []instance, a, b graph.ID) int {
	if x, y := instances[a].weight, instances[b].weight; x != y {
		if x > y {
			return -1
		}
		return 1
	}
	return int(a - b)
}
