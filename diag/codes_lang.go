package diag

// langCodes are the codes that lang reports.
var langCodes = []Code{
	{"E-attribute-missing", "a required attribute is missing", "A block lacks an attribute that its kind requires. Add it."},
	{"E-attribute-unknown", "no such attribute", "A block holds an attribute that its kind does not have. The message names the nearest one; the reference lists them all."},
	{"E-block-label", "wrong block header", "The words after a block's kind are not what the kind takes: one quoted name for `param`, `data`, `toolchain` and `stage`, none for `pipeline` and `locals`."},
	{"E-block-unknown", "no such kind of block", "The file holds a block of a kind that does not exist, or that may not stand in this place."},
	{"E-cycle", "declarations refer to each other in a circle", "Following the references from one declaration leads back to it, so there is no order to evaluate or run them in. The notes give every reference of the circle; remove one."},
	{"E-duplicate", "declared twice", "Two declarations of one kind, or two attributes or entries of one block or object, have the same name. Order and files do not matter, so neither can win: rename or remove one."},
	{"E-each", "each stands where there is no for_each", "`each` is the point that an instance stands for. It exists in the attributes of a stage that has `for_each`, and not in `for_each` itself."},
	{"E-encoding", "not a UTF-8 text file", "A pipeline file must be UTF-8 without a byte order mark. Save it so."},
	{"E-file-unreadable", "a file cannot be read", "The operating system refused to give the bytes of a file. The message says why."},
	{"E-function-unknown", "no such function", "A call names a function that does not exist. The message suggests the nearest one, or says what is written in place of one that Terraform, Python or Snakemake have."},
	{"E-name", "not a valid name", "Names of declarations start with a letter and go on with letters, digits, `_` and `-`. The words of the syntax (`for`, `if`, `in`, `true`, ...) cannot be names."},
	{"E-nesting", "nested too deeply", "Brackets, blocks, templates or operators are nested beyond any use. Take the expression apart with locals."},
	{"E-not-yet", "not available yet", "The word is reserved for something that this version of dewar cannot do."},
	{"E-pipeline-missing", "there is no pipeline here", "The directory has no `pipeline.hcl`. Run `dewar init` to make one, or go to the directory that has one."},
	{"E-ref-form", "a reference is written in a way that cannot work", "References name what they mean: `stage.train.outputs.model`. Text or numbers in brackets after `stage`, `param`, `local`, `data` or `toolchain` are refused: positions of instances are no identities; use `stage.x[*]`, `pick` or `where`."},
	{"E-ref-points", "a stage with many instances is used as one", "The stage has `for_each`, so it stands for several instances. `stage.x[*].outputs.y` is the list of all, `pick` finds one, and `for_each = stage.x` makes one instance of this stage for each of them."},
	{"E-ref-scope", "a reference to something that is not known here", "Some attributes are read before others exist: a param's default is a constant, a validation sees params and locals, data and toolchains see params and locals. Only stages see everything."},
	{"E-ref-unknown", "no such name", "A reference names something that is not declared. The message suggests the nearest name. In a command, `${NAME}` of the shell is written `$${NAME}`."},
	{"E-stratum", "an attribute reads itself or a later one", "The attributes of a stage are evaluated in the order `for_each`; `key`, `when`; `inputs`; `outputs`, `metrics`, `plots`; the rest. Each sees only those before it."},
	{"E-syntax", "the text is not valid HCL", "The file cannot be read as HCL. In strings, `${` and `%{` start a template; write `$${` and `%%{` for the shell's."},
	{"E-too-large", "a file is too large", "A pipeline file over 10 MB is refused: it is most likely no pipeline. Generate points with a grid instead of blocks."},
}
