package dewar

import (
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"sort"
	"sync"
	"time"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
)

// Records of runs are immutable files, one a run that did something:
// .dewar/runs/<time>.json. Beside them, durations.json is made from them for the
// scheduler and may be deleted at any time.

// Record is what is remembered of a run.
type Record struct {
	Started   time.Time        `json:"started"`
	Dir       string           `json:"pipeline"`
	Sweep     string           `json:"sweep,omitempty"` // the experiments that it was for; their records say more
	Args      []string         `json:"args,omitempty"`
	Overrides []graph.Override `json:"overrides,omitempty"`
	Summary   map[string]int   `json:"summary"`
	Seconds   float64          `json:"seconds"`
	Instances []InstanceRecord `json:"instances,omitempty"` // those that were executed or failed, sorted
}

// InstanceRecord is what is remembered of an instance that was executed.
type InstanceRecord struct {
	Instance string        `json:"instance"`
	Outcome  string        `json:"outcome"` // "executed", "failed"
	Exit     int           `json:"exit,omitempty"`
	Signal   string        `json:"signal,omitempty"`
	Program  string        `json:"program,omitempty"`
	Level    string        `json:"level,omitempty"`
	Seconds  float64       `json:"seconds"`
	CPU      float64       `json:"cpu_seconds"`
	MaxRSS   int64         `json:"max_rss,omitempty"`
	Log      digest.Digest `json:"log"`
	Fix      *Fix          `json:"fix,omitempty"`

	Partial []PartialOutput `json:"partial,omitempty"` // series that it wrote, if it came to no result
}

// recorder gathers the record of a run that is going on.
type recorder struct {
	p         *Project
	rec       Record
	mu        sync.Mutex
	instances map[graph.ID]InstanceRecord
	loadOnce  sync.Once
	known     map[string]float64 // seconds by instance, from earlier runs
	g         *graph.Graph
}

func (p *Project) newRecord(ev *Evaluation, o RunOptions) *recorder {
	return &recorder{
		p: p, g: ev.Graph, instances: map[graph.ID]InstanceRecord{},
		rec: Record{Started: p.host.Now(), Dir: ev.Dir, Args: o.Args, Overrides: ev.Graph.Overrides},
	}
}

func (r *recorder) executed(id graph.ID, out *run.Outcome, log digest.Digest) {
	r.add(id, InstanceRecord{Outcome: "executed", Log: log}, out)
}

func (r *recorder) failed(id graph.ID, out *run.Outcome, log digest.Digest, fix Fix) {
	rec := InstanceRecord{Outcome: "failed", Log: log}
	if !fix.Empty() {
		rec.Fix = &fix
	}
	r.add(id, rec, out)
}

func (r *recorder) add(id graph.ID, rec InstanceRecord, out *run.Outcome) {
	rec.Instance = r.g.Instances[id].Ref()
	if out != nil {
		rec.Exit, rec.Signal, rec.Program, rec.Level = out.ExitCode, out.Signal, out.Program, string(out.Level)
		rec.Seconds, rec.CPU, rec.MaxRSS = out.Wall.Seconds(), (out.User + out.Sys).Seconds(), out.MaxRSS
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.instances[id] = rec
}

// of returns what is known of an instance that was executed or failed.
func (r *recorder) of(id graph.ID) (InstanceRecord, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	rec, ok := r.instances[id]
	return rec, ok
}

// event notes failures that no command had a part in.
func (r *recorder) event(e run.Event) {
	if e.Kind != run.Failed {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.instances[e.ID]; !ok {
		r.instances[e.ID] = InstanceRecord{Instance: r.g.Instances[e.ID].Ref(), Outcome: "failed"}
	}
}

// write keeps the record, if there is anything to remember.
func (r *recorder) write(rep *Report) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.instances) == 0 {
		return nil
	}
	for _, x := range r.instances {
		r.rec.Instances = append(r.rec.Instances, x)
	}
	sort.Slice(r.rec.Instances, func(i, j int) bool {
		a, b := &r.rec.Instances[i], &r.rec.Instances[j]
		return a.Instance < b.Instance || a.Instance == b.Instance && a.Seconds < b.Seconds
	})
	r.rec.Seconds = rep.Wall.Seconds()
	r.rec.Summary = map[string]int{
		"instances": rep.Instances, "executed": rep.Executed, "restored": rep.Restored,
		"unchanged": rep.Unchanged, "failed": rep.Failed, "skipped": rep.Skipped,
	}
	b, err := json.Marshal(r.rec)
	if err != nil {
		return err
	}
	dir := r.p.path("runs")
	if err := r.p.host.FS.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("record the run: %w", err)
	}
	name, err := freeRecord(r.p.host.FS, dir, r.rec.Started)
	if err != nil {
		return fmt.Errorf("record the run: %w", err)
	}
	if err := fs.WriteFile(r.p.host.FS, name, append(b, '\n')); err != nil {
		return fmt.Errorf("record the run: %w", err)
	}
	r.keepDurations()
	r.keepPrograms()
	return nil
}

// freeRecord is a name for the record of a run that began at a time: clocks are coarse, and jump back, and no
// record takes the place of another.
func freeRecord(fsys fs.FS, dir string, began time.Time) (string, error) {
	for {
		name := filepath.Join(dir, began.UTC().Format("20060102-150405.000000000")+".json")
		switch _, err := fsys.Lstat(name); {
		case isNotExist(err):
			return name, nil
		case err != nil: // that of any other name would fail as well, for ever
			return "", err
		}
		began = began.Add(time.Nanosecond)
	}
}

func (r *recorder) durationsPath() string { return r.p.path("runs", "durations.json") }

// besideRecords is the file of what is remembered of the pipeline in a directory.
func (p *Project) besideRecords(what, dir string) string {
	if dir != "." {
		what += "-" + url.PathEscape(dir)
	}
	return p.path("runs", what+".json")
}

// duration returns how long an instance took last time, 0 if that is not known.
func (r *recorder) duration(id graph.ID) time.Duration {
	r.loadOnce.Do(r.loadDurations)
	return time.Duration(r.known[r.g.Instances[id].Ref()] * float64(time.Second))
}

func (r *recorder) loadDurations() {
	r.known = map[string]float64{}
	if b, err := fs.ReadFile(r.p.host.FS, r.durationsPath()); err == nil {
		_ = json.Unmarshal(b, &r.known) // damaged: nothing is known
	}
}

func (r *recorder) keepDurations() {
	r.loadOnce.Do(r.loadDurations)
	for _, x := range r.rec.Instances {
		if x.Outcome == "executed" {
			r.known[x.Instance] = x.Seconds
		}
	}
	if b, err := json.Marshal(r.known); err == nil {
		_ = fs.WriteFile(r.p.host.FS, r.durationsPath(), b)
	}
}

// Records returns the records of runs, the newest first, at most n; n <= 0 is all.
func (p *Project) Records(n int) ([]Record, error) {
	entries, err := p.host.FS.ReadDir(p.path("runs"))
	if err != nil {
		if isNotExist(err) {
			return nil, nil
		}
		return nil, err
	}
	var out []Record
	for i := len(entries) - 1; i >= 0 && (n <= 0 || len(out) < n); i-- {
		name := entries[i].Name
		if filepath.Ext(name) != ".json" || name[0] < '0' || name[0] > '9' {
			continue // it lies beside the records, whose names are times
		}
		var rec Record
		b, err := fs.ReadFile(p.host.FS, p.path("runs", name))
		if err != nil || json.Unmarshal(b, &rec) != nil {
			continue // a record that cannot be read says nothing
		}
		out = append(out, rec)
	}
	return out, nil
}
