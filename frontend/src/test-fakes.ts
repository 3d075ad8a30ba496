import type {
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
  everySeconds: 900,
  fullEverySeconds: 86400,
  keepSeconds: 0,
  maxLoss: 0.5,
  strategy: "syncrepl",
  wanted: "auto",
  bytes: 1_200_000,
  seconds: 2.5,
  running: null,
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
