package run_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// counts is a Summary without what depends on the clock.
type counts struct{ Executed, Restored, Unchanged, Failed, Skipped int }

func check(t *testing.T, f *fake, o run.Options, want counts) run.Summary {
	t.Helper()
	o.Events = f.event
	s, err := run.Run(t.Context(), f.g, f, o)
	if err != nil {
		t.Fatal(err)
	}
	got := counts{s.Executed, s.Restored, s.Unchanged, s.Failed, s.Skipped}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("counts: %s", diff)
	}
	if len(f.wrong) > 0 {
		t.Errorf("broken promises: %v", f.wrong)
	}
	return s
}

func TestDiamondExecutesOnceButNotTheSecondTime(t *testing.T) {
	f := newFake(build(nil, []int{0}, []int{0}, []int{1, 2}))
	check(t, f, run.Options{}, counts{Executed: 4})
	f = f.again()
	check(t, f, run.Options{}, counts{Unchanged: 4})
	if len(f.executed) > 0 {
		t.Errorf("executed %v", f.executed)
	}
}

func TestRestoredIsNotUnchanged(t *testing.T) {
	f := newFake(build(nil, []int{0}))
	f.restore = func(id graph.ID) run.Found { return []run.Found{run.FoundInPlace, run.FoundInCache}[id] }
	check(t, f, run.Options{}, counts{Restored: 1, Unchanged: 1})
}

func TestEarlyCutOff(t *testing.T) {
	g := build(nil, []int{0}, []int{1})
	f := newFake(g)
	f.output = func(id graph.ID) string { return g.Instances[id].Stage } // whatever the inputs
	check(t, f, run.Options{}, counts{Executed: 3})
	f = f.again()
	f.key = func(id graph.ID) string { return map[graph.ID]string{0: "changed", 1: "s1", 2: "s2"}[id] }
	check(t, f, run.Options{}, counts{Executed: 1, Unchanged: 2})
}

func TestFailureStopsTheRun(t *testing.T) {
	f := newFake(build(nil, []int{0}, nil, []int{2}))
	f.execute = func(_ context.Context, id graph.ID, _ int) error { return errBroken }
	s := check(t, f, run.Options{Parallel: 1}, counts{Failed: 1, Skipped: 3})
	if !errors.Is(s.Results[0].Err, errBroken) || s.Results[1].Cause != 0 || s.Results[3].Cause != 0 {
		t.Errorf("%+v", s.Results)
	}
}

func TestKeepGoingSkipsOnlyWhatDepends(t *testing.T) {
	f := newFake(build(nil, []int{0}, nil, []int{2}, []int{1, 3}, []int{order(0)}))
	f.execute = func(_ context.Context, id graph.ID, _ int) error {
		if id == 0 {
			return errBroken
		}
		return nil
	}
	s := check(t, f, run.Options{KeepGoing: true}, counts{Executed: 2, Failed: 1, Skipped: 3})
	for _, id := range []graph.ID{1, 4, 5} {
		if r := s.Results[id]; r.Kind != run.Skipped || r.Cause != 0 {
			t.Errorf("%d: %+v", id, r)
		}
	}
}

func TestRunningOnesFinishWhenAnotherFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake(build(nil, nil, nil))
		f.execute = func(_ context.Context, id graph.ID, _ int) error {
			if id == 0 {
				time.Sleep(time.Second)
				return errBroken
			}
			time.Sleep(time.Minute)
			return nil
		}
		check(t, f, run.Options{Parallel: 2}, counts{Executed: 1, Failed: 1, Skipped: 1})
	})
}

