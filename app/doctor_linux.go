package app

import (
	"os"

	"golang.org/x/sys/unix"
)

// diskFree is how many bytes this user can still write to the disk of a folder.
func diskFree(dir string) (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, &os.PathError{Op: "statfs", Path: dir, Err: err}
	}
	return int64(st.Bavail) * st.Bsize, nil
}

// clockSynchronised asks the kernel whether something keeps its clock right.
func clockSynchronised() (bool, error) {
	var x unix.Timex // modes 0: nothing is set
	state, err := unix.Adjtimex(&x)
	return err == nil && state != unix.TIME_ERROR && x.Status&unix.STA_UNSYNC == 0, err
}
