package diag

// paramCodes are the codes that eval/param reports.
var paramCodes = []Code{
	{"E-param-attribute", "an attribute of a param is not usable", "`file` is the path of a params file inside the project, `key` says where in that file the param is, `sensitive` is true or false. All are literals."},
	{"E-param-default", "a default is not a constant", "The default of a param, or of an optional attribute of its type, is a literal: it refers to nothing and calls no function. Put what is computed into `locals`."},
	{"E-param-missing", "a param has no value", "A required part of a param is in no layer: no default, not in its file, not in `--params`, not in `-p`. The message names the declaration, the file and what to add."},
	{"E-param-set", "a setting cannot be read", "What `-p` was given is not NAME=VALUE, names a part of something that has none, or is no literal of the declared type. Lists and objects are written as in the pipeline: `-p 'train.C=[0.1, 1]'`."},
	{"E-param-sweep", "several values for one param", "`dewar run -p` sets a param to one value. To try several, use `dewar exp run -p train.C=0.1,1,10`."},
	{"E-param-type", "wrong type for a param", "A value is not of the type that the param declares. Nothing is converted: a quoted number is a string, 1.5 is no int, and YAML is read as version 1.2, where `yes` is a string."},
	{"E-param-unknown", "no such param", "`-p` or a `--params` file names a param that is not declared. The message suggests the nearest one."},
	{"E-param-unknown-key", "a param has no such part", "Inside what a param declares nothing else may stand: a misspelt name would be ignored silently. Declare it in the type, or remove it. Names of a file that no param claims are nobody's business."},
	{"E-params-duplicate", "a name is there twice in a params file", "Two entries of one mapping have the same name, perhaps in different Unicode forms. Neither can win: remove one."},
	{"E-params-file", "a params file cannot be read", "The file that a param or `--params` names does not exist or cannot be opened."},
	{"E-params-format", "not a format of params files", "Params files are YAML (`.yaml`, `.yml`), JSON (`.json`) or TOML (`.toml`). The values of a Python file only an interpreter knows: move them to one of these."},
	{"E-params-syntax", "a params file is not well formed", "The file is not valid YAML 1.2, JSON or TOML in UTF-8, or does not have names at its top."},
	{"E-path-nfc", "a path is not in Unicode form NFC", "The language holds text in the composed form NFC, so this path would become the name of another file. Rename the file."},
	{"E-type-syntax", "not a type", "A type is `string`, `number`, `int`, `float`, `bool`, `path`, `any`, or `list(T)`, `set(T)`, `map(T)`, `tuple([T, ...])`, `object({ name = T, other = optional(T, default) })`, without quotes."},
	{"E-type-unknown", "no such type", "A type expression uses a word that is no type. The message suggests the nearest one."},
	{"W-param-nfc", "text is not in Unicode form NFC", "Expressions see the text in the composed form NFC; a params file that is written for a command keeps it as it is."},
	{"W-params-respelled", "a value that readers of YAML disagree about", "YAML 1.1 (PyYAML among many) and 1.2 read this scalar differently: `1e-3`, `017`, `yes`, `1_000`, `12:30:45`. In the copy that the command sees it is spelled so that both agree with what dewar bound. Write it so in the source as well."},
}
