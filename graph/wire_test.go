package graph

import (
	"bytes"
	"testing"

	repb "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"github.com/dewar-build/dewar/digest"
)

// TestMessagesAreCanonical decodes what Key writes with the generated code,
// encodes it again, and wants the same bytes: order, tags and omitted
// defaults are then those of the deterministic encoding.
func TestMessagesAreCanonical(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawAction(t)
		e, err := a.Key()
		if err != nil {
			t.Fatal(err)
		}
		canonical(t, e.Action, &repb.Action{})
		var c repb.Command
		canonical(t, e.Command, &c)
		for _, b := range e.Dirs {
			d, err := digest.DecodeDir(b)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(d.Encode(), b) {
				t.Fatalf("Directory %x is not canonical", b)
			}
		}
		if len(c.Arguments) != len(a.Args) || len(c.EnvironmentVariables) != len(a.Env) || len(c.OutputPaths) > len(a.Outputs) {
			t.Fatalf("fields were lost: %v", &c)
		}
	})
}

func canonical(t *rapid.T, b []byte, m proto.Message) {
	t.Helper()
	if err := proto.Unmarshal(b, m); err != nil {
		t.Fatal(err)
	}
	if again := digest.Marshal(m); !bytes.Equal(b, again) {
		t.Fatalf("%T: %x, canonical is %x", m, b, again)
	}
	if len(m.ProtoReflect().GetUnknown()) > 0 {
		t.Fatalf("%T has unknown fields", m)
	}
}
