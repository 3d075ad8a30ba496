package audit_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"caveat/backend/audit"
)

func tampered(t *testing.T, what string, log, checkpoint []byte) {
	t.Helper()
	sum, err := audit.Verify(bytes.NewReader(log), checkpoint)
	if !errors.Is(err, audit.ErrTampered) || sum != (audit.Summary{}) {
		t.Errorf("%s: %+v, %v", what, sum, err)
	}
}

// Whatever byte is changed, to whatever, wherever: it shows.
func TestEveryByteCounts(t *testing.T) {
	log := log(t, 2)
	for i := range log {
		for _, mask := range []byte{0x01, 0x07, 0x20, 0x80, 0xff} { // 0x07 makes a newline a carriage return
			altered := bytes.Clone(log)
			altered[i] ^= mask
			if _, err := audit.Verify(bytes.NewReader(altered), nil); !errors.Is(err, audit.ErrTampered) {
				t.Fatalf("byte %d, %q for %q: %v", i, altered[i], log[i], err)
			}
		}
		if _, err := audit.Verify(bytes.NewReader(slices.Delete(bytes.Clone(log), i, i+1)), nil); !errors.Is(err, audit.ErrTampered) {
			t.Fatalf("byte %d, %q, removed: %v", i, log[i], err)
		}
		for _, more := range []byte{' ', '\r', '\n', 0, '0', log[i]} {
			if _, err := audit.Verify(bytes.NewReader(slices.Insert(bytes.Clone(log), i, more)), nil); !errors.Is(err, audit.ErrTampered) {
				t.Fatalf("%q inserted before byte %d: %v", more, i, err)
			}
		}
	}
	for _, more := range []string{"\n", "\r", " ", "\x00", "{}", "{}\n"} {
		tampered(t, "after the end: "+more, append(bytes.Clone(log), more...), nil)
	}
	for end := range log[1:] {
		end++ // nothing at all is no log
		if _, err := audit.Verify(bytes.NewReader(log[:end]), nil); !errors.Is(err, audit.ErrTampered) {
			t.Fatalf("cut off after %d of %d bytes: %v", end, len(log), err)
		}
	}
}

func TestLinesAreTamperedWith(t *testing.T) {
	log := log(t, 4)
	lines := slices.Collect(strings.Lines(string(log)))
	join := func(l []string) []byte { return []byte(strings.Join(l, "")) }
	for i := range lines {
		tampered(t, "removed", join(slices.Delete(slices.Clone(lines), i, i+1)), nil)
		for j := range lines {
			tampered(t, "inserted", join(slices.Insert(slices.Clone(lines), i, lines[j])), nil)
			if i != j {
				swapped := slices.Clone(lines)
				swapped[i], swapped[j] = swapped[j], swapped[i]
				tampered(t, "reordered", join(swapped), nil)
			}
		}
	}
	tampered(t, "two logs in one file", append(bytes.Clone(log), log...), nil)
}

