package outbox

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
)

// openSpool opens a file of the spool, and nothing that somebody put in its place: a link is ErrTampered.
func openSpool(path string) (*os.File, error) {
	named, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if named.Mode()&fs.ModeSymlink != 0 {
		return nil, fmt.Errorf("%w: %s is a link", ErrTampered, path)
	}
	f, err := os.OpenFile(path, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, err
	}
	opened, err := f.Stat()
	switch {
	case err != nil:
	case !opened.Mode().IsRegular():
		err = fmt.Errorf("%s is no regular file", path)
	case !os.SameFile(named, opened):
		err = fmt.Errorf("%w: %s was exchanged while it was opened", ErrTampered, path)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// held reads a file whose size and hash are known, from its one opening. Its end is an end only when both are right.
type held struct {
	file *os.File
	hash hash.Hash
	sum  string
	left int64
}

func openHeld(path, sum string, size int64) (io.ReadCloser, error) {
	f, err := openSpool(path)
	if err != nil {
		return nil, err
	}
	return &held{file: f, hash: sha256.New(), sum: sum, left: size}, nil
}

// Read implements io.Reader. Bytes beyond the size are not given.
func (h *held) Read(p []byte) (int, error) {
	n, err := h.file.Read(p)
	if int64(n) > h.left {
		return 0, fmt.Errorf("%w: the spooled message is longer than what was cleared", ErrTampered)
	}
	h.hash.Write(p[:n])
	h.left -= int64(n)
	if err == io.EOF && (h.left != 0 || hex.EncodeToString(h.hash.Sum(nil)) != h.sum) {
		err = fmt.Errorf("%w: the spooled bytes are others than those that were cleared", ErrTampered)
	}
	return n, err
}

// Close implements io.Closer.
func (h *held) Close() error { return h.file.Close() }
