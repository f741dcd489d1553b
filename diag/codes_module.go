package diag

// moduleCodes are the codes about modules.
var moduleCodes = []Code{
	{"E-module-changed", "what was brought of a module is not what it was", "A commit that a `module` block names is kept in `.dewar/modules`, and a file there was changed, removed or added since. Remove the directory that the message names, and the commit is brought again. To change what a module does, change it in its own project."},
	{"E-module-circle", "a pipeline would be a part of itself", "A `module` uses a pipeline that uses it again, perhaps through others: the message shows how. Move what both need into a module that uses neither."},
	{"E-module-env", "a pipeline from Git asks for a variable of its user", "`pass_env` and `secrets` take variables of the environment of whoever runs dewar: tokens and passwords are among them. A pipeline from Git takes none. What it needs is a param, with `sensitive = true` if it is a secret, which the user of the module can give it."},
	{"E-module-git", "the commit of a module cannot be had", "Git did not give the commit that the `source` of a module names: the project cannot be reached, or has no such commit, or `rev` is not a full commit. A branch or a tag would be another pipeline tomorrow, so the message says which commit it is now."},
	{"E-module-outside", "what a module makes lies outside of its directory", "A pipeline that is used as a module makes what it makes in its own directory, so that the `path` of the module block can say where in the workspace that is put. Move the output there."},
	{"E-module-output", "a module has no such output", "`module.NAME.outputs.OUTPUT` reads an `output` block of the module's pipeline. The message names those that it declares."},
	{"E-module-source", "the source of a module is no pipeline", "The `source` of a module is the directory of a `pipeline.hcl` in the project, relative to this pipeline, or `{ project, path, rev }` for one in Git."},
	{"E-module-toolchain", "a toolchain of a pipeline from Git is not of a plain kind", "A toolchain is looked for outside of any sandbox. What a module from Git wants is only looked for by the kind of a language, as `kind = \"python\"`: with `path`, or kind `command` or `files`, a stranger would say what is started on this machine, or seen of it, as soon as somebody asks for the status. Have a copy of the pipeline in your project if you trust it."},
}
