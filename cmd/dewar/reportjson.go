package main

import (
	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/exp"
)

// json is a report for programs; spec/formats.md describes it. It has every
// stage, those that are the same too.
func (r *report) json(files []string) any {
	asserts := r.new.Asserts
	if asserts == nil {
		asserts = []exp.Assert{}
	}
	stale := r.stale
	if stale == nil {
		stale = []string{}
	}
	out := map[string]any{
		"old": r.old.Name, "new": r.new.Name, "errors": plotsProblems(r.drawn, []*dewar.Results{r.old, r.new}),
		"metrics": changedJSON(r.metrics), "params": changedJSON(r.params), "asserts": asserts,
		"stages": r.stagesJSON(), "cost": nil, "stale": stale, "files": files,
	}
	if r.compared {
		out["cost"] = map[string]any{"old": costJSON(&r.costs.Old), "new": costJSON(&r.costs.New), "fresh": costJSON(&r.costs.Fresh)}
	}
	return out
}

// stageObject is a stage of a report.
type stageObject struct {
	Stage      string      `json:"stage"`
	Difference string      `json:"difference"`
	Needs      []string    `json:"needs"`
	Results    int         `json:"other_results"`
	Unstable   int         `json:"same_action"`
	Actions    int         `json:"other_actions"`
	Added      int         `json:"added"`
	Removed    int         `json:"removed"`
	NoOld      int         `json:"only_new"`
	NoNew      int         `json:"only_old"`
	Old        *costObject `json:"old"`
	New        *costObject `json:"new"`
}

// costObject is a cost. Seconds and bytes are those that are known.
type costObject struct {
	Instances int      `json:"instances"`
	Missing   int      `json:"missing"`
	Actions   int      `json:"actions"`
	Seconds   *float64 `json:"seconds"`
	Untimed   int      `json:"untimed"`
	Bytes     *int64   `json:"bytes"`
	Unsized   int      `json:"unsized"`
}

func (r *report) stagesJSON() []stageObject {
	out := []stageObject{}
	for i := range r.stages {
		c, cost := &r.stages[i], &r.costs.Stages[i]
		needs := c.Needs
		if needs == nil {
			needs = []string{}
		}
		out = append(out, stageObject{
			c.Name, string(c.Difference), needs, c.Results, c.Unstable, c.Actions, c.Added, c.Removed, c.NoOld, c.NoNew,
			costJSON(cost.Old), costJSON(cost.New),
		})
	}
	return out
}

// costJSON has null for what is not known at all: 0 is a figure.
func costJSON(c *dewar.Cost) *costObject {
	if c == nil {
		return nil
	}
	out := &costObject{Instances: c.Instances, Missing: c.Missing, Actions: c.Actions, Untimed: c.Untimed, Unsized: c.Unsized}
	if c.Untimed < c.Actions {
		out.Seconds = &c.Seconds
	}
	if c.Unsized < c.Artifacts || c.Artifacts == 0 && c.Actions > 0 {
		out.Bytes = &c.Bytes
	}
	return out
}
