//go:build unix

package outbox

import "syscall"

// openFlags: a link is not followed, and a pipe that somebody put there is not waited for.
const openFlags = syscall.O_NOFOLLOW | syscall.O_NONBLOCK
