// Package web downloads files by their address. It resumes what was broken off, and
// says in words what a server's answer means; whether the bytes are the right ones is for
// whoever knows their digest. The root package imports it.
package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/dewar-build/dewar/fs"
)

// Doer carries out a request; *http.Client is one.
type Doer interface {
	Do(*http.Request) (*http.Response, error)
}

// StatusError is an answer that is no file.
type StatusError struct {
	Code int // of HTTP
	Text string
}

func (e *StatusError) Error() string {
	switch e.Code {
	case http.StatusNotFound, http.StatusGone:
		return "there is no such file (" + e.Text + ")"
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
		return "it wants a login or does not give the file to everybody (" + e.Text + ")"
	}
	return "the server answered " + e.Text
}

// Temporary reports whether another try may have another answer.
func (e *StatusError) Temporary() bool {
	return e.Code >= 500 || e.Code == http.StatusRequestedRangeNotSatisfiable || e.Code == http.StatusTooManyRequests || e.Code == http.StatusRequestTimeout
}

// Download writes the file at address to name, a file of this machine, from offset on:
// its first offset bytes are there already. A server that cannot give a part of a file gives
// all of it, and the file is begun anew. What came before a failure stays in the file.
// progress, if not nil, hears of bytes as they come, less than nothing where they are begun anew.
func Download(ctx context.Context, client Doer, fsys fs.FS, address, name string, offset int64, progress func(n int64)) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept-Encoding", "identity") // the bytes themselves are what the digest is of
	if offset > 0 {
		req.Header.Set("Range", "bytes="+strconv.FormatInt(offset, 10)+"-")
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	switch {
	case resp.StatusCode == http.StatusPartialContent && startsAt(resp.Header.Get("Content-Range"), offset):
	case resp.StatusCode == http.StatusOK, resp.StatusCode == http.StatusPartialContent:
		if offset > 0 {
			if err := begin(fsys, name, -offset, progress); err != nil {
				return err
			}
			if resp.StatusCode != http.StatusOK { // a part that nobody asked for
				return &StatusError{resp.StatusCode, resp.Status}
			}
		}
	case resp.StatusCode == http.StatusRequestedRangeNotSatisfiable:
		// There is more here than there: it cannot be the same file.
		if err := begin(fsys, name, -offset, progress); err != nil {
			return err
		}
		return &StatusError{resp.StatusCode, resp.Status}
	default:
		return &StatusError{resp.StatusCode, resp.Status}
	}
	return write(fsys, name, resp.Body, resp.ContentLength, progress)
}

// begin removes what is there of the file.
func begin(fsys fs.FS, name string, n int64, progress func(int64)) error {
	if progress != nil {
		progress(n)
	}
	return fsys.Remove(name)
}

// startsAt reads "bytes 100-199/200".
func startsAt(contentRange string, offset int64) bool {
	from, ok := strings.CutPrefix(contentRange, "bytes ")
	if !ok {
		return false
	}
	from, _, _ = strings.Cut(from, "-")
	n, err := strconv.ParseInt(from, 10, 64)
	return err == nil && n == offset
}

// write appends what r gives to the file. length is how much that should be; -1: not known.
func write(fsys fs.FS, name string, r io.Reader, length int64, progress func(int64)) error {
	f, err := fsys.Append(name, 0o644)
	if err != nil {
		return err
	}
	var w io.Writer = f
	if progress != nil {
		w = counter{f, progress}
	}
	n, err := io.CopyBuffer(struct{ io.Writer }{w}, r, make([]byte, 256<<10))
	if err == nil && length >= 0 && n < length {
		err = io.ErrUnexpectedEOF
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("the connection ended after %d bytes: %w", n, err)
	}
	return errors.Join(err, f.Close())
}

type counter struct {
	w io.Writer
	f func(int64)
}

func (c counter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	c.f(int64(n))
	return n, err
}
