package diag

var faninCodes = []Code{
	{"E-argfile", "no file of arguments", "`argfile` writes one text a line: a list of texts, numbers and bools without line feeds, or a directory of `collect`. In `inputs` of a stage with `working_dir` it would not know what paths are relative to: write it in the command."},
	{"E-collect", "what is collected cannot stand in one directory", "`collect` takes paths, and what each is called comes from the path, or from the name in an object. Names are paths inside of the directory, none of them twice, none inside of another. It is for the inputs of a stage."},
	{"E-collect-off", "an input that the workspace does not have", "A stage with `isolation = \"off\"` works in the workspace itself and finds what is there. Collected directories and files of arguments are made for an input root of a stage's own."},
	{"E-value-many", "a value is too large", "A for expression has more than 2,000,000 turns, or a value holds more than 8,000,000 others. That is more than can be kept in memory, and than can be run: use fewer values, or have a command make them."},
	{"E-inputs-many", "too many inputs", "All instances together have more inputs than can be kept in memory: often each of many instances reads what each of many others made. Put a stage between them that makes one directory of all, and read that."},
}
