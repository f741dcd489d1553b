package sandbox

import (
	"io"
	"os"
	"time"
)

// streams are the write ends of a command's standard output and error, and the
// goroutines that pass on what comes out of them.
//
// Commands always get pipes, never the file itself: with a terminal in hand a
// command would behave differently, and could type on it.
type streams struct {
	out, err *os.File
	ends     []*os.File // the read ends
	done     []chan struct{}
}

// openStreams makes the pipes. With equal writers there is one, so that the order of
// what the command writes is kept.
func openStreams(out, err io.Writer) (*streams, error) {
	s := &streams{}
	var e error
	if s.out, e = s.pipe(out); e != nil {
		return nil, e
	}
	if same(out, err) {
		s.err = s.out
		return s, nil
	}
	if s.err, e = s.pipe(err); e != nil {
		s.close()
		s.wait()
		return nil, e
	}
	return s, nil
}

// same reports whether two writers are one. Comparing may panic, for writers
// that are funcs or slices; those are different then.
func same(a, b io.Writer) (equal bool) {
	defer func() { recover() }()
	return a == b
}

func (s *streams) pipe(w io.Writer) (*os.File, error) {
	if w == nil {
		return os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	}
	r, wr, err := pipe()
	if err != nil {
		return nil, err
	}
	done := make(chan struct{})
	s.done, s.ends = append(s.done, done), append(s.ends, r)
	go func() {
		defer close(done)
		defer r.Close()
		if _, err := io.Copy(w, r); err != nil {
			io.Copy(io.Discard, r) // the reader's trouble must not become the command's SIGPIPE
		}
	}()
	return wr, nil
}

// close gives up our own copies of the write ends.
func (s *streams) close() {
	if s.out != nil {
		s.out.Close()
	}
	if s.err != nil && s.err != s.out {
		s.err.Close()
	}
}

// wait returns when everything has been passed on. Every other copy of the
// write ends must be closed.
func (s *streams) wait() {
	for _, d := range s.done {
		<-d
	}
}

// waitAtMost is wait for when a copy may have been left with a process that we cannot
// reach. What it writes later is lost.
func (s *streams) waitAtMost(d time.Duration) {
	late := time.AfterFunc(d, func() {
		for _, r := range s.ends {
			r.SetReadDeadline(time.Unix(1, 0))
		}
	})
	defer late.Stop()
	s.wait()
}
