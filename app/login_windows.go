//go:build windows

package app

import "os/user"

// loginName is who runs the program, as Windows names the owner of the process: DOMAIN\\user.
func loginName() string {
	u, err := user.Current()
	if err != nil {
		return "unknown"
	}
	return u.Username
}
