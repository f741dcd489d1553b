package diag

// plotCodes are the codes that drawing reports.
var plotCodes = []Code{
	{"E-plot-template", "no such template, or it cannot be used", "`-t` names a template of `dewar plots templates`, a file of one's own in .dewar/plots or .dvc/plots without its .json, or any .json file. The message names the nearest, or says where the file is wrong."},
	{"W-plot-template", "a plot cannot be drawn as its stage says", "The `template` of the plot names nothing that there is, or a file that is no template. The other plots are drawn; this one says what is wrong in its place."},
}
