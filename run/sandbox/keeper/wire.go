package keeper

import "errors"

// Frames go both ways over a stream socket: four bytes of length, one of kind,
// the payload. File descriptors travel with the first byte. The encoding of
// payloads is our own, because both ends are the same binary and reflection
// would cost the keeper its start-up time: unsigned numbers are base 128
// varints, strings are counted, lists are counted.

// HeaderSize is the size of what precedes a payload.
const HeaderSize = 5

// MaxPayload bounds a frame. A request with 100,000 mounts is some 20 MB.
const MaxPayload = 1 << 28

// Kind says what a frame is.
type Kind byte

// The kinds of frames.
const (
	KindShape    Kind = 'S' // engine, first: the Shape of the skeleton
	KindRun      Kind = 'R' // engine: a Request; descriptors: standard output, standard error
	KindKill     Kind = 'K' // engine: an action's ID and a signal for all its processes
	KindHello    Kind = 'H' // keeper, first: a Hello
	KindTrace    Kind = 'T' // keeper: the listener of a traced action, as a descriptor
	KindTerminal Kind = 'P' // keeper: our end of an action's terminal, as a descriptor
	KindDone     Kind = 'D' // keeper: a Reply; every process of the action is dead
)

// Request asks for an action to be run.
type Request struct {
	ID     uint64
	Args   []string
	Env    []string
	Cwd    string  // absolute, as seen inside
	Dir    string  // host directory of this execution; Upper in it is the project, with mount points for Mounts
	Forest bool    // Lower, below Upper by overlayfs, holds inputs; Work is there too
	Mounts []Mount // parents before children
	TmpMax uint64  // bytes of /tmp, and of shared memory unless ShmMax says otherwise; 0: a quarter of the memory
	ShmMax uint64  // bytes of shared memory; 0: as /tmp
	Trace  bool

	Host     string // the name of the machine; "": Host
	TempDir  string // a directory below /tmp that is made for it; "": none
	OneCPU   bool   // of all processors it gets one
	Terminal bool   // it gets a terminal
	Rows     uint64 // how large that is; 0: not known
	Cols     uint64
}

// Mount shows a host path inside.
type Mount struct {
	Host   string
	At     string // absolute, as seen inside
	Write  bool
	Device bool // device files in it work
}

// Hello tells whether the skeleton could be built.
type Hello struct {
	Failed string // the operation that failed; "" if none
	Errno  uint64
	Asked  bool // what failed is something that the Shape names, not this machine
}

// Reply is what became of an action.
type Reply struct {
	ID       uint64
	Failed   string // the operation of the keeper that failed: the command was not started
	Errno    uint64
	Overlay  bool     // what failed was mounting the overlay: it may work without Forest
	NotFound []string // the command was not found at any of these
	NoExec   uint64   // the errno of starting Program, which was found; 0 if it started
	Program  string   // as seen inside
	Status   uint64   // as wait4 reports it
	Wall     uint64   // nanoseconds from fork to the death of the command
	User     uint64   // nanoseconds, all its processes
	Sys      uint64
	MaxRSS   uint64 // bytes, of the largest process
}

// ErrWire says that a payload is not what it should be.
var ErrWire = errors.New("malformed message between dewar and a keeper")

// Header returns the first bytes of a frame.
func Header(k Kind, size int) [HeaderSize]byte {
	return [HeaderSize]byte{byte(size), byte(size >> 8), byte(size >> 16), byte(size >> 24), byte(k)}
}

// ParseHeader is the inverse of Header.
func ParseHeader(h [HeaderSize]byte) (Kind, int, error) {
	n := int(h[0]) | int(h[1])<<8 | int(h[2])<<16 | int(h[3])<<24
	if n < 0 || n > MaxPayload {
		return 0, 0, ErrWire
	}
	return Kind(h[4]), n, nil
}

// Encode appends the request to b.
func (r *Request) Encode(b []byte) []byte {
	b = num(b, r.ID)
	b = strs(b, r.Args)
	b = strs(b, r.Env)
	b = str(b, r.Cwd)
	b = str(b, r.Dir)
	b = flag(b, r.Forest)
	b = num(b, uint64(len(r.Mounts)))
	for _, m := range r.Mounts {
		b = flag(flag(str(str(b, m.Host), m.At), m.Write), m.Device)
	}
	b = num(num(b, r.TmpMax), r.ShmMax)
	b = flag(b, r.Trace)
	b = flag(str(str(b, r.Host), r.TempDir), r.OneCPU)
	return num(num(flag(b, r.Terminal), r.Rows), r.Cols)
}

