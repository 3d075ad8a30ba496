package demo

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"caveat/backend/demo/mailstore"
	"caveat/backend/installation"
	"caveat/ldapbook/ldaptest"
)

// Mailbox is the name of the user's mailbox in the installation file.
const Mailbox = "mailbox"

const mailboxSecret = "mailbox-" + Account

func imapHost() string { return "imap." + cultures[Own].mailDomain() }

// openMailbox opens the user's mailbox, puts into a new one what shows the inbox at its best, and takes in what was delivered since.
func (f *Federation) openMailbox(ca *ldaptest.CA, secrets installation.Secrets) error {
	password, err := secret(secrets, mailboxSecret)
	if err != nil {
		return err
	}
	cert, err := ca.Certificate(imapHost(), imapHost())
	if err != nil {
		return err
	}
	box, isNew, err := mailstore.Open(filepath.Join(folder(f.dir), "mailbox"))
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	f.inbox = box
	if isNew {
		messages, err := f.firstMail(time.Now())
		if err != nil {
			return fmt.Errorf("demo: the first mail: %w", err)
		}
		if err := box.Deliver(0, messages...); err != nil {
			return err
		}
	}
	config := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	f.imap.serve = func(l net.Listener) {
		if err := box.Serve(tls.NewListener(l, config), UserAddress, password); err != nil {
			f.log.Error("mailbox not served", "error", err)
		}
	}
	return f.collect()
}

// collect takes into the inbox what GBR's server delivered to the user and is not in it yet. The delivered files stay what counts:
// what could not be taken in is taken in next time.
func (f *Federation) collect() error {
	f.collecting.Lock()
	defer f.collecting.Unlock()
	files, err := filepath.Glob(filepath.Join(f.MailDir(Own), "*.eml"))
	if err != nil {
		return err
	}
	slices.Sort(files)
	taken := f.inbox.Taken()
	var messages []mailstore.Message
	last := taken
	for _, path := range files {
		n, err := strconv.Atoi(strings.TrimSuffix(filepath.Base(path), ".eml"))
		if err != nil || n <= taken {
			continue
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		last = max(last, n)
		if deliveredTo(data, UserAddress) {
			messages = append(messages, mailstore.Message{Data: data, Received: info.ModTime()})
		}
	}
	if last == taken {
		return nil
	}
	return f.inbox.Deliver(last, messages...)
}

// deliveredTo reads the fields that the final delivery puts in front.
func deliveredTo(data []byte, address string) bool {
	for line := range bytes.Lines(data) {
		name, value, _ := strings.Cut(string(line), ": ")
		switch {
		case name == "Delivered-To" && strings.EqualFold(strings.TrimSpace(value), address):
			return true
		case name != "Delivered-To" && name != "Return-Path":
			return false
		}
	}
	return false
}

// MailboxAddress is host:port of the server of the user's mailbox: TLS from the first byte, by the demonstration's CA.
func (f *Federation) MailboxAddress() string { return address(f.imap.portNow()) }

// StopMailbox makes the server of the user's mailbox unreachable: the port closes, and every connection to it ends.
func (f *Federation) StopMailbox() { f.imap.stop() }

// StartMailbox opens it again at the same address.
func (f *Federation) StartMailbox() error { return f.imap.start(0) }