func TestCheckpoint(t *testing.T) {
	s := open(t, t.TempDir())
	add(t, s, entry(0))
	first := export(t, s)
	add(t, s, entry(1))
	second := export(t, s)
	lastLine := func(log []byte) []byte {
		all := slices.Collect(strings.Lines(string(log)))
		return []byte(all[len(all)-1])
	}
	for name, checkpoint := range map[string][]byte{
		"the earlier export":           first,
		"its last line":                lastLine(first),
		"without its newline":          bytes.TrimSpace(lastLine(first)),
		"itself":                       second,
		"a line that is no checkpoint": []byte(slices.Collect(strings.Lines(string(second)))[1]),
	} {
		if _, err := audit.Verify(bytes.NewReader(second), checkpoint); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Cut off at an earlier checkpoint, it is a log as it once was: only who kept a later checkpoint knows better.
	if _, err := audit.Verify(bytes.NewReader(first), nil); err != nil {
		t.Errorf("the earlier export by itself: %v", err)
	}
	tampered(t, "cut off at an earlier checkpoint", first, second)
	tampered(t, "another log's checkpoint", second, log(t, 1))
	for _, none := range []string{"", "\n", " \r\n", "checkpoint\n"} {
		if _, err := audit.Verify(bytes.NewReader(second), []byte(none)); !errors.Is(err, audit.ErrCheckpoint) {
			t.Errorf("the checkpoint %q, which checks nothing: %v", none, err)
		}
	}
}

// Who knows the format can write the whole chain anew: that is what a checkpoint kept elsewhere is for.
func TestRebuiltChainIsFoundByCheckpoint(t *testing.T) {
	s := open(t, t.TempDir())
	add(t, s, entry(0))
	kept := export(t, s)
	add(t, s, entry(1))
	genuine := export(t, s)
	same := forge(t, genuine, func(map[string]json.RawMessage) {})
	if !bytes.Equal(same, genuine) {
		t.Fatalf("the test does not know the format:\n%s\n%s", same, genuine)
	}
	forged := forge(t, genuine, func(line map[string]json.RawMessage) {
		if string(line["seq"]) == "2" {
			line["data"] = json.RawMessage(`{"result":"cleared"}`)
		}
	})
	if _, err := audit.Verify(bytes.NewReader(forged), nil); err != nil {
		t.Errorf("a chain without a fault: %v", err)
	}
	tampered(t, "rebuilt", forged, kept)
}

// What a chain says of itself must be so even where every hash fits.
func TestForgedChains(t *testing.T) {
	log := log(t, 1)
	set := func(seq, member, value string) []byte {
		return forge(t, log, func(line map[string]json.RawMessage) {
			if string(line["seq"]) == seq {
				line[member] = json.RawMessage(value)
			}
		})
	}
	// One line written anew, its hash made to fit it, among lines that were left as they were.
	lines, anew := slices.Collect(strings.Lines(string(log))), slices.Collect(strings.Lines(string(set("2", "data", `{"n":9}`))))
	tampered(t, "one line written anew", []byte(lines[0]+anew[1]+lines[2]), nil)
	tampered(t, "a number left out", set("2", "seq", "3"), nil)
	tampered(t, "no header", set("1", "type", `"decision"`), nil)
	tampered(t, "a second header", set("2", "type", `"header"`), nil)
	tampered(t, "no checkpoint at the end", set("3", "type", `"decision"`), nil)
}

func TestVerifyReadErrors(t *testing.T) {
	broken := errors.New("broken disk")
	if _, err := audit.Verify(iotest.ErrReader(broken), nil); !errors.Is(err, broken) || errors.Is(err, audit.ErrTampered) {
		t.Errorf("a log that cannot be read: %v", err)
	}
	if _, err := audit.Verify(iotest.OneByteReader(bytes.NewReader(log(t, 1))), nil); err != nil {
		t.Errorf("byte by byte: %v", err)
	}
	endless := io.MultiReader(strings.NewReader(`{"seq":1,`), io.LimitReader(zeros{}, audit.MaxLine+1))
	if _, err := audit.Verify(endless, nil); !errors.Is(err, audit.ErrTampered) {
		t.Errorf("a line that does not end: %v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// written is a log that was made without a database: fuzzing would watch all of that.
func written(f *testing.F) []byte {
	return forge(f, []byte(`{"seq":1,"time":"2026-01-01T00:00:00Z","type":"header","data":{"format":"caveat-audit-1"}}
{"seq":2,"time":"2026-01-01T00:00:01Z","type":"decision","data":{"n":1,"hash":"x"}}
{"seq":3,"time":"2026-01-01T00:00:02Z","type":"checkpoint","data":{}}
`), func(map[string]json.RawMessage) {})
}

func FuzzVerify(f *testing.F) {
	genuine := written(f)
	f.Add(genuine, []byte(nil))
	f.Add(genuine, genuine)
	f.Add(bytes.ReplaceAll(genuine, []byte(`"n":1`), []byte(`"n":2`)), []byte(nil))
	f.Add(genuine, []byte("x"))
	f.Add([]byte("{\"seq\":1,\"hash\":\"\"}\n"), []byte(nil))
	f.Fuzz(func(t *testing.T, data, checkpoint []byte) {
		sum, err := audit.Verify(bytes.NewReader(data), checkpoint)
		if err != nil {
			if sum != (audit.Summary{}) {
				t.Errorf("a summary with an error: %+v, %v", sum, err)
			}
			return
		}
		// What verifies is made of lines, one for each number, and ends with its head; the log contains its checkpoint.
		if int64(bytes.Count(data, []byte("\n"))) != sum.Lines || !bytes.HasSuffix(data, []byte(sum.Head+"\"}\n")) {
			t.Errorf("%+v of\n%s", sum, data)
		}
		if !bytes.Contains(data, bytes.TrimSpace(checkpoint)[bytes.LastIndexByte(bytes.TrimSpace(checkpoint), '\n')+1:]) {
			t.Errorf("it does not contain its checkpoint %q:\n%s", checkpoint, data)
		}
		// Its beginning is no log of its own unless it ends with a checkpoint; a byte more or less is none at all.
		if _, err := audit.Verify(bytes.NewReader(data[:len(data)-1]), nil); !errors.Is(err, audit.ErrTampered) {
			t.Errorf("a byte less: %v", err)
		}
	})
}

// That a picture was altered is no answer to whoever named the wrong file.
func TestWhatIsNoLog(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":                   "",
		"an empty line":             "\n",
		"a JPEG":                    "\xff\xd8\xff\xe0\x00\x10JFIF\x00" + strings.Repeat("\x80\n", 9000),
		"JSON of another kind":      `{"name": "x", "hash": "abc"}` + "\n",
		"a member of the same name": `{"id":1,"type":"header","x":2}` + "\n",
		"a message":                 "From: a@b\r\n\r\nThe format is caveat-audit-1.\r\n",
		"a byte of a log":           "\x00",
	} {
		if _, err := audit.Verify(strings.NewReader(text), nil); !errors.Is(err, audit.ErrNotLog) || errors.Is(err, audit.ErrTampered) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := audit.Verify(iotest.ErrReader(io.ErrClosedPipe), nil); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("what cannot be read: %v", err)
	}
	line, _, _ := strings.Cut(string(log(t, 1)), "\n")
	for end := 1; end < len(line); end++ {
		tampered(t, "cut off in the first line", []byte(line[:end]), nil)
	}
}
