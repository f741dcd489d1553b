package space

import "path"

// A pipeline from Git is somebody else's text: of the project that uses it, it sees what
// its params were given and nothing more, however it spells the path.

// Owns reports whether p lies in the project that the pipeline is of.
func (s *Space) Owns(p string) bool {
	_, own := Within(s.root, p)
	return own
}

// Give remembers a path that the pipeline was given, as it sees it.
func (s *Space) Give(p string) {
	if s.gifts == nil {
		s.gifts = map[string]bool{}
	}
	s.gifts[p] = true
}

// Forbidden reports whether p is a path of the user's project that was not given.
func (s *Space) Forbidden(p string) bool {
	if s.root == "." {
		return false
	}
	if _, guest := Within(path.Join(s.root, guests), p); !guest {
		return false
	}
	for at := s; at.root == s.root; at = at.by { // what a user in the same project was given is there
		for dir := range Around(p) {
			if at.gifts[dir] {
				return false
			}
		}
	}
	return true
}

// Allows reports whether p neither leads out of the project nor is forbidden.
func (s *Space) Allows(p string) bool { return s.Owns(p) && !s.Forbidden(p) }
