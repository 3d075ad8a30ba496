package smtpsend

import (
	"bytes"
	"fmt"
	"io"
)

// chunkSize is how many octets go into one BDAT; window, how many of them may be unanswered at once.
const (
	chunkSize = 1 << 20
	window    = 4
)

func (t *transaction) usesChunks() bool {
	return t.has("CHUNKING") && t.options.Chunking != ChunkingNever
}

// chunks sends the body as BDAT …, BDAT … LAST. Everything before the last chunk has been answered, and the whole body read and
// held to what was measured, before the caller is asked: handing over the last chunk is the end of the message.
//
// std: RFC3030 §2
func (t *transaction) chunks(body io.Reader, bodySent func() error) (*Reply, error) {
	b := newChunker(body)
	waiting := 0
	left := t.size
	for ; left > chunkSize; left -= chunkSize {
		if err := b.fill(chunkSize); err != nil {
			return nil, err
		}
		if err := t.chunk(b.next(chunkSize), ""); err != nil {
			return nil, err
		}
		if waiting++; waiting == window || !t.has("PIPELINING") {
			waiting--
			if r, err := t.final("BDAT"); err != nil || !r.isYes() {
				return t.chunkRefused(r, waiting, err)
			}
		}
	}
	for ; waiting > 0; waiting-- {
		if r, err := t.final("BDAT"); err != nil || !r.isYes() {
			return t.chunkRefused(r, waiting-1, err)
		}
	}
	if err := b.finish(t, left); err != nil {
		return nil, err
	}
	if err := bodySent(); err != nil {
		return nil, err
	}
	if err := t.chunk(b.next(int(left)), " LAST"); err != nil {
		return nil, err
	}
	return t.final("BDAT LAST")
}

func (t *transaction) chunk(octets []byte, last string) error {
	if _, err := fmt.Fprintf(t.out, "BDAT %d%s\r\n", len(octets), last); err != nil {
		return t.failed("BDAT", err)
	}
	if _, err := t.out.Write(octets); err != nil {
		return t.failed("BDAT", err)
	}
	if err := t.out.Flush(); err != nil {
		return t.failed("BDAT", err)
	}
	return nil
}

// chunkRefused ends a message of which a chunk was refused: the answers to those behind it are read, and RSET follows.
//
// std: RFC3030 §2
func (t *transaction) chunkRefused(r *Reply, waiting int, err error) (*Reply, error) {
	if err != nil {
		return nil, err
	}
	for ; waiting > 0; waiting-- {
		if _, err := t.final("BDAT"); err != nil {
			return r, nil // refused is refused; the connection is not used again
		}
	}
	t.reset()
	return r, nil
}

// chunker makes chunks of a body, with CRLF at the end of each line. It holds little more than one chunk.
type chunker struct {
	src  *source
	w    *stuffer
	buf  bytes.Buffer
	read []byte
	eof  bool
}

func newChunker(body io.Reader) *chunker {
	b := &chunker{src: &source{r: body}, read: make([]byte, 32<<10)}
	b.w = &stuffer{out: &b.buf}
	return b
}

// fill reads until there are n octets, or the body ends.
func (b *chunker) fill(n int) error {
	for b.buf.Len() < n && !b.eof {
		k, err := b.src.Read(b.read)
		_, _ = b.w.Write(b.read[:k]) // a buffer takes everything
		switch {
		case err == io.EOF:
			b.eof = true
			_ = b.w.end()
		case err != nil:
			return fmt.Errorf("%w: %w", ErrBody, err)
		}
	}
	if b.buf.Len() < n {
		return fmt.Errorf("%w: it ended before its time", ErrBody)
	}
	return nil
}

// finish reads the rest, which must be left octets and the whole of what was measured.
func (b *chunker) finish(t *transaction, left int64) error {
	for !b.eof && int64(b.buf.Len()) <= left {
		if err := b.fill(b.buf.Len() + 1); err != nil && !b.eof {
			return err
		}
	}
	if err := t.isMeasured(b.src); err != nil {
		return err
	}
	if !b.eof || int64(b.buf.Len()) != left {
		return fmt.Errorf("%w: %d octets left, %d when it was measured", ErrBody, b.buf.Len(), left)
	}
	return nil
}

func (b *chunker) next(n int) []byte { return b.buf.Next(n) }
