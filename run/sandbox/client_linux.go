package sandbox

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/dewar-build/dewar/run/sandbox/keeper"
)

// client is the engine's end of a keeper.
type client struct {
	proc   *os.Process
	conn   *net.UnixConn
	log    *os.File // what the keeper wrote to standard error: Go's, when it crashes
	kind   kind
	points *points // mount points that it reuses
	last   uint64  // the ID of the latest request
	broken bool    // it failed, or does not answer: it must not be used again

	sending sync.Mutex
	stopped sync.Once
}

// startClient starts a keeper with the system's skeleton; see startShaped.
func startClient(network bool) (*client, error) {
	return startShaped(kind{network: network, shape: string(new(keeper.Shape).Encode(nil))})
}

// startShaped starts a keeper of a kind and waits until its skeleton stands. The error
// is a *Refused if this machine does not allow one.
//
// It must be called on a thread that lives as long as the keeper shall: the
// kernel kills it when the thread that made it ends.
func startShaped(k kind) (*client, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socketpair", err)
	}
	ours, theirs := os.NewFile(uintptr(pair[0]), "keeper"), os.NewFile(uintptr(pair[1]), "keeper")
	defer ours.Close() // FileConn duplicates it
	defer theirs.Close()
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer null.Close()
	logFD, err := unix.MemfdCreate("keeper", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	c := &client{kind: k, log: os.NewFile(uintptr(logFD), "keeper log")}
	if c.proc, err = startKeeper(k.network, []*os.File{null, null, c.log, theirs}); err != nil {
		c.log.Close()
		return nil, refusedStart(err)
	}
	theirs.Close()
	conn, err := net.FileConn(ours)
	if err != nil {
		c.proc.Kill()
		c.proc.Wait()
		c.log.Close()
		return nil, err
	}
	c.conn = conn.(*net.UnixConn)
	if err = c.send(keeper.KindShape, []byte(k.shape)); err == nil {
		err = c.hello()
	}
	if err != nil {
		c.stop()
		return nil, err
	}
	return c, nil
}

// startKeeper executes dewar again, as the first process of its namespaces.
func startKeeper(network bool, files []*os.File) (*os.Process, error) {
	flags := uintptr(syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS)
	kind, user := keeper.ArgNetwork, keeper.ArgUser
	if !network {
		flags |= syscall.CLONE_NEWNET
		kind = keeper.ArgLoopback
	}
	if os.Getuid() == 0 {
		user = keeper.ArgRoot
	}
	return os.StartProcess("/proc/self/exe", []string{keeper.Name, kind, user}, &os.ProcAttr{
		Dir:   "/",
		Env:   []string{"GODEBUG=asyncpreemptoff=1"}, // see keeper.defaultSignals
		Files: files,
		Sys: &syscall.SysProcAttr{
			Setsid:      true,
			Cloneflags:  flags,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: keeper.UID, HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: keeper.UID, HostID: os.Getgid(), Size: 1}},
			// Executing as somebody who is not root would lose them. The second line is
			// for overlayfs, whose own directory nobody may enter otherwise.
			AmbientCaps: []uintptr{
				unix.CAP_SYS_ADMIN, unix.CAP_SETPCAP, unix.CAP_NET_ADMIN, unix.CAP_KILL, unix.CAP_SYS_RESOURCE,
				unix.CAP_DAC_OVERRIDE, unix.CAP_FOWNER,
			},
		},
	})
}

// hello reads what the keeper says first.
func (c *client) hello() error {
	c.conn.SetReadDeadline(time.Now().Add(30 * time.Second))
	defer c.conn.SetReadDeadline(time.Time{})
	kind, payload, _, err := c.receive()
	if err != nil || kind != keeper.KindHello {
		return fmt.Errorf("sandbox: a keeper does not start: %w", c.lost(err))
	}
	h, err := keeper.DecodeHello(payload)
	if err != nil {
		return err
	}
	if h.Asked {
		return fmt.Errorf("prepare sandbox: %s: %w", h.Failed, syscall.Errno(h.Errno))
	}
	if h.Failed != "" {
		return refusedHello(h.Failed, syscall.Errno(h.Errno))
	}
	return nil
}

// lost explains that the conversation ended.
func (c *client) lost(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		err = errors.New("it ended unexpectedly")
	}
	b := make([]byte, 2000)
	n, _ := c.log.ReadAt(b, 0)
	if text := strings.TrimSpace(string(b[:n])); text != "" {
		return fmt.Errorf("%w: %s", err, text)
	}
	return err
}

// send writes a frame, with descriptors if there are files.
func (c *client) send(kind keeper.Kind, payload []byte, files ...*os.File) error {
	c.sending.Lock()
	defer c.sending.Unlock()
	h := keeper.Header(kind, len(payload))
	b := append(h[:], payload...)
	var oob []byte
	if len(files) > 0 {
		fds := make([]int, len(files))
		for i, f := range files {
			fds[i] = int(f.Fd())
		}
		oob = unix.UnixRights(fds...)
	}
	n, _, err := c.conn.WriteMsgUnix(b, oob, nil)
	if err == nil && n < len(b) {
		_, err = c.conn.Write(b[n:])
	}
	return err
}

// receive reads a frame and the descriptor that came with it, or -1.
func (c *client) receive() (keeper.Kind, []byte, int, error) {
	var h [keeper.HeaderSize]byte
	oob := make([]byte, unix.CmsgSpace(4))
	n, oobn, _, _, err := c.conn.ReadMsgUnix(h[:], oob)
	if err == nil && n == 0 {
		err = io.EOF
	}
	if err != nil {
		return 0, nil, -1, err
	}
	fd := received(oob[:oobn])
	if _, err := io.ReadFull(c.conn, h[n:]); err != nil {
		return 0, nil, fd, err
	}
	kind, size, err := keeper.ParseHeader(h)
	if err != nil {
		return 0, nil, fd, err
	}
	payload := make([]byte, size)
	_, err = io.ReadFull(c.conn, payload)
	return kind, payload, fd, err
}

func received(oob []byte) int {
	msgs, err := unix.ParseSocketControlMessage(oob)
	if err != nil || len(msgs) == 0 {
		return -1
	}
	fds, err := unix.ParseUnixRights(&msgs[0])
	if err != nil || len(fds) == 0 {
		return -1
	}
	unix.CloseOnExec(fds[0])
	return fds[0]
}

// kill signals every process of the action.
func (c *client) kill(sig syscall.Signal) {
	c.send(keeper.KindKill, keeper.EncodeKill(nil, c.last, uint64(sig)))
}

// stop ends the keeper and all of its processes, and waits for that.
func (c *client) stop() {
	c.stopped.Do(func() {
		c.proc.Kill()
		c.proc.Wait()
		c.conn.Close()
		c.log.Close()
		c.points.remove()
	})
}
