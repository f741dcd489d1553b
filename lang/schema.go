package lang

// BlockSpec describes a kind of block. The tables below are the schema of the
// language as data: declaring, messages, the reference and editors read them.
type BlockSpec struct {
	Kind   string
	Label  bool   // it takes one quoted name
	Once   bool   // a pipeline has at most one
	Free   bool   // any attribute name is allowed: each declares something
	NotYet string // what cannot be had yet; "" if it can
	Doc    string
	Attrs  []AttrSpec
	Blocks []BlockSpec // nested
}

// AttrSpec describes an attribute.
type AttrSpec struct {
	Name     string
	Type     string // for people
	Doc      string
	Required bool
	NotYet   string     // what cannot be had yet; "" if it can
	Values   []string   // the texts that it can be; nil: any
	Fields   []AttrSpec // of the object that it can be; of its entries, if it is a map
}

// Schema returns the kinds of blocks that may stand in a pipeline file.
func Schema() []BlockSpec { return schema }

// schema is never written to.
var schema = []BlockSpec{
	{Kind: "pipeline", Once: true, Doc: "Settings of the pipeline as a whole.", Attrs: []AttrSpec{
		{Name: "description", Type: "string", Doc: "What the pipeline is for."},
		{Name: "image", Type: "string", Doc: "The image of stages that do not say, by digest."},
		{Name: "isolation", Type: "string", Doc: "The level of isolation of stages that do not say: project, hermetic, image or off.", Values: isolations},
		{Name: "min_version", Type: "string", Doc: "The oldest version of dewar that can read the pipeline."},
		{Name: "shell", Type: "list of strings", Doc: "The argv that scripts are given to, in place of [\"/bin/sh\", \"-eu\"]."},
		{Name: "toolchains", Type: "list of toolchains", Doc: "The toolchains of stages that do not say."},
	}},
	{Kind: "param", Label: true, Doc: "A typed, named input value.", Attrs: []AttrSpec{
		{Name: "choices", Type: "map of paths", Doc: "Files to choose the value from by name."},
		{Name: "default", Type: "any", Doc: "The value when nothing gives one. A constant."},
		{Name: "description", Type: "string", Doc: "What the param is."},
		{Name: "file", Type: "path", Doc: "A params file (YAML, JSON or TOML) that gives the value."},
		{Name: "key", Type: "string", Doc: "Where in the file the value is, with dots; the param's name if not given."},
		{Name: "sensitive", Type: "bool", Doc: "The value is not to be shown anywhere."},
		{Name: "type", Type: "type", Doc: "string, number, int, float, bool, path, list(T), map(T), set(T), object({name = T}), tuple([T]), optional(T), any.", Required: true},
	}, Blocks: []BlockSpec{
		{Kind: "validation", Doc: "A condition that the value must meet.", Attrs: []AttrSpec{
			{Name: "condition", Type: "bool", Doc: "What must be true.", Required: true},
			{Name: "error", Type: "string", Doc: "The message when it is not.", Required: true},
		}},
	}},
	{Kind: "locals", Free: true, Doc: "Named values: each attribute is read as local.NAME."},
	{Kind: "data", Label: true, Doc: "Tracked data: of the workspace, or elsewhere.", Attrs: []AttrSpec{
		{Name: "description", Type: "string", Doc: "What the data is."},
		{Name: "external", Type: "bool", Doc: "The path is an absolute one of this machine: the data lies outside of the project and is never copied."},
		{Name: "from", Type: "object", Doc: "Another project that the data is of: `{ project, path, rev }`.", Fields: gitFields},
		{Name: "path", Type: "path", Doc: "The file, or the directory with a slash at its end.", Required: true},
		{Name: "push", Type: "bool", Doc: "False: the data is not brought to remotes."},
		{Name: "sha256", Type: "string", Doc: "The digest that a download must have, in hexadecimal."},
		{Name: "url", Type: "string", Doc: "Where to download the file from, if it is not there."},
	}},
	{Kind: "toolchain", Label: true, Doc: "What the host must provide, with a fingerprint.", Attrs: []AttrSpec{
		{Name: "description", Type: "string", Doc: "What the toolchain is for."},
		{Name: "command", Type: "list of strings", Doc: "For kind command: the argv of which the output is the fingerprint."},
		{Name: "files", Type: "list of paths", Doc: "For kinds files and command: absolute paths or globs of the host."},
		{Name: "kind", Type: "string", Doc: "`python`, `r`, `node`, `java`, `conda`, `files` or `command`.", Required: true, Values: []string{"python", "r", "node", "java", "conda", "files", "command"}},
		{Name: "path", Type: "path", Doc: "For a language: its environment, home or program; what is found on PATH if not given."},
		{Name: "share", Type: "bool", Doc: "Results may be exchanged with shared caches although the fingerprint does not cover everything."},
	}},
	{Kind: "stage", Label: true, Doc: "A declared unit of work; a template when it has for_each.", Attrs: stageAttrs, Blocks: []BlockSpec{
		{Kind: "assert", Doc: "A condition that the results must meet. In it, metrics.NAME is the content of that file.", Attrs: []AttrSpec{
			{Name: "condition", Type: "bool", Doc: "What must be true.", Required: true},
			{Name: "error", Type: "string", Doc: "The message when it is not.", Required: true},
		}},
	}},
	{Kind: "function", Label: true, Doc: "A function in the language itself, called by its name.", Attrs: []AttrSpec{
		{Name: "description", Type: "string", Doc: "What the function is for."},
		{Name: "params", Type: "map of types", Doc: "The parameters and their types, in the order of the arguments; optional(T) and optional(T, default) may be left out at the end."},
		{Name: "result", Type: "any", Doc: "What a call is equal to. It sees the parameters by their names, and nothing else.", Required: true},
		{Name: "type", Type: "type", Doc: "The type of the result; any if not given."},
	}},
	{Kind: "experiment", Label: true, Doc: "A named set of values of params to try.", Attrs: []AttrSpec{
		{Name: "budget", Type: "number", Doc: "How many points to try at most: a sample of them, if there are more."},
		{Name: "description", Type: "string", Doc: "What the experiment is for."},
		{Name: "maximize", Type: "string", Doc: "The metric that is to be high."},
		{Name: "minimize", Type: "string", Doc: "The metric that is to be low."},
		{Name: "params", Type: "map of lists", Doc: "The values of each param to try, by the param's name."},
		{Name: "search", Type: "string", Doc: "\"grid\": every combination. \"random\": a sample of them, in random order.", Values: []string{"grid", "random"}},
		{Name: "seed", Type: "number or string", Doc: "What decides a sample; 0 if not given."},
		{Name: "zip", Type: "bool", Doc: "true: the first value of each param, the second of each, in place of every combination."},
	}},
	{Kind: "module", Label: true, Doc: "A pipeline used inside another: its stages are stages of this one, named NAME/STAGE.", Attrs: []AttrSpec{
		{Name: "description", Type: "string", Doc: "What the module is for."},
		{Name: "for_each", Type: "list of points, or a stage", Doc: "The pipeline once for each; read as each."},
		{Name: "key", Type: "string", Doc: "The point key, in place of the one made of the axes."},
		{Name: "params", Type: "map of values", Doc: "The values of the module's params, by name; paths of stages and data may be among them."},
		{Name: "path", Type: "path", Doc: "The directory in which what the module makes lies; NAME, or NAME/POINTKEY with for_each, if not given."},
		{Name: "source", Type: "path, or an object", Doc: "The directory of the pipeline, or `{ project, path, rev }` for one in Git.", Required: true, Fields: gitFields},
	}},
	{Kind: "output", Label: true, Doc: "A value that those who use the pipeline as a module can read, as module.MODULE.outputs.NAME.", Attrs: []AttrSpec{
		{Name: "description", Type: "string", Doc: "What the value is."},
		{Name: "value", Type: "any", Doc: "The value, most often the path of what a stage makes.", Required: true},
	}},
}

