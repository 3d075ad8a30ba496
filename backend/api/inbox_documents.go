package api

import (
	"time"

	"caveat/backend/presend"
	"caveat/backend/spif"
)

// InboxDocument is a mailbox as far as it is known here, and a page of its messages.
type InboxDocument struct {
	Mailbox   string            `json:"mailbox" doc:"name of the one that is shown; empty: none is set up"`
	Mailboxes []MailboxDocument `json:"mailboxes" nullable:"false" doc:"of the user's identities, the first is the default"`
	State     string            `json:"state" enum:"none,new,online,away" doc:"none: no mailbox is set up; new: it was never read to its end; online: what is shown is what is there; away: it is what was there at asOf"`
	AsOf      *time.Time        `json:"asOf,omitempty" doc:"when it was last read to its end; left out: never"`
	Problem   string            `json:"problem,omitempty" doc:"why it is away, or what of it is left out"`
	Unread    int               `json:"unread"`
	Total     int               `json:"total"`
	Messages  []InboxRow        `json:"messages" nullable:"false" doc:"the newest first"`
	Next      string            `json:"next,omitempty" doc:"name it as before, for older ones; left out: there are none"`
}

// MailboxDocument is one mailbox of the user.
type MailboxDocument struct {
	Name    string `json:"name" doc:"of its account"`
	Address string `json:"address" doc:"of the identity that it belongs to"`
}

// InboxRow is one message in the list. Of one that is withheld it says who sent it, when, its label and why: nothing of what it says.
type InboxRow struct {
	ID          string           `json:"id"`
	From        InboxSender      `json:"from"`
	Subject     string           `json:"subject" doc:"empty when withheld"`
	Received    time.Time        `json:"received" doc:"by the mailbox"`
	Date        *time.Time       `json:"date,omitempty" doc:"as the sender wrote it; left out: it cannot be read"`
	Seen        bool             `json:"seen"`
	Answered    bool             `json:"answered"`
	Size        int64            `json:"size" doc:"bytes; 0 when withheld"`
	Attachments int              `json:"attachments"`
	Precedence  string           `json:"precedence,omitempty" doc:"as the message says for whoever it was addressed to: deferred, routine, priority, immediate, flash, override or a number"`
	Label       InboxLabel       `json:"label"`
	Withheld    bool             `json:"withheld" doc:"the user's own clearance does not permit it, or nobody can say that it does"`
	WithheldWhy []presend.Reason `json:"withheldWhy" nullable:"false"`
	Pending     bool             `json:"pending,omitempty" doc:"it is not fetched yet: its precedence, and whether it is a report, will be known then"`
	Problem     string           `json:"problem,omitempty" doc:"why the message is not here, though it is not withheld: too large, damaged, not fetched yet"`
	Report      *InboxReport     `json:"report,omitempty" doc:"what it reports on; left out: it is no report"`
}

// InboxSender is who a message says that it is from, or that wants its answers. Nothing proves it.
type InboxSender struct {
	InboxAddress
	Nation string `json:"nation" doc:"whose directory decides for the address; empty: none, or there are several senders, all in the name"`
}

// InboxAddress is an address as a message has it.
type InboxAddress struct {
	Name    string `json:"name"`
	Address string `json:"address" doc:"empty: none that can be written to"`
}

// InboxLabel is the label of a message, or of a file with it, and what it is worth.
type InboxLabel struct {
	State string `json:"state" enum:"labelled,assumed,unlabelled,faulty" doc:"assumed: it came without, and has the default label of its domain; faulty: there is something that nobody may go by, it counts as unlabelled"`
	MarkingDocument
	Said           string       `json:"said" doc:"the marking as the message itself has it, which may be another one than the policy's; empty: it has none"`
	Markings       spif.Placed  `json:"markings" doc:"what the policy wants to stand in text and subject"`
	Policy         string       `json:"policy" doc:"name; empty: none that may be gone by"`
	Classification string       `json:"classification"`
	Faults         []InboxFault `json:"faults" nullable:"false"`
	Why            string       `json:"why,omitempty" doc:"where an assumed label is from"`
}

// InboxFault is what is wrong with a label.
type InboxFault struct {
	Code string `json:"code" doc:"stable name"`
	Text string `json:"text" doc:"in words"`
}

// InboxReport names the message that a report is about.
type InboxReport struct {
	Kind    string `json:"kind" enum:"delivery,read"`
	Message string `json:"message" doc:"id of the sent message; empty: none was found that it fits"`
	Subject string `json:"subject" doc:"of that message"`
	Warning string `json:"warning,omitempty" doc:"what speaks against it, such as a recipient that the message never had"`
}

