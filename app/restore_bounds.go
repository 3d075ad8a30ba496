package app

import (
	"archive/zip"
	"fmt"
	"os"
)

// maxRestored is how much is brought back at most, in bytes.
const maxRestored = 1 << 40

// maxDeflated is how many bytes a byte of an archive can stand for: 258 of them take two bits (RFC 1951), and a little for the beginning.
const maxDeflated, deflatedBegins = 258 * 4, 1 << 10

// bounded holds the sizes that a manifest states to what is really there, and to a ceiling, before anything is unpacked: a small file that
// unpacks to a full disk is no backup. Errors: errBackup.
func (cmd restoreCommand) bounded(archive *zip.Reader, m manifest) error {
	info, err := os.Stat(cmd.File)
	if err != nil {
		return err
	}
	return m.bounded(archive.File, info.Size())
}

// bounded is restoreCommand.bounded for an archive of so many bytes with these entries.
func (m manifest) bounded(entries []*zip.File, archive int64) error {
	of := map[string]*zip.File{}
	for _, e := range entries {
		of[e.Name] = e
	}
	packed, total := uint64(0), int64(0)
	for _, x := range m.Files {
		e := of[x.Name]
		switch {
		case e == nil:
			return fmt.Errorf("%w: %s is missing in it", errBackup, x.Name)
		case x.Size < 0 || uint64(x.Size) != e.UncompressedSize64:
			return fmt.Errorf("%w: %s in it is not what was backed up", errBackup, x.Name)
		case e.CompressedSize64 > uint64(archive) || uint64(x.Size) > e.CompressedSize64*maxDeflated+deflatedBegins:
			return fmt.Errorf("%w: %s in it cannot have the %s that it states", errBackup, x.Name, size(x.Size))
		}
		if packed += e.CompressedSize64; packed > uint64(archive) {
			return fmt.Errorf("%w: its files lie over each other", errBackup)
		}
		if x.Size > maxRestored-total { // not their sum: that may wrap
			return fmt.Errorf("%w: it unpacks to more than %s", errBackup, size(maxRestored))
		}
		total += x.Size
	}
	return nil
}

func (m manifest) total() (n int64) {
	for _, x := range m.Files {
		n += x.Size
	}
	return n
}

// fits reports that a disk with so many bytes free takes all of it, and leaves room to work.
func (m manifest) fits(free int64) bool { return m.total() <= free-noRoom }
