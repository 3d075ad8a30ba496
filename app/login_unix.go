//go:build unix

package app

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// loginName is who runs the program, for identities and the audit log: the name that /etc/passwd gives the process's user id,
// else "uid:" and that number. The environment is not asked: whoever sets $USER must not choose an identity with it, and
// os/user does ask it in builds without cgo.
func loginName() string {
	uid := strconv.Itoa(os.Getuid())
	if f, err := os.Open("/etc/passwd"); err == nil {
		defer f.Close()
		for lines := bufio.NewScanner(f); lines.Scan(); {
			if fields := strings.Split(lines.Text(), ":"); len(fields) > 2 && fields[2] == uid && fields[0] != "" {
				return fields[0]
			}
		}
	}
	return fmt.Sprintf("uid:%s", uid)
}
