package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dewar-build/dewar"
	"github.com/dewar-build/dewar/digest"
	"github.com/dewar-build/dewar/graph"
)

// showAction is `dewar show action SELECTOR...`: what exactly would be executed, and what each part of its action key is.
func (c *cli) showAction(p *dewar.Project, ev *dewar.Evaluation, selectors []string) error {
	shown, err := p.ShowAction(c.ctx, ev, c.selectors(p, ev, selectors))
	if err != nil {
		return err
	}
	if c.json {
		list := []any{}
		for i := range shown {
			list = append(list, actionJSON(&shown[i]))
		}
		return c.printJSON(map[string]any{"actions": list})
	}
	for i := range shown {
		if i > 0 {
			c.printf("\n")
		}
		c.printAction(&shown[i])
	}
	return nil
}

// asksForAction reports whether the arguments of show are about actions. A stage may be called action too: that
// one is shown when it stands alone.
func asksForAction(args []string) bool { return len(args) > 1 && args[0] == "action" }

func (c *cli) printAction(a *dewar.ShownAction) {
	in := a.Instance
	c.printf("%s\n", printable(a.Ref))
	section := func(title string, lines []string) {
		if len(lines) == 0 {
			return
		}
		c.printf("  %s\n", title)
		for _, l := range lines {
			c.printf("    %s\n", l)
		}
	}
	if a.Action == nil {
		c.printf("  action key         not known: %s\n", unknownAction(a))
	} else {
		c.printf("  action key         %s\n", a.Encoded.Key)
		c.printf("  made of Command    %s\n", digest.Of(a.Encoded.Command))
		c.printf("  and of input root  %s\n", a.Encoded.Root)
	}
	if in.Script != "" {
		section("script", strings.Split(strings.TrimRight(in.Script, "\n"), "\n"))
	}
	section("arguments", each(in.Args, func(w string) string {
		if w == in.Script && w != "" {
			return "(the script)"
		}
		return graph.Quote([]string{w})
	}))
	c.printf("  working directory  %s\n", workingDir(in.WorkingDir))
	c.printf("  isolation          %s\n", isolationText(in))
	if a.Action != nil {
		section("environment", each(a.Action.Env, func(v graph.Var) string { return v.Name + "=" + graph.Quote([]string{v.Value}) }))
	}
	section("secrets", each(in.Secrets, secretText))
	section("inputs", inputLines(a))
	section("outputs", each(in.Outputs, func(o graph.Output) string { return outputText(&o) }))
	for _, t := range a.Toolchains {
		section("toolchain "+t.Name+", "+t.Kind, append([]string{t.Fingerprint}, each(t.Details, fieldText)...))
	}
	if a.Action != nil {
		section("platform", each(a.Action.Platform, func(v graph.Var) string { return v.Name + "=" + v.Value }))
		section("salt", each(append([]graph.Field{{Label: "format", Value: graph.Format}}, a.Action.Salt...), fieldText))
	}
	if a.Last != nil {
		c.printf("  its result         took %s, at the level %s\n", seconds(a.Last.Wall), a.Last.Level)
	}
}

// each makes a line of each.
func each[T any](list []T, text func(T) string) []string {
	var out []string
	for _, x := range list {
		out = append(out, printable(text(x)))
	}
	return out
}

// unknownAction says why an action is not known.
func unknownAction(a *dewar.ShownAction) string {
	switch {
	case a.Err != nil:
		return oneLine(a.Err)
	case a.Cause != "":
		return a.Cause + " has to run first"
	case a.Instance.Frozen:
		return "the stage is frozen, and its inputs do not matter"
	}
	return "something before it has to run first"
}

func workingDir(dir string) string {
	if dir == "" || dir == "." {
		return ". (the project)"
	}
	return printable(dir)
}

func isolationText(in *graph.Instance) string {
	text := string(in.Isolation)
	if in.Image.Digest != "" {
		text += " " + in.Image.Ref + "@" + in.Image.Digest
	}
	if in.Native {
		text = "none: dewar does it itself"
	}
	if in.Network {
		text += ", with the network"
	}
	return text
}

func secretText(s graph.Secret) string {
	from := "$" + s.Env
	if s.Param != "" {
		from = "param." + s.Param
	}
	if s.Version != "" {
		from += ", version " + s.Version
	}
	return s.Name + " from " + from
}

func fieldText(f graph.Field) string { return f.Label + "  " + f.Value }

func outputText(o *graph.Output) string {
	at := o.At
	if o.Dir {
		at += "/"
	}
	text := fmt.Sprintf("%s  %s.%s", at, o.Group, o.Name)
	if o.Path != o.At {
		text += "  to " + o.Path
	}
	return text
}

