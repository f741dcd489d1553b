package remote

import (
	"time"
)

// Options are the optional parts of a transfer; the zero value is fine.
type Options struct {
	Parallel int            // transfers at once; 0: what the place likes, else 16
	Recheck  bool           // Push and Status: ask for everything, also below directories that the place has; all: it may have been emptied
	Verify   bool           // Push: read every blob before it is sent
	DryRun   bool           // say what would be moved, and move no more than it takes to know
	Tries    int            // how often something is tried that may succeed later; 0: 5
	Idle     time.Duration  // a place that says nothing for so long does not answer; 0: a minute
	Packs    Packs          // Push: whether small blobs travel together
	Limits   Limits         // Fetch: what may be brought
	Hold     *Hold          // keeps what is moved from being collected, until it is released; nil: until the transfer ends
	Clock    Clock          // nil: the system's
	Jitter   func() float64 // in [0, 1), for the time between tries; nil: random
	// Progress is called from one goroutine, not more than ten times a second and
	// once at the end; the transfer goes on meanwhile.
	Progress func(Progress)
}

// Packs says whether small blobs travel together.
type Packs uint8

// The ways small blobs travel.
const (
	PacksAsPlace Packs = iota // as the place likes
	PacksAlways
	PacksNever
)

// Limits bound what a fetch may bring, whatever a remote makes up. Zero is no
// limit, but for Message.
type Limits struct {
	Files   int64 // in one root, each file as often as it occurs
	Bytes   int64 // in one root, likewise: what it takes on the disk when it is checked out. And of all that is fetched together
	Message int64 // one directory message, entry or record; 0: 512 MiB
}

// Clock is what time it is, and how one waits.
type Clock interface {
	Now() time.Time
	After(d time.Duration) <-chan time.Time
}

// Progress is how far a transfer has got.
type Progress struct {
	Phase Phase
	Total Count // known so far
	Done  Count // of Total; bytes of objects that are under way included
	Final bool  // Total does not grow any more
	End   bool  // the last call
}

// Phase is what a transfer is doing.
type Phase uint8

// The phases of a transfer.
const (
	Asking  Phase = iota // what is there and what is needed
	Sending              // to the place
	Getting              // from it
)

func (p Phase) String() string {
	return [...]string{"asking", "sending", "getting"}[p]
}
