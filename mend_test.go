package dewar_test

import "testing"

// TestDamagedLockIsMended: the run that warns of a damaged lock mends it, also
// when it has nothing else to write, and never calls the damage unchanged.
func TestDamagedLockIsMended(t *testing.T) {
	onEach(t, basic, func(e *engine) {
		e.run(all)
		whole := e.read("pipeline.lock")
		e.put("pipeline.lock", whole+"junk\n")
		e.run(all).is("all unchanged").warned("W-lock-damaged")
		if got := e.read("pipeline.lock"); got != whole {
			e.Errorf("the lock is\n%s", got)
		}
		e.run(all).is("all unchanged").warned("")
	})
}
