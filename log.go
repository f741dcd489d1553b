package dewar

import (
	"bytes"
	"io"
	"sync"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store"
)

// commandLog takes what a command writes, standard output and error
// interleaved. Most commands say little: it stays in memory until there is
// too much of it, so that a silent command costs no file.
type commandLog struct {
	fsys fs.FS
	path string            // of the file it grows into
	line func(line string) // told of each whole line; may be nil
	hide *redactor         // nil: nothing is hidden

	mu      sync.Mutex
	head    []byte  // what was written, while it fits
	file    fs.File // what was written, once it does not
	size    int64
	tail    []byte // the last bytes, for messages
	partial []byte // a line that has not ended
}

const (
	logInMemory = 64 << 10
	logTail     = 16 << 10
)

func newLog(fsys fs.FS, path string, line func(string)) *commandLog {
	return &commandLog{fsys: fsys, path: path, line: line}
}

// Write appends b. It fails only if the file cannot be written.
func (l *commandLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(b), l.write(l.hide.pass(b))
}

func (l *commandLog) write(b []byte) error {
	l.size += int64(len(b))
	if l.tail = append(l.tail, b...); len(l.tail) > logTail {
		l.tail = append([]byte{}, l.tail[len(l.tail)-logTail:]...)
	}
	l.lines(b)
	if l.file == nil {
		if l.head = append(l.head, b...); len(l.head) <= logInMemory {
			return nil
		}
		f, err := l.fsys.Create(l.path, 0o666)
		if err != nil {
			return err
		}
		l.file, b = f, l.head
		l.head = nil
	}
	_, err := l.file.Write(b)
	return err
}

// lines tells of the lines that b completes.
func (l *commandLog) lines(b []byte) {
	if l.line == nil {
		return
	}
	l.partial = append(l.partial, b...)
	for {
		i := bytes.IndexAny(l.partial, "\n\r")
		if i < 0 {
			if len(l.partial) > logTail {
				l.partial = l.partial[:0]
			}
			return
		}
		if i > 0 {
			l.line(string(l.partial[:i]))
		}
		l.partial = l.partial[i+1:]
	}
}

// lastLines returns at most n lines of the end.
func (l *commandLog) lastLines(n int) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	text := bytes.TrimRight(l.tail, "\n\r ")
	if len(text) == 0 {
		return nil
	}
	all := bytes.Split(text, []byte("\n"))
	if len(all) > n {
		all = all[len(all)-n:]
	}
	out := make([]string, len(all))
	for i, b := range all {
		out[i] = string(bytes.ToValidUTF8(bytes.TrimRight(b, "\r"), []byte("�")))
	}
	return out
}

// keep puts the log into the store; nothing written is Empty, which needs no blob.
func (l *commandLog) keep(st *store.Store) (digest.Digest, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.size == 0 {
		return digest.Empty, nil
	}
	if l.file == nil {
		return st.Put(l.head)
	}
	f, err := l.fsys.Open(l.path)
	if err != nil {
		return digest.Digest{}, err
	}
	defer f.Close()
	return st.PutReader(io.Reader(f))
}

// ended tells of a last line without an end, and takes what was held back.
func (l *commandLog) ended() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.write(l.hide.rest())
	if l.line != nil && len(l.partial) > 0 {
		l.line(string(l.partial))
	}
	l.partial = nil
	return err
}

// close gives the file back; its directory is removed by whoever made it.
func (l *commandLog) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file != nil {
		_ = l.file.Close()
	}
}
