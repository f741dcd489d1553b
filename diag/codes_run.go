package diag

// runCodes are the codes that run reports.
var runCodes = []Code{}
