package message

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"caveat/backend/label"
	"caveat/backend/label/binding"
	"caveat/backend/label/siolabel"
	"caveat/backend/spif"
)

// Fault is why a message's label is not gone by.
type Fault string

// The faults. Only FaultNoLabel says that the message has no label at all: a default label of a domain may be assumed for that one
// alone, because behind every other there may be a more restrictive label than any default.
const (
	FaultNone          Fault = ""
	FaultNoLabel       Fault = "no-label"       // no SIO-Label
	FaultMarkingOnly   Fault = "marking-only"   // a SIO-Label that has a marking and no label
	FaultTwoLabels     Fault = "two-labels"     // several SIO-Label fields: two readers could take different ones
	FaultContinuation  Fault = "continuation"   // the numbered pieces of the label have a gap, or stand twice
	FaultBase64        Fault = "base64"         // the label is not base64
	FaultType          Fault = "unknown-type"   // a label of a type, or an XML element, that is not known
	FaultMalformed     Fault = "malformed"      // the field, or the XML or BER in it, cannot be read
	FaultNotBound      Fault = "not-bound"      // a binding data object that is not about this message, or not only it holds its labels
	FaultContradiction Fault = "contradiction"  // labels in it contradict each other
	FaultPolicy        Fault = "unknown-policy" // a policy that is not known here
	FaultNumbers       Fault = "numbers"        // an ASN.1 label with a number that has no single meaning under the policy
	FaultInvalid       Fault = "invalid"        // the policy does not allow the label
	FaultDisagrees     Fault = "disagrees"      // the marking says something else than the label
)

// The ways in which a label came with its message.
const (
	HowLabel   = "label"   // a STANAG 4774 label
	HowBinding = "binding" // in a STANAG 4778 binding data object
	HowESS     = "ess"     // numbers, RFC 2634
	HowX411    = "x411"    // numbers, X.411
)

// Sensitivity is what a message says about its sensitivity, and what that is worth. It is no more trustworthy than the way that the
// message took: nothing ties the field to the content.
type Sensitivity struct {
	// Marking is for people: as it came, also where there is a fault. Of several fields, all of them. Colours are those of RFC 7444.
	Marking, Foreground, Background string

	How  string // one of HowLabel, HowBinding, HowESS, HowX411; "": no label could be read
	Type string // as the field calls it

	// Label is what is to be gone by, nil with every fault: then the message counts as unlabelled, never as lower.
	Label *label.Information
	// IsSuccessor: Label is of a successor whose date has come.
	IsSuccessor bool
	// Received are the labels as they came, as far as they can be read, for showing what is wrong with them and for holding each to a
	// clearance: with a fault nobody may go by them. Of several fields, those of all; of a binding data object that is about something
	// else, all that are in it.
	Received []label.Label
	// Unread counts the labels of several fields, or the equivalent ones of a chat message, that are not in Received, because nobody
	// here can read them.
	Unread int
	// PolicyMarking, with its colours, is what the policy calls the label, as far as its names are known there.
	PolicyMarking, PolicyForeground, PolicyBackground string
	// Problems are what the policy says against the label; warnings among them.
	Problems []spif.Problem

	Fault  Fault
	Detail string // of the fault, in words for an expert; "" where it says all

	History       []Change // what became of the label before, as the message says; newest first
	HistoryUnread int      // of that, what cannot be read
}

// IsUnlabelled reports that the message came without any label or marking, so that a default label may be assumed for it.
func (s Sensitivity) IsUnlabelled() bool { return s.Fault == FaultNoLabel }

