package presend

import "caveat/backend/draft"

// tellChanges fills in what an earlier report had said, where that was something else ("cleared three hours ago, not now"): of
// each address, and of everybody behind it by the entry. A report on another label tells nothing: then it is the label that
// made the difference.
func tellChanges(r *Report, before Report) {
	if before.Label.Marking != r.Label.Marking || before.Label.Valid != r.Label.Valid || !sameParts(before.Parts, r.Parts) {
		return
	}
	had := map[string]Recipient{}
	for _, x := range before.Recipients {
		had[draft.FoldAddress(x.Address)] = x
	}
	for i := range r.Recipients {
		x := &r.Recipients[i]
		if old, ok := had[draft.FoldAddress(x.Address)]; ok {
			x.Was = was(old, *x)
			tellMembers(x.Members, membersOf(old.Members, map[Ref]Recipient{}))
		}
	}
}

func sameParts(a, b []PartReport) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Marking != b[i].Marking || a[i].Portion != b[i].Portion || a[i].Valid != b[i].Valid {
			return false
		}
	}
	return true
}

// was is what had been found, nil where it is the same now.
func was(old, now Recipient) *Was {
	outcome := Worse(old.Verdict.Outcome, old.Link.Outcome)
	if outcome == Worse(now.Verdict.Outcome, now.Link.Outcome) {
		return nil
	}
	return &Was{Outcome: outcome, ReadAt: old.Verdict.Evidence.ReadAt}
}

func entryOf(x Recipient) Ref {
	return Ref{Directory: x.Verdict.Evidence.Directory, DN: x.Verdict.Evidence.DN}
}

func membersOf(list []Recipient, into map[Ref]Recipient) map[Ref]Recipient {
	for _, x := range list {
		into[entryOf(x)] = x
		membersOf(x.Members, into)
	}
	return into
}

func tellMembers(list []Recipient, had map[Ref]Recipient) {
	for i := range list {
		x := &list[i]
		if old, ok := had[entryOf(*x)]; ok && entryOf(*x).DN != "" {
			x.Was = was(old, *x)
		}
		tellMembers(x.Members, had)
	}
}
