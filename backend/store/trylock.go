package store

import "errors"

// TryLock takes the lock of a file of its own, made with mode 0600 when absent, unless another process, or somebody else in
// this one, has it; then taken is false, without an error. The folder must exist. program is written into the file, for people
// and for LockedBy. The lock is the kernel's: it ends with the process, or by release.
func TryLock(path, program string) (release func() error, taken bool, err error) {
	l := &lock{path: path, program: program}
	taken, err = l.try()
	if err != nil || !taken {
		return nil, false, errors.Join(err, l.release())
	}
	return l.release, true, nil
}

// LockedBy names the process that holds the lock of a file, as it wrote itself down: "caveat demo, process 4711".
func LockedBy(path string) string { return (&lock{path: path}).holder() }
