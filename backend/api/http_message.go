package api

import (
	"caveat/backend/presend"
)

// MessageDocument is one message with what the user decided about it.
type MessageDocument struct {
	SentMessage
	Overrides   []MessageOverride    `json:"overrides" nullable:"false" doc:"what the user sent all the same, and why"`
	Relabelled  []MessageRelabelling `json:"relabelled" nullable:"false" doc:"changes of labels to less restrictive ones, and why"`
	Inherited   *MarkingDocument     `json:"inherited,omitempty" doc:"marking of the message that this one answers or forwards"`
	Attachments []MessageAttachment  `json:"attachments" nullable:"false"`
}

// MessageOverride is one decision to send all the same (RULES 15).
type MessageOverride struct {
	Kind    string          `json:"kind" enum:"originator,recipient,threshold"`
	Address string          `json:"address" doc:"of the originator or recipient; of a threshold its name"`
	Reason  string          `json:"reason" doc:"in the user's words"`
	Outcome presend.Outcome `json:"outcome,omitempty" enum:"cleared,not-cleared,unknown,stale,error" doc:"left out for a threshold"`
	Reasons []string        `json:"reasons" nullable:"false" doc:"what the check said"`
	Marking string          `json:"marking" doc:"of the label that it holds for"`
}

// MessageRelabelling is one change of the label to one that is not at least as restrictive (RULES 1).
type MessageRelabelling struct {
	Of     string          `json:"of,omitempty" enum:"paragraph,attachment" doc:"whose label; left out: the message's"`
	Name   string          `json:"name,omitempty" doc:"of an attachment: its file name"`
	From   MarkingDocument `json:"from"`
	To     MarkingDocument `json:"to"`
	Reason string          `json:"reason" doc:"in the drafter's words"`
}

// MessageAttachment is one file that went with a message.
type MessageAttachment struct {
	File   string `json:"file"`
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
	Type   string `json:"type"`
	MarkingDocument
}
