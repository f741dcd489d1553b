package remote

import "fmt"

// LimitError is more than the caller allows.
type LimitError struct {
	What       string // "the message of one directory", …
	Unit       string // "files", "bytes" or "directories"
	Has, Limit int64
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("%s: %d %s, more than the limit of %d", e.What, e.Has, e.Unit, e.Limit)
}

// over faults what is above a limit, if there is one.
func (f *fetcher) over(what, unit string, has, limit int64) error {
	if limit <= 0 || has <= limit {
		return nil
	}
	return &LimitError{what, unit, has, limit}
}

// tooLarge faults an item with more in it than is allowed: a few messages can
// stand for more files than any disk has.
func (f *fetcher) tooLarge(it *item) error {
	files, bytes := int64(len(it.files)), int64(0)
	for _, d := range it.files {
		bytes = plus(bytes, d.Size)
	}
	for _, n := range it.dirs {
		files, bytes = plus(files, f.walk.dirs[n].count), plus(bytes, f.walk.dirs[n].bytes)
	}
	if err := f.over("all that is in it", "files", files, f.opt.Limits.Files); err != nil {
		return err
	}
	return f.over("all that is in it", "bytes", bytes, f.opt.Limits.Bytes)
}

// tooManyDirs faults a request with more directories than it may have files,
// before they are all read.
func (f *fetcher) tooManyDirs(n int64) error {
	return f.over("all that is to be fetched", "directories", n, f.opt.Limits.Files)
}
