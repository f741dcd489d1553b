package sandbox

import (
	"io"
	"os"

	"golang.org/x/sys/unix"

	"github.com/dewar-build/dewar/run"
)

// terminal asks for a terminal if there is somebody to talk to.
func (p *plan) terminal(t *run.Terminal) {
	if t == nil {
		return
	}
	p.req.Terminal = true
	if t.Size != nil {
		rows, cols := t.Size()
		p.req.Rows, p.req.Cols = uint64(rows), uint64(cols)
	}
}

// terminal is our end of a command's terminal, and what copies between it and a person.
type terminal struct {
	end   *os.File
	shown chan struct{} // closed when all that the command wrote has been passed on
	over  chan struct{} // closed when the command is
}

// startTerminal begins to copy.
func startTerminal(fd int, t *run.Terminal) *terminal {
	unix.SetNonblock(fd, true) // for the runtime's poller
	m := &terminal{end: os.NewFile(uintptr(fd), "terminal"), shown: make(chan struct{}), over: make(chan struct{})}
	go m.show(t.Out)
	if t.In != nil {
		go m.read(t.In)
	}
	if t.Resize != nil && t.Size != nil {
		go m.resize(t)
	}
	return m
}

// show passes on what the command writes, until nobody has its terminal open.
func (m *terminal) show(out io.Writer) {
	defer close(m.shown)
	if out == nil {
		out = io.Discard
	}
	if _, err := io.Copy(out, m.end); err != nil {
		io.Copy(io.Discard, m.end) // our reader's trouble is not the command's; at the end of a terminal this fails as well
	}
}

// read passes on what is typed. What is being read when the command ends is lost.
func (m *terminal) read(in io.Reader) {
	last := &lastByte{w: m.end, last: '\n'}
	if _, err := io.Copy(last, in); err == nil {
		m.end.Write(endOfInput(last.last))
	}
}

// endOfInput is what a person types to end the input: in the middle of a line it takes two.
func endOfInput(last byte) []byte {
	if last == '\n' || last == '\r' {
		return []byte{4}
	}
	return []byte{4, 4}
}

// lastByte remembers what was written last.
type lastByte struct {
	w    io.Writer
	last byte
}

func (l *lastByte) Write(b []byte) (int, error) {
	if len(b) > 0 {
		l.last = b[len(b)-1]
	}
	return l.w.Write(b)
}

// resize tells the command when the size has changed.
func (m *terminal) resize(t *run.Terminal) {
	for {
		select {
		case _, more := <-t.Resize:
			if !more {
				return
			}
			m.setSize(t.Size())
		case <-m.over:
			return
		}
	}
}

func (m *terminal) setSize(rows, cols uint16) {
	conn, err := m.end.SyscallConn()
	if err == nil {
		conn.Control(func(fd uintptr) { // a command that is gone needs no size
			unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, &unix.Winsize{Row: rows, Col: cols})
		})
	}
}

// finish waits until everything has been shown. Every process of the action must be dead.
func (m *terminal) finish() {
	if m == nil {
		return
	}
	<-m.shown
	close(m.over)
	m.end.Close()
}

// abandon is finish for when that is not known.
func (m *terminal) abandon() {
	if m == nil {
		return
	}
	close(m.over)
	m.end.Close()
	<-m.shown
}
