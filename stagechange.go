package dewar

import (
	"cmp"
	"slices"

	"github.com/dewar-build/dewar/lock"
)

// Difference says how a stage differs between two places.
type Difference string

// The differences, those that say more first.
const (
	StageAdded    Difference = "added"        // only the second place has it
	StageRemoved  Difference = "removed"      // only the first place has it
	OtherResults  Difference = "results"      // an instance has other results, was added or was removed
	ResultMissing Difference = "unknown"      // on one side an instance has no result to compare
	OtherActions  Difference = "same results" // an action key is another, and every result is the same
	StageSame     Difference = "same"
)

// StageChange is a stage of either of two places, and how its instances differ.
type StageChange struct {
	Name       string
	Grid       bool
	Needs      []string // in the second place; in the first for a stage that was removed
	Difference Difference
	Old, New   *StageResult // nil if the place does not have it

	Added, Removed int // instances that only one place has
	Results        int // with other results
	Unstable       int // of those, with the action key of before: the command does not repeat itself
	Actions        int // with the same results of another action
	NoOld, NoNew   int // with a result in one place only
	Same           int // with the same results of the same action, or with none in both places
}

// CompareStages pairs the stages of two places by name, in the order of the
// second; those that it lacks stand behind what they followed in the first.
func CompareStages(old, new Stages) []StageChange {
	var out []StageChange
	was := map[string]*StageResult{}
	for i := range old.List {
		was[old.List[i].Name] = &old.List[i]
	}
	is := map[string]bool{}
	for i := range new.List {
		st := &new.List[i]
		is[st.Name] = true
		out = append(out, compareStage(was[st.Name], st, old.Part, new.Part))
	}
	behind := 0
	for i := range old.List {
		st := &old.List[i]
		if is[st.Name] {
			behind = 1 + slices.IndexFunc(out, func(c StageChange) bool { return c.Name == st.Name })
			continue
		}
		out = slices.Insert(out, behind, compareStage(st, nil, old.Part, new.Part))
		behind++
	}
	return out
}

// compareStage compares one stage. What a part of a pipeline lacks was not asked
// for there: it is not known, rather than added or removed.
func compareStage(old, new *StageResult, oldPart, newPart bool) StageChange {
	c := StageChange{Old: old, New: new}
	for _, st := range []*StageResult{old, new} { // the second goes before the first
		if st != nil {
			c.Name, c.Grid, c.Needs = st.Name, st.Grid, st.Needs
		}
	}
	c.instances(oldPart, newPart)
	switch {
	case old == nil && !oldPart:
		c.Difference = StageAdded
	case new == nil && !newPart:
		c.Difference = StageRemoved
	case c.Results+c.Added+c.Removed > 0:
		c.Difference = OtherResults
	case c.NoOld+c.NoNew > 0 || old == nil || new == nil:
		c.Difference = ResultMissing
	case c.Actions > 0:
		c.Difference = OtherActions
	default:
		c.Difference = StageSame
	}
	return c
}

func (c *StageChange) instances(oldPart, newPart bool) {
	was := map[string]*InstanceResult{}
	if c.Old != nil {
		for i := range c.Old.Instances {
			was[c.Old.Instances[i].Ref] = &c.Old.Instances[i]
		}
	}
	if c.New != nil {
		for i := range c.New.Instances {
			x := &c.New.Instances[i]
			old := was[x.Ref]
			delete(was, x.Ref)
			c.instance(old, x, oldPart)
		}
	}
	if newPart {
		c.NoNew += len(was)
	} else {
		c.Removed = len(was)
	}
}

// instance counts one instance of the second place.
func (c *StageChange) instance(old, new *InstanceResult, oldPart bool) {
	switch {
	case old == nil && oldPart:
		c.NoOld++
	case old == nil:
		c.Added++
	case old.Action.IsZero() && new.Action.IsZero():
		c.Same++
	case old.Action.IsZero():
		c.NoOld++
	case new.Action.IsZero():
		c.NoNew++
	case !sameResults(old.Outputs, new.Outputs):
		c.Results++
		if old.Action == new.Action {
			c.Unstable++
		}
	case old.Action != new.Action:
		c.Actions++
	default:
		c.Same++
	}
}

// sameResults compares artifacts by their names: one that was moved is the same.
func sameResults(old, new []lock.Output) bool {
	return slices.EqualFunc(byName(old), byName(new), func(a, b lock.Output) bool {
		return a.Group == b.Group && a.Name == b.Name && a.Content == b.Content
	})
}

func byName(list []lock.Output) []lock.Output {
	compare := func(a, b lock.Output) int {
		return cmp.Or(cmp.Compare(a.Group, b.Group), cmp.Compare(a.Name, b.Name))
	}
	if slices.IsSortedFunc(list, compare) {
		return list
	}
	return slices.SortedStableFunc(slices.Values(list), compare)
}
