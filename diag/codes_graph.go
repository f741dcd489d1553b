package diag

// graphCodes are the codes that graph reports.
var graphCodes = []Code{}
