package main

import (
	"fmt"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/exp/table"
)

// instancesText counts the instances of a stage in both places.
func instancesText(c *dewar.StageChange) string {
	if c.New == nil {
		return fmt.Sprint(instancesIn(c.Old))
	}
	if c.Old == nil {
		return fmt.Sprint(instancesIn(c.New))
	}
	return fromTo(instancesIn(c.Old), instancesIn(c.New))
}

func fromTo(old, new int) string {
	if old == new {
		return fmt.Sprint(new)
	}
	return fmt.Sprintf("%d → %d", old, new)
}

func instancesIn(st *dewar.StageResult) int {
	if st == nil {
		return 0
	}
	return len(st.Instances)
}

// differenceText says in words how a stage differs; "" if it does not.
func (r *report) differenceText(c *dewar.StageChange) string {
	switch c.Difference {
	case dewar.StageAdded, dewar.StageRemoved:
		return string(c.Difference)
	case dewar.StageSame:
		return ""
	}
	var out []string
	old, new := r.names()
	all := max(instancesIn(c.Old), instancesIn(c.New))
	add := func(n int, one, many string) {
		switch {
		case n == 0:
		case c.Grid && all > 1:
			out = append(out, fmt.Sprintf("%d of %d %s", n, all, many))
		default:
			out = append(out, one)
		}
	}
	add(c.Results-c.Unstable, "other results", "with other results")
	add(c.Unstable, "other results of the same action", "with other results of the same action")
	add(c.Actions, "another action, same results", "with other actions and the same results")
	add(c.NoOld, "no result in "+old, "without a result in "+old)
	add(c.NoNew, "no result in "+new, "without a result in "+new)
	if c.Added > 0 {
		out = append(out, fmt.Sprintf("%d added", c.Added))
	}
	if c.Removed > 0 {
		out = append(out, fmt.Sprintf("%d removed", c.Removed))
	}
	if len(out) == 0 { // a part of a pipeline lacks it
		where := old
		if c.New == nil {
			where = new
		}
		out = append(out, "not in "+where)
	}
	return strings.Join(out, ", ")
}

// stageProse counts the differences of stages.
func (r *report) stageProse() []string {
	if len(r.stages) == 0 {
		return nil
	}
	count := map[dewar.Difference]int{}
	for i := range r.stages {
		count[r.stages[i].Difference]++
	}
	var list []string
	for _, d := range differences {
		if n := count[d.difference]; n > 0 {
			list = append(list, fmt.Sprintf("%d %s", n, d.words))
		}
	}
	out := []string{fmt.Sprintf("Of %s: %s.", counted(len(r.stages), "stage"), strings.Join(list, ", "))}
	if note := r.picked().note; note != "" {
		out = append(out, note)
	}
	return out
}

// differences are the words for them, in the order of Difference, and the classes
// of boxes. Never written to.
var differences = [...]struct {
	difference   dewar.Difference
	words, class string
}{
	{dewar.StageAdded, "added", "added"},
	{dewar.StageRemoved, "removed", "removed"},
	{dewar.OtherResults, "with other results", "changed"},
	{dewar.ResultMissing, "not comparable", "unknown"},
	{dewar.OtherActions, "with other actions and the same results", "remade"},
	{dewar.StageSame, "the same", "same"},
}

func classOf(d dewar.Difference) string {
	for _, x := range differences {
		if x.difference == d {
			return x.class
		}
	}
	return "same"
}

// stageTable lists the stages that differ.
func (r *report) stageTable() *table.Table {
	t := &table.Table{Columns: []table.Column{{Name: "Stage", Header: "Stage"}, {Name: "Instances", Header: "Instances", Numeric: true}, {Name: "Difference", Header: "Difference"}}}
	for i := range r.stages {
		c := &r.stages[i]
		text := r.differenceText(c)
		if text == "" && !r.all {
			continue
		}
		cell := table.Cell{Text: text}
		if text == "" {
			cell = table.Cell{Text: "same"}
		}
		t.Rows = append(t.Rows, table.Row{Cells: []table.Cell{{Text: c.Name}, number(float64(max(instancesIn(c.Old), instancesIn(c.New))), instancesText(c)), cell}})
	}
	return t
}
