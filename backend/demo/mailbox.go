package demo

import (
	"bytes"
	"fmt"
	"io"
	"net/mail"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"caveat/backend/installation"
	"caveat/backend/message"
)

// mailbox is where a nation's final deliveries lie: numbered files. They are also its memory: a message that is handed in
// again, because the reply to it was lost or another nation's server was down, is in them and is not kept twice.
type mailbox struct {
	dir  string
	mu   sync.Mutex
	next int
	kept map[string][]delivery // by Message-ID
}

// delivery is one file.
type delivery struct {
	path string
	to   []string
}

// open finds the number that comes next, and what is there.
func (b *mailbox) open(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	names, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	b.dir, b.next, b.kept = dir, 1, map[string][]delivery{}
	for _, e := range names {
		number, isMail := strings.CutSuffix(e.Name(), ".eml")
		if n, err := strconv.Atoi(number); err == nil && isMail {
			b.next = max(b.next, n+1)
			if err := b.remember(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// remember reads the header of a file.
func (b *mailbox) remember(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	head, err := io.ReadAll(io.LimitReader(file, message.MaxHeader))
	if err != nil {
		return err
	}
	d := delivery{path: path}
	for line := range bytes.Lines(head) {
		name, value, _ := strings.Cut(string(line), ": ")
		if name == "Delivered-To" {
			d.to = append(d.to, strings.TrimSpace(value))
		} else if name != "Return-Path" {
			break
		}
	}
	if id := messageID(head); id != "" {
		b.kept[id] = append(b.kept[id], d)
	}
	return nil
}

// missing leaves out the addresses that have got the letter already: its Message-ID, and word for word the same.
func (b *mailbox) missing(l letter) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.missingLocked(l)
}

func (b *mailbox) missingLocked(l letter) []string {
	to := slices.Clone(l.to)
	for _, d := range b.kept[messageID(l.body)] {
		has := func(a string) bool {
			return slices.ContainsFunc(d.to, func(b string) bool { return strings.EqualFold(a, b) })
		}
		if !slices.ContainsFunc(to, has) {
			continue
		}
		old, err := os.ReadFile(d.path)
		if err != nil || !bytes.Equal(old[traced(old):], l.body[traced(l.body):]) {
			continue // taken away by somebody, or another message under the same name
		}
		to = slices.DeleteFunc(to, has)
	}
	return to
}

// keep writes a letter durably for everybody who has not got it; path is empty when all have. Nothing of it is changed.
func (b *mailbox) keep(l letter) (path string, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	to := b.missingLocked(l)
	if len(to) == 0 {
		return "", nil
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "Return-Path: <%s>\r\n", l.from)
	for _, a := range to {
		fmt.Fprintf(&out, "Delivered-To: %s\r\n", a)
	}
	out.Write(l.body)
	path = filepath.Join(b.dir, fmt.Sprintf("%06d.eml", b.next))
	if err := installation.WriteFile(path, out.Bytes()); err != nil {
		return "", err
	}
	b.next++
	if id := messageID(l.body); id != "" {
		b.kept[id] = append(b.kept[id], delivery{path, to})
	}
	return path, syncDir(b.dir)
}

// messageID is "" where a message has none.
func messageID(body []byte) string {
	m, err := mail.ReadMessage(bytes.NewReader(body))
	if err != nil {
		return ""
	}
	return strings.Trim(m.Header.Get("Message-Id"), " <>")
}

// traced is the length of what servers put in front of a message: of that no two deliveries have the same.
func traced(message []byte) int {
	n := 0
	for line := range bytes.Lines(message) {
		name, _, _ := bytes.Cut(line, []byte(":"))
		isMore := n > 0 && (line[0] == ' ' || line[0] == '\t')
		if !isMore && !slices.Contains([]string{"Return-Path", "Delivered-To", "Received"}, string(name)) {
			break
		}
		n += len(line)
	}
	return n
}

// syncDir makes a rename survive a power cut. Windows has no such thing for folders.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
