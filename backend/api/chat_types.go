package api

import (
	"time"

	"caveat/backend/presend"
)

// ChatDocument is the user's chat accounts and conversations.
type ChatDocument struct {
	Accounts      []ChatAccount      `json:"accounts" nullable:"false" doc:"of the user's identities; empty: none is set up"`
	Conversations []ChatConversation `json:"conversations" nullable:"false" doc:"that with the newest message first"`
	Unread        int                `json:"unread" doc:"of all conversations"`
}

// ChatAccount is one account and how it stands with it.
type ChatAccount struct {
	Name    string     `json:"name"`
	JID     string     `json:"jid" doc:"bare address of the user"`
	State   string     `json:"state" enum:"online,away,elsewhere" doc:"away: there is no session now; elsewhere: another process keeps the sessions, and what it has written down is shown"`
	Since   *time.Time `json:"since,omitempty" doc:"since when it is online or away; left out: not known"`
	NextTry *time.Time `json:"nextTry,omitempty" doc:"when the connection is tried again"`
	Problem string     `json:"problem,omitempty" doc:"why it is away"`
}

// ChatConversation is one person or room in the list.
type ChatConversation struct {
	ID         string     `json:"id"`
	Account    string     `json:"account"`
	Kind       string     `json:"kind" enum:"person,room"`
	Address    string     `json:"address"`
	Name       string     `json:"name" doc:"as the directory has it, else the address"`
	Nation     string     `json:"nation" doc:"whose directory decides for the address; empty: none"`
	Unread     int        `json:"unread"`
	Last       *ChatLast  `json:"last,omitempty" doc:"left out: nothing was said yet"`
	Bookmarked bool       `json:"bookmarked"`
	Label      InboxLabel `json:"label" doc:"of the room: the default label that the administrator set; unlabelled: none"`
	Choice     *LabelBody `json:"choice,omitempty" doc:"the default label, to be a draft's; left out: there is none, or it cannot be chosen"`
	// Of a room:
	Joined     bool   `json:"joined" doc:"the account is in the room now"`
	Wanted     bool   `json:"wanted" doc:"the user wants to be in it: it is entered again whenever that can be"`
	Nick       string `json:"nick" doc:"of the user in it"`
	Occupants  int    `json:"occupants" doc:"how many people the room shows"`
	NotCleared int    `json:"notCleared" doc:"how many of them are not cleared for the label that they are judged by, or nobody can say that they are"`
	Draft      string `json:"draft,omitempty" doc:"id of the stored draft, the newest of them, that goes there and to nobody else; left out: there is none"`
	Problem    string `json:"problem,omitempty" doc:"why the room cannot be entered, or was left"`
	Code       string `json:"code,omitempty" doc:"the room's own name of the problem, such as conflict (the nick is taken), not-authorized (password), registration-required (members only) or forbidden"`
}

// ChatLast is the newest message of a conversation.
type ChatLast struct {
	At       time.Time  `json:"at"`
	Mine     bool       `json:"mine"`
	From     string     `json:"from" doc:"nick or name"`
	Label    InboxLabel `json:"label"`
	Text     string     `json:"text" doc:"begin of it; empty when withheld"`
	Withheld bool       `json:"withheld"`
}

// ChatDetail is a conversation with a page of its messages.
type ChatDetail struct {
	Conversation   ChatConversation `json:"conversation"`
	Subject        string           `json:"subject" doc:"of a room; empty: none, or it is withheld"`
	SubjectFlagged string           `json:"subjectFlagged,omitempty" doc:"it came without a label, and messages in the room have one: some servers take it off"`
	SubjectLabel   InboxLabel       `json:"subjectLabel"`
	SubjectHidden  bool             `json:"subjectWithheld" doc:"the user's own clearance does not permit the subject"`
	Messages       []ChatMessage    `json:"messages" nullable:"false" doc:"the newest last"`
	Next           string           `json:"next,omitempty" doc:"name it as before, for older ones; left out: there are none here"`
}

// ChatPresence is who is in a room now, and who of them may have what is said there.
type ChatPresence struct {
	Occupants  []ChatOccupant `json:"occupants" nullable:"false" doc:"by nick; of a person: none"`
	Complete   bool           `json:"complete" doc:"the room tells everybody who is in it, with an address"`
	Judged     InboxLabel     `json:"judged" doc:"the label that the outcomes are for: the draft's that was named, else the room's, else that of the newest message; unlabelled: there is none, and every outcome is unknown"`
	NotCleared int            `json:"notCleared" doc:"how many are not cleared for it, or nobody can say that they are; 0 while there is no label"`
}

