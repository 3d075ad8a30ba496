package mailstore

import (
	"bytes"
	"errors"
	"os"
	"slices"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
)

// each calls do for the messages of a set, with the position of each in the folder and its number as the client counts. The store's
// lock is held.
func (s *session) each(set imap.NumSet, do func(i int, seq uint32) error) error {
	set = s.static(set)
	for i, m := range s.folder.index.Messages {
		seq := s.tracker.EncodeSeqNum(uint32(i) + 1)
		isIn := false
		switch set := set.(type) {
		case imap.SeqSet:
			isIn = seq != 0 && set.Contains(seq)
		case imap.UIDSet:
			isIn = set.Contains(m.UID)
		}
		if !isIn || seq == 0 {
			continue
		}
		if err := do(i, seq); err != nil {
			return err
		}
	}
	return nil
}

// static puts numbers in the place of "*", the last message.
func (s *session) static(set imap.NumSet) imap.NumSet {
	last := func(start, stop *uint32, most uint32) {
		for _, n := range []*uint32{start, stop} {
			if *n == 0 {
				*n = most
			}
		}
		if *start > *stop {
			*start, *stop = *stop, *start
		}
	}
	switch set := set.(type) {
	case imap.SeqSet:
		set = slices.Clone(set)
		for i := range set {
			last(&set[i].Start, &set[i].Stop, uint32(len(s.folder.index.Messages)))
		}
		return set
	case imap.UIDSet:
		set = slices.Clone(set)
		for i := range set {
			last((*uint32)(&set[i].Start), (*uint32)(&set[i].Stop), uint32(s.folder.lastUID()))
		}
		return set
	}
	return set
}

func (f *folder) lastUID() imap.UID {
	if n := len(f.index.Messages); n > 0 {
		return f.index.Messages[n-1].UID
	}
	return 0
}

func (s *session) Fetch(w *imapserver.FetchWriter, set imap.NumSet, options *imap.FetchOptions) error {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	marks := !s.readOnly && slices.ContainsFunc(options.BodySection, func(b *imap.FetchItemBodySection) bool { return !b.Peek })
	if marks {
		if err := s.flag(set, imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagSeen}}, nil); err != nil {
			return err
		}
	}
	return s.each(set, func(i int, seq uint32) error {
		return s.fetch(w.CreateMessage(seq), s.folder.index.Messages[i], options)
	})
}

func (s *session) fetch(w *imapserver.FetchResponseWriter, m entry, options *imap.FetchOptions) error {
	w.WriteUID(m.UID)
	if options.Flags {
		w.WriteFlags(m.Flags)
	}
	if options.InternalDate {
		w.WriteInternalDate(m.Received)
	}
	if options.RFC822Size {
		w.WriteRFC822Size(m.Size)
	}
	if options.Envelope || options.BodyStructure != nil || len(options.BodySection) > 0 {
		if err := s.fetchContent(w, m, options); err != nil {
			return errors.Join(err, w.Close())
		}
	}
	return w.Close()
}

func (s *session) fetchContent(w *imapserver.FetchResponseWriter, m entry, options *imap.FetchOptions) error {
	data, err := s.folder.read(m)
	if err != nil {
		return err
	}
	if options.Envelope {
		w.WriteEnvelope(imapserver.ExtractEnvelope(headerOf(data)))
	}
	if options.BodyStructure != nil {
		w.WriteBodyStructure(imapserver.ExtractBodyStructure(bytes.NewReader(data)))
	}
	for _, section := range options.BodySection {
		part := imapserver.ExtractBodySection(bytes.NewReader(data), section)
		out := w.WriteBodySection(section, int64(len(part)))
		_, err := out.Write(part)
		if err := errors.Join(err, out.Close()); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) Store(w *imapserver.FetchWriter, set imap.NumSet, flags *imap.StoreFlags, _ *imap.StoreOptions) error {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	if s.readOnly {
		return errReadOnly
	}
	if err := s.flag(set, *flags, s.tracker); err != nil {
		return err
	}
	if flags.Silent {
		return nil
	}
	return s.each(set, func(i int, seq uint32) error {
		return s.fetch(w.CreateMessage(seq), s.folder.index.Messages[i], &imap.FetchOptions{Flags: true})
	})
}

// flag changes flags; every session is told but the source.
func (s *session) flag(set imap.NumSet, change imap.StoreFlags, source *imapserver.SessionTracker) error {
	next := s.folder.index
	next.Messages = slices.Clone(next.Messages)
	var changed []int
	_ = s.each(set, func(i int, _ uint32) error {
		m := &next.Messages[i]
		before := m.Flags
		m.Flags = flagged(before, change)
		if !slices.Equal(before, m.Flags) {
			changed = append(changed, i)
		}
		return nil
	})
	if len(changed) == 0 {
		return nil
	}
	if err := s.folder.save(next); err != nil {
		return unwritten(err)
	}
	for _, i := range changed {
		m := next.Messages[i]
		s.folder.tracker.QueueMessageFlags(uint32(i)+1, m.UID, m.Flags, source)
	}
	return nil
}

func flagged(old []imap.Flag, change imap.StoreFlags) []imap.Flag {
	if change.Op == imap.StoreFlagsDel {
		return slices.DeleteFunc(slices.Clone(old), func(f imap.Flag) bool { return has(change.Flags, f) })
	}
	out := slices.Clone(old)
	if change.Op == imap.StoreFlagsSet {
		out = nil
	}
	for _, f := range change.Flags {
		if !has(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// Expunge takes out what is marked as deleted; with uids, of these only. The tracker tells the clients.
func (s *session) Expunge(_ *imapserver.ExpungeWriter, uids *imap.UIDSet) error {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	if s.readOnly {
		return errReadOnly
	}
	next := s.folder.index
	next.Messages = nil
	var gone []entry
	var at []int
	for i, m := range s.folder.index.Messages {
		if has(m.Flags, imap.FlagDeleted) && (uids == nil || uids.Contains(m.UID)) {
			gone, at = append(gone, m), append(at, i)
		} else {
			next.Messages = append(next.Messages, m)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	if err := s.folder.save(next); err != nil {
		return unwritten(err)
	}
	for _, i := range slices.Backward(at) {
		s.folder.tracker.QueueExpunge(uint32(i) + 1)
	}
	for _, m := range gone {
		_ = os.Remove(s.folder.path(m.UID)) // the next start removes it
	}
	return nil
}

func (s *session) Copy(set imap.NumSet, to string) (*imap.CopyData, error) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	dest := s.store.find(to)
	if dest == nil {
		return nil, refusal(imap.ResponseCodeTryCreate, "There is no such folder.")
	}
	var copies []Message
	out := &imap.CopyData{UIDValidity: dest.index.UIDValidity}
	err := s.each(set, func(i int, _ uint32) error {
		m := s.folder.index.Messages[i]
		data, err := s.folder.read(m)
		copies = append(copies, Message{Data: data, Received: m.Received, Flags: slices.Clone(m.Flags)})
		out.SourceUIDs.AddNum(m.UID)
		return err
	})
	if err != nil || len(copies) == 0 {
		return out, err
	}
	first, err := dest.add(dest.index.Taken, copies...)
	if err != nil {
		return nil, unwritten(err)
	}
	for i := range copies {
		out.DestUIDs.AddNum(first + imap.UID(i))
	}
	return out, nil
}
