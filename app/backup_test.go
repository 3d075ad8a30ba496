//go:build linux

package app_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestBackupWhileRunningAndRestore copies a data directory while a program sends from it, brings the copy back, and goes on there.
func TestBackupWhileRunningAndRestore(t *testing.T) {
	t.Parallel()
	e := embeddedWorld(t)
	if r := caveat(t, "", "book", "sync", "--data", e.data); r.status != 0 {
		t.Fatal(r.stderr)
	}
	later := e.sendLater(t, time.Hour)
	p := start(t, "serve", "--data", e.data, "--listen", "127.0.0.1:0")
	stop := make(chan struct{})
	sent := make(chan int)
	go func() { // somebody writes all the while
		n := 0
		for {
			select {
			case <-stop:
				sent <- n
				return
			default:
			}
			if r := caveat(t, "", "send", "--data", e.data, "--draft", draftFor(t, "SECRET", mrod, "officer@gbr.example"), "--wait", "0s"); r.status == 0 || r.status == 1 {
				n++
			}
		}
	}()
	for n := e.total(); e.total() < n+2; time.Sleep(20 * time.Millisecond) {
	}
	file := filepath.Join(t.TempDir(), "caveat.backup")
	var made struct {
		Files int
		Log   struct{ Lines int64 }
	}
	r := caveat(t, "", "backup", "--data", e.data, file, "--json")
	close(stop)
	t.Logf("%d messages were sent meanwhile", <-sent)
	if r.status != 0 || r.stderr != "" {
		t.Fatalf("%d: %s", r.status, r.stderr)
	}
	r.decode(t, &made)
	p.stop()
	if made.Files < 4 || made.Log.Lines < 4 {
		t.Errorf("%+v", made)
	}
	if again := caveat(t, "", "backup", "--data", e.data, file); again.status != 1 || !strings.Contains(again.stderr, "there already") {
		t.Errorf("over an earlier one: %d: %s", again.status, again.stderr)
	}
	holdsNoSecret(t, file, e)

	data := filepath.Join(t.TempDir(), "restored")
	back := caveat(t, "", "restore", "--data", data, file)
	if back.status != 0 || !strings.Contains(back.stdout, "they are held") || !strings.Contains(back.stdout, "caveat installation secret smtp") {
		t.Fatalf("%d: %s%s", back.status, back.stdout, back.stderr)
	}
	if left, _ := filepath.Glob(filepath.Join(data, ".new-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	d := caveat(t, "", "doctor", "--data", data, "--local", "--json")
	if d.status != 1 || !strings.Contains(d.stdout, "is not stored") { // the secrets, and nothing else
		t.Errorf("doctor: %d: %s%s", d.status, d.stdout, d.stderr)
	}
	var list struct {
		Messages []struct{ ID, State, Note string }
	}
	caveat(t, "", "outbox", "list", "--data", data, "--limit", "1000", "--json").decode(t, &list)
	waiting := 0
	for _, m := range list.Messages {
		if isUnderWay(m.State) {
			t.Errorf("%s is %s: it would be sent, perhaps once more", m.ID, m.State)
		}
		if m.ID == later && (m.State != "held" || !strings.Contains(m.Note, "brought back from a backup")) {
			t.Errorf("the message for later: %+v", m)
		}
		if m.State == "held" || m.State == "perhaps-delivered" {
			waiting++
		}
	}
	if waiting == 0 {
		t.Error("nothing waited: nothing was tested")
	}
	export := write(t, "log.jsonl", caveat(t, "", "audit", "export", "--data", data).stdout)
	if v := caveat(t, "", "audit", "verify", export); v.status != 0 {
		t.Errorf("the log: %d: %s", v.status, v.stderr)
	}
	if line := contents(t, export); !strings.Contains(line, "brought back from a backup of ") || !strings.Contains(line, "up to line "+strconv.FormatInt(made.Log.Lines, 10)) {
		t.Error("its log does not say that it was brought back")
	}
	// It goes on: with its secrets it reads the directories and sends.
	for name, secret := range e.secrets {
		if r := caveat(t, secret, "installation", "secret", "--data", data, name); r.status != 0 {
			t.Fatal(r.stderr)
		}
	}
	if r := caveat(t, "", "book", "sync", "--data", data); r.status != 0 {
		t.Fatal(r.stderr)
	}
	before := e.total()
	if r := caveat(t, "", "send", "--data", data, "--draft", draftFor(t, "SECRET", mrod, "officer@gbr.example")); r.status != 0 || e.total() != before+1 {
		t.Errorf("%d: %s%s, %d delivered", r.status, r.stdout, r.stderr, e.total()-before)
	}
}

// sendLater queues a message for a later time, and gives its name.
func (e *embedded) sendLater(t *testing.T, in time.Duration) string {
	t.Helper()
	file := write(t, "draft.json", `{"channel": "mail", "action": ["officer@gbr.example"], "subject": "Bridge", "body": "Grid follows.", "sendAt": "`+
		time.Now().Add(in).UTC().Format(time.RFC3339)+`", "label": {"policy": "NATO", "classification": "SECRET", "categories": `+mrod+`}}`)
	if r := caveat(t, "", "send", "--data", e.data, "--draft", file); r.status != 0 {
		t.Fatal(r.stderr)
	}
	return e.newest(t).ID
}

func holdsNoSecret(t *testing.T, file string, e *embedded) {
	t.Helper()
	archive, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	token, err := os.ReadFile(filepath.Join(e.data, "api-token"))
	if err != nil {
		t.Fatal(err)
	}
	hidden := [][]byte{bytes.TrimSpace(token), []byte("AGE-SECRET-KEY")}
	for _, s := range e.secrets {
		hidden = append(hidden, []byte(s))
	}
	for _, f := range archive.File {
		if strings.Contains(f.Name, "secret") || strings.Contains(f.Name, "token") {
			t.Errorf("it holds %s", f.Name)
		}
		data := contentOf(t, f)
		for _, s := range hidden {
			if bytes.Contains(data, s) {
				t.Errorf("%s holds a secret", f.Name)
			}
		}
	}
}

func contentOf(t *testing.T, f *zip.File) []byte {
	t.Helper()
	r, err := f.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestRestoreRefuses: what is no whole, sound backup, or would write over something, is refused, and nothing is left behind.
func TestRestoreRefuses(t *testing.T) {
	t.Parallel()
	e := embeddedWorld(t)
	if r := caveat(t, "", "book", "sync", "--data", e.data); r.status != 0 {
		t.Fatal(r.stderr)
	}
	if r := caveat(t, "", "send", "--data", e.data, "--draft", draftFor(t, "SECRET", mrod, "officer@gbr.example")); r.status != 0 {
		t.Fatal(r.stderr)
	}
	good := filepath.Join(t.TempDir(), "good")
	if r := caveat(t, "", "backup", "--data", e.data, good); r.status != 0 {
		t.Fatal(r.stderr)
	}
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	flipped := slices.Clone(whole)
	flipped[len(flipped)/3] ^= 1
	for name, c := range map[string]struct {
		data []byte
		says string
	}{
		"cut off":               {whole[:len(whole)/2], "cut off"},
		"no archive":            {[]byte("hello"), "cut off"},
		"a bit flipped":         {flipped, "no sound backup"},
		"a file exchanged":      {remade(t, good, func(n string, b []byte) []byte { return ifFolder(n, "spool/", b, append(slices.Clone(b), ' ')) }, nil), "not what was backed up"},
		"a file left out":       {remade(t, good, func(n string, b []byte) []byte { return ifFolder(n, "spool/", b, nil) }, nil), "missing in it"},
		"the log cut":           {remade(t, good, cutLog(t), nil), "its log ends"},
		"a line altered":        {remade(t, good, alterLog(t), nil), "the log was altered"},
		"a damaged database":    {remade(t, good, ifDatabase, nil), "damaged"},
		"a name that leads out": {remade(t, good, nil, map[string]string{"../evil": "x"}), "must not hold"},
		"a secret":              {remade(t, good, nil, map[string]string{"secrets.key": "x"}), "must not hold"},
		"an absolute name":      {remade(t, good, nil, map[string]string{"/etc/evil": "x"}), "must not hold"},
		"a hidden name":         {remade(t, good, nil, map[string]string{"spool/.evil": "x"}), "must not hold"},
		"no manifest":           {remade(t, good, func(n string, b []byte) []byte { return ifFolder(n, "manifest.json", b, nil) }, nil), "has no manifest"},
	} {
		t.Run(name, func(t *testing.T) {
			data := filepath.Join(t.TempDir(), "data")
			r := caveat(t, "", "restore", "--data", data, write(t, "backup", string(c.data)))
			if r.status != 1 || strings.Count(r.stderr, "\n") != 1 || !strings.Contains(r.stderr, c.says) {
				t.Errorf("%d: %q", r.status, r.stderr)
			}
			if left, _ := os.ReadDir(data); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
	if r := caveat(t, "", "restore", "--data", e.data, good); r.status != 1 || !strings.Contains(r.stderr, "is not empty") {
		t.Errorf("over a directory in use: %d: %s", r.status, r.stderr)
	}
	if r := caveat(t, "", "restore", "--data", filepath.Join(t.TempDir(), "data"), good); r.status != 0 {
		t.Errorf("the untouched one: %d: %s", r.status, r.stderr)
	}
}

func ifFolder(name, start string, otherwise, then []byte) []byte {
	if strings.HasPrefix(name, start) {
		return then
	}
	return otherwise
}

func ifDatabase(name string, data []byte) []byte {
	if name != "caveat.db" {
		return data
	}
	return damaged(data)
}

// damaged overwrites a page in the middle of a database.
func damaged(db []byte) []byte {
	out := slices.Clone(db)
	at := len(out) / 2 / 4096 * 4096
	copy(out[at:at+4096], bytes.Repeat([]byte{0xAA}, 4096))
	return out
}

func cutLog(t *testing.T) func(string, []byte) []byte {
	return inDatabase(t, `DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit) AND seq NOT IN (SELECT audit_seq FROM message)`)
}

func alterLog(t *testing.T) func(string, []byte) []byte {
	return inDatabase(t, `UPDATE audit SET line = CAST(replace(CAST(line AS TEXT), 'gbr', 'ukr') AS BLOB) WHERE seq = (SELECT min(audit_seq) FROM message)`)
}

// inDatabase runs a statement in the database of a backup.
func inDatabase(t *testing.T, statement string) func(string, []byte) []byte {
	return func(name string, data []byte) []byte {
		if name != "caveat.db" {
			return data
		}
		path := write(t, "caveat.db", string(data))
		db, err := sql.Open("sqlite", "file:"+path)
		if err != nil {
			t.Fatal(err)
		}
		r, err := db.Exec(statement)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := r.RowsAffected(); n != 1 || err != nil {
			t.Fatalf("%s: %d rows, %v", statement, n, err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		out, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

// remade makes a backup anew with other contents; nil leaves a file out. What the database or more brings is in the manifest with hashes
// that fit, as somebody would write it who means harm.
func remade(t *testing.T, path string, change func(string, []byte) []byte, more map[string]string) []byte {
	t.Helper()
	archive, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	put := func(name string, data []byte) {
		to, err := w.Create(name)
		if err == nil {
			_, err = to.Write(data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	hashes := map[string][]byte{}
	for name, text := range more {
		put(name, []byte(text))
		hashes[name] = []byte(text)
	}
	for _, f := range archive.File {
		data := contentOf(t, f)
		if change != nil {
			data = change(f.Name, data)
		}
		if f.Name == "caveat.db" {
			hashes[f.Name] = data
		}
		if f.Name == "manifest.json" && data != nil {
			data = withHashes(t, data, hashes)
		}
		if data != nil {
			put(f.Name, data)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func withHashes(t *testing.T, text []byte, contents map[string][]byte) []byte {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	files := m["files"].([]any)
	files = slices.DeleteFunc(files, func(f any) bool { _, ok := contents[f.(map[string]any)["name"].(string)]; return ok })
	for name, data := range contents {
		sum := sha256.Sum256(data)
		files = append(files, map[string]any{"name": name, "size": len(data), "sha256": hex.EncodeToString(sum[:])})
	}
	m["files"] = files
	out, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
