package lsp

import "time"

// watching is how often the server looks whether its client is still there.
const watching = 3 * time.Second

// watch ends the session once the process of the client is gone. One that cannot be seen
// from the beginning is none of this machine.
func (s *server) watch(pid int) {
	if pid <= 0 || s.host.Alive == nil || !s.host.Alive(pid) {
		return
	}
	s.host.After(watching, func() {
		s.inbox.put(func() {
			if s.host.Alive(pid) {
				s.watch(pid)
				return
			}
			s.exit, s.lost = true, ErrNoShutdown
		})
	})
}
