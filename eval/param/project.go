package param

import (
	"github.com/dewar-build/dewar/diag"
	"github.com/zclconf/go-cty/cty"
)

// Source is the text of a params file.
type Source struct {
	Path  string // project-relative; its extension names the format
	Bytes []byte
}

// File is a decoded params file.
type File struct {
	Source
	Root *Tree // a mapping
}

// Decode reads a params file: YAML (1.2, core schema), JSON or TOML, by the
// extension of its path.
func Decode(src Source) (*File, diag.List) { panic("unwritten") }

// Keep is one part of a params file that stays in a projection.
type Keep struct {
	Path     []string   // keys from the top of the file
	Override *cty.Value // written instead of the source text; nil keeps the text; null drops it
	Type     *Type      // of Override; a float is then written as one ("1.0"); nil if unknown
}

// Project writes the file with just the parts to keep, each scalar spelled as
// in the source except where YAML 1.1 and 1.2 would read it differently
// (W-params-respelled). Comments, blank lines and layout of the source do not
// influence the bytes. withheld names what was left out, outermost keys only
// ("train.max_iter"), sorted.
func (f *File) Project(keep []Keep) (out []byte, withheld []string, diags diag.List) {
	panic("unwritten")
}

// Project decodes and projects.
func Project(src Source, keep []Keep) (out []byte, withheld []string, diags diag.List) {
	panic("unwritten")
}

// Write makes a params file from values alone, for params that have no file
// and for `params = { "conf/run.yaml" = [...] }`. Every Keep needs an Override.
func Write(path string, values []Keep) ([]byte, diag.List) { panic("unwritten") }
