package diag

// moduleCodes are the codes about modules.
var moduleCodes = []Code{
	{"E-module-circle", "a pipeline would be a part of itself", "A `module` uses a pipeline that uses it again, perhaps through others: the message shows how. Move what both need into a module that uses neither."},
	{"E-module-git", "the project of a module cannot be had from Git", "Git did not give the commit that the `source` of a module names: the project cannot be reached, or has no such commit, or `rev` is not a full commit. A branch or a tag would be another pipeline tomorrow, so the message says which commit it is now."},
	{"E-module-outside", "what a module makes lies outside of its directory", "A pipeline that is used as a module makes what it makes in its own directory, so that the `path` of the module block can say where in the workspace that is put. Move the output there."},
	{"E-module-output", "a module has no such output", "`module.NAME.outputs.OUTPUT` reads an `output` block of the module's pipeline. The message names those that it declares."},
	{"E-module-source", "the source of a module is no pipeline", "The `source` of a module is the directory of a `pipeline.hcl` in the project, relative to this pipeline, or `{ project, path, rev }` for one in Git."},
}
