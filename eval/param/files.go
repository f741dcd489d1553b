package param

import (
	"sync"

	"github.com/dewar-build/dewar/diag"
)

// Files keeps decoded params files for many bindings of one project, from any number
// of goroutines: decoding takes longer than everything else that binding does. Files
// are not changed once they are decoded. The zero Files is empty; a nil one
// keeps nothing.
type Files struct {
	mu    sync.Mutex
	known map[fileID]*decoded
}

// fileID is what decides how a file decodes, as long as its bytes are the same.
type fileID struct {
	path   string
	masked bool
}

type decoded struct {
	once  sync.Once
	file  *File
	diags diag.List
}

func (f *Files) decode(src Source) (*File, diag.List) {
	if f == nil {
		return Decode(src)
	}
	d := f.entry(fileID{src.Path, src.Masked})
	d.once.Do(func() { d.file, d.diags = Decode(src) })
	return d.file, d.diags
}

func (f *Files) entry(id fileID) *decoded {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.known == nil {
		f.known = map[fileID]*decoded{}
	}
	if f.known[id] == nil {
		f.known[id] = &decoded{}
	}
	return f.known[id]
}
