package diag

// editCodes are the codes of values that are changed in a person's params files.
var editCodes = []Code{
	{"E-params-edit", "a value in a params file cannot be changed", "dewar changes a value in place and leaves every other byte of the file alone. Here that is not possible, and nothing was written: make the change that the message names by hand."},
	{"W-params-anchor", "a changed value is used in other places too", "The value stands inside what an anchor of YAML (`&name`) names, and an alias (`*name`, `<<: *name`) takes it to other places, where it changes as well. If that is not meant, write the value there itself."},
}
