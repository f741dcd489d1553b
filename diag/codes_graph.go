package diag

// graphCodes are the codes that graph reports.
var graphCodes = []Code{
	{"E-input-in-output", "an input lies inside an output", "The command would find an input inside the directory that it is to make, and the input would become part of the output. Give one of them another path, or another `at`."},
	{"E-input-is-output", "a plain path is the output of a stage", "A path written as text makes no dependency: the stage would read whatever an earlier run left there. Write the reference that the message gives."},
	{"E-output-collision", "two outputs have the same path", "Each output of each instance needs a path of its own. In a stage with for_each put ${each.key} into the path."},
	{"E-output-in-input", "an output lies inside an input", "Inputs are read-only while a command runs. Move the output, or list the files of the input directory one by one."},
	{"E-output-is-input", "an output stands where an input does", "A command cannot overwrite what it reads. Give the output another path; to continue from what was made before, use persist = true without the input."},
	{"E-output-nested", "an output lies inside another", "Outputs are stored, compared and replaced as a whole, so none can be part of another. Move one, or declare only the outer one."},
	{"E-output-reserved", "an output would overwrite a file of the pipeline", "pipeline.hcl, pipeline.lock, .dewar, .git and the files that params are read from cannot be outputs."},
	{"E-selector", "a selector is malformed", "A selector is a stage, stage@axis=value,..., stage[axis=value] or the path of an output."},
	{"E-selector-unknown", "a selector names nothing", "There is no stage, instance or output of that name. `dewar stage list` shows the stages, `dewar dag` the instances."},
	{"W-output-case", "two outputs differ only in the case of letters", "They are the same file on filesystems that ignore case, as those of macOS and Windows do."},
}
