package main

import (
	"os"

	"github.com/dewar-build/dewar"
	"golang.org/x/sys/unix"
)

// disk describes what a directory lies on.
func disk(dir string) (dewar.Disk, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return dewar.Disk{}, &os.PathError{Op: "statfs", Path: dir, Err: err}
	}
	kind := filesystems()[uint32(st.Type)]
	return dewar.Disk{
		Type: kind.name, Network: kind.network,
		Total: int64(st.Blocks) * st.Bsize, Free: int64(st.Bavail) * st.Bsize,
	}, nil
}

type filesystem struct {
	name    string
	network bool
}

// filesystems are the usual ones, by the number that the kernel has for them.
func filesystems() map[uint32]filesystem {
	return map[uint32]filesystem{
		unix.EXT4_SUPER_MAGIC:      {"ext4", false},
		unix.XFS_SUPER_MAGIC:       {"xfs", false},
		unix.BTRFS_SUPER_MAGIC:     {"btrfs", false},
		unix.TMPFS_MAGIC:           {"tmpfs", false},
		unix.OVERLAYFS_SUPER_MAGIC: {"overlay", false},
		unix.F2FS_SUPER_MAGIC:      {"f2fs", false},
		unix.MSDOS_SUPER_MAGIC:     {"vfat", false},
		0x2fc12fc1:                 {"zfs", false},
		0xca451a4e:                 {"bcachefs", false},
		0x5346544e:                 {"ntfs", false},
		unix.NFS_SUPER_MAGIC:       {"nfs", true},
		unix.SMB_SUPER_MAGIC:       {"smb", true},
		unix.SMB2_SUPER_MAGIC:      {"smb", true},
		unix.CIFS_SUPER_MAGIC:      {"cifs", true},
		unix.AFS_SUPER_MAGIC:       {"afs", true},
		unix.CODA_SUPER_MAGIC:      {"coda", true},
		unix.CEPH_SUPER_MAGIC:      {"ceph", true},
		unix.V9FS_MAGIC:            {"9p", true},
		unix.FUSE_SUPER_MAGIC:      {"fuse", true},
		0x0bd00bd0:                 {"lustre", true},
		0x47504653:                 {"gpfs", true},
		0x19830326:                 {"beegfs", true},
	}
}

// openFiles is how many files a process may have open, once it has asked for all it may have.
func openFiles() uint64 {
	var l unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &l) != nil {
		return 0
	}
	return l.Max
}
