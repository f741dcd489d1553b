package diag

// functionCodes are about functions that a pipeline declares, and about functions that
// read files.
var functionCodes = []Code{
	{"E-file-output", "a function reads what a stage makes", "`file` and `fileexists` are evaluated before anything runs, so they can only see files that are there by themselves. What a stage makes is read by the command of another stage, as one of its inputs."},
	{"E-function-calls", "functions call each other too often", "One call leads to more than a million others, as when each of many functions calls the one before it twice: give the value that is computed again and again to the next function as an argument. Or one evaluation makes more than five million of all, as a function does that is called at every point with what is the same at each: put that into a local."},
	{"E-function-name", "a function of the language has this name", "A function of the pipeline cannot replace one of the language. Take another name."},
	{"E-function-params", "the parameters of a function are declared wrongly", "`params` is an object: the name of each parameter and its type, in the order of the arguments. Those that are `optional` stand at the end."},
	{"E-function-result", "the result of a function has another type", "The declared `type` of the function is not that of its `result`. Correct one of the two."},
}
