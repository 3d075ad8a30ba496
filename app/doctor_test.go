//go:build linux

package app_test

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"caveat/ldapbook/ldaptest"
)

// diagnosis is what `caveat doctor --json` says.
type diagnosis struct {
	State    string
	Findings []struct{ Area, About, State, Text, Do string }
	status   int
}

func diagnose(t *testing.T, args ...string) (d diagnosis) {
	t.Helper()
	r := caveat(t, "", append([]string{"doctor", "--json"}, args...)...)
	r.decode(t, &d)
	d.status = r.status
	return d
}

// says reports whether there is a finding of an area and state that says something, and says what to do.
func (d diagnosis) says(area, state, text string) bool {
	for _, f := range d.Findings {
		if f.Area == area && f.State == state && strings.Contains(f.About+" "+f.Text, text) && (state == "ok" || f.Do != "") {
			return true
		}
	}
	return false
}

// TestDoctor spoils one thing at a time: the doctor names it, says what to do, and ends with the status that it deserves.
func TestDoctor(t *testing.T) {
	t.Parallel()
	e := embeddedWorld(t)
	if r := caveat(t, "", "book", "sync", "--data", e.data); r.status != 0 {
		t.Fatal(r.stderr)
	}
	if r := caveat(t, "", "send", "--data", e.data, "--draft", draftFor(t, "SECRET", mrod, "officer@gbr.example")); r.status != 0 {
		t.Fatal(r.stderr)
	}
	well := diagnose(t, "--data", e.data)
	for _, x := range [][2]string{{"data", "no program works on it"}, {"disk", "are free"}, {"database", "sound, schema"}, {"log", "consistent; later lines may be missing"},
		{"spool", "all there"}, {"queue", "0 messages"}, {"settings", "not centrally managed"}, {"secrets", "all 5"}, {"policies", "NATO"}, {"directories", "UKR ldap://"}} {
		if !well.says(x[0], "ok", x[1]) {
			t.Errorf("of a healthy installation it does not say %q: %q: %+v", x[0], x[1], well.Findings)
		}
	}
	if well.status != 0 {
		t.Errorf("status %d: %+v", well.status, well)
	}
	people := caveat(t, "", "doctor", "--data", e.data, "--local")
	if people.status != 0 || !strings.Contains(people.stdout, "  ok       database") || people.stderr != "" {
		t.Errorf("for people: %d: %s%s", people.status, people.stdout, people.stderr)
	}
	for _, c := range []struct {
		name              string
		spoil             func(t *testing.T, data string)
		area, state, says string
		status            int
		ask               bool // the directories too
	}{
		{"the database overwritten", func(t *testing.T, data string) {
			overwrite(t, filepath.Join(data, "caveat.db"))
		}, "database", "blocks", "damaged", 3, false},
		{"no database any more", func(t *testing.T, data string) {
			remove(t, filepath.Join(data, "caveat.db"))
			if err := os.WriteFile(filepath.Join(data, "book.db"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}, "database", "blocks", "lost", 3, false},
		{"a newer version's", inData(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, 1)`), "database", "blocks", "newer version", 3, false},
		{"an older version's", inData(`DELETE FROM goose_db_version WHERE version_id = (SELECT max(version_id) FROM goose_db_version)`), "database", "warning", "brings it from schema", 0, false},
		{"a line changed", inData(`UPDATE audit SET line = CAST(replace(CAST(line AS TEXT), 'gbr', 'ukr') AS BLOB) WHERE seq = (SELECT min(audit_seq) FROM message)`), "log", "blocks", "altered", 3, false},
		{"a line to come", addLineToCome, "log", "warning", "clock was put back", 0, false},
		{"a spool file gone", func(t *testing.T, data string) {
			files, err := filepath.Glob(filepath.Join(data, "spool", "*"))
			if err != nil || len(files) == 0 {
				t.Fatal(files, err)
			}
			remove(t, files[0])
		}, "spool", "broken", "1 of 1", 1, false},
		{"a message held", inData(`UPDATE message SET state = 'held'`), "queue", "warning", "1 for your decision", 0, false},
		{"a key of the settings misspelt", func(t *testing.T, data string) {
			change(t, filepath.Join(data, "installation.toml"), "[system]", "[system]\ncolour = 'red'")
		}, "settings", "blocks", `key "system.colour" is not known`, 3, false},
		{"no settings", func(t *testing.T, data string) { remove(t, filepath.Join(data, "installation.toml")) }, "settings", "blocks", "no installation file", 3, false},
		{"half written files", func(t *testing.T, data string) {
			if err := os.WriteFile(filepath.Join(data, ".new-1"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}, "settings", "warning", "half written", 0, false},
		{"the own directory paused", inSettings("name = 'GBR'\nnation = 'GBR'\n", "name = 'GBR'\nnation = 'GBR'\npaused = true\n"), "directories", "blocks", "GBR it is paused", 3, false},
		{"a partner's directory paused", inSettings("name = 'UKR'\nnation = 'UKR'\n", "name = 'UKR'\nnation = 'UKR'\npaused = true\n"), "directories", "warning", "UKR it is paused", 0, false},
		{"nobody bound to the user", inSettings("[[identity]]\nuser = '*'", "[[identity]]\nuser = 'nobody-here'"), "sender", "blocks", "no identity is bound", 3, false},
		{"checkpoints that must leave, and cannot", inSettings("format = 1\n", "format = 1\n\n[audit]\ndrop = '/nowhere/at/all'\nrequired = '24h'\n"), "log", "blocks", "drop", 3, false},
		{"checkpoints that cannot leave", inSettings("format = 1\n", "format = 1\n\n[audit]\ndrop = '/nowhere/at/all'\n"), "log", "warning", "drop", 0, false},
		{"none has left for too long", func(t *testing.T, data string) {
			drop := t.TempDir()
			inSettings("format = 1\n", "format = 1\n\n[audit]\ndrop = '"+drop+"'\nrequired = '24h'\n")(t, data)
			inData(`INSERT INTO audit_way (name, place, began, problem) VALUES ('drop', '`+drop+`', 1, 'it was full')`)(t, data)
		}, "log", "blocks", "Nothing is sent until one does", 3, false},
		{"half brought back", func(t *testing.T, data string) {
			if err := os.WriteFile(filepath.Join(data, "restore.unfinished"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}, "database", "blocks", "did not come to its end", 3, false},
		{"a place of secrets that cannot be read", func(t *testing.T, data string) {
			if err := os.WriteFile(filepath.Join(data, "secrets.age"), []byte("no age"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, "secrets", "broken", "", 1, false},
		{"no secrets", func(t *testing.T, data string) { remove(t, filepath.Join(data, "secrets.age")) }, "secrets", "broken", "ldap-UKR", 1, false},
		{"others may read it", func(t *testing.T, data string) {
			if err := os.Chmod(data, 0o755); err != nil {
				t.Fatal(err)
			}
		}, "data", "warning", "others may look", 0, false},
		{"a partner's wrong password", func(t *testing.T, data string) {
			caveat(t, "wrong", "installation", "secret", "--data", data, "ldap-UKR")
		}, "directories", "broken", "UKR", 1, true},
		{"the own nation's wrong password", func(t *testing.T, data string) {
			caveat(t, "wrong", "installation", "secret", "--data", data, "ldap-GBR")
		}, "directories", "blocks", "GBR", 3, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := copyData(t, e.data)
			c.spoil(t, data)
			args := []string{"--data", data}
			if !c.ask {
				args = append(args, "--local")
			}
			d := diagnose(t, args...)
			if d.status != c.status || !d.says(c.area, c.state, c.says) {
				t.Errorf("status %d, wanted %d and %s %s %q: %+v", d.status, c.status, c.area, c.state, c.says, d.Findings)
			}
		})
	}
	if d := diagnose(t, "--data", filepath.Join(t.TempDir(), "nowhere")); d.status != 3 || !d.says("data", "blocks", "is not there") || len(d.Findings) > 4 {
		t.Errorf("no data directory: %d: %+v", d.status, d.Findings)
	}
	p := start(t, "serve", "--data", e.data, "--listen", "127.0.0.1:0")
	if d := diagnose(t, "--data", e.data); d.status != 0 || !d.says("data", "ok", "caveat serve, process") {
		t.Errorf("beside a running program: %d: %+v", d.status, d.Findings)
	}
	p.stop()
}

// TestDoctorChangesNothing: it can be asked before anything else is done, such as a backup.
func TestDoctorChangesNothing(t *testing.T) {
	t.Parallel()
	e := embeddedWorld(t)
	if r := caveat(t, "", "book", "sync", "--data", e.data); r.status != 0 {
		t.Fatal(r.stderr)
	}
	inData(`DELETE FROM goose_db_version WHERE version_id = (SELECT max(version_id) FROM goose_db_version)`)(t, e.data)
	before, err := os.ReadFile(filepath.Join(e.data, "caveat.db"))
	if err != nil {
		t.Fatal(err)
	}
	diagnose(t, "--data", e.data)
	after, err := os.ReadFile(filepath.Join(e.data, "caveat.db"))
	if err != nil || string(before) != string(after) {
		t.Errorf("the database is another one: %v", err)
	}
}

// TestDoctorComparesClocks: a directory that tells the time, as Active Directory does, is held to ours.
func TestDoctorComparesClocks(t *testing.T) {
	t.Parallel()
	for name, ahead := range map[string]time.Duration{"ten minutes ahead": 10 * time.Minute, "as ours": 0} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := embeddedWorld(t)
			addr := e.listeners["DEU"].Addr().String()
			e.directories["DEU"].Close()
			tells := ldaptest.New(ldaptest.Config{
				Suffix: "dc=deu,dc=example", TLS: e.ca.ServerTLS(), BindDN: "cn=reader,dc=deu,dc=example", Password: e.secrets["ldap-DEU"],
				RootDSE: []ldaptest.Attr{{Name: "currentTime", Values: []string{time.Now().Add(ahead).UTC().Format("20060102150405.0Z")}}},
			})
			l, err := net.Listen("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			go tells.Serve(l)
			t.Cleanup(tells.Close)
			found := diagnose(t, "--data", e.data)
			if !found.says("directories", "warning", "DEU") && !found.says("directories", "ok", "DEU") {
				t.Fatalf("%+v", found.Findings)
			}
			if far := found.says("directories", "warning", "clock and ours are"); far != (ahead != 0) {
				t.Errorf("%+v", found.Findings)
			}
		})
	}
}

// copyData copies a data directory in which no program works.
func copyData(t *testing.T, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "data")
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(to, 0o700); err != nil {
		t.Fatal(err)
	}
	return to
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

func change(t *testing.T, path, old, new string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), old) {
		t.Fatalf("%s: %v: no %q", path, err, old)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), old, new, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
}

// overwrite damages pages in the middle of a database.
func overwrite(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, damaged(data), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func inSettings(old, new string) func(*testing.T, string) {
	return func(t *testing.T, data string) {
		t.Helper()
		change(t, filepath.Join(data, "installation.toml"), old, new)
	}
}

// inData runs a statement in the database of a data directory.
func inData(statement string) func(*testing.T, string) {
	return func(t *testing.T, data string) {
		t.Helper()
		db, err := sql.Open("sqlite", "file:"+filepath.Join(data, "caveat.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
}

// addLineToCome adds a line to the log that fits, and is of tomorrow.
func addLineToCome(t *testing.T, data string) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(data, "caveat.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var seq int64
	var prev string
	if err := db.QueryRow(`SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1`).Scan(&seq, &prev); err != nil {
		t.Fatal(err)
	}
	line, hash := chainedLine(seq+1, prev, time.Now().AddDate(0, 0, 1))
	if _, err := db.Exec(`INSERT INTO audit (seq, line, hash) VALUES (?, ?, ?)`, seq+1, []byte(line), hash); err != nil {
		t.Fatal(err)
	}
}

// chainedLine is a line of the log as audit writes it.
func chainedLine(seq int64, prev string, at time.Time) (line, hash string) {
	body := fmt.Sprintf(`{"seq":%d,"time":%q,"type":"checkpoint","prev":%q,"data":{}`, seq, at.UTC().Format(time.RFC3339Nano), prev)
	sum := sha256.Sum256([]byte(body))
	hash = hex.EncodeToString(sum[:])
	return body + `,"hash":"` + hash + `"}`, hash
}
