package app

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"caveat/backend/store"
)

// TestRestoreIsBounded: what a manifest states is held to what the archive really has, and to a ceiling, before anything is unpacked.
func TestRestoreIsBounded(t *testing.T) {
	entry := func(name string, packed, unpacked uint64) *zip.File {
		return &zip.File{FileHeader: zip.FileHeader{Name: name, CompressedSize64: packed, UncompressedSize64: unpacked}}
	}
	of := func(sizes ...int64) (m manifest) {
		for i, n := range sizes {
			m.Files = append(m.Files, backupFile{Name: fmt.Sprint(i), Size: n})
		}
		return m
	}
	const tb = 1 << 40
	for name, c := range map[string]struct {
		m       manifest
		entries []*zip.File
		archive int64
		says    string // "": it is taken
	}{
		"sound":                      {of(5000, 0), []*zip.File{entry("0", 900, 5000), entry("1", 2, 0)}, 1000, ""},
		"zeros":                      {of(1 << 30), []*zip.File{entry("0", 1<<30/1030, 1<<30)}, 1<<30/1030 + 200, ""},
		"missing":                    {of(1), nil, 1000, "0 is missing in it"},
		"states more than the entry": {of(5000), []*zip.File{entry("0", 900, 4000)}, 1000, "not what was backed up"},
		"states less":                {of(-1), []*zip.File{entry("0", 900, math.MaxUint64)}, 1000, "not what was backed up"},
		"more than it can unpack to": {of(tb), []*zip.File{entry("0", 900, tb)}, 1000, "cannot have the 1024 GiB that it states"},
		"more than there is":         {of(tb), []*zip.File{entry("0", tb, tb)}, 1000, "cannot have the 1024 GiB that it states"},
		"one over the other":         {of(600, 600), []*zip.File{entry("0", 600, 600), entry("1", 600, 600)}, 1000, "lie over each other"},
		"as much as the ceiling":     {of(tb-1, 1), []*zip.File{entry("0", tb/1000, tb-1), entry("1", 1, 1)}, tb / 500, ""},
		"one file beyond it":         {of(5 * tb), []*zip.File{entry("0", 6<<30, 5*tb)}, 7 << 30, "more than 1024 GiB"},
		"beyond the ceiling":         {of(tb, 1), []*zip.File{entry("0", tb, tb), entry("1", 1, 1)}, tb + 1000, "more than 1024 GiB"},
		"sums that wrap":             {of(math.MaxInt64, math.MaxInt64), []*zip.File{entry("0", 1<<53, math.MaxInt64), entry("1", 1<<53, math.MaxInt64)}, math.MaxInt64, "more than 1024 GiB"},
	} {
		err := c.m.bounded(c.entries, c.archive)
		if c.says == "" && err == nil {
			continue
		}
		if c.says == "" || !errors.Is(err, errBackup) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if m := of(tb); m.fits(tb) || !m.fits(tb+noRoom) {
		t.Error("it fits where it leaves no room")
	}
}

// TestRestoreOfABomb: a small file that unpacks to much is refused by the command, and nothing is left of it.
func TestRestoreOfABomb(t *testing.T) {
	t.Parallel()
	const terabyte = 1 << 40
	list := func(files string) string {
		return fmt.Sprintf(`{"format": %q, "files": [{"name": %q, "size": %d, "sha256": ""}%s]}`, backupFormat, store.DatabaseFile, terabyte, files)
	}
	for name, c := range map[string]struct {
		manifest string
		repeat   int // how often the entry stands in the directory of the archive, under names of its own
		says     string
	}{
		"a size that is not there":    {list(""), 1, "cannot have the"},
		"a manifest that packs well":  {list(strings.Repeat(`, {"name": "x"}`, 1<<19)), 1, "too long"},
		"a list of nothing":           {list(strings.Repeat(", {}", 1<<19)), 1, `must not hold ""`},
		"missing of nothing":          {strings.Replace(list(""), `"files"`, `"missing": [""`+strings.Repeat(`,""`, 1<<19)+`], "files"`, 1), 1, `must not miss ""`},
		"a list that stands twice":    {list(`], "Files": [{"name": "caveat.db", "size": 1, "sha256": ""}`), 1, "stands in it twice"},
		"missing that stands twice":   {strings.Replace(list(""), `"files"`, `"missing": ["spool/x"], "missing": ["spool/x"], "files"`, 1), 1, "stands in it twice"},
		"a list that is none":         {`{"format": "caveat-backup-1", "files": {}}`, 1, "a list is wanted"},
		"the same bytes three times":  {overlapping(3), 3, "lie over each other"},
		"a manifest without anything": {`{"format": "caveat-backup-1", "files": null}`, 1, "has no caveat.db"},
	} {
		t.Run(name, func(t *testing.T) {
			file, data := filepath.Join(t.TempDir(), "backup"), filepath.Join(t.TempDir(), "data")
			if err := os.WriteFile(file, bomb(t, c.manifest, c.repeat), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := restoreCommand{File: file}
			err := cmd.Run(t.Context(), &console{out: io.Discard, err: io.Discard, data: data, free: diskFree})
			if !errors.Is(err, errBackup) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v", err)
			}
			if left, _ := os.ReadDir(data); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

// TestRestoreWithoutRoom: the command asks the disk that it would fill, and unpacks nothing where that would leave no room to work. Where
// nobody can say how much there is, it goes on: here to a file that is not what was backed up.
func TestRestoreWithoutRoom(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for name, text := range map[string]string{
		store.DatabaseFile: "12345",
		manifestFile:       fmt.Sprintf(`{"format": %q, "files": [{"name": %q, "size": 5, "sha256": ""}]}`, backupFormat, store.DatabaseFile),
	} {
		to, err := w.Create(name)
		if err == nil {
			_, err = io.WriteString(to, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	file, data := filepath.Join(t.TempDir(), "backup"), filepath.Join(t.TempDir(), "data")
	if err := errors.Join(w.Close(), os.WriteFile(file, out.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		free int64
		err  error
		fits bool
	}{{noRoom + 4, nil, false}, {noRoom + 5, nil, true}, {0, errors.ErrUnsupported, true}} {
		asked := ""
		cmd := restoreCommand{File: file}
		err := cmd.Run(t.Context(), &console{out: io.Discard, err: io.Discard, data: data, free: func(dir string) (int64, error) { asked = dir; return c.free, c.err }})
		if err == nil || errors.Is(err, errBackup) != c.fits || strings.Contains(err.Error(), "64 MiB are free: make room") == c.fits {
			t.Errorf("%d, %v: %v", c.free, c.err, err)
		}
		if filepath.Dir(asked) != data {
			t.Errorf("asked of %q", asked)
		}
		if left, _ := os.ReadDir(data); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}

// overlapped is how long the entry of a bomb is that stands several times in its directory.
const overlapped = 64 << 10

func overlapping(n int) string {
	var files []string
	for i := range n {
		files = append(files, fmt.Sprintf(`{"name": %q, "size": %d, "sha256": ""}`, bombName(i), overlapped))
	}
	return fmt.Sprintf(`{"format": %q, "files": [%s]}`, backupFormat, strings.Join(files, ", "))
}

// bombName gives names of one length, the first that of the database.
func bombName(i int) string {
	if i == 0 {
		return store.DatabaseFile
	}
	return fmt.Sprintf("spool/%03d", i)
}

// bomb is an archive with a database that states a terabyte, or, several times, the same one that is there.
func bomb(t *testing.T, text string, times int) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	head := &zip.FileHeader{Name: store.DatabaseFile, Method: zip.Store, CompressedSize64: overlapped, UncompressedSize64: overlapped}
	if times == 1 {
		head.UncompressedSize64 = 1 << 40
	}
	to, err := w.CreateRaw(head)
	if err == nil {
		_, err = to.Write(make([]byte, overlapped))
	}
	if err == nil {
		to, err = w.Create(manifestFile)
	}
	if err == nil {
		_, err = to.Write([]byte(text))
	}
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	data := out.Bytes()
	begin, end := bytes.Index(data, []byte("PK\x01\x02")), bytes.LastIndex(data, []byte("PK\x05\x06"))
	first := data[begin : begin+46+len(store.DatabaseFile)] // an entry of the directory without extra fields: APPNOTE.TXT 4.3.12
	for i := 1; i < times; i++ {
		more := bytes.Replace(first, []byte(store.DatabaseFile), []byte(bombName(i)), 1)
		data = bytes.Join([][]byte{data[:end], more, data[end:]}, nil)
		end += len(more)
	}
	for at, n := range map[int]int{8: times + 1, 10: times + 1} { // entries in all
		binary.LittleEndian.PutUint16(data[end+at:], uint16(n))
	}
	binary.LittleEndian.PutUint32(data[end+12:], uint32(end-begin))
	return data
}