var stageAttrs = []AttrSpec{
	{Name: "always", Type: "bool", Doc: "Run once an invocation; no cache."},
	{Name: "cache", Type: "bool", Doc: "false: never take a result from the cache, nor keep one."},
	{Name: "command", Type: "list of strings, or a script", Doc: "A list is run without a shell; a string template is a script for the shell, its interpolations quoted."},
	{Name: "depends_on", Type: "list of stages", Doc: "Order only."},
	{Name: "description", Type: "string", Doc: "What the stage is for."},
	{Name: "deterministic", Type: "bool", Doc: "false: the result is known to differ from run to run."},
	{Name: "env", Type: "map of strings", Doc: "Environment variables; they enter the action key."},
	{Name: "executor", Type: "string", Doc: "Where to run.", NotYet: "Running elsewhere than on this machine"},
	{Name: "for_each", Type: "list of points, or a stage", Doc: "One instance for each; read as each."},
	{Name: "frozen", Type: "bool", Doc: "The locked outputs are used whatever changed."},
	{Name: "image", Type: "string", Doc: "The image that is the command's root filesystem, by digest: `python:3.12@sha256:…`, `oci:DIR@sha256:…`, `tar:FILE@sha256:…`."},
	{Name: "inputs", Type: "map of paths", Doc: "What the command reads, by name."},
	{Name: "isolation", Type: "string", Doc: "project, hermetic, image or off.", Values: isolations},
	{Name: "key", Type: "string", Doc: "The point key, in place of the one made of the axes."},
	{Name: "labels", Type: "list of strings", Doc: "For selection and display."},
	{Name: "metrics", Type: "map of outputs", Doc: "Outputs that hold numbers to compare.", Fields: outputFields},
	{Name: "native", Type: "object", Doc: "An action built into dewar, in place of a command.", Fields: nativeFields},
	{Name: "network", Type: "bool", Doc: "The command may use the network; its result is not shared."},
	{Name: "outputs", Type: "map of outputs", Doc: "What the command makes, by name: a path, a directory with a slash at its end, or an object.", Fields: outputFields},
	{Name: "params", Type: "list of params", Doc: "References to the params that the command reads from their files itself."},
	{Name: "pass_env", Type: "list of strings", Doc: "Names of variables to take from the environment; their values enter the action key."},
	{Name: "platform", Type: "map of strings", Doc: "Properties that the machine must have."},
	{Name: "plots", Type: "map of outputs", Doc: "Outputs that hold data to draw.", Fields: outputFields},
	{Name: "resources", Type: "object", Doc: "cpus, memory, gpus and other quantities that running takes.", Fields: resourceFields},
	{Name: "retries", Type: "number", Doc: "How often to try again after a failure."},
	{Name: "scratch", Type: "map of objects", Doc: "Writable directories outside the action key that survive failure and interruption.", Fields: scratchFields},
	{Name: "secrets", Type: "list of names, or an object", Doc: "Environment variables whose values are put in when running only; names and versions enter the action key."},
	{Name: "timeout", Type: "string", Doc: "How long the command may take: \"90s\", \"2h\"."},
	{Name: "toolchains", Type: "list of toolchains", Doc: "What the host must provide."},
	{Name: "when", Type: "bool", Doc: "false: the instance does not exist."},
	{Name: "working_dir", Type: "path", Doc: "Where the command starts."},
}

