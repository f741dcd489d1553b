package fetch

import (
	"errors"
	"fmt"
	iofs "io/fs"
	"path/filepath"
	"strings"
	"sync"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/dvc"
	"github.com/dewar-build/dewar/fs"
)

// Index remembers which blob of ours an MD5 of DVC's turned out to be, so that what is there is not
// brought again: of a directory in which one file changed, one file.
type Index struct {
	fsys fs.FS
	file string
	of   map[string]digest.Digest

	mu    sync.Mutex
	fresh []string // lines to be written
}

// OpenIndex reads the index in a file; a line that is none is left out.
func OpenIndex(fsys fs.FS, file string) (*Index, error) {
	x := &Index{fsys: fsys, file: file, of: map[string]digest.Digest{}}
	if err := fsys.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		return nil, err
	}
	b, err := fs.ReadFile(x.fsys, x.file)
	if err != nil && !errors.Is(err, iofs.ErrNotExist) {
		return nil, err
	}
	for line := range strings.Lines(string(b)) {
		sum, text, ok := strings.Cut(strings.TrimSpace(line), " ")
		if d, err := digest.Parse(text); ok && err == nil && dvc.IsMD5(sum) {
			x.of[sum] = d
		}
	}
	return x, nil
}

// put remembers one.
func (x *Index) put(sum string, d digest.Digest) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.fresh = append(x.fresh, fmt.Sprintf("%s %s\n", sum, d))
}

// save writes down what is new.
func (x *Index) save() error {
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