// sensitivity reads the fields of a message and judges what they say.
func (r Reader) sensitivity(fields, history []string, messageID string) Sensitivity {
	var s Sensitivity
	s.History, s.HistoryUnread = readHistory(history)
	switch len(fields) {
	case 0:
		s.Fault = FaultNoLabel
		return s
	case 1:
	default:
		var markings []string
		for _, f := range fields[:min(len(fields), maxHistory)] {
			if text := siolabel.MarkingOf(f); text != "" && !slices.Contains(markings, text) {
				markings = append(markings, text)
			}
		}
		s.Marking = clipped(OneLine(strings.Join(markings, " | ")), maxShown)
		r.receivedIn(&s, fields, messageID)
		return s.faulty(FaultTwoLabels, fmt.Errorf("%d SIO-Label fields", len(fields)))
	}
	reading, err := ParseSIOLabel(fields[0])
	s.Marking, s.Foreground, s.Background, s.Type = clipped(OneLine(reading.Marking), maxShown), reading.Foreground, reading.Background, reading.Type
	info, err := r.read(&s, reading, err, messageID)
	if s.Fault == FaultNone && err != nil {
		s = s.faulty(faultOf(err), err)
	}
	if s.Marking == "" && s.Fault != FaultNone {
		s.Marking = clipped(OneLine(siolabel.MarkingOf(fields[0])), maxShown)
	}
	if s.Fault != FaultNone {
		return s
	}
	return r.judge(s, info)
}

// receivedIn takes in the labels of several fields, each by whichever form it came in. A marking alone is no label.
func (r Reader) receivedIn(s *Sensitivity, fields []string, messageID string) {
	for i, f := range fields {
		if i >= maxHistory {
			s.Unread += len(fields) - i
			return
		}
		var one Sensitivity
		reading, err := ParseSIOLabel(f)
		_, err = r.read(&one, reading, err, messageID)
		s.Received = append(s.Received, one.Received...)
		if err != nil && !errors.Is(err, ErrNoLabel) {
			s.Unread++
		}
	}
}

func (s Sensitivity) faulty(f Fault, why error) Sensitivity {
	s.Fault, s.Label, s.IsSuccessor = f, nil, false
	if why != nil {
		s.Detail = clipped(OneLine(why.Error()), maxShown)
	}
	return s
}

// faultOf names an error of reading.
func faultOf(err error) Fault {
	for _, f := range []struct {
		err   error
		fault Fault
	}{
		{ErrNoLabel, FaultMarkingOnly}, {ErrContinuation, FaultContinuation}, {ErrBase64, FaultBase64}, {errNotBound, FaultNotBound},
		{binding.ErrContradiction, FaultContradiction}, {label.ErrContradiction, FaultContradiction}, {ErrType, FaultType},
		{spif.ErrUnknownPolicy, FaultPolicy}, {spif.ErrNumber, FaultNumbers},
	} {
		if errors.Is(err, f.err) {
			return f.fault
		}
	}
	return FaultMalformed
}

// errNotBound: the object says nothing about the message, or refers to labels elsewhere.
var errNotBound = errors.New("message: the binding data object does not cover this message")

// read gives what the label says now, by whichever form it came in.
func (r Reader) read(s *Sensitivity, reading Reading, err error, messageID string) (label.Information, error) {
	switch {
	case reading.Binding != nil:
		s.How = HowBinding
		if s.Received, err = boundTo(*reading.Binding, messageID); err != nil {
			s.Received = labelsIn(*reading.Binding) // nobody goes by them, and each may be what the reader must not see
			return label.Information{}, err
		}
	case reading.ESS != nil:
		s.How = HowESS
		if reading.Type == siolabel.TypeX411 {
			s.How = HowX411
		}
		if r.Site == nil {
			return label.Information{}, fmt.Errorf("%w: policy %s", spif.ErrUnknownPolicy, reading.ESS.Policy)
		}
		info, err := r.Site.ESSLabel(*reading.ESS)
		if err == nil {
			s.Received = []label.Label{{Kind: label.Originator, Information: info}}
		}
		return info, err
	case err != nil:
		return label.Information{}, err
	default:
		s.How, s.Received = HowLabel, []label.Label{reading.Label}
	}
	return r.applicable(s)
}

