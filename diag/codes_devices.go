package diag

// deviceCodes are the codes about what a machine has for actions.
var deviceCodes = []Code{
	{"E-resources-missing", "this machine has not got what the stage asks for", "A stage asks for more GPUs than dewar finds, or may use by DEWAR_GPUS. Its result may still be taken from a cache: only executing it needs them. Ask for fewer, run it where there are enough, or name the devices in DEWAR_GPUS."},
}
