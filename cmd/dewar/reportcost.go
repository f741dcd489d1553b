package main

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/exp/table"
)

// costTable is what the results of stages cost, those of stages that differ, and
// of all together. What nobody knows is said to be unknown, and no change
// is computed from it.
func (r *report) costTable() *table.Table {
	t := &table.Table{Columns: []table.Column{{Name: "Stage", Header: "Stage"}, {Name: "Instances", Header: "Instances", Numeric: true}}}
	old, new := r.names()
	for _, of := range []string{"Time", "Size"} {
		for _, name := range []string{of + " of " + old, of + " of " + new, of + ", change"} {
			t.Columns = append(t.Columns, table.Column{Name: name, Header: name, Numeric: true})
		}
	}
	if len(r.stages) == 0 {
		return t
	}
	for i := range r.stages {
		c, cost := &r.stages[i], &r.costs.Stages[i]
		if c.Difference == dewar.StageSame && !r.all {
			continue
		}
		t.Rows = append(t.Rows, table.Row{Cells: costCells(c.Name, number(float64(max(instancesIn(c.Old), instancesIn(c.New))), instancesText(c)), cost.Old, cost.New, r.sameActions(c))})
	}
	same := true
	for i := range r.stages {
		same = same && r.sameActions(&r.stages[i])
	}
	both := number(float64(r.costs.New.Instances), fromTo(r.costs.Old.Instances, r.costs.New.Instances))
	t.Rows = append(t.Rows, table.Row{Cells: costCells("All of "+counted(len(r.stages), "stage"), both, &r.costs.Old, &r.costs.New, same)})
	return t
}

// sameActions reports whether a stage has the same results of the same actions on
// both sides, so that nothing can have changed whatever is known.
func (r *report) sameActions(c *dewar.StageChange) bool { return c.Difference == dewar.StageSame }

func costCells(name string, instances table.Cell, old, new *dewar.Cost, same bool) []table.Cell {
	return []table.Cell{
		{Text: name}, instances,
		timeCell(old), timeCell(new), timeChange(old, new, same),
		sizeCell(old), sizeCell(new), sizeChange(old, new, same),
	}
}

// timeCell is how long commands ran, as far as it is known.
func timeCell(c *dewar.Cost) table.Cell {
	switch {
	case c == nil:
		return table.Cell{Absent: true}
	case c.Actions == 0:
		return table.Cell{Text: "no result"}
	case c.Untimed == c.Actions:
		return table.Cell{Text: "not known"}
	case c.Untimed > 0:
		return table.Cell{Text: fmt.Sprintf("%s, and %d not known", duration(c.Seconds), c.Untimed)}
	}
	return number(c.Seconds, duration(c.Seconds))
}

// sizeCell is how much results hold, as far as it is known.
func sizeCell(c *dewar.Cost) table.Cell {
	switch {
	case c == nil:
		return table.Cell{Absent: true}
	case c.Actions == 0:
		return table.Cell{Text: "no result"}
	case c.Artifacts > 0 && c.Unsized == c.Artifacts:
		return table.Cell{Text: "not known"}
	case c.Unsized > 0:
		return table.Cell{Text: fmt.Sprintf("%s, and %d not known", size(c.Bytes), c.Unsized)}
	}
	return number(float64(c.Bytes), size(c.Bytes))
}

func timeChange(old, new *dewar.Cost, same bool) table.Cell {
	untimed := func(c *dewar.Cost) int { return c.Untimed }
	if cell, ok := noChange(old, new, same, untimed); ok {
		return cell
	}
	return change(old.Seconds, new.Seconds, 1, duration)
}

func sizeChange(old, new *dewar.Cost, same bool) table.Cell {
	unsized := func(c *dewar.Cost) int { return c.Unsized }
	if cell, ok := noChange(old, new, same, unsized); ok {
		return cell
	}
	return change(float64(old.Bytes), float64(new.Bytes), 0, func(n float64) string { return size(int64(n)) })
}

// noChange is what is said where there is nothing to subtract. unknown is of how many results something is not known.
func noChange(old, new *dewar.Cost, same bool, unknown func(*dewar.Cost) int) (table.Cell, bool) {
	switch {
	case same:
		return number(0, "none"), true
	case old == nil || new == nil:
		return table.Cell{Absent: true}, true
	case old.Missing+new.Missing+unknown(old)+unknown(new) > 0:
		return table.Cell{Text: "not known"}, true
	}
	return table.Cell{}, false
}

// change is the difference of two amounts, and how much of the first it is, if
// that is at least so much: parts of what is short are noise.
func change(old, new, least float64, show func(float64) string) table.Cell {
	d := new - old
	if d == 0 {
		return number(0, "none")
	}
	sign := "+"
	if d < 0 {
		sign = "-"
	}
	text := sign + show(math.Abs(d))
	if share := math.Round(100 * math.Abs(d) / old); old > least && share >= 1 && share < 1000 {
		text += fmt.Sprintf(" (%s%.0f%%)", sign, share)
	}
	return number(d, text)
}

func number(n float64, show string) table.Cell {
	return table.Cell{Text: strconv.FormatFloat(n, 'f', -1, 64), Show: show, Number: n, IsNumber: true}
}

// duration is a time of a command: many are short.
func duration(s float64) string {
	switch ms := 1000 * s; {
	case ms >= 100:
		return seconds(time.Duration(s * float64(time.Second)))
	case ms >= 1:
		return fmt.Sprintf("%.0fms", ms)
	default:
		return fmt.Sprintf("%.1gms", ms)
	}
}

// costProse says what the figures are, and what the second place has that the
// first did not pay for.
func (r *report) costProse() []string {
	if len(r.stages) == 0 {
		return nil
	}
	out := []string{"Time is how long the commands behind these results ran, whenever and wherever that was; an action that several instances share counts once."}
	old, new := r.names()
	switch fresh := r.costs.Fresh; {
	case fresh.Actions == 0:
	case fresh.Untimed == fresh.Actions:
		out = append(out, fmt.Sprintf("%s has %s that %s does not have; how long they ran is not known.", new, counted(fresh.Actions, "action"), old))
	default:
		text := fmt.Sprintf("%s has %s that %s does not have, which ran %s", new, counted(fresh.Actions, "action"), old, duration(fresh.Seconds))
		if fresh.Untimed > 0 {
			text += fmt.Sprintf(", leaving out %d of which it is not known", fresh.Untimed)
		}
		out = append(out, text+".")
	}
	return out
}
