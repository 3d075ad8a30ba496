package presend

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"caveat/backend/cmbac"
)

// Outcome is what the check found out about one recipient, link, originator or whole draft.
type Outcome string

// The five outcomes.
const (
	Cleared    Outcome = "cleared"
	NotCleared Outcome = "not-cleared"
	Unknown    Outcome = "unknown"
	Stale      Outcome = "stale"
	Error      Outcome = "error"
)

// rank orders outcomes, worst highest (RULES 12). An outcome that does not exist ranks as worst.
func (o Outcome) rank() int {
	switch o {
	case Cleared:
		return 0
	case Stale:
		return 1
	case Unknown:
		return 2
	case Error:
		return 3
	}
	return 4
}

// Worse gives the worse of two outcomes.
func Worse(a, b Outcome) Outcome {
	if a.rank() >= b.rank() {
		return a
	}
	return b
}

// Action is what follows from an outcome under the rules of the installation.
type Action string

// The three actions. Warn lets the user send on an override with a reason.
const (
	Pass  Action = "pass"
	Warn  Action = "warn"
	Block Action = "block"
)

// Reason is one rule that did not pass.
type Reason = cmbac.Reason

// Kind is what an address belongs to.
type Kind string

// The kinds of recipients.
const (
	Person   Kind = "person"
	Role     Kind = "role"
	List     Kind = "list"
	Room     Kind = "room"
	Unlisted Kind = "unlisted"
)

// Report is the answer to a check.
type Report struct {
	Sendable   bool        `json:"sendable" doc:"everything passes by itself"`
	Outcome    Outcome     `json:"outcome" enum:"cleared,not-cleared,unknown,stale,error" doc:"the worst outcome"`
	Draft      string      `json:"draft" doc:"digest of the draft that was checked"`
	Label      LabelReport `json:"label"`
	Originator Verdict     `json:"originator"`
	Recipients []Recipient `json:"recipients" nullable:"false" doc:"one per distinct address, in the draft's order"`
	Fixes      []Fix       `json:"fixes" nullable:"false" doc:"ways forward, best first"`
	// Parts are the paragraphs, attachments and forwarded messages that bear a label of their own.
	Parts []PartReport `json:"parts" nullable:"false" doc:"paragraphs and attachments with a label of their own"`
	// Thresholds are rules on how many recipients a label may have, which this draft exceeds.
	Thresholds []Threshold `json:"thresholds" nullable:"false" doc:"rules on how many may get such a label, which this draft exceeds"`
	// Warnings are for information: they stop nothing.
	Warnings []Warning `json:"warnings" nullable:"false" doc:"worth knowing before sending; they stop nothing"`
}

// PartReport is what the check says about the label of a paragraph or attachment.
type PartReport struct {
	Kind  string `json:"kind" enum:"paragraph,attachment"`
	Index int    `json:"index" doc:"in the draft's parts or attachments, from 0"`
	Name  string `json:"name" doc:"of an attachment its file name"`
	LabelReport
	Portion string `json:"portion" doc:"the marking as it stands before a paragraph, without brackets"`
}

// Threshold is a rule of the installation on how many recipients a label may have (RULES 14), which a draft exceeds. With the
// action warn it may be overridden by a reason under the key "threshold:" and its name.
type Threshold struct {
	Name           string `json:"name"`
	Classification string `json:"classification" doc:"it holds for this one and above"`
	Limit          int    `json:"limit"`
	Recipients     int    `json:"recipients" doc:"distinct persons that the message would reach, as far as they are known"`
	Action         Action `json:"action" enum:"warn,block"`
	Text           string `json:"text"`
}

// Warning is something to know before sending.
type Warning struct {
	Kind      string   `json:"kind" enum:"expires-before-sending,review-before-sending,policy-ends,reached-twice,certificate-ended,emission-control,send-time-past,exempted,label-originator"`
	Text      string   `json:"text"`
	Addresses []string `json:"addresses" nullable:"false"`
}

