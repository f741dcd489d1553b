package diag

// cmdCodes are the codes that commands and projects report.
var cmdCodes = []Code{
	{"E-fix", "what was found missing cannot be added", "The stage that `dewar fix` would add lines to has changed since the run that failed, or is written in a way that lines cannot be added to. Add them by hand, or run again."},
	{"E-project-missing", "there is no project here", "Neither the current directory nor one above it holds .dewar. Run `dewar init` in the directory that is to be the project."},
	{"E-project-unwritable", "the project cannot be written to", "dewar keeps its cache in .dewar and must be able to write there."},
	{"E-stage-add", "the stage cannot be added", "The name is taken or cannot be a name, or pipeline.hcl does not parse."},
	{"E-usage", "this is not how the command is used", "A flag or an argument is wrong; the message says which. `dewar help COMMAND` shows how it is used."},
	{"W-selector-empty", "what was selected has no instances", "The stages or modules exist, but have no instances with these params: `when` is false, or the list of points is empty. Or a module has no stages."},
}
