package app

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/netutil"
)

// mostConnections is how many may be open at once beyond this machine; further ones wait.
const mostConnections = 512

// doorFlags say where the app listens, and by which certificate it shows who it is beyond this machine.
type doorFlags struct {
	Listen  string   `default:"127.0.0.1:8470" help:"Address to serve on. Beyond loopback only with --tls-cert, --tls-key and --name." placeholder:"ADDR"`
	TLSCert string   `name:"tls-cert" help:"Own certificate, PEM, with those above it." placeholder:"FILE"`
	TLSKey  string   `name:"tls-key" help:"Its key, PEM; only its owner may read the file." placeholder:"FILE"`
	Name    []string `help:"Name by which browsers open the app; the certificate must have it. The first is in the link." placeholder:"HOST,..."`
}

// open listens, by TLS where there is a certificate, and says by which names requests may come; none: only this machine's.
func (d doorFlags) open() (l net.Listener, names []string, err error) {
	if d.TLSCert == "" && d.TLSKey == "" && len(d.Name) == 0 {
		l, err = listenLoopback(d.Listen)
		return l, nil, err
	}
	if d.TLSCert == "" || d.TLSKey == "" || len(d.Name) == 0 {
		return nil, nil, usageError{"--tls-cert, --tls-key and --name belong together"}
	}
	if _, _, err := net.SplitHostPort(d.Listen); err != nil {
		return nil, nil, usageError{fmt.Sprintf("--listen %q: HOST:PORT, such as 0.0.0.0:8470", d.Listen)}
	}
	for _, name := range d.Name {
		names = append(names, strings.ToLower(name))
	}
	certificate, err := ownCertificate(d.TLSCert, d.TLSKey, names, now())
	if err != nil {
		return nil, nil, err
	}
	l, err = net.Listen("tcp", d.Listen)
	if err != nil {
		return nil, nil, fmt.Errorf("%w: choose another address with --listen", err)
	}
	return tls.NewListener(netutil.LimitListener(l, mostConnections), &tls.Config{
		Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"},
	}), names, nil
}

// errCertificate: the app's own certificate cannot be used.
var errCertificate = errors.New("the app's own certificate cannot be used")

// ownCertificate reads the app's certificate, and refuses one that browsers would refuse, or whose key others may read.
func ownCertificate(certFile, keyFile string, names []string, now time.Time) (tls.Certificate, error) {
	info, err := os.Stat(keyFile)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("%w: %w", errCertificate, err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return tls.Certificate{}, fmt.Errorf("%w: %s has the mode %v: only its owner may read a key: chmod 600 it", errCertificate, keyFile, info.Mode().Perm())
	}
	c, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("%w: %w", errCertificate, err)
	}
	switch {
	case now.Before(c.Leaf.NotBefore) || now.After(c.Leaf.NotAfter):
		return tls.Certificate{}, fmt.Errorf("%w: %s is good from %s until %s", errCertificate, certFile,
			c.Leaf.NotBefore.UTC().Format(time.DateOnly), c.Leaf.NotAfter.UTC().Format(time.DateOnly))
	case len(c.Leaf.ExtKeyUsage) > 0 && !slices.Contains(c.Leaf.ExtKeyUsage, x509.ExtKeyUsageServerAuth) && !slices.Contains(c.Leaf.ExtKeyUsage, x509.ExtKeyUsageAny):
		return tls.Certificate{}, fmt.Errorf("%w: %s is not for servers (extended key usage)", errCertificate, certFile)
	}
	for _, name := range names {
		if err := c.Leaf.VerifyHostname(name); err != nil {
			return tls.Certificate{}, fmt.Errorf("%w for --name %s: %w", errCertificate, name, err)
		}
	}
	return c, nil
}
