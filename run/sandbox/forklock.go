package sandbox

import "syscall"

// withoutForks runs f while dewar forks nowhere. A file that is open for
// writing in any process cannot be executed, and a fork copies our descriptor
// for the moment until it executes; so executables are written in here.
func withoutForks(f func() error) error {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	return f()
}
