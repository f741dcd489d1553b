package main

import (
	"archive/tar"
	"bytes"
	"debug/elf"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// ociImage writes an OCI layout with an image, and prints the digest of its manifest: ociimage DIR
// [NAME=TEXT...]. The image has the shell of this machine with what it needs, and files with the texts. It
// is the same whenever it is made.
func ociImage() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: ociimage DIR [NAME=TEXT...]")
		os.Exit(2)
	}
	img, err := tinyImage(os.Args[2:])
	var p layout.Path
	if err == nil {
		p, err = layout.Write(os.Args[1], empty.Index)
	}
	if err == nil {
		err = p.AppendImage(img)
	}
	var sum v1.Hash
	if err == nil {
		sum, err = img.Digest()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "ociimage:", err)
		os.Exit(1)
	}
	fmt.Println(sum)
}

func tinyImage(texts []string) (v1.Image, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	programs, err := shellFiles()
	if err != nil {
		return nil, err
	}
	for _, f := range programs {
		b, err := os.ReadFile(f[1])
		if err == nil {
			err = addMember(w, f[0], b, 0o755)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, t := range texts {
		name, text, _ := strings.Cut(t, "=")
		if err := addMember(w, name, []byte(text+"\n"), 0o644); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	img, err := mutate.AppendLayers(mutate.MediaType(empty.Image, types.OCIManifestSchema1), static.NewLayer(b.Bytes(), types.OCIUncompressedLayer))
	if err != nil {
		return nil, err
	}
	return mutate.ConfigFile(img, &v1.ConfigFile{
		OS: "linux", Architecture: runtime.GOARCH, RootFS: v1.RootFS{Type: "layers"},
		Config: v1.Config{Env: []string{"PATH=/tools:/bin", "GREETING=hello", "LANG=xx_XX"}},
	})
}

func addMember(w *tar.Writer, name string, b []byte, mode int64) error {
	err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: strings.TrimPrefix(name, "/"), Size: int64(len(b)), Mode: mode})
	if err == nil {
		_, err = w.Write(b)
	}
	return err
}

// shellFiles are the shell, what interprets it, and its libraries: where they are in the image, and here.
func shellFiles() ([][2]string, error) {
	sh, err := filepath.EvalSymlinks("/bin/sh")
	if err != nil {
		return nil, err
	}
	out := [][2]string{{"/bin/sh", sh}}
	f, err := elf.Open(sh)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	for _, p := range f.Progs {
		if p.Type == elf.PT_INTERP {
			b := make([]byte, p.Filesz)
			if _, err := p.ReadAt(b, 0); err != nil {
				return nil, err
			}
			name := strings.TrimRight(string(b), "\x00")
			out = append(out, [2]string{name, name})
		}
	}
	libraries, err := f.ImportedLibraries()
	if err != nil {
		return nil, err
	}
	for _, l := range libraries {
		found, err := filepath.Glob("/lib/*-linux-gnu/" + l)
		if err == nil && len(found) == 0 {
			found, err = filepath.Glob("/lib*/" + l)
		}
		if err != nil || len(found) == 0 {
			return nil, fmt.Errorf("the library %s of /bin/sh is not found: %v", l, err)
		}
		out = append(out, [2]string{found[0], found[0]})
	}
	return out, nil
}
