package program_test

import (
	"path/filepath"
	"testing"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/internal/machinetest"
	"github.com/dewar-build/dewar/store/remote/program"
	"github.com/dewar-build/dewar/store/remote/remotetest"
)

// A program that somebody else wrote from the page of the protocol passes.
func TestConformance_python(t *testing.T) {
	python := machinetest.Program(t, "python3")
	helper, err := filepath.Abs("testdata/helper.py")
	if err != nil {
		t.Fatal(err)
	}
	remotetest.Run(t, func(t *testing.T) remotetest.Bench {
		p, err := program.Open(t.Context(), program.Command{Path: python, Args: []string{helper}}, program.At{URL: "file://" + filepath.ToSlash(t.TempDir())})
		if err != nil {
			t.Fatal(err)
		}
		return remotetest.Bench{Place: p, FS: fs.OS(), Dir: t.TempDir()}
	})
}
