package keeper

import (
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

func init() {
	if len(os.Args) == 3 && os.Args[0] == Name {
		serve(os.Args[1], os.Args[2])
		os.Exit(0)
	}
}

// failure is an operation that failed. It is a value because it crosses
// threads and the socket.
type failure struct {
	op    string
	errno syscall.Errno
	asked bool // it is about something that a shape names
}

// failed describes what went wrong with op, and is nil if nothing did.
func failed(op string, err error) *failure {
	if err == nil {
		return nil
	}
	if e, ok := err.(syscall.Errno); ok {
		return &failure{op: op, errno: e}
	}
	if e, ok := err.(*os.PathError); ok {
		return failed(op, e.Err)
	}
	return &failure{op: op + ": " + err.Error(), errno: syscall.EIO}
}

// keeper is the state of the process.
type keeper struct {
	out    sync.Mutex  // one frame at a time
	ready  chan *spare // the thread of the next action
	null   int         // /dev/null, the standard input of commands
	online bool        // it shares the host's network

	mu      sync.Mutex
	current uint64         // the ID of the action that is running; 0 if none
	started bool           // its processes exist
	pending syscall.Signal // asked for before they did
}

// serve is the whole life of a keeper. It returns when the engine has closed
// its end, or has died; every process of the namespace dies with us then.
func serve(network, user string) {
	becomeFirst()
	k := &keeper{ready: make(chan *spare, 1), online: network == ArgNetwork}
	hello := Hello{}
	kind, payload, _, err := receive()
	if err != nil || kind != KindShape {
		return
	}
	shape, err := DecodeShape(payload)
	if err != nil {
		return
	}
	host, fail := build(shape, !k.online, user == ArgRoot)
	if fail == nil {
		var err error
		k.null, err = unix.Open("/dev/null", unix.O_RDONLY|unix.O_CLOEXEC, 0)
		fail = failed("open /dev/null", err)
	}
	if fail != nil {
		hello.Failed, hello.Errno, hello.Asked = fail.op, uint64(fail.errno), fail.asked
		k.send(KindHello, hello.Encode(nil), -1)
		return
	}
	go k.spare(nil)
	if k.send(KindHello, hello.Encode(nil), -1) == nil {
		host.serve(k.listen)
	}
}

// listen reads what the engine wants, on the host thread.
func (k *keeper) listen() {
	for {
		kind, payload, fds, err := receive()
		if err != nil {
			return
		}
		switch kind {
		case KindRun:
			req, err := DecodeRequest(payload)
			if err != nil || len(fds) != 2 && len(fds) != 3 {
				return
			}
			in := k.null
			if len(fds) == 3 {
				in = fds[2]
			}
			k.hand(req, in, fds[0], fds[1])
		case KindKill:
			id, sig, err := DecodeKill(payload)
			if err != nil {
				return
			}
			k.kill(id, syscall.Signal(sig))
		default:
			return
		}
	}
}

// begin notes that an action is being prepared. It is not left to the thread
// that prepares it, so that a signal right behind the request finds it.
func (k *keeper) begin(id uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.current, k.started, k.pending = id, false, 0
}

// kill signals every process of the action, or its processes-to-be.
func (k *keeper) kill(id uint64, sig syscall.Signal) {
	k.mu.Lock()
	defer k.mu.Unlock()
	switch {
	case k.current != id:
	case k.started:
		syscall.Kill(-1, sig)
	default:
		k.pending = sig
	}
}

// launched notes that the processes exist, and delivers what came too early.
func (k *keeper) launched() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.started = true
	if k.pending != 0 {
		syscall.Kill(-1, k.pending)
	}
}

// send writes a frame, with a descriptor if fd is not negative.
func (k *keeper) send(kind Kind, payload []byte, fd int) error {
	k.out.Lock()
	defer k.out.Unlock()
	h := Header(kind, len(payload))
	b := append(h[:], payload...)
	var oob []byte
	if fd >= 0 {
		oob = unix.UnixRights(fd)
	}
	for len(b) > 0 {
		n, err := unix.SendmsgN(Socket, b, oob, nil, unix.MSG_NOSIGNAL)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return err
		}
		b, oob = b[n:], nil
	}
	return nil
}

// receive reads a frame and its descriptors.
func receive() (Kind, []byte, []int, error) {
	var h [HeaderSize]byte
	oob := make([]byte, unix.CmsgSpace(4*4))
	fds, err := fill(h[:], oob)
	if err != nil {
		return 0, nil, nil, err
	}
	kind, size, err := ParseHeader(h)
	if err != nil {
		return 0, nil, nil, err
	}
	payload := make([]byte, size)
	_, err = fill(payload, nil)
	return kind, payload, fds, err
}

// fill reads exactly len(b) bytes, and what descriptors come with them.
func fill(b, oob []byte) (fds []int, err error) {
	for len(b) > 0 {
		n, oobn, _, _, err := unix.Recvmsg(Socket, b, oob, unix.MSG_CMSG_CLOEXEC)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return nil, err
		}
		if n == 0 {
			return nil, unix.EPIPE
		}
		if oobn > 0 {
			if fds, err = rights(oob[:oobn]); err != nil {
				return nil, err
			}
		}
		b = b[n:]
	}
	return fds, nil
}

func rights(oob []byte) ([]int, error) {
	msgs, err := unix.ParseSocketControlMessage(oob)
	if err != nil || len(msgs) == 0 {
		return nil, err
	}
	return unix.ParseUnixRights(&msgs[0])
}