// Was is what the check while drafting had found, where the one at Send finds another outcome.
type Was struct {
	Outcome Outcome    `json:"outcome" enum:"cleared,not-cleared,unknown,stale,error"`
	ReadAt  *time.Time `json:"readAt" doc:"when the entry had been read"`
}

// LabelReport is what the check says about the draft's label.
type LabelReport struct {
	Marking    string   `json:"marking"`
	Foreground string   `json:"foreground,omitempty" doc:"colour of the marking's text"`
	Background string   `json:"background,omitempty" doc:"colour behind the marking"`
	Valid      bool     `json:"valid"`
	Problems   []Reason `json:"problems" nullable:"false"`
}

// Recipient is one address of the draft, or one member behind it.
type Recipient struct {
	Address string      `json:"address" doc:"as the drafter spelled it"`
	Name    string      `json:"name"`
	Nation  string      `json:"nation"`
	Kind    Kind        `json:"kind" enum:"person,role,list,room,unlisted"`
	Verdict Verdict     `json:"verdict"`
	Link    Verdict     `json:"link" doc:"the way from our network to the recipient's"`
	Members []Recipient `json:"members,omitempty" doc:"members of a list, occupants of a role"`
	// Was is set at Send, where the outcome is another than while drafting.
	Was *Was `json:"was,omitempty" doc:"at Send: what the copy had said, where that was something else"`
	// AlsoBy names other addresses of the draft by which the same person is reached.
	AlsoBy []string `json:"alsoBy,omitempty" doc:"other addresses of the draft that reach the same person"`
	// Notes are for information: capabilities, ends of validity.
	Notes []string `json:"notes,omitempty" doc:"what the directory says that the recipient can take"`
}

// Verdict is one outcome with its reasons and evidence.
type Verdict struct {
	Outcome  Outcome  `json:"outcome" enum:"cleared,not-cleared,unknown,stale,error"`
	Action   Action   `json:"action" enum:"pass,warn,block"`
	Reasons  []Reason `json:"reasons" nullable:"false"`
	Evidence Evidence `json:"evidence"`
}

// Evidence says what a verdict rests on. Where nothing was found it says where was looked.
type Evidence struct {
	Directory string     `json:"directory" doc:"name of the directory that decides, or why there is none"`
	DN        string     `json:"dn"`
	ReadAt    *time.Time `json:"readAt" doc:"when the entry was read; null when nothing was read"`
	Transport string     `json:"transport" doc:"ldaps, starttls, plain, ldif; empty when nothing was read"`
	Note      string     `json:"note,omitempty" doc:"what else to know: membership as published at…, as last read"`
	Policy    PolicyUsed `json:"policy"`
}

// PolicyUsed names the exact edition of the policy that decided.
type PolicyUsed struct {
	Name    string `json:"name"`
	Version int    `json:"version"`
	SHA256  string `json:"sha256"`
	Mode    string `json:"mode,omitempty" doc:"how the classification was tested: membership or hierarchical"`
}

// Fix is one way forward.
type Fix struct {
	Kind      string   `json:"kind" enum:"remove,other-address,role,split"`
	Text      string   `json:"text"`
	Addresses []string `json:"addresses" nullable:"false" doc:"those it takes out, or those it would use instead"`
	Replaces  []string `json:"replaces,omitempty" doc:"of other-address and role: the addresses that it takes out, each for the one at its place"`
	Removes   []string `json:"removes,omitempty" doc:"of other-address and role: the addresses that it takes out with nothing in their place"`
	// Parts and Attachments are those that a second draft of a split keeps: whose own label everybody in it may get.
	Parts       []int `json:"parts,omitempty" doc:"of split: indices of the paragraphs that the second draft holds"`
	Attachments []int `json:"attachments,omitempty" doc:"of split: indices of the attachments that the second draft holds"`
}

// Digest names the report: "sha256:" and the hash of its JSON document.
func (r Report) Digest() string {
	data, err := json.Marshal(r)
	if err != nil {
		panic("presend: internal error: " + err.Error()) // strings, times and slices of them always marshal
	}
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}
