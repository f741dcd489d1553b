package gpu

import (
	"strconv"
	"strings"

	"github.com/dewar-build/dewar/graph"
	"github.com/dewar-build/dewar/run"
)

// Vars returns the variables that tell programs which devices are theirs,
// sorted by name.
//
// CUDA and ROCr choose among all devices of the machine, so they are told
// names. HIP chooses among those that ROCr left, and on AMD's devices it reads
// the variable of CUDA too: there both count from 0.
func Vars(taken []run.GPU) []graph.Var {
	if len(taken) == 0 {
		return nil
	}
	names, counted := make([]string, len(taken)), make([]string, len(taken))
	for i, g := range taken {
		names[i], counted[i] = g.Name, strconv.Itoa(i)
	}
	all, rest := strings.Join(names, ","), strings.Join(counted, ",")
	cuda := all
	if taken[0].Kind == "amd" {
		cuda = rest
	}
	return []graph.Var{
		{Name: "CUDA_DEVICE_ORDER", Value: "PCI_BUS_ID"}, // that of nvidia-smi, and of indexes here
		{Name: "CUDA_VISIBLE_DEVICES", Value: cuda},
		{Name: "HIP_VISIBLE_DEVICES", Value: rest},
		{Name: "NVIDIA_VISIBLE_DEVICES", Value: all},
		{Name: "ROCR_VISIBLE_DEVICES", Value: all},
	}
}