// applicable chooses among the labels that came.
//
// std: ADatP-4774.1/A1 §4.2, §4.3
func (r Reader) applicable(s *Sensitivity) (label.Information, error) {
	var governing label.PolicyID
	if r.Site != nil && len(r.Site.Policies()) > 0 {
		governing = r.Site.Policies()[0].PolicyID()
	}
	a, ok, err := label.Applicable(s.Received, governing, r.At)
	if err != nil {
		return label.Information{}, err
	}
	originator := -1
	for i, l := range s.Received {
		if l.Kind != label.Metadata && l.Kind != label.Alternative {
			originator = i
		}
	}
	switch {
	case ok && (a.Index == originator || r.TrustAlternatives):
		s.IsSuccessor = a.IsSuccessor
		return a.Information, nil
	case originator < 0:
		return label.Information{}, fmt.Errorf("%w: no label of the originator", ErrType)
	}
	var info label.Information
	info, s.IsSuccessor = s.Received[originator].InForce(r.At)
	return info, nil
}

// boundTo gives the labels that an object binds to the message: by its identifier, or as what contains the object.
//
// std: STANAG 4778 binding data objects, RFC2392 §2
func boundTo(o binding.Object, messageID string) ([]label.Label, error) {
	references := []string{""}
	if id, err := bracketed("Message-ID", messageID); err == nil {
		references = append(references, MessageReference(id), "mid:"+id[1:len(id)-1])
	}
	var out []label.Label
	known := map[string]bool{}
	for _, ref := range references {
		b, err := o.Bound(ref)
		if err != nil {
			return nil, err
		}
		if len(b.References) > 0 {
			return nil, fmt.Errorf("%w: it refers to metadata elsewhere (%.80q), which may be a label", errNotBound, b.References[0].URI)
		}
		for _, l := range b.Labels {
			if text := string(l.Marshal()); !known[text] {
				known[text] = true
				out = append(out, l)
			}
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%w: it names other data", errNotBound)
	}
	return out, nil
}

// labelsIn gives all labels of an object, whatever they are bound to.
func labelsIn(o binding.Object) []label.Label {
	var out []label.Label
	for _, c := range o.Containers {
		for _, b := range c.Bindings {
			out = append(out, b.Labels()...)
		}
	}
	return out
}

// judge holds what the label says against its policy, and the marking against both.
func (r Reader) judge(s Sensitivity, info label.Information) Sensitivity {
	if r.Site == nil {
		return s.faulty(FaultPolicy, fmt.Errorf("%w: %q", spif.ErrUnknownPolicy, info.Policy.Name))
	}
	p, err := r.Site.Find(info.Policy)
	if err != nil {
		return s.faulty(FaultPolicy, err)
	}
	numbered := p.Label(label.Label{Information: info})
	if numbered.NamesKnown() {
		s.PolicyMarking = p.Mark(numbered, "", "")
		s.PolicyForeground, s.PolicyBackground = p.Colours(numbered)
	}
	s.Problems = p.Validate(numbered, spif.Validation{At: r.At})
	for _, problem := range s.Problems {
		if !problem.Warning {
			return s.faulty(FaultInvalid, errors.New(problem.Words("en")))
		}
	}
	if s.Marking != "" && !r.agrees(s, p, numbered) {
		return s.faulty(FaultDisagrees, fmt.Errorf("the label is %q under its policy", s.PolicyMarking))
	}
	s.Label = &info
	return s
}

// agrees reports that the marking is that of the label to go by, or of the originator's as it was made: the marking is the
// originator's, also where a successor, or an alternative label under another policy, is gone by.
func (r Reader) agrees(s Sensitivity, p *spif.Policy, chosen spif.Label) bool {
	if p.IsMarkedAs(chosen, s.Marking) {
		return true
	}
	for _, l := range s.Received {
		if l.Kind == label.Metadata || l.Kind == label.Alternative {
			continue
		}
		own, err := r.Site.Find(l.Policy)
		if err != nil {
			return own != p // its policy is not known here, so that nobody can say what it is called there
		}
		if n := own.Label(l); n.NamesKnown() && own.IsMarkedAs(n, s.Marking) {
			return s.IsSuccessor || own != p
		}
	}
	return false
}
