package run

import (
	"slices"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
)

// Instances with equal action keys: one leads, the others follow.

// lead makes id act for its action key, or follow the instance that does.
func (s *scheduler) lead(id graph.ID, key digest.Digest) {
	leader, taken := s.leaders[key]
	switch {
	case key.IsZero() || s.alone(id):
		s.look(id)
	case !taken:
		s.leaders[key] = id
		s.look(id)
	case s.instances[leader].state != done:
		s.instances[id].state = following
		s.followers[leader] = append(s.followers[leader], id)
	default:
		s.follow(id, leader)
	}
}

// alone reports whether id shares its action with nobody, whatever the action key: what
// persists is made of previous bytes of its own, which the action key does not name.
func (s *scheduler) alone(id graph.ID) bool {
	return slices.ContainsFunc(s.g.Instances[id].Outputs, func(o graph.Output) bool { return o.Persist })
}

// follow continues id when its leader is done.
func (s *scheduler) follow(id, leader graph.ID) {
	switch r := s.summary.Results[leader]; {
	case r.Kind == Failed:
		s.end(id, Failed, Result{Err: r.Err, Cause: none, Same: leader})
	case r.Kind == Executed:
		s.assign(id, sharing, doShare, leader)
	case r.Kind == Planned:
		s.end(id, Restored, Result{Cause: none, Same: leader})
	case s.forced(id):
		s.leaders[r.Key] = id
		s.look(id)
	default: // the leader's result was at hand, so that of id may be too
		s.assign(id, looking, doRestore, none)
	}
}

// catchUp is for an instance whose leader had its result at hand when it had
// not itself.
func (s *scheduler) catchUp(id, leader graph.ID) {
	switch {
	case s.instances[leader].state != done: // a forced instance has become the leader
		s.lead(id, s.summary.Results[id].Key)
	case s.summary.Results[leader].Kind == Failed || s.summary.Results[leader].Kind == Executed || s.summary.Results[leader].Kind == Planned:
		s.follow(id, leader)
	default:
		s.assign(id, sharing, doShare, leader)
	}
}

// settle makes what a dry run says of equal actions the same every time, whoever came first: that the first
// instance of the graph would execute, and the others share its result.
func (s *scheduler) settle() {
	results := s.summary.Results
	first := map[graph.ID]graph.ID{} // by leader
	for i, r := range results {
		id := graph.ID(i)
		if _, known := first[r.Same]; !known && r.Kind == Restored && r.Same > id && results[r.Same].Kind == Planned {
			first[r.Same] = id
		}
	}
	if len(first) == 0 {
		return
	}
	instead := func(leader graph.ID) graph.ID {
		if id, moved := first[leader]; moved {
			return id
		}
		return leader
	}
	for leader, id := range first {
		results[leader].Kind, results[leader].Same = Restored, leader
		results[id].Kind, results[id].Same = Planned, none
	}
	for i := range results {
		results[i].Same, results[i].Cause = instead(results[i].Same), instead(results[i].Cause)
	}
}
