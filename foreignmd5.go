package dewar

import (
	"fmt"
	"strings"
	"sync"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
)

// md5Index remembers which blob of ours an MD5 of DVC's turned out to be, so that what is there is not
// brought again: of a directory in which one file changed, one file.
type md5Index struct {
	fsys fs.FS
	file string
	of   map[string]digest.Digest

	mu    sync.Mutex
	fresh []string // lines to be written
}

// openMD5Index reads the index; a line that is none is left out.
func (p *Project) openMD5Index() (*md5Index, error) {
	x := &md5Index{fsys: p.host.FS, file: p.path("projects", "md5"), of: map[string]digest.Digest{}}
	if err := p.host.FS.MkdirAll(p.path("projects"), 0o777); err != nil {
		return nil, err
	}
	b, err := fs.ReadFile(x.fsys, x.file)
	if err != nil && !isNotExist(err) {
		return nil, err
	}
	for line := range strings.Lines(string(b)) {
		sum, text, ok := strings.Cut(strings.TrimSpace(line), " ")
		if d, err := digest.Parse(text); ok && err == nil && isMD5(sum) {
			x.of[sum] = d
		}
	}
	return x, nil
}

// put remembers one.
func (x *md5Index) put(sum string, d digest.Digest) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.fresh = append(x.fresh, fmt.Sprintf("%s %s\n", sum, d))
}

// save writes down what is new.
func (x *md5Index) save() error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.fresh) == 0 {
		return nil
	}
	f, err := x.fsys.Append(x.file, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write([]byte(strings.Join(x.fresh, "")))
	x.fresh = nil
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}
