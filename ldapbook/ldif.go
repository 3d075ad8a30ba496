package ldapbook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"caveat/ldapbook/internal/ldif"
)

// ErrLDIF: an LDIF file cannot be read, is not what RFC 2849 allows, holds changes in place of entries, or ends too early.
var ErrLDIF = errors.New("ldapbook: LDIF file cannot be read to its end")

// maxBatchBytes: a batch is handed on when its records together are that large.
const maxBatchBytes = 32 << 20

// readLDIF reads the entries of a file below src.BaseDN (empty: all) and hands them on in batches, whose memory is the
// receiver's. They count as read when the file was last changed, never later than now: what came over a one-way link is not
// younger than the file. bytes is what was read, also with an error. With an error the entries handed on are only a part.
//
// Errors: ErrLDIF, which names the file and the line; ctx's; those of emit.
//
// std: RFC2849 content records
func readLDIF(ctx context.Context, src *Source, m *mapper, path string, emit func([]Entry) error) (bytes int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, ldifError(src, path, err)
	}
	defer f.Close()
	before, err := f.Stat()
	if err != nil {
		return 0, ldifError(src, path, err)
	}
	if !before.Mode().IsRegular() {
		return 0, ldifError(src, path, fmt.Errorf("it is no file"))
	}
	defer m.as(m.now, m.channel)
	m.as(stoodStill(before.ModTime()), TransportLDIF)

	counted := &countingReader{ctx: ctx, r: f}
	r := &ldifReading{mapper: m, base: FoldDN(src.BaseDN), emit: emit}
	if src.BaseDN == "" {
		r.base = ""
	}
	err = r.run(ldif.NewReader(counted))
	switch {
	case r.emitErr != nil:
		return counted.n, r.emitErr
	case ctx.Err() != nil:
		return counted.n, ctx.Err()
	case err != nil:
		return counted.n, ldifError(src, path, err)
	}
	after, err := os.Stat(path)
	if err == nil && (!os.SameFile(before, after) || after.Size() != counted.n || !after.ModTime().Equal(before.ModTime())) {
		err = fmt.Errorf("it was changed while it was read")
	}
	return counted.n, ldifError(src, path, err)
}

func ldifError(src *Source, path string, err error) error {
	if err == nil {
		return nil
	}
	var inPath *fs.PathError
	if errors.As(err, &inPath) {
		err = inPath.Err // the path is told anyhow
	}
	return fmt.Errorf("%w: %s (%s): %w", ErrLDIF, src.Name, path, err)
}

// stoodStill is a clock that shows t, or now where t has not come yet.
func stoodStill(t time.Time) func() time.Time {
	if now := time.Now(); t.After(now) {
		t = now
	}
	return func() time.Time { return t }
}

// as makes the mapper's entries read at another time and in another way.
func (m *mapper) as(now func() time.Time, channel Transport) { m.now, m.channel = now, channel }

// ldifReading is one file under way.
type ldifReading struct {
	mapper  *mapper
	base    string // folded; empty: everything
	emit    func([]Entry) error
	emitErr error
	batch   []Entry
	size    int
}

func (r *ldifReading) run(reader *ldif.Reader) error {
	for records := 0; ; records++ {
		r.mapper.begin()
		record, err := reader.Next(r.mapper.visit)
		switch {
		case err == io.EOF && records == 0:
			return fmt.Errorf("it holds no entry")
		case err == io.EOF:
			return r.flush()
		case err != nil:
			return err
		}
		if err := r.keep(record); err != nil {
			return err
		}
	}
}

func (r *ldifReading) keep(record ldif.Record) error {
	e, ok := r.mapper.end(record.DN)
	clear(r.mapper.pending) // there is no server to ask for the rest of a range
	if !ok || !r.isBelow(record.DN) {
		return nil
	}
	r.batch = append(r.batch, e)
	if r.size += record.Size; len(r.batch) < batchSize && r.size < maxBatchBytes {
		return nil
	}
	return r.flush()
}

func (r *ldifReading) isBelow(dn string) bool {
	if r.base == "" {
		return true
	}
	folded := FoldDN(dn)
	return folded == r.base || strings.HasSuffix(folded, ","+r.base)
}

func (r *ldifReading) flush() error {
	if len(r.batch) == 0 {
		return nil
	}
	batch := r.batch
	r.batch, r.size = nil, 0
	r.emitErr = r.emit(batch)
	return r.emitErr
}

// countingReader counts, and ends with its context.
type countingReader struct {
	ctx context.Context
	r   io.Reader
	n   int64
}

// Read reads, unless the context has ended.
func (c *countingReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