func TestRetries(t *testing.T) {
	for name, c := range map[string]struct {
		failures int
		final    bool
		want     counts
		attempts int
	}{
		"mended by the last":  {2, false, counts{Executed: 1}, 3},
		"one failure to many": {3, false, counts{Failed: 1}, 3},
		"final":               {3, true, counts{Failed: 1}, 1},
	} {
		g := build(nil)
		g.Instances[0].Retries = 2
		f := newFake(g)
		f.execute = func(_ context.Context, _ graph.ID, attempt int) error {
			switch {
			case attempt > c.failures:
				return nil
			case c.final:
				return run.Final(errBroken)
			}
			return errBroken
		}
		s := check(t, f, run.Options{}, c.want)
		if s.Results[0].Attempts != c.attempts || f.executed[0] != c.attempts {
			t.Errorf("%s: %d attempts", name, f.executed[0])
		}
		if c.want.Failed > 0 && !errors.Is(s.Results[0].Err, errBroken) {
			t.Errorf("%s: %v", name, s.Results[0].Err)
		}
	}
}

func TestEqualActionsAreOne(t *testing.T) {
	f := newFake(build(nil, nil, nil, []int{2}))
	f.key = func(id graph.ID) string { return map[graph.ID]string{0: "same", 1: "same", 2: "same", 3: "other"}[id] }
	s := check(t, f, run.Options{}, counts{Executed: 2, Restored: 2})
	if len(f.shared) != 2 || len(f.executed) != 2 {
		t.Errorf("shared %v, executed %v", f.shared, f.executed)
	}
	for id := range f.shared {
		if s.Results[id].Same != f.shared[id] {
			t.Errorf("%d: %+v", id, s.Results[id])
		}
	}
}

func TestEqualActionsFailTogether(t *testing.T) {
	for _, keepGoing := range []bool{false, true} {
		f := newFake(build(nil, nil, []int{1}))
		f.key = func(id graph.ID) string { return map[graph.ID]string{0: "same", 1: "same", 2: "other"}[id] }
		f.execute = func(context.Context, graph.ID, int) error { return errBroken }
		synctest.Test(t, func(t *testing.T) {
			f.execute = func(context.Context, graph.ID, int) error {
				time.Sleep(time.Second) // both are resolved by then
				return errBroken
			}
			s := check(t, f, run.Options{KeepGoing: keepGoing}, counts{Failed: 2, Skipped: 1})
			if a, b := s.Results[0].Same, s.Results[1].Same; !(a == 1 && b == -1) && !(a == -1 && b == 0) {
				t.Errorf("%+v", s.Results)
			}
		})
	}
}

func TestAFollowerLooksForItself(t *testing.T) {
	f := newFake(build(nil, nil))
	f.key = func(graph.ID) string { return "same" }
	f.restore = func(id graph.ID) run.Found { return run.FoundInPlace }
	check(t, f, run.Options{Light: 1}, counts{Unchanged: 2})
	f = f.again()
	first := true
	f.restore = func(id graph.ID) run.Found {
		if first {
			first = false
			return run.FoundInPlace
		}
		return run.NotFound
	}
	check(t, f, run.Options{Light: 1}, counts{Unchanged: 1, Restored: 1})
	if len(f.shared) != 1 {
		t.Errorf("shared %v", f.shared)
	}
}

func TestForceAndAlways(t *testing.T) {
	g := build(nil, []int{0}, nil, nil)
	g.Instances[2].Always = true
	f := newFake(g)
	check(t, f, run.Options{}, counts{Executed: 4})
	f = f.again()
	check(t, f, run.Options{Force: func(id graph.ID) bool { return id == 1 }}, counts{Executed: 2, Unchanged: 2})
	if f.executed[1] != 1 || f.executed[2] != 1 {
		t.Errorf("executed %v", f.executed)
	}
}

func TestForcedFollowersExecuteOnce(t *testing.T) {
	f := newFake(build(nil, nil, nil))
	f.key = func(graph.ID) string { return "same" }
	f.restore = func(graph.ID) run.Found { return run.FoundInPlace }
	check(t, f, run.Options{Light: 1, Force: func(id graph.ID) bool { return id != 0 }}, counts{Executed: 1, Unchanged: 1, Restored: 1})
}

