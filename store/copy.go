package store

import (
	"io"

	"github.com/dewar-build/dewar/digest"
)

// piece is some of a file on its way.
type piece struct {
	b   []byte
	err error // after b; io.EOF ends it
}

// copyHashing copies src to dst and returns the digest of what it copied. What was read last is
// hashed while it is written and more is read, so that one large file takes as long as
// the slowest of the three.
func copyHashing(dst io.Writer, src io.Reader) (digest.Digest, error) {
	const ahead = 3
	free, read := make(chan []byte, ahead), make(chan piece, ahead)
	for range ahead {
		free <- make([]byte, bufSize)
	}
	go func() {
		for b := range free {
			n, err := io.ReadFull(src, b)
			if err == io.ErrUnexpectedEOF {
				err = io.EOF
			}
			read <- piece{b[:n], err}
			if err != nil {
				close(read)
				return
			}
		}
		close(read)
	}()
	w, written := digest.NewWriter(), make(chan error, 1)
	for {
		p := <-read
		go func() { _, err := dst.Write(p.b); written <- err }()
		w.Write(p.b)
		err := <-written
		if err == nil {
			err = p.err
		}
		if err == nil {
			free <- p.b
			continue
		}
		close(free)
		for range read { // until the reader is done with src
		}
		if err == io.EOF {
			return w.Digest(), nil
		}
		return digest.Digest{}, err
	}
}
