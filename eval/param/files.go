package param

import (
	"bytes"
	"sync"

	"github.com/dewar-build/dewar/diag"
)

// Files keeps decoded params files for many bindings of one project, from any number
// of goroutines: decoding takes longer than everything else that binding does. Of each file
// the last content is kept, and whoever comes with another has it decoded: what is found
// depends on the bytes alone. Files are not changed once they are decoded. The zero Files
// is empty; a nil one keeps nothing.
type Files struct {
	mu    sync.Mutex
	known map[fileID]*decoded
}

// fileID is what decides how a file decodes, besides its bytes.
type fileID struct {
	path   string
	masked bool
}

type decoded struct {
	mu    sync.Mutex
	known bool // of these bytes; it is not while they are decoded, which may be stopped
	bytes []byte
	file  *File
	diags diag.List
}

// decode is Decode, for whoever is asked by going whether it is still worth while.
func (f *Files) decode(src Source, going func()) (*File, diag.List) {
	if f == nil {
		return decode(src, going)
	}
	d := f.entry(fileID{src.Path, src.Masked})
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.known || !bytes.Equal(d.bytes, src.Bytes) {
		d.known, d.bytes, d.file, d.diags = false, nil, nil, nil // not two of them at once
		d.file, d.diags = decode(src, going)
		d.known, d.bytes = true, src.Bytes
	}
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