func TestSelectionTakesTheRestAsDone(t *testing.T) {
	f := newFake(build(nil, []int{0}, []int{1}))
	f.skipDep = map[graph.ID]bool{0: true}
	s := check(t, f, run.Options{Select: []graph.ID{2, 1}}, counts{Executed: 2})
	if s.Instances != 2 || f.resolved[0] != 0 || s.Results[0].Kind != 0 {
		t.Errorf("%+v", s)
	}
	f = newFake(f.g)
	check(t, f, run.Options{Select: []graph.ID{}}, counts{})
}

func TestDryRun(t *testing.T) {
	f := newFake(build(nil, []int{0}, []int{1}, nil, []int{order(0)}))
	f.restore = func(id graph.ID) run.Found {
		if id == 3 || id == 4 {
			return run.FoundInCache
		}
		return run.NotFound
	}
	f.skipDep = map[graph.ID]bool{0: true} // 4 is only ordered behind it
	s := check(t, f, run.Options{DryRun: true}, counts{Executed: 3, Restored: 2})
	if len(f.executed) > 0 || f.resolved[1] > 0 || f.resolved[2] > 0 {
		t.Errorf("executed %v, resolved %v", f.executed, f.resolved)
	}
	if s.Results[0].Cause != -1 || s.Results[1].Cause != 0 || s.Results[2].Cause != 0 || s.Results[0].Kind != run.Planned {
		t.Errorf("%+v", s.Results)
	}
}

func TestDryRunOfEqualActionsEnds(t *testing.T) {
	f := newFake(build(nil, nil, nil))
	f.key = func(graph.ID) string { return "same" }
	check(t, f, run.Options{DryRun: true, Light: 1}, counts{Executed: 1, Restored: 2})
	f = f.again()
	f.restore = func(id graph.ID) run.Found {
		if id == 0 {
			return run.FoundInPlace
		}
		return run.NotFound
	}
	check(t, f, run.Options{DryRun: true, Light: 1}, counts{Unchanged: 1, Restored: 2})
}

// What is made of the result of a follower waits for its leader, which would execute.
func TestDryRunBehindEqualActions(t *testing.T) {
	const leader, follower, behind = 0, 1, 2
	f := newFake(build(nil, nil, []int{follower}, []int{leader}, []int{3})) // the longer path goes first
	f.key = func(id graph.ID) string { return []string{"same", "same", "a", "b", "c"}[id] }
	s := check(t, f, run.Options{DryRun: true, Light: 1}, counts{Executed: 4, Restored: 1})
	if s.Results[follower].Same != leader || s.Results[behind].Kind != run.Planned || s.Results[behind].Cause != leader || f.resolved[behind] > 0 {
		t.Errorf("%+v", s.Results)
	}
	for id := range s.Results {
		if !s.Pending(graph.ID(id)) {
			t.Errorf("%d has a result", id)
		}
	}
	f = f.again()
	f.restore = func(id graph.ID) run.Found {
		if id == leader {
			return run.FoundInPlace
		}
		return run.NotFound
	}
	s = check(t, f, run.Options{DryRun: true, Light: 1}, counts{Executed: 3, Unchanged: 1, Restored: 1})
	if s.Pending(leader) || s.Pending(follower) || !s.Pending(behind) || f.resolved[behind] != 1 {
		t.Errorf("%+v, %v", s.Results, f.resolved)
	}
}

