package config

// Block describes a kind of block. The table below is all that a file may say:
// reading, messages and the reference are made from it.
type Block struct {
	Kind  string
	Label bool // it takes one quoted name; without one there is at most one of it
	Doc   string
	Attrs []Attribute
}

// Attribute describes an attribute.
type Attribute struct {
	Name    string
	Type    string // for people
	Doc     string
	Private string // why the committed file cannot have it; "" if it can
	form    form
}

// form is what a value is read as.
type form uint8

const (
	text    form = iota // string
	flag                // bool
	count               // int, from 1 on
	size                // int64: bytes
	texts               // []string
	entries             // map[string]entry
	hidden              // map[string]entry, whose values are never shown
)

// Schema returns the kinds of blocks, sorted.
func Schema() []Block { return schema }

// schema is never written to.
var schema = []Block{
	{Kind: "cache", Doc: "Where the store is, and how it is used.", Attrs: []Attribute{
		{Name: "dir", Type: "path", Doc: "The directory of the store: `.dewar/cache` if not given. Projects and worktrees may share one. A relative path is relative to the project."},
		{Name: "limit", Type: "size", Doc: "What a collection of garbage may leave: `\"200GB\"`.", form: size},
		{Name: "link", Type: "list of strings", Doc: "How check-out makes files: the first of `reflink`, `hardlink`, `symlink`, `copy` that works here; `[\"reflink\", \"copy\"]` if not given.", form: texts},
	}},
	{Kind: "data", Label: true, Doc: "Where data that a pipeline declares `external` lies on this machine.", Attrs: []Attribute{
		{Name: "path", Type: "path", Doc: "The file, or the directory. A relative path is relative to the project.", Private: "it is a path of one machine"},
	}},
	{Kind: "remote", Label: true, Doc: "A place that holds a copy of the store.", Attrs: []Attribute{
		{Name: "access", Type: "string", Doc: "`write`, or `read`: then nothing is ever pushed there. `write` if not given."},
		{Name: "default", Type: "bool", Doc: "It is used where no remote is named. Of several, that of the last file counts; the only remote needs no saying.", form: flag},
		{Name: "for", Type: "string", Doc: "The place that the secrets were given for. `dewar remote login` writes it.", Private: "it belongs to the secrets"},
		{Name: "options", Type: "map of strings", Doc: "Options of the program that reaches the place, in rclone's words. Entries of several files are merged; null takes one away.", form: entries},
		{Name: "packs", Type: "bool", Doc: "Whether small blobs travel together; as the place likes, if not given.", form: flag},
		{Name: "parallel", Type: "number", Doc: "How many transfers at once; as the place likes, if not given.", form: count},
		{Name: "secrets", Type: "map of strings", Doc: "What proves who we are. `dewar remote login` writes it.", Private: "everybody who can read the repository could read it", form: hidden},
		{Name: "trust", Type: "bool", Doc: "Results of actions that others pushed are used as if they had been made here. `false` if not given: what the lock names can be pulled without.", form: flag},
		{Name: "url", Type: "string", Doc: "Where it is."},
	}},
}

func blockOf(kind string) *Block {
	for i := range schema {
		if schema[i].Kind == kind {
			return &schema[i]
		}
	}
	return nil
}

func (b *Block) attribute(name string) *Attribute {
	for i := range b.Attrs {
		if b.Attrs[i].Name == name {
			return &b.Attrs[i]
		}
	}
	return nil
}

func (b *Block) names() []string {
	names := make([]string, len(b.Attrs))
	for i := range b.Attrs {
		names[i] = b.Attrs[i].Name
	}
	return names
}

func kinds() []string {
	names := make([]string, len(schema))
	for i := range schema {
		names[i] = schema[i].Kind
	}
	return names
}
