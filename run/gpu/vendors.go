package gpu

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/dewar-build/dewar/fs"
	"github.com/dewar-build/dewar/run"
)

// nvidia finds cards by their device files. The driver's files in /proc say
// which card is which: their order, by bus address, is that of nvidia-smi, and the
// UUID names a card whatever else a process can see. Without them a card has only
// its number, which counts among those that can be opened: so all are shown.
func nvidia(fsys fs.FS) []run.GPU {
	cards := numbered(fsys, "/dev", "nvidia")
	if len(cards) == 0 {
		return nil
	}
	common := existing(fsys, "/dev/nvidiactl", "/dev/nvidia-modeset", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools", "/dev/nvidia-caps")
	file := func(n int) string { return fmt.Sprintf("/dev/nvidia%d", n) }
	told := toldByDriver(fsys)
	if len(told) != len(cards) {
		all := common
		for _, n := range cards {
			all = append(all, file(n))
		}
		var out []run.GPU
		for i := range cards {
			name := strconv.Itoa(i)
			out = append(out, run.GPU{Index: name, Name: name, Kind: "nvidia", Files: sorted(append([]string{}, all...))})
		}
		return out
	}
	var out []run.GPU
	for i, c := range told {
		files := append([]string{file(c.minor)}, common...)
		out = append(out, run.GPU{Index: strconv.Itoa(i), Name: c.uuid, Kind: "nvidia", Files: sorted(files)})
	}
	return out
}

// card is what the driver says of one.
type card struct {
	minor int
	uuid  string
}

// toldByDriver reads /proc/driver/nvidia/gpus/<bus address>/information; nil if one
// of them does not say enough.
func toldByDriver(fsys fs.FS) []card {
	const dir = "/proc/driver/nvidia/gpus"
	entries, err := fsys.ReadDir(dir) // sorted by address
	if err != nil {
		return nil
	}
	var out []card
	for _, e := range entries {
		b, err := fs.ReadFile(fsys, dir+"/"+e.Name+"/information")
		if err != nil {
			return nil
		}
		c := card{minor: -1}
		for _, line := range strings.Split(string(b), "\n") {
			label, value, _ := strings.Cut(line, ":")
			value = strings.TrimSpace(value)
			switch strings.TrimSpace(label) {
			case "GPU UUID":
				c.uuid = value
			case "Device Minor":
				if n, err := strconv.Atoi(value); err == nil {
					c.minor = n
				}
			}
		}
		if c.minor < 0 || !strings.HasPrefix(c.uuid, "GPU-") || strings.Contains(c.uuid, "?") {
			return nil
		}
		out = append(out, c)
	}
	return out
}

// amd finds cards by the render files beside /dev/kfd. A card's number counts
// among those that can be opened, so all are shown to whoever has one.
func amd(fsys fs.FS) []run.GPU {
	if len(existing(fsys, "/dev/kfd")) == 0 {
		return nil
	}
	files := []string{"/dev/kfd"}
	cards := numbered(fsys, "/dev/dri", "renderD")
	for _, n := range cards {
		files = append(files, fmt.Sprintf("/dev/dri/renderD%d", n))
	}
	var out []run.GPU
	for i := range cards {
		name := strconv.Itoa(i)
		out = append(out, run.GPU{Index: name, Name: name, Kind: "amd", Files: sorted(append([]string{}, files...))})
	}
	return out
}
