package web_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/store/remote/web"
)

var content = bytes.Repeat([]byte("0123456789abcdef"), 10_000)

// get downloads into a file that begins with have.
func get(t *testing.T, server http.HandlerFunc, have []byte) (got []byte, heard int64, err error) {
	t.Helper()
	s := httptest.NewServer(server)
	defer s.Close()
	name := filepath.Join(t.TempDir(), "file")
	if len(have) > 0 {
		if err := fs.WriteFile(fs.OS(), name, have); err != nil {
			t.Fatal(err)
		}
	}
	err = web.Download(t.Context(), s.Client(), fs.OS(), s.URL+"/a.csv?x=1", name, int64(len(have)), func(n int64) { heard += n })
	got, readErr := fs.ReadFile(fs.OS(), name)
	if readErr != nil && err == nil {
		t.Fatal(readErr)
	}
	return got, heard, err
}

func serve(w http.ResponseWriter, r *http.Request) {
	http.ServeContent(w, r, "a.csv", time.Unix(1, 0), bytes.NewReader(content))
}

func TestDownload(t *testing.T) {
	for name, c := range map[string]struct {
		server http.HandlerFunc
		have   []byte
		heard  int64
	}{
		"from the beginning": {serve, nil, int64(len(content))},
		"resumed":            {serve, content[:70_000], int64(len(content)) - 70_000},
		"a server that cannot resume": {
			func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(content) }, content[:70_000], int64(len(content)) - 70_000,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, heard, err := get(t, c.server, c.have)
			if err != nil || !bytes.Equal(got, content) || heard != c.heard {
				t.Errorf("%d bytes, heard of %d, %v", len(got), heard, err)
			}
		})
	}
}

// What is longer here than there is not the same file: the next try begins anew.
func TestDownload_tooLong(t *testing.T) {
	got, heard, err := get(t, serve, append(bytes.Clone(content), "more"...))
	var s *web.StatusError
	if !errors.As(err, &s) || !s.Temporary() || len(got) > 0 || heard != -int64(len(content)+4) {
		t.Errorf("%d bytes, heard of %d, %v", len(got), heard, err)
	}
}

func TestDownload_brokenOff(t *testing.T) {
	got, _, err := get(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "160000")
		_, _ = w.Write(content[:100_000])
		panic(http.ErrAbortHandler)
	}, nil)
	if !errors.Is(err, io.ErrUnexpectedEOF) || !bytes.Equal(got, content[:len(got)]) || len(got) == 0 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func TestDownload_refused(t *testing.T) {
	for code, temporary := range map[int]bool{403: false, 404: false, 429: true, 503: true} {
		_, _, err := get(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }, nil)
		var s *web.StatusError
		if !errors.As(err, &s) || s.Code != code || s.Temporary() != temporary {
			t.Errorf("%d: %v", code, err)
		}
	}
}