// ChatMessage is one message of a conversation. Of one that is withheld it says who, when, its label and why: nothing of what it says.
type ChatMessage struct {
	ID          string           `json:"id"`
	Kind        string           `json:"kind" enum:"message,subject,invitation,refusal" doc:"subject: the room's subject was changed; refusal: the body says what a server refused, and has no label"`
	At          time.Time        `json:"at" doc:"when it was said, as the server has it"`
	Late        bool             `json:"late" doc:"it was said before it came: history or archive"`
	Mine        bool             `json:"mine"`
	From        ChatSender       `json:"from"`
	Subject     string           `json:"subject,omitempty" doc:"of the message itself; left out when withheld"`
	Body        string           `json:"body" doc:"text; empty when withheld"`
	Cut         bool             `json:"cut" doc:"body is not the whole of it"`
	Label       InboxLabel       `json:"label"`
	Withheld    bool             `json:"withheld" doc:"the user's own clearance does not permit it, or nobody can say that it does"`
	WithheldWhy []presend.Reason `json:"withheldWhy" nullable:"false"`
	Flagged     string           `json:"flagged,omitempty" doc:"what to be careful about: it has no label in a room where messages have one, or a correction has another label than what it corrects"`
	Private     bool             `json:"private" doc:"to the user alone, in a room"`
	Corrected   bool             `json:"corrected" doc:"its sender put this text in place of another one"`
	Unread      bool             `json:"unread"`
	Problem     string           `json:"problem,omitempty" doc:"what of it could not be read, or why it is not here though it is not withheld"`
	Room        string           `json:"room,omitempty" doc:"of an invitation: the room"`
	// Of a message of the user's own:
	Message   string `json:"message,omitempty" doc:"id of the sent message; left out: it was not sent from here"`
	State     string `json:"state,omitempty" doc:"of the sent message: queued, sending, accepted, refused, held, perhaps-delivered, cancelled and so on"`
	StateWhy  string `json:"stateWhy,omitempty" doc:"why it is so"`
	Delivered bool   `json:"delivered" doc:"the person's program says that it has come (XEP-0184): a claim"`
}

// ChatSender is who a message says that it is from.
type ChatSender struct {
	Nick    string `json:"nick" doc:"in a room; empty: the room itself"`
	Address string `json:"address" doc:"bare; empty: the room does not tell"`
	Name    string `json:"name" doc:"as the directory has it; empty: not known"`
	Nation  string `json:"nation"`
}

// ChatOccupant is somebody in a room.
type ChatOccupant struct {
	ChatSender
	Affiliation string           `json:"affiliation" enum:"owner,admin,member,outcast,none"`
	Role        string           `json:"role" enum:"moderator,participant,visitor,none"`
	Mine        bool             `json:"mine" doc:"it is the user"`
	Outcome     presend.Outcome  `json:"outcome" enum:"cleared,not-cleared,unknown,stale,error" doc:"for the label that is judged, by the occupant's own clearance and the way there"`
	Reasons     []presend.Reason `json:"reasons" nullable:"false"`
}

// ChatService is a service that has rooms.
type ChatService struct {
	Account string     `json:"account" doc:"by which it was asked"`
	Service string     `json:"service"`
	Name    string     `json:"name"`
	Nation  string     `json:"nation"`
	Problem string     `json:"problem,omitempty" doc:"why its rooms are not listed"`
	Rooms   []ChatRoom `json:"rooms" nullable:"false"`
}

// ChatRoom is a room of a service.
type ChatRoom struct {
	Address    string `json:"address"`
	Name       string `json:"name"`
	Joined     bool   `json:"joined"`
	Bookmarked bool   `json:"bookmarked"`
	Listed     bool   `json:"listed" doc:"a directory publishes it, so that it may have a clearance"`
}

// ChatCatalogue is what may be chosen for messages to one address: what the server offers, as far as the policy and the installation
// allow it.
type ChatCatalogue struct {
	Name       string     `json:"name" doc:"of the catalogue; empty: it has none"`
	Offered    bool       `json:"offered" doc:"the server has a catalogue for this address"`
	Restricted bool       `json:"restricted" doc:"nothing but its items may be chosen"`
	Items      []ChatItem `json:"items" nullable:"false"`
	Problem    string     `json:"problem,omitempty" doc:"why it could not be asked"`
}

// ChatItem is one label of a catalogue.
type ChatItem struct {
	Selector []string   `json:"selector" nullable:"false" doc:"the path in a menu"`
	Default  bool       `json:"default"`
	Label    InboxLabel `json:"label"`
	Usable   bool       `json:"usable" doc:"it can be chosen here"`
	Why      string     `json:"why,omitempty" doc:"why not"`
	Choice   *LabelBody `json:"choice,omitempty" doc:"to be the draft's label; left out: it cannot be chosen"`
	// XML is the item itself.
	XML string `json:"xml,omitempty" doc:"the item as the server wrote it, to be the draft's catalogueItem; left out: it cannot be chosen"`
}

// ChatOpened names a conversation.
type ChatOpened struct {
	ID string `json:"id"`
}
