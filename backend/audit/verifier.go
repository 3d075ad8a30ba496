package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// verifier goes through a log, line by line.
type verifier struct {
	prev     string
	origin   string
	tree     tree
	given    Keys        // by who asks
	known    Keys        // those, and those that the log names
	want     []byte      // a checkpoint's line
	note     *Checkpoint // a checkpoint's note, its signature not verified yet
	found    bool        // what is wanted
	strange  error       // what comes from a key that was not given, and no given key vouches for
	lastType string
	sum      Summary
}

func (v *verifier) line(line []byte) error {
	h, hash, err := openLine(line)
	switch {
	case err != nil:
		return err
	case h.Seq != v.sum.Lines+1:
		return fmt.Errorf("it has the number %d", h.Seq)
	case h.Prev != v.prev:
		return fmt.Errorf("it does not follow the line before it")
	case (h.Seq == 1) != (h.Type == TypeHeader):
		return fmt.Errorf("it has the type %q", h.Type)
	}
	if err := h.isSound(); err != nil {
		return err
	}
	if err := v.special(h, hash); err != nil {
		return err
	}
	v.tree.add(tlog.RecordHash(line))
	v.prev, v.lastType = hash, h.Type
	v.sum.Lines, v.sum.Last, v.sum.Head = h.Seq, h.Time, hash
	return v.reached(line, h)
}

// special reads what some lines say of the log itself.
func (v *verifier) special(h head, hash string) (err error) {
	switch h.Type {
	case TypeHeader:
		v.sum.First = h.Time
		v.origin, err = originOf(hash)
	case TypeKey:
		var e keyEntry
		if err := json.Unmarshal(h.Data, &e); err != nil {
			return err
		}
		if v.known, err = v.known.with(e.Key); err == nil {
			v.stranger(h.Seq, "names a key", keyOf(e.Key))
		}
	case TypeCheckpoint:
		var e checkpointEntry
		if err := json.Unmarshal(h.Data, &e); err != nil {
			return err
		}
		if e.Note != "" {
			return v.signed(e)
		}
	}
	return err
}

// signed holds the lines before a checkpoint line to its note.
func (v *verifier) signed(e checkpointEntry) error {
	c, err := openNote([]byte(e.Note), v.known)
	if err != nil {
		return err
	}
	if err := v.holdTo(c); err != nil {
		return err
	}
	if e.Size != c.Size || e.Root != c.Root.String() || c.Size != v.sum.Lines {
		return errors.New("it says something else than the checkpoint in it")
	}
	if _, ok := v.given.find(c.Key); ok || v.given.IsZero() {
		v.sum.Signed, v.sum.Key, v.strange = c.Size, c.Key, nil // who signs it vouches for what stands before it
		return nil
	}
	v.stranger(v.sum.Lines+1, "is signed by a key", c.Key)
	return nil
}

// stranger notes a line that comes from a key which is none of those that were given.
func (v *verifier) stranger(seq int64, does, key string) {
	if _, ok := v.given.find(key); !ok && !v.given.IsZero() && v.strange == nil {
		v.strange = fmt.Errorf("%w: line %d %s that was not given, %s, and no checkpoint by a key that was given follows it", ErrTampered, seq, does, key)
	}
}

// holdTo compares all lines so far with a checkpoint.
func (v *verifier) holdTo(c Checkpoint) error {
	switch {
	case c.Origin != v.origin:
		return fmt.Errorf("the checkpoint is that of another log, %s; this one is %s", c.Origin, v.origin)
	case c.Root != v.tree.root() || c.Head != v.prev:
		return fmt.Errorf("the lines up to %d are not those that the checkpoint of %s covers", c.Size, moment(c.Time))
	}
	return nil
}

// reached notes that the checkpoint is there that the log is held to.
func (v *verifier) reached(line []byte, h head) error {
	switch {
	case v.want != nil && !v.found && bytes.Equal(line, v.want):
		v.found, v.sum.Complete, v.sum.CheckpointTime = true, h.Seq, h.Time
	case v.note != nil && h.Seq == v.note.Size:
		if err := v.holdTo(*v.note); err != nil {
			return err
		}
		v.found, v.sum.Complete, v.sum.CheckpointTime = true, h.Seq, v.note.Time.Format(time.RFC3339)
	}
	return nil
}

// end is what must be so when all lines were read.
func (v *verifier) end() error {
	switch {
	case v.lastType != TypeCheckpoint:
		return fmt.Errorf("%w: it does not end with a checkpoint, as every export does: its end is missing", ErrTampered)
	case (v.want != nil || v.note != nil) && !v.found:
		return fmt.Errorf("%w: it does not contain the checkpoint: lines were cut off or written anew", ErrTampered)
	case !v.given.IsZero() && v.sum.Signed == 0:
		return fmt.Errorf("%w: no checkpoint in it is signed by a key that was given", ErrTampered)
	case v.strange != nil:
		return v.strange
	}
	if v.note == nil {
		return nil
	}
	keys := v.given
	if keys.IsZero() {
		keys = v.known
	}
	_, err := openNote([]byte(v.note.Note), keys)
	return err
}
