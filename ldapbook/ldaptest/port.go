package ldaptest

import (
	"errors"
	"math/rand/v2"
	"net"
	"strconv"
)

// Ports that FreePort chooses from lie below those that the system gives to whoever asks for any, so that nothing that listens or
// connects meanwhile takes one before the server that it was found for.
const (
	lowestPort  = 10000
	highestPort = 32000
)

// FreePort finds a loopback port for a server of a program of its own. It is safe for concurrent use.
func FreePort() (int, error) {
	var errs []error
	for range 20 {
		port := lowestPort + rand.N(highestPort-lowestPort)
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			return port, l.Close()
		}
		errs = append(errs, err)
	}
	return 0, errors.Join(errs...)
}
