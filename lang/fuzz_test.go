package lang_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/dewar-build/dewar/lang"
)

// seed adds every file of the cases.
func seed(f *testing.F) {
	names, _ := filepath.Glob("testdata/*.txtar")
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, x := range txtar.Parse(b).Files {
			f.Add(x.Data)
		}
	}
	f.Add([]byte("a {\n  b = <<-E\n   x ${\n y(<<F\n z\nF\n)} w\n  E\n}\r\n/* c */ d = \"%{if x}${~ 1 ~}%{endif}\"\n"))
}

// FuzzFormat: formatting is idempotent, and what was valid stays so.
func FuzzFormat(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		once, err := lang.Format(src)
		if err != nil {
			return
		}
		twice, err := lang.Format(once)
		if err != nil {
			t.Fatalf("formatted text does not parse: %v\n%s", err, once)
		}
		if !bytes.Equal(once, twice) {
			t.Fatalf("not idempotent:\n%q\n%q", once, twice)
		}
	})
}

// FuzzLoad: no text makes loading, checking or rendering panic.
func FuzzLoad(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		p, ds := loadAndCheck(files{"pipeline.hcl": string(src)}, ".")
		render(ds, p)
	})
}
