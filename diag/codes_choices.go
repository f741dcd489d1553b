package diag

// choiceCodes are the codes about params that are chosen among files.
var choiceCodes = []Code{
	{"E-param-choice", "no such choice", "A param with choices is chosen by one of their names: in `default`, in its file, in `--params` or by `-p`. Besides, an object may stand there, whose values are merged over the chosen one; its entry `choice` chooses. The message lists the names."},
	{"E-param-choices", "choices of a param are not usable", "`choices` is an object that gives the path of a params file for each name. The param is an object, a map or any, without a part called `choice`; its default is one of the names; the files choose nothing themselves."},
}
