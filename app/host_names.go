package app

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// hostNames are the Host headers by which requests may come to what listens on addr; the first is in the link. Beyond this machine they
// are the certificate's names; else the address, and localhost where that means it.
func hostNames(scheme, addr string, tlsNames []string) []string {
	name, port, _ := net.SplitHostPort(addr)
	names := tlsNames
	if len(names) == 0 {
		names = []string{name}
		if meansLocalhost(name) {
			names = append(names, "localhost")
		}
	}
	var out []string
	for _, name := range names {
		name = hostName(name)
		out = append(out, net.JoinHostPort(name, port))
		if scheme == "http" && port == "80" || scheme == "https" && port == "443" { // browsers leave it out
			out = append(out, strings.TrimSuffix(net.JoinHostPort(name, ""), ":"))
		}
	}
	return out
}

// hostName writes a name as browsers do: an IPv6 address in its one short form; its brackets come with the port.
func hostName(name string) string {
	name = strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(name, "["), "]"))
	if ip, err := netip.ParseAddr(name); err == nil {
		return ip.String()
	}
	return name
}

// meansLocalhost reports whether localhost is an address of loopback: 127.0.0.1 wherever there is one, others where the system says so.
func meansLocalhost(address string) bool {
	if address == "127.0.0.1" {
		return true
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	all, err := net.DefaultResolver.LookupHost(ctx, "localhost")
	return err == nil && slices.Contains(all, address)
}
