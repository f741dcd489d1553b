package lang

// NewStage is a stage to be written. Attributes whose value is empty are left
// out.
type NewStage struct {
	Name        string
	Description string
	ForEach     string // an expression
	Inputs      []Entry
	Outputs     []Entry
	Metrics     []Entry
	Plots       []Entry
	Params      []string // references: "param.train.C"
	Command     []string // words; made an argv list
	Script      string   // in place of Command: a shell command
	WorkingDir  string
	Toolchains  []string // references: "toolchain.python"
	Env         []Entry
	More        []Entry // further attributes, in this order
}

// Entry is `name = value` in an object: a text, or an expression.
type Entry struct {
	Name string
	Text string // written as a quoted string
	Expr string // if not "", written as it is in place of Text
}

// AddStage returns src with the stage added at its end, well formatted. It is
// an error if src does not parse or has a stage of that name.
func AddStage(src []byte, s NewStage) ([]byte, error) { panic("lang.AddStage: unwritten") }

// AddInputs returns src with entries added to the inputs and references added
// to the params of a stage, changing as little as possible. What is there
// already is not added again; a name that is taken gets a number.
func AddInputs(src []byte, stage string, entries []Entry, params []string) ([]byte, error) {
	panic("lang.AddInputs: unwritten")
}
