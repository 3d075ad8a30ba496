package ldaptest

import (
	"os"
	"syscall"
)

// childAttributes: a group of its own, ends with its parent, and never runs as root.
func childAttributes() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM, Setpgid: true}
	if os.Getuid() == 0 {
		attr.Credential = &syscall.Credential{Uid: nobody, Gid: nobody, Groups: []uint32{nobody}}
	}
	return attr
}
