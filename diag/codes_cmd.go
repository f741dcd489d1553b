package diag

// cmdCodes are the codes that cmd reports.
var cmdCodes = []Code{}
