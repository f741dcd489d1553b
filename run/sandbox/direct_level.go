package sandbox

import (
	"errors"
	"syscall"

	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run/sandbox/landlock"
)

// limit obeys the options that want less than there is.
func (e *Executor) limit() {
	switch {
	case e.opt.Private:
		e.reason = "the private directory was asked for"
		e.unlocked = e.reason
	case e.opt.Landlock:
		e.reason = "Landlock was asked for"
	}
}

// lesserLevel is what stands in for namespaces, and why.
func (e *Executor) lesserLevel() (graph.Isolation, string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.standIn()
}

// standIn is lesserLevel for who holds the lock.
func (e *Executor) standIn() (graph.Isolation, string) {
	if e.unlocked == "" {
		e.unlocked = noLandlock()
	}
	switch e.unlocked {
	case "":
		return graph.IsolationLandlock, e.reason
	case e.reason:
		return graph.IsolationPrivate, e.reason
	}
	return graph.IsolationPrivate, e.reason + "; " + e.unlocked
}

// unlock remembers that Landlock cannot be used.
func (e *Executor) unlock(reason string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.unlocked = reason
}

// lesser is the level of a machine without namespaces.
func lesser() graph.Isolation {
	if noLandlock() == "" {
		return graph.IsolationLandlock
	}
	return graph.IsolationPrivate
}

// noLandlock says why there is no Landlock, and nothing if there is.
func noLandlock() string {
	_, err := landlock.ABI()
	switch {
	case err == nil:
		return ""
	case errors.Is(err, syscall.EOPNOTSUPP):
		return "Landlock, which would keep commands to their directories, is switched off: add landlock to lsm= on the kernel's command line"
	case errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES):
		return "Landlock, which would keep commands to their directories, is forbidden by the container's seccomp profile: one of this decade allows it"
	case errors.Is(err, errors.ErrUnsupported):
		return "this system has no Landlock, which would keep commands to their directories: Linux 5.13 or newer does"
	}
	return "Landlock, which would keep commands to their directories, does not work: " + err.Error()
}

// Refusal says what was refused and what a person can do, for who only knows the error.
func (r *Refused) Refusal() (reason, advice string) { return r.Reason, r.Advice }

// Reach returns nil if this machine allows sandboxes, by trying, and else a *Refused.
func (e *Executor) Reach() error {
	if r := e.refused(); r != nil {
		return r
	}
	return probe()
}

// refused is why namespaces cannot be used; nil while they can.
func (e *Executor) refused() *Refused {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.refusal != nil:
		return e.refusal
	case e.reason != "":
		return &Refused{Reason: e.reason}
	}
	return nil
}