// inputLines are the inputs as they stand in the input root, in columns.
func inputLines(a *dewar.ShownAction) []string {
	if a.Action == nil {
		return each(a.Instance.Inputs, func(in graph.Input) string { return in.At })
	}
	type row struct{ at, amount, digest string }
	var rows []row
	wide, amounts := 0, 0
	for _, in := range a.Inputs {
		r := row{in.At, size(in.Content.Digest.Size), in.Content.Digest.Short()}
		switch {
		case in.Content.Kind == digest.Directory && in.Known:
			r.at, r.amount = r.at+"/", fmt.Sprintf("%s, %s", counted(in.Amount.Count, "file"), size(in.Amount.Bytes))
		case in.Content.Kind == digest.Directory:
			r.at, r.amount = r.at+"/", "a directory"
		case in.Content.Exec:
			r.amount += ", executable"
		}
		r.at = printable(r.at)
		wide, amounts = max(wide, len(r.at)), max(amounts, len(r.amount))
		rows = append(rows, r)
	}
	wide = min(wide, 40)
	return each(rows, func(r row) string { return fmt.Sprintf("%-*s  %*s  %s", wide, r.at, amounts, r.amount, r.digest) })
}

func actionJSON(a *dewar.ShownAction) any {
	type named struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	type field struct {
		Label string `json:"label"`
		Value string `json:"value"`
	}
	type input struct {
		At     string `json:"at"`
		Kind   string `json:"kind"`
		Exec   bool   `json:"exec,omitempty"`
		Digest string `json:"digest"`
		Files  *int   `json:"files,omitempty"`
		Bytes  *int64 `json:"bytes,omitempty"`
	}
	type output struct {
		At   string `json:"at"`
		Path string `json:"path"`
		Name string `json:"name"`
		Dir  bool   `json:"dir,omitempty"`
	}
	type secret struct {
		Name    string `json:"name"`
		Env     string `json:"env,omitempty"`
		Param   string `json:"param,omitempty"`
		Version string `json:"version,omitempty"`
	}
	type toolchain struct {
		Name        string  `json:"name"`
		Kind        string  `json:"kind"`
		Fingerprint string  `json:"fingerprint"`
		Details     []field `json:"details"`
	}
	out := struct {
		Instance      string      `json:"instance"`
		Verdict       string      `json:"verdict"`
		Error         string      `json:"error,omitempty"`
		Action        string      `json:"action,omitempty"`
		CommandDigest string      `json:"command_digest,omitempty"`
		InputRoot     string      `json:"input_root_digest,omitempty"`
		Arguments     []string    `json:"arguments"`
		Script        string      `json:"script,omitempty"`
		WorkingDir    string      `json:"working_dir"`
		Isolation     string      `json:"isolation"`
		Network       bool        `json:"network"`
		Image         string      `json:"image,omitempty"`
		Environment   []named     `json:"environment"`
		Secrets       []secret    `json:"secrets"`
		Inputs        []input     `json:"inputs"`
		Outputs       []output    `json:"outputs"`
		Toolchains    []toolchain `json:"toolchains"`
		Platform      []named     `json:"platform"`
		Salt          []field     `json:"salt"`
		Level         string      `json:"level,omitempty"`
	}{
		Instance: a.Ref, Verdict: string(a.Verdict), Arguments: slices.Concat([]string{}, a.Instance.Args), Script: a.Instance.Script,
		WorkingDir: a.Instance.WorkingDir, Isolation: string(a.Instance.Isolation), Network: a.Instance.Network, Image: a.Instance.Image.Digest,
		Environment: []named{}, Secrets: []secret{}, Inputs: []input{}, Outputs: []output{}, Toolchains: []toolchain{}, Platform: []named{}, Salt: []field{},
	}
	if a.Err != nil {
		out.Error = oneLine(a.Err)
	}
	if a.Last != nil {
		out.Level = string(a.Last.Level)
	}
	for _, s := range a.Instance.Secrets {
		out.Secrets = append(out.Secrets, secret{s.Name, s.Env, s.Param, s.Version})
	}
	for _, o := range a.Instance.Outputs {
		out.Outputs = append(out.Outputs, output{o.At, o.Path, string(o.Group) + "." + o.Name, o.Dir})
	}
	for _, t := range a.Toolchains {
		b := toolchain{t.Name, t.Kind, t.Fingerprint, []field{}}
		for _, f := range t.Details {
			b.Details = append(b.Details, field(f))
		}
		out.Toolchains = append(out.Toolchains, b)
	}
	if a.Action == nil {
		return out
	}
	out.Action = a.Encoded.Key.String()
	out.CommandDigest, out.InputRoot = digest.Of(a.Encoded.Command).String(), a.Encoded.Root.String()
	for _, v := range a.Action.Env {
		out.Environment = append(out.Environment, named(v))
	}
	for _, v := range a.Action.Platform {
		out.Platform = append(out.Platform, named(v))
	}
	for _, f := range a.Action.Salt {
		out.Salt = append(out.Salt, field(f))
	}
	for _, l := range a.Inputs {
		in := input{At: l.At, Kind: "file", Exec: l.Content.Exec, Digest: l.Content.Digest.String()}
		if l.Content.Kind == digest.Directory {
			in.Kind = "directory"
			if l.Known {
				in.Files, in.Bytes = &l.Amount.Count, &l.Amount.Bytes
			}
		}
		out.Inputs = append(out.Inputs, in)
	}
	return out
}
