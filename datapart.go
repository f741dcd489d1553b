package dewar

import (
	"context"

	"github.com/dewar-build/dewar/graph"
)

// wholeData looks at all of the tracked data of which this run read parts only: one file of a
// directory, or each as a point. The lock knows data as a whole, and what it says is what push
// shares and a clone gets, so a part that changed has to change it.
//
// Whatever else lies there is read for it, so that is left out where nothing that read
// a part has changed and the lock knows the data. An interrupted run does not begin with it.
func (s *session) wholeData(ctx context.Context) {
	touched := s.touchedData()
	for i := range s.g.Data {
		d := &s.g.Data[i]
		if inModules(d.Path) || ctx.Err() != nil {
			continue
		}
		changed, part := touched[d.Name]
		if part && (changed || s.lock.DataOf(d.Name) == nil) {
			s.lookAt(ctx, d.Path, true)
		}
	}
}

// touchedData gives the data of which the run's instances read a part, and whether one of them
// has another action than the lock says.
func (s *session) touchedData() map[string]bool {
	whole := make(map[string]string, len(s.g.Data))
	for _, d := range s.g.Data {
		whole[d.Name] = d.Path
	}
	touched := map[string]bool{}
	for id := range s.state {
		st, x := &s.state[id], &s.g.Instances[id]
		if st.outputs == nil || x.Frozen {
			continue
		}
		known := s.lock.Entry(x.Ref())
		changed := known == nil || known.Action != st.key
		for j := range x.Inputs {
			in := &x.Inputs[j]
			if in.Kind == graph.Workspace && in.Data != "" && in.Path != whole[in.Data] {
				touched[in.Data] = touched[in.Data] || changed
			}
		}
	}
	return touched
}
