// Command dewar builds data: it runs the pipelines that pipeline.hcl describes.
//
// This package is flags, wiring and terminal output, a file a command. What it
// does is in the root package; nothing here decides anything about pipelines.
package main

import (
	"os"

	// First of all: a keeper is this program again, and so is a helper of Landlock. They
	// branch off before anything else is initialised.
	_ "github.com/dewar-build/dewar/run/sandbox/keeper"
	_ "github.com/dewar-build/dewar/run/sandbox/landlock"
)

func main() {
	tuneHeap()
	os.Exit(run(os.Args[1:], system()))
}
