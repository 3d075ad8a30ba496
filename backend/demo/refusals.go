package demo

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"caveat/backend/mailtest"
)

// Why a server refused.
const (
	RuleSubmission = "submission" // handed in at another nation's server, or with a sender that GBR does not have
	RuleUnknown    = "unknown-address"
	RuleNoRoute    = "no-route"
	RuleLabel      = "label" // none, unreadable, or invalid under the policy
	RuleOriginator = "originator"
	RuleLink       = "link"
	RuleRecipient  = "recipient" // the address, or somebody behind it, is not cleared
)

// Refusal is one reason for which a server refused a delivery. A message that is refused for several reasons has several.
// When the program checked well, there is none. Each server records its own; GBR's does not repeat what a partner's said.
type Refusal struct {
	At        time.Time `json:"at"`
	Server    string    `json:"server"` // the nation whose server refused
	From      string    `json:"from"`
	Recipient string    `json:"recipient,omitempty"` // the address it is about; empty: all
	MessageID string    `json:"messageId,omitempty"`
	Rule      string    `json:"rule"`
	Reason    string    `json:"reason"`
}

// Refusals are all of this run, in order. DIR/demo/refused.jsonl keeps them beyond it.
func (f *Federation) Refusals() []Refusal {
	f.refusalMu.Lock()
	defer f.refusalMu.Unlock()
	return slices.Clone(f.refusals)
}

// refuse records refusals and gives the reply that tells the client: the first decides.
func (f *Federation) refuse(all ...Refusal) error {
	f.refusalMu.Lock()
	defer f.refusalMu.Unlock()
	now := time.Now().UTC()
	var lines []byte
	var texts []string
	for _, r := range all {
		r.At = now
		f.refusals = append(f.refusals, r)
		line, err := json.Marshal(r)
		if err != nil {
			return err
		}
		lines = append(append(lines, line...), '\n')
		text := r.Reason
		if r.Recipient != "" {
			text = r.Recipient + ": " + text
		}
		texts = append(texts, text)
		f.log.Warn("delivery refused", "server", r.Server, "rule", r.Rule)
	}
	if err := appendFile(filepath.Join(folder(f.dir), "refused.jsonl"), lines); err != nil {
		f.log.Error("refusal not written down", "error", err)
	}
	code := [3]int{5, 7, 1}
	switch all[0].Rule {
	case RuleUnknown:
		code = [3]int{5, 1, 1}
	case RuleNoRoute:
		code = [3]int{5, 1, 2}
	}
	return &mailtest.Error{Code: 550, EnhancedCode: code, Message: replyText(strings.Join(texts, " "))}
}

// maxReply keeps a reply in one line of SMTP (RFC 5321 section 4.5.3.1.5).
const maxReply = 400

// replyText makes a text fit for a reply: printable ASCII, one line.
func replyText(s string) string {
	b := []byte(plain(s, nil))
	for i, c := range b {
		if c < ' ' || c > '~' {
			b[i] = ' '
		}
	}
	if len(b) > maxReply {
		b = append(b[:maxReply-3], "..."...)
	}
	return string(b)
}

func appendFile(path string, data []byte) error {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Close())
}