// Which of equal actions a dry run takes for the one that would execute does not depend on which it came to first.
func TestDryRunOfEqualActionsIsTheSameEveryTime(t *testing.T) {
	const first, urgent = 0, 1
	f := newFake(build(nil, nil, nil, []int{urgent}, []int{3}, []int{first})) // the longest path goes first
	f.key = func(id graph.ID) string { return []string{"same", "same", "same", "a", "b", "c"}[id] }
	s := check(t, f, run.Options{DryRun: true, Light: 1}, counts{Executed: 4, Restored: 2})
	var got []string
	for _, r := range s.Results {
		got = append(got, fmt.Sprintf("%v cause %d same %d", r.Kind == run.Planned, r.Cause, r.Same))
	}
	want := []string{
		"true cause -1 same -1", "false cause -1 same 0", "false cause -1 same 0",
		"true cause 0 same -1", "true cause 0 same -1", "true cause 0 same -1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// What persists is made of bytes of its own: nobody else's result is its result.
func TestPersistentOutputsAreNotShared(t *testing.T) {
	g := build(nil, nil, nil)
	for i := range g.Instances[:2] {
		g.Instances[i].Outputs[0].Persist = true
	}
	f := newFake(g)
	f.key = func(graph.ID) string { return "same" }
	f.restore = func(graph.ID) run.Found { return run.NotFound }
	check(t, f, run.Options{}, counts{Executed: 3})
	check(t, f.again(), run.Options{}, counts{Unchanged: 3})
}

func TestInterruptWaitsForWhatRuns(t *testing.T) {
	f := newFake(build(nil, nil, []int{0}, nil))
	ctx, cancel := context.WithCancel(t.Context())
	f.execute = func(ctx context.Context, id graph.ID, _ int) error {
		cancel()
		<-ctx.Done()
		return ctx.Err()
	}
	s, err := run.Run(ctx, f.g, f, run.Options{Parallel: 1, Events: f.event})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if !s.Interrupted || s.Skipped != 4 || s.Failed != 0 || f.inProcess != 0 {
		t.Errorf("%+v", s)
	}
}

func TestInterruptBeforeTheBeginning(t *testing.T) {
	f := newFake(build(nil, nil))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s, err := run.Run(ctx, f.g, f, run.Options{})
	if err == nil || s.Skipped != 2 || len(f.resolved) > 0 {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestWhatEndedBeforeTheInterruptCounts(t *testing.T) {
	f := newFake(build(nil))
	ctx, cancel := context.WithCancel(t.Context())
	f.execute = func(context.Context, graph.ID, int) error { cancel(); return nil }
	s, err := run.Run(ctx, f.g, f, run.Options{})
	if err != nil || s.Executed != 1 || s.Interrupted {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestPanicsArriveAtTheCaller(t *testing.T) {
	f := newFake(build(nil, nil))
	f.execute = func(ctx context.Context, id graph.ID, _ int) error {
		if id == 0 {
			panic("a bug")
		}
		<-ctx.Done()
		return ctx.Err()
	}
	defer func() {
		if v, _ := recover().(string); !strings.Contains(v, "a bug") || !strings.Contains(v, "scheduler_test.go") {
			t.Errorf("recovered %q", v)
		}
	}()
	run.Run(t.Context(), f.g, f, run.Options{Parallel: 2})
	t.Error("no panic")
}

func TestEveryInstanceHasOneEnd(t *testing.T) {
	f := newFake(build(nil, []int{0}, nil))
	f.execute = func(_ context.Context, id graph.ID, _ int) error {
		if id == 0 {
			return errBroken
		}
		return nil
	}
	check(t, f, run.Options{Parallel: 1, KeepGoing: true}, counts{Executed: 1, Failed: 1, Skipped: 1})
	kinds := map[graph.ID][]run.EventKind{} // who begins first depends on whose action key is known first
	for _, e := range f.events {
		kinds[e.ID] = append(kinds[e.ID], e.Kind)
	}
	want := map[graph.ID][]run.EventKind{0: {run.Started, run.Failed}, 1: {run.Skipped}, 2: {run.Started, run.Executed}}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

// TestFoundWhileWaiting: another process made the result while Execute waited
// for something that it had.
func TestFoundWhileWaiting(t *testing.T) {
	f := newFake(build(nil, []int{0}))
	f.execute = func(_ context.Context, id graph.ID, _ int) error {
		if id == 0 {
			return run.ErrFound
		}
		return nil
	}
	s, err := run.Run(t.Context(), f.g, f, run.Options{})
	if err != nil || s.Restored != 1 || s.Executed != 1 || s.Failed != 0 {
		t.Errorf("%+v, %v", s, err)
	}
}
