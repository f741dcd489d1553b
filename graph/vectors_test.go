package graph

import (
	"bytes"
	"encoding/json"
	goflag "flag"
	"os"
	"testing"

	repb "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/dewar-build/dewar/digest"
)

var update = goflag.Bool("update", false, "write what the vectors of spec/keys should hold")

type leafVector struct {
	At      string `json:"at"`
	Content string `json:"content"`
}

func (l leafVector) leaf(t *testing.T) Leaf {
	c, err := ParseContent(l.Content)
	if err != nil {
		t.Fatal(err)
	}
	return Leaf{At: l.At, Content: c}
}

// TestBazelVectors computes what a real Bazel computed, with our own writer
// where our actions can say the same.
func TestBazelVectors(t *testing.T) {
	var v struct {
		Inputs        []leafVector
		Root          digest.Digest
		Command       json.RawMessage
		CommandDigest digest.Digest `json:"command digest"`
		ActionDigest  digest.Digest `json:"action digest"`
	}
	readVectors(t, "../spec/keys/bazel.json", &v)
	a := Action{WorkingDir: "."}
	for _, l := range v.Inputs {
		a.Inputs = append(a.Inputs, l.leaf(t))
	}
	e, err := a.Key()
	if err != nil || e.Root != v.Root {
		t.Errorf("input root %v, want %v (%v)", e.Root, v.Root, err)
	}
	var c repb.Command
	if err := protojson.Unmarshal(v.Command, &c); err != nil {
		t.Fatal(err)
	}
	if got := digest.Of(digest.Marshal(&c)); got != v.CommandDigest {
		t.Errorf("command %v, want %v", got, v.CommandDigest)
	}
	b := appendDigest(appendDigest(nil, actionCommand, v.CommandDigest), actionRoot, v.Root)
	if got := digest.Of(b); got != v.ActionDigest {
		t.Errorf("action %v, want %v", got, v.ActionDigest)
	}
}

// actionVector is an action, and what must come out.
type actionVector struct {
	Name    string `json:"name"`
	Action  input  `json:"action"`
	Command string `json:"command digest"`
	Root    string `json:"input root digest"`
	Salt    string `json:"salt"`
	Key     string `json:"action key"`
	Explain string `json:"explanation"`
}

type input struct {
	Args       []string     `json:"arguments,omitempty"`
	Env        []Var        `json:"env,omitempty"`
	Outputs    []Path       `json:"outputs,omitempty"`
	WorkingDir string       `json:"working directory"`
	Platform   []Var        `json:"platform,omitempty"`
	Inputs     []leafVector `json:"inputs,omitempty"`
	Salt       []Field      `json:"salt,omitempty"`
	Mkdirs     []string     `json:"directories,omitempty"`
}

func TestActionVectors(t *testing.T) {
	const file = "../spec/keys/actions.json"
	var vectors []actionVector
	readVectors(t, file, &vectors)
	if len(vectors) < 5 {
		t.Errorf("only %d vectors", len(vectors))
	}
	for i := range vectors {
		v := &vectors[i]
		got := *v
		got.compute(t)
		if diff := cmp.Diff(*v, got); diff != "" && !*update {
			t.Errorf("%s: %s", v.Name, diff)
		}
		*v = got
	}
	if *update {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(vectors); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, b.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

func (v *actionVector) compute(t *testing.T) {
	in := v.Action
	a := Action{Args: in.Args, Env: in.Env, Outputs: in.Outputs, WorkingDir: in.WorkingDir, Platform: in.Platform, Salt: in.Salt, Mkdirs: in.Mkdirs}
	for _, l := range in.Inputs {
		a.Inputs = append(a.Inputs, l.leaf(t))
	}
	e := mustKey(t, &a)
	var m repb.Action
	if err := proto.Unmarshal(e.Action, &m); err != nil {
		t.Fatal(err)
	}
	v.Command = digest.Of(e.Command).String()
	v.Root = e.Root.String()
	v.Salt = string(m.Salt)
	v.Key = e.Key.String()
	v.Explain = string(FormatFields(mustExplain(t, &a)))
}

func readVectors(t *testing.T, name string, to any) {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, to); err != nil {
		t.Fatal(err)
	}
}
