package diag

// expCodes are the codes that experiments report.
var expCodes = []Code{
	{"E-experiment-gone", "the cache has lost the code of an experiment", "Applying an experiment brings its code back, and the cache does not hold all of it any more. Its params and metrics are still shown; the commit that it was made at has the code that was committed."},
	{"E-experiment-isolation", "an experiment cannot run in the workspace", "A stage with isolation = \"off\" works in the workspace itself, which experiments leave alone. Run it with `dewar run`, or isolate it."},
	{"E-experiment-missing", "no such experiment", "No experiment of the project has this name. The message names the nearest; `dewar exp list` lists them all."},
	{"E-experiment-name", "no name for an experiment", "A name is made of letters, digits, _, . and -, begins with a letter, a digit or _, and is not `workspace`, `HEAD`, or a branch or tag of the repository."},
	{"E-experiment-overwrite", "applying the experiment would lose work", "Files would be overwritten or removed, or values of params overwritten, that are neither committed nor part of an experiment. Commit them, record them with `dewar exp save`, or use --force: then they are kept aside first."},
	{"E-experiment-taken", "an experiment has this name already", "Names are unique in a project. Choose another, or rename or remove the one that has it."},
	{"E-objective-unknown", "no metric is the objective", "The objective of an experiment block names a value that no metrics file has, or several have. The message names the nearest, or lists those there are."},
	{"E-revision-unknown", "no such experiment or commit", "A place to look at is `workspace`, the name of an experiment, or a commit as Git names it: HEAD, a branch, a tag, the beginning of an id."},
	{"W-experiment-frozen", "a sweep over a frozen stage", "A frozen stage uses the outputs of the lock, so it comes out the same in every experiment, whatever params they set."},
	{"W-experiment-unreadable", "the record of an experiment cannot be read", "A file in .dewar/exp/records is damaged, or a newer dewar wrote it. The other experiments are shown."},
	{"W-objective-absent", "no experiment has the objective", "None of the experiments of a sweep has a number of this name among its metrics, or one has several, so none can be called the best."},
}
