package script_test

import (
	"flag"
	"os"
	"testing"

	"github.com/dewar-build/dewar/internal/machinetest"
)

// TestMain makes CI repeatable: it tries the same random values every time, so
// that a change does not fail for what was there before it. On a developer's
// machine they differ from run to run, which is how new ones are found.
func TestMain(m *testing.M) {
	flag.Parse()
	if seed := flag.Lookup("rapid.seed"); machinetest.InCI() && seed != nil && seed.Value.String() == "0" {
		if err := flag.Set("rapid.seed", "20261123"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}