var isolations = []string{"project", "hermetic", "image", "off"}

var gitFields = []AttrSpec{
	{Name: "path", Type: "path", Doc: "Where in that project it lies."},
	{Name: "project", Type: "string", Doc: "The address of the project's Git repository, or its directory.", Required: true},
	{Name: "rev", Type: "string", Doc: "The commit."},
}

var outputFields = []AttrSpec{
	{Name: "at", Type: "path", Doc: "Where the command makes it, if that is another place."},
	{Name: "cache", Type: "bool", Doc: "false: the file is left to Git, and cached all the same."},
	{Name: "checkout", Type: "bool", Doc: "false: it stays in the cache and is not written into the workspace."},
	{Name: "description", Type: "string", Doc: "What it is."},
	{Name: "path", Type: "path", Doc: "The file, or the directory with a slash at its end.", Required: true},
	{Name: "persist", Type: "bool", Doc: "The command finds what it made last."},
	{Name: "push", Type: "bool", Doc: "false: it is not brought to remotes."},
}

var resourceFields = []AttrSpec{
	{Name: "cpus", Type: "number", Doc: "How many processors it keeps busy; decimals are allowed."},
	{Name: "gpus", Type: "number", Doc: "How many devices it gets."},
	{Name: "memory", Type: "string", Doc: "How much memory it takes: \"4GiB\"."},
}

var scratchFields = []AttrSpec{
	{Name: "env", Type: "string", Doc: "The environment variable that holds the directory's path."},
	{Name: "path", Type: "path", Doc: "Where the command finds the directory."},
	{Name: "scope", Type: "string", Doc: "Who shares it: those with the same point key, or all of the machine.", Values: []string{"key", "machine"}},
}

var nativeFields = []AttrSpec{
	{Name: "kind", Type: "string", Doc: "What is done.", Required: true, Values: []string{"copy", "concat", "template", "fetch"}},
	{Name: "sha256", Type: "string", Doc: "For kind fetch: the digest that the file must have."},
	{Name: "text", Type: "string", Doc: "For kind template: the text to fill in and write."},
	{Name: "url", Type: "string", Doc: "For kind fetch: where the file is."},
}

// block returns the spec of a kind among specs, or nil.
func blockSpec(specs []BlockSpec, kind string) *BlockSpec {
	for i := range specs {
		if specs[i].Kind == kind {
			return &specs[i]
		}
	}
	return nil
}

// attr returns the spec of an attribute, or nil.
func (s *BlockSpec) attr(name string) *AttrSpec {
	for i := range s.Attrs {
		if s.Attrs[i].Name == name {
			return &s.Attrs[i]
		}
	}
	return nil
}

func (s *BlockSpec) attrNames() []string {
	names := make([]string, 0, len(s.Attrs))
	for _, a := range s.Attrs {
		names = append(names, a.Name)
	}
	return names
}

func kinds(specs []BlockSpec) []string {
	names := make([]string, 0, len(specs))
	for _, s := range specs {
		names = append(names, s.Kind)
	}
	return names
}
