// Package keeper is the process that stands between dewar and the commands it
// runs on Linux. One is started for each slot, by executing dewar again, and is
// cloned once into a user, mount, pid, ipc, uts and usually network namespace
// of its own, of which it is the first process. What is expensive about a
// sandbox is done then, and once. What an action needs on top costs a few
// mounts, in a mount namespace that only its own thread and its processes see.
//
// Three threads matter, each with its own idea of the filesystem:
//
//   - the host thread still sees the whole machine. It alone can name inputs; it
//     turns each into a mount that is attached nowhere, and passes it on as a
//     file descriptor;
//   - all ordinary threads live in the skeleton: the system read-only, or what
//     toolchains name and no more, or an image (see Shape), and empty
//     places for everything else. Nothing of the host can be named there, so no mistake
//     in a later phase can expose it;
//   - the action's thread takes a copy of the skeleton, puts the mounts in their
//     places, gives up every privilege and starts the command. It is never given
//     back to the Go runtime: it dies, and its namespace with it.
//
// The keeper is the first process of its pid namespace, which makes the ends
// easy: whatever it kills is dead, nothing can escape, nothing inside can
// signal it, and when it dies, everything does.
//
// Init is the one init effect of the program: in a process called Name it serves and never
// returns, so that a keeper branches off before the rest of dewar is
// initialised. The package imports only os, syscall and x/sys/unix. Package
// sandbox is the other end, and nobody else imports it.
package keeper

// Name is the argv[0] of a keeper. Nobody calls a program so by accident, and
// a keeper without a socket at descriptor 3 ends at once.
const Name = "dewar-keeper"

// The arguments of a keeper, after its name.
const (
	ArgLoopback = "loopback" // a network namespace of its own, with lo only
	ArgNetwork  = "network"  // the host's network
	ArgRoot     = "root"     // the user outside is root: secrets in /etc would be readable
	ArgUser     = "user"     // the user outside is somebody else
)

// Socket is the file descriptor of a keeper's end of the socket.
const Socket = 3

// What the sandbox looks like from inside.
const (
	Project   = "/project"  // the input root
	Home      = "/tmp/home" // HOME
	HomeBelow = "/home"     // HOME, below Request.TempDir
	Shared    = "/dev/shm"  // POSIX shared memory
	UID       = 1000        // user and group of every command
	Host      = "dewar"     // the name of the machine
	Upper     = "root"      // in Request.Dir: what the command writes
	Work      = "work"      // in Request.Dir: overlayfs' own directory
	Lower     = "lower"     // in Request.Dir: a forest of inputs, if Request.Forest
	DefPath   = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
)
