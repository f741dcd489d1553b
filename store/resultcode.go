package store

import (
	"encoding/json"
	"fmt"
	"path"
	"sort"
	"strings"
	"time"

	repb "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/timestamppb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
)

// An entry is an ActionResult message of the Remote Execution API. What that has
// no field for is JSON in a BytesValue among its auxiliary metadata: other
// programs pass it on unread, and a Struct would cost three times as much.

// extras is what only dewar knows of a result.
type extras struct {
	Version     int           `json:"dewar_result"` // 1
	Level       string        `json:"level"`
	Program     string        `json:"program,omitempty"`
	Hostless    bool          `json:"hostless,omitempty"`
	User        time.Duration `json:"user_ns"`
	Sys         time.Duration `json:"sys_ns"`
	MaxRSS      int64         `json:"max_rss"`
	Explanation [][2]string   `json:"explanation,omitempty"` // labels and values
}

// encodeResult returns the entry of r. putTree stores the Tree message of a
// directory and returns its digest.
func encodeResult(r *Result, putTree func(digest.Digest) (digest.Digest, error)) ([]byte, error) {
	m := &repb.ActionResult{ExecutionMetadata: &repb.ExecutedActionMetadata{
		ExecutionStartTimestamp:     timestamppb.New(r.Started),
		ExecutionCompletedTimestamp: timestamppb.New(r.Started.Add(r.Wall)),
	}}
	for _, o := range r.Outputs {
		if err := addOutput(m, o, putTree); err != nil {
			return nil, err
		}
	}
	if !r.Log.IsZero() && r.Log != digest.Empty {
		m.StdoutDigest = r.Log.Proto()
	}
	more, err := r.extras()
	if err != nil {
		return nil, err
	}
	m.ExecutionMetadata.AuxiliaryMetadata = []*anypb.Any{more}
	return proto.MarshalOptions{Deterministic: true}.Marshal(m)
}

func addOutput(m *repb.ActionResult, o Output, putTree func(digest.Digest) (digest.Digest, error)) error {
	switch o.Content.Kind {
	case digest.File:
		m.OutputFiles = append(m.OutputFiles, &repb.OutputFile{
			Path: o.At, Digest: o.Content.Digest.Proto(), IsExecutable: o.Content.Exec})
	case digest.Directory:
		tree, err := putTree(o.Content.Digest)
		if err != nil {
			return err
		}
		m.OutputDirectories = append(m.OutputDirectories, &repb.OutputDirectory{
			Path: o.At, TreeDigest: tree.Proto(), IsTopologicallySorted: true,
			RootDirectoryDigest: o.Content.Digest.Proto()})
	default:
		return fmt.Errorf("output %q is nothing", o.At)
	}
	return nil
}

func (r *Result) extras() (*anypb.Any, error) {
	x := extras{Version: 1, Level: string(r.Level), Program: r.Program, Hostless: r.Hostless,
		User: r.User, Sys: r.Sys, MaxRSS: r.MaxRSS}
	for _, f := range r.Explanation {
		x.Explanation = append(x.Explanation, [2]string{f.Label, f.Value})
	}
	b, err := json.Marshal(x)
	if err != nil {
		return nil, err
	}
	return anypb.New(wrapperspb.Bytes(b))
}

// decodeResult reads an entry, whoever wrote it. It is nil if the action failed
// or made something that we do not model. rootOf finds the root of a directory
// of which only the Tree message is named; ok is false if that is not there.
func decodeResult(b []byte, rootOf func(tree digest.Digest) (root digest.Digest, ok bool, err error)) (*Result, error) {
	var m repb.ActionResult
	if err := proto.Unmarshal(b, &m); err != nil {
		return nil, fmt.Errorf("not an action result: %w", err)
	}
	//lint:ignore SA1019 older servers still fill the deprecated lists, and a result with links is none of ours
	if m.ExitCode != 0 || len(m.OutputSymlinks)+len(m.OutputFileSymlinks)+len(m.OutputDirectorySymlinks) > 0 {
		return nil, nil
	}
	r := &Result{}
	for _, f := range m.OutputFiles {
		d, err := digest.FromProto(f.Digest)
		if err != nil {
			return nil, fmt.Errorf("output %q: %w", f.Path, err)
		}
		r.Outputs = append(r.Outputs, Output{f.Path, digest.Content{Kind: digest.File, Exec: f.IsExecutable, Digest: d}})
	}
	for _, dir := range m.OutputDirectories {
		d, ok, err := directoryRoot(dir, rootOf)
		if err != nil {
			return nil, fmt.Errorf("output %q: %w", dir.Path, err)
		}
		if !ok {
			return nil, nil
		}
		r.Outputs = append(r.Outputs, Output{dir.Path, digest.Content{Kind: digest.Directory, Digest: d}})
	}
	if m.StdoutDigest != nil {
		d, err := digest.FromProto(m.StdoutDigest)
		if err != nil {
			return nil, fmt.Errorf("standard output: %w", err)
		}
		r.Log = d
	}
	if err := r.readMetadata(m.ExecutionMetadata); err != nil {
		return nil, err
	}
	return r, r.checkOutputs()
}

func directoryRoot(m *repb.OutputDirectory, rootOf func(digest.Digest) (digest.Digest, bool, error)) (digest.Digest, bool, error) {
	if m.RootDirectoryDigest != nil {
		d, err := digest.FromProto(m.RootDirectoryDigest)
		return d, true, err
	}
	tree, err := digest.FromProto(m.TreeDigest)
	if err != nil {
		return digest.Digest{}, false, err
	}
	return rootOf(tree)
}

func (r *Result) readMetadata(m *repb.ExecutedActionMetadata) error {
	if m.GetExecutionStartTimestamp().CheckValid() == nil {
		r.Started = m.GetExecutionStartTimestamp().AsTime()
		if m.GetExecutionCompletedTimestamp().CheckValid() == nil {
			r.Wall = m.GetExecutionCompletedTimestamp().AsTime().Sub(r.Started)
		}
	}
	for _, a := range m.GetAuxiliaryMetadata() {
		var v wrapperspb.BytesValue
		if a.MessageIs(&v) && a.UnmarshalTo(&v) == nil && strings.HasPrefix(string(v.Value), `{"dewar_result":`) {
			return r.readExtras(v.Value)
		}
	}
	return nil // another program's: nothing more is known
}

func (r *Result) readExtras(b []byte) error {
	var x extras
	if err := json.Unmarshal(b, &x); err != nil {
		return fmt.Errorf("dewar's part of the result: %w", err)
	}
	r.Level, r.Program, r.Hostless = graph.Isolation(x.Level), x.Program, x.Hostless
	r.User, r.Sys, r.MaxRSS = x.User, x.Sys, x.MaxRSS
	for _, f := range x.Explanation {
		r.Explanation = append(r.Explanation, graph.Field{Label: f[0], Value: f[1]})
	}
	return nil
}

// checkOutputs sorts the outputs and refuses paths that are not clean or leave
// the input root.
func (r *Result) checkOutputs() error {
	sort.Slice(r.Outputs, func(i, j int) bool { return r.Outputs[i].At < r.Outputs[j].At })
	for i, o := range r.Outputs {
		if o.At == "" || path.IsAbs(o.At) || path.Clean(o.At) != o.At || o.At == ".." || strings.HasPrefix(o.At, "../") {
			return fmt.Errorf("output %q: not a path inside the input root", o.At)
		}
		if i > 0 && r.Outputs[i-1].At == o.At {
			return fmt.Errorf("output %q: there twice", o.At)
		}
	}
	return nil
}
