package remote

import (
	"sync"

	"github.com/dewar-build/dewar/digest"
)

// Named is a place with the name that the user gave the remote.
type Named struct {
	Name  string
	Place Place
	// Memo keeps what was found out about the place for the next transfer of this
	// process: that its version is ours, and what is in its packs. nil: each
	// transfer asks.
	Memo *Memo
	// Directory is where a place is that may be on a disk which is not mounted: once it was seen to be a
	// store, it is not taken for a new one when it is empty. "": nothing is noted.
	Directory string
}

// Memo is what is remembered of a place between transfers. What others pack
// meanwhile is not seen. The zero value knows nothing; it may be used by several
// transfers at a time.
type Memo struct {
	mu      sync.Mutex
	version bool
	packs   *packs
}

// Request is what is to be sent, fetched or looked for. Everything in it is
// reported on its own; what several of them share is moved once.
type Request struct {
	Roots   []digest.Content // files, and directories with all that is in them
	Results []digest.Digest  // action keys: the entry of the action cache and all that it refers to. Only results that may be shared are sent
	Records []Record         // objects that are not named after their bytes
}

// Record is an object that is named by the caller, below `exp/`.
type Record struct {
	Name string // slash-separated, below "exp/"
	File string // read by Push; written by Fetch, by rename, in a directory that is there
	// Changes says that its bytes may change: it is sent or fetched even if there is
	// one. Otherwise one that is there is the same.
	Changes bool
	// Needs is what the record refers to: Push sends it first, and the record
	// only if the place has all of it then. Fetch does not look at it: what a
	// fetched record refers to is another request.
	Needs []digest.Content
	// Check is asked by Fetch before the bytes, which are a stranger's, become
	// File; nil accepts all. Its error is that of the outcome.
	Check func(b []byte) error
}

// Report says what became of a request.
type Report struct {
	Roots, Results, Records []Outcome // as in the Request, in its order
	Moved                   Count     // sent or fetched; in a dry run what would be
	Present                 Count     // what was there already, as far as was looked: nothing below a directory that the place has
	Packs                   int       // how many packs Moved was in
	Corrupt                 []Corrupt // fetched, but wrong; sorted
	Down                    []Down    // places that were given up; the others were asked instead
	Empty                   []string  // places that were only read and where nothing was ever pushed
}

// Complete reports whether everything that was asked for is where it was to be.
func (r *Report) Complete() bool {
	for _, list := range [][]Outcome{r.Roots, r.Results, r.Records} {
		for _, o := range list {
			if !o.Complete {
				return false
			}
		}
	}
	return true
}

// Count is a number of objects, and how many bytes they have together.
type Count struct{ Objects, Bytes int64 }

func (c *Count) add(objects, bytes int64) { c.Objects += objects; c.Bytes += bytes }

// Outcome is what became of one root, result or record.
type Outcome struct {
	Complete bool            // all of it is there now; in a dry run: it could be
	Absent   bool            // the thing itself is not there: the entry, the record, the root's own blob
	Missing  []digest.Digest // what it lacks, sorted, at most MissingShown of them
	Lacks    int64           // how many it lacks; directories that could not be read hide what is in them
	Files    int64           // of a root that Fetch brought: files in it, each as often as it occurs
	Bytes    int64           // and how many bytes they have
	Err      error           // why, if there is more to say than that something is missing
}

// MissingShown is how many missing blobs an Outcome names.
const MissingShown = 10

// Corrupt is an object whose bytes were not those of its name.
type Corrupt struct {
	Place  string        // the remote's name
	Object string        // its name there
	Want   digest.Digest // zero for an entry or a record
	Got    digest.Digest // zero if its bytes were not kept
	Kept   string        // where the bytes are now, in the store's quarantine/; "" if nowhere
	Detail string        // what is wrong, in words
}

// Down is a place that was given up.
type Down struct {
	Place string
	Err   error
}
