package ldaptest

import (
	"os"
	"path/filepath"

	"github.com/go-ldap/ldap/v3"
)

// Kill ends the server at once, as a power cut does.
func (s *Slapd) Kill() {
	_ = s.cmd.Process.Kill()
	<-s.done
}

// Start starts the server again where it was, after Kill or Stop.
func (s *Slapd) Start() {
	s.t.Helper()
	if err := s.start(); err != nil {
		s.t.Fatalf("slapd does not start again: %v", err)
	}
}

// Stop ends the server in order.
func (s *Slapd) Stop() { s.stop() }

// Backup returns a copy of the server's database, to be put back by Restore. The server must not run.
func (s *Slapd) Backup() (backup string) {
	s.t.Helper()
	backup = filepath.Join(s.dir, "backup")
	if err := os.CopyFS(backup, os.DirFS(filepath.Join(s.dir, "db"))); err != nil {
		s.t.Fatal(err)
	}
	return backup
}

// Restore makes the database what it was at a Backup. The server must not run.
func (s *Slapd) Restore(backup string) {
	s.t.Helper()
	db := filepath.Join(s.dir, "db")
	if err := os.RemoveAll(db); err != nil {
		s.t.Fatal(err)
	}
	if err := os.CopyFS(db, os.DirFS(backup)); err != nil {
		s.t.Fatal(err)
	}
	s.give(db)
	files, err := os.ReadDir(db)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, f := range files {
		s.give(filepath.Join(db, f.Name()))
	}
}

// RenameContainer gives a container another RDN; all entries below get another DN with it.
func (s *Slapd) RenameContainer(dn, rdn string) error {
	return s.as(func(c *ldap.Conn) error { return c.ModifyDN(ldap.NewModifyDNRequest(dn, rdn, true, "")) })
}
