import type {
  Chat,
  ChatConversation,
  ChatDetail,
  ChatMessage,
  ChatOccupant,
  ChatPresence,
  Directory,
  Entry,
  Hit,
  Inbox,
  InboxLabel,
  InboxMessage,
  InboxRow,
  SearchDirectory,
  SearchDocument,
} from "./api/types";

/** What a program may answer, whole, so that a test names only what it is about. */

export const readAt = "2026-11-21T14:05:00Z";

export const fakeHit = (id: string, name: string, more: Partial<Hit> = {}): Hit => ({
  id,
  name,
  nation: "GBR",
  directory: id.split(":")[0] ?? "",
  kind: "person",
  address: `${id.slice(4)}@gbr.example`,
  mail: [`${id.slice(4)}@gbr.example`],
  jid: [],
  unit: "J3",
  dn: `uid=${id.slice(4)},dc=gbr`,
  readAt,
  decides: true,
  also: [],
  favourite: false,
  used: 0,
  disabled: false,
  expiresAt: null,
  live: false,
  ...more,
});

export const fakeEntry = (h: Hit, more: Partial<Entry> = {}): Entry => ({
  ...h,
  phone: ["+44 1"],
  transport: "starttls",
  clearances: 1,
  members: [],
  membersIncomplete: false,
  resolved: [],
  groups: [],
  path: [],
  capabilities: null,
  certificateUntil: null,
  freshness: { age: 60, state: "fresh" },
  ...more,
});

export const fakeSearched = (nation: string, more: Partial<SearchDirectory> = {}): SearchDirectory => ({
  name: nation,
  nation,
  state: "cached",
  age: 600,
  readAt,
  entries: 2500,
  mode: "mirror",
  ...more,
});

export const fakeFound = (hits: Hit[], more: Partial<SearchDocument> = {}): SearchDocument => ({
  hits,
  groups: [],
  directories: [fakeSearched("GBR"), fakeSearched("UKR")],
  more: false,
  next: 0,
  incomplete: false,
  ...more,
});

export const fakeDirectory = (nation: string, more: Partial<Directory> = {}): Directory => ({
  name: nation,
  nation,
  own: nation === "GBR",
  mode: "mirror",
  security: "starttls",
  ceiling: false,
  auth: "anonymous",
  sources: [`ldap://ldap.${nation.toLowerCase()}.example`],
  schema: "default",
  live: "typing",
  mailDomains: [`${nation.toLowerCase()}.example`],
  chatDomains: [],
  state: "ok",
  incomplete: false,
  held: 0,
  entries: 2500,
  byKind: { person: 2400, list: 100 },
  lastRead: readAt,
  lastAttempt: readAt,
  lastFull: readAt,
  nextRun: "2026-11-21T14:20:00Z",
  paused: false,
  day: { reads: 96, failed: 1, bytes: 4_800_000, seconds: 30 },
  everySeconds: 900,
  fullEverySeconds: 86400,
  keepSeconds: 0,
  maxLoss: 0.5,
  strategy: "syncrepl",
  wanted: "auto",
  bytes: 1_200_000,
  seconds: 2.5,
  running: null,
  revision: "r1",
  ...more,
});

export const fakeLabel = (more: Partial<InboxLabel> = {}): InboxLabel => ({
  state: "labelled",
  marking: "NATO SECRET",
  foreground: "#ffffff",
  background: "#b00000",
  said: "NATO SECRET",
  markings: {},
  policy: "NATO",
  classification: "SECRET",
  faults: [],
  ...more,
});

export const fakeRow = (id: string, more: Partial<InboxRow> = {}): InboxRow => ({
  id,
  from: { name: "Olena Kovalchuk", address: "olena.kovalchuk@ukr.example", nation: "UKR" },
  subject: `About ${id}`,
  received: readAt,
  date: readAt,
  seen: true,
  answered: false,
  size: 1200,
  attachments: 0,
  label: fakeLabel(),
  withheld: false,
  withheldWhy: [],
  ...more,
});

export const fakeMessage = (row: InboxRow, more: Partial<InboxMessage> = {}): InboxMessage => ({
  ...row,
  to: [{ name: "Sarah Whitfield", address: "sarah.whitfield@gbr.example" }],
  cc: [],
  replyTo: [],
  text: "Line 1\n\tLine <b>2</b>",
  cut: false,
  wasHTML: false,
  differs: false,
  remote: 0,
  markedFirst: false,
  markedLast: false,
  messageId: `<${row.id}@ukr.example>`,
  references: [],
  receiptTo: [],
  history: [],
  files: [],
  claims: [],
  reports: [],
  ...more,
});

export const fakeInbox = (messages: InboxRow[], more: Partial<Inbox> = {}): Inbox => ({
  mailbox: "j3",
  mailboxes: [{ name: "j3", address: "sarah.whitfield@gbr.example" }],
  state: "online",
  asOf: readAt,
  unread: messages.filter((m) => !m.seen).length,
  total: messages.length,
  messages,
  ...more,
});

export const noLabel: InboxLabel = {
  state: "unlabelled",
  marking: "",
  foreground: "",
  background: "",
  said: "",
  markings: {},
  policy: "",
  classification: "",
  faults: [],
};

export const fakeTalk = (id: string, more: Partial<ChatConversation> = {}): ChatConversation => ({
  id,
  account: "chat",
  kind: "room",
  address: "operations@rooms.gbr.example",
  name: "Operations Room",
  nation: "GBR",
  unread: 0,
  bookmarked: false,
  label: noLabel,
  joined: true,
  wanted: true,
  nick: "sarah.whitfield",
  occupants: 2,
  notCleared: 0,
  ...more,
});

export const fakeChat = (conversations: ChatConversation[], more: Partial<Chat> = {}): Chat => ({
  accounts: [{ name: "chat", jid: "sarah.whitfield@chat.gbr.example", state: "online" }],
  conversations,
  unread: conversations.reduce((sum, c) => sum + c.unread, 0),
  ...more,
});

export const fakeSaid = (id: string, more: Partial<ChatMessage> = {}): ChatMessage => ({
  id,
  kind: "message",
  at: readAt,
  late: false,
  mine: false,
  from: {
    nick: "olena",
    address: "olena.kovalchuk@chat.ukr.example",
    name: "Lt Col Olena Kovalchuk",
    nation: "UKR",
  },
  body: `Text of ${id}`,
  cut: false,
  label: fakeLabel(),
  withheld: false,
  withheldWhy: [],
  private: false,
  corrected: false,
  unread: false,
  delivered: false,
  ...more,
});

export const fakeDetail = (
  conversation: ChatConversation,
  messages: ChatMessage[],
  more: Partial<ChatDetail> = {},
): ChatDetail => ({
  conversation,
  subject: "",
  subjectLabel: noLabel,
  subjectWithheld: false,
  messages,
  ...more,
});

export const fakeOccupant = (nick: string, more: Partial<ChatOccupant> = {}): ChatOccupant => ({
  nick,
  address: `${nick}@chat.aus.example`,
  name: "",
  nation: "AUS",
  affiliation: "none",
  role: "participant",
  mine: false,
  outcome: "cleared",
  reasons: [],
  ...more,
});

export const fakePresence = (occupants: ChatOccupant[], more: Partial<ChatPresence> = {}): ChatPresence => ({
  occupants: [fakeOccupant("sarah.whitfield", { mine: true, nation: "GBR" }), ...occupants],
  complete: true,
  judged: fakeLabel(),
  notCleared: occupants.filter((o) => o.outcome !== "cleared").length,
  ...more,
});