// InboxMessage is one message, to be read.
type InboxMessage struct {
	InboxRow
	To          []InboxAddress   `json:"to" nullable:"false"`
	Cc          []InboxAddress   `json:"cc" nullable:"false"`
	ReplyTo     []InboxSender    `json:"replyTo" nullable:"false"`
	Text        string           `json:"text" doc:"plain; of HTML what it says"`
	Cut         bool             `json:"cut" doc:"the text is not the whole of it"`
	WasHTML     bool             `json:"wasHTML" doc:"the text is made of HTML"`
	Differs     bool             `json:"differs" doc:"the message has its text in another form too, such as HTML, which is not shown and does not say the same"`
	Remote      int              `json:"remote" doc:"things that the HTML wants fetched from elsewhere; none ever is"`
	MarkedFirst bool             `json:"markedFirst" doc:"the text begins with the marking that the policy wants there"`
	MarkedLast  bool             `json:"markedLast"`
	MessageID   string           `json:"messageId"`
	References  []string         `json:"references" nullable:"false" doc:"identifiers of the messages before it, oldest first"`
	ReceiptTo   []InboxAddress   `json:"receiptTo" nullable:"false" doc:"who asks to be told that it was read; nobody is told"`
	Military    *InboxMilitary   `json:"military,omitempty"`
	History     []InboxChange    `json:"history" nullable:"false" doc:"what became of the label before, as the message says; the newest first"`
	Files       []InboxFile      `json:"files" nullable:"false"`
	Damage      string           `json:"damage,omitempty" doc:"what of the body could not be read"`
	Claims      []InboxClaim     `json:"claims" nullable:"false" doc:"how the label was found"`
	Reports     []InboxRecipient `json:"reports" nullable:"false" doc:"of a report: what it says of each recipient"`
}

// InboxMilitary is what the fields of a military message say.
type InboxMilitary struct {
	PrimaryPrecedence   string         `json:"primaryPrecedence,omitempty"`
	CopyPrecedence      string         `json:"copyPrecedence,omitempty"`
	MessageType         string         `json:"messageType,omitempty"`
	MessageIdentifier   string         `json:"messageIdentifier,omitempty"`
	OriginatorReference string         `json:"originatorReference,omitempty"`
	SIC                 []string       `json:"sic" nullable:"false"`
	Handling            []string       `json:"handling" nullable:"false"`
	Instructions        []string       `json:"instructions" nullable:"false"`
	Exempted            []InboxAddress `json:"exempted" nullable:"false"`
	Authorised          *time.Time     `json:"authorised,omitempty"`
	Twice               []string       `json:"twice" nullable:"false" doc:"fields that stand more than once, and so are not read"`
}

// InboxChange is one change of the label.
type InboxChange struct {
	Action  string     `json:"action"`
	By      string     `json:"by"`
	At      *time.Time `json:"at,omitempty"`
	Comment string     `json:"comment,omitempty"`
	Old     string     `json:"old" doc:"marking; empty: none"`
	New     string     `json:"new" doc:"marking; empty: none"`
}

// InboxFile is what goes with a message.
type InboxFile struct {
	N       int        `json:"n" doc:"names it in the path of its content"`
	Name    string     `json:"name"`
	Type    string     `json:"type" doc:"as the sender says"`
	Size    int64      `json:"size"`
	Label   InboxLabel `json:"label" doc:"its own; unlabelled: it has none"`
	Problem string     `json:"problem,omitempty" doc:"why its own label cannot be read"`
}

// InboxClaim is one thing that was gone by when the label was found.
type InboxClaim struct {
	From string `json:"from" enum:"label,binding,ess,x411,marking,default,file"`
	Text string `json:"text"`
}

// InboxRecipient is what a report says of one recipient.
type InboxRecipient struct {
	Address string    `json:"address"`
	Known   bool      `json:"known" doc:"the message that it is about had this recipient"`
	Report  SentClaim `json:"report"`
}

// SentClaim is what somebody reported about a recipient of a sent message. Nothing proves it: it changes no state.
type SentClaim struct {
	Kind      string    `json:"kind" enum:"delivered,relayed,expanded,delayed,failed,read,deleted,other" doc:"read, deleted: by the reader; the others: on the way"`
	At        time.Time `json:"at" doc:"when it happened, as far as that is said; else when the report came"`
	Status    string    `json:"status,omitempty" doc:"class.subject.detail"`
	Text      string    `json:"text,omitempty"`
	Reporter  string    `json:"reporter" doc:"who says so, in the report's own words; empty: it does not say"`
	From      string    `json:"from,omitempty" doc:"whom the mail that brought the report says it is from; left out: nobody, or not recorded"`
	Automatic bool      `json:"automatic,omitempty" doc:"no person did it"`
}

// BegunInInbox names a draft that was begun from a message, and is stored.
type BegunInInbox struct {
	Draft   string   `json:"draft" doc:"its id"`
	Version int64    `json:"version"`
	Notes   []string `json:"notes" nullable:"false" doc:"what the drafter must know of it"`
}