// DecodeRequest reads what Encode wrote.
func DecodeRequest(b []byte) (*Request, error) {
	d := decoder{b: b}
	r := &Request{ID: d.num(), Args: d.strs(), Env: d.strs(), Cwd: d.str(), Dir: d.str(), Forest: d.flag()}
	if n := d.count(4); n > 0 {
		r.Mounts = make([]Mount, n)
	}
	for i := range r.Mounts {
		r.Mounts[i] = Mount{d.str(), d.str(), d.flag(), d.flag()}
	}
	r.TmpMax, r.ShmMax, r.Trace = d.num(), d.num(), d.flag()
	r.Host, r.TempDir, r.OneCPU = d.str(), d.str(), d.flag()
	r.Terminal, r.Rows, r.Cols = d.flag(), d.num(), d.num()
	return r, d.end()
}

// Encode appends the hello to b.
func (h *Hello) Encode(b []byte) []byte {
	return flag(num(str(b, h.Failed), h.Errno), h.Asked)
}

// DecodeHello reads what Encode wrote.
func DecodeHello(b []byte) (*Hello, error) {
	d := decoder{b: b}
	h := &Hello{d.str(), d.num(), d.flag()}
	return h, d.end()
}

// Encode appends the reply to b.
func (r *Reply) Encode(b []byte) []byte {
	b = num(str(num(b, r.ID), r.Failed), r.Errno)
	b = flag(b, r.Overlay)
	b = strs(b, r.NotFound)
	b = num(b, r.NoExec)
	b = str(b, r.Program)
	for _, n := range []uint64{r.Status, r.Wall, r.User, r.Sys, r.MaxRSS} {
		b = num(b, n)
	}
	return b
}

// DecodeReply reads what Encode wrote.
func DecodeReply(b []byte) (*Reply, error) {
	d := decoder{b: b}
	r := &Reply{ID: d.num(), Failed: d.str(), Errno: d.num(), Overlay: d.flag(), NotFound: d.strs(), NoExec: d.num(), Program: d.str()}
	r.Status, r.Wall, r.User, r.Sys, r.MaxRSS = d.num(), d.num(), d.num(), d.num(), d.num()
	return r, d.end()
}

// EncodeKill appends the payload of a KindKill to b.
func EncodeKill(b []byte, id, signal uint64) []byte { return num(num(b, id), signal) }

// DecodeKill reads what EncodeKill wrote.
func DecodeKill(b []byte) (id, signal uint64, err error) {
	d := decoder{b: b}
	id, signal = d.num(), d.num()
	return id, signal, d.end()
}

func num(b []byte, n uint64) []byte {
	for n >= 0x80 {
		b = append(b, byte(n)|0x80)
		n >>= 7
	}
	return append(b, byte(n))
}

func flag(b []byte, f bool) []byte {
	if f {
		return append(b, 1)
	}
	return append(b, 0)
}

func str(b []byte, s string) []byte { return append(num(b, uint64(len(s))), s...) }

func strs(b []byte, l []string) []byte {
	b = num(b, uint64(len(l)))
	for _, s := range l {
		b = str(b, s)
	}
	return b
}

// decoder reads a payload. After the first thing that is wrong everything is zero.
type decoder struct {
	b   []byte
	bad bool
}

func (d *decoder) num() (n uint64) {
	for shift := uint(0); shift < 64; shift += 7 {
		if len(d.b) == 0 {
			break
		}
		c := d.b[0]
		d.b = d.b[1:]
		n |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return n
		}
	}
	d.fail()
	return 0
}

func (d *decoder) fail() { d.bad, d.b = true, nil }

// count reads the length of a list whose elements take at least min bytes, so
// that no length makes us allocate more than the payload could hold.
func (d *decoder) count(min uint64) int {
	n := d.num()
	if n > uint64(len(d.b))/min {
		d.fail()
		return 0
	}
	return int(n)
}

func (d *decoder) flag() bool { return d.num() != 0 }

func (d *decoder) str() string {
	n := d.count(1)
	s := string(d.b[:n])
	d.b = d.b[n:]
	return s
}

func (d *decoder) strs() []string {
	n := d.count(1)
	if n == 0 {
		return nil
	}
	l := make([]string, n)
	for i := range l {
		l[i] = d.str()
	}
	return l
}

func (d *decoder) end() error {
	if d.bad || len(d.b) > 0 {
		return ErrWire
	}
	return nil
}
