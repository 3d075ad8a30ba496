CREATE TABLE attachment (
    sha256  TEXT PRIMARY KEY,
    size    INTEGER NOT NULL,
    kept    INTEGER NOT NULL -- Unix milliseconds: when it was handed in last
) STRICT, WITHOUT ROWID;

CREATE TABLE attachment_label (
    sha256  TEXT NOT NULL REFERENCES attachment (sha256),
    label   TEXT NOT NULL, -- XML; as it stands there when it cannot be read
    problem TEXT NOT NULL, -- why it cannot be read; '': it can
    inside  INTEGER NOT NULL, -- it stands in the file itself, not in a sidecar
    PRIMARY KEY (sha256, label, problem, inside)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    seq  INTEGER PRIMARY KEY,
    line BLOB NOT NULL,
    hash TEXT NOT NULL
) STRICT;

CREATE TABLE audit_mark (
    seq  INTEGER PRIMARY KEY REFERENCES audit (seq),
    kind TEXT NOT NULL,    -- key, checkpoint
    size INTEGER NOT NULL  -- of a checkpoint: the lines that it covers
) STRICT;

CREATE TABLE audit_tree (
    position INTEGER PRIMARY KEY,
    hash     BLOB NOT NULL
) STRICT;

CREATE TABLE audit_way (
    name    TEXT PRIMARY KEY,            -- drop, syslog
    place   TEXT NOT NULL,
    began   INTEGER NOT NULL,            -- Unix milliseconds: since when they are to go there
    gone    INTEGER NOT NULL DEFAULT 0,  -- when one last went; 0: never
    size    INTEGER NOT NULL DEFAULT 0,  -- the lines that it covers
    problem TEXT NOT NULL DEFAULT ''     -- why the last attempt failed; empty: it did not
) STRICT;

CREATE TABLE change (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    kind    TEXT NOT NULL,
    subject TEXT NOT NULL
) STRICT;

CREATE TABLE chat_account (
    name     TEXT PRIMARY KEY,
    jid      TEXT NOT NULL,               -- bare: what was said to another one is void
    caught   INTEGER NOT NULL DEFAULT 0,  -- Unix milliseconds: up to when the archive was read; 0: never
    online   INTEGER NOT NULL DEFAULT 0,
    since    INTEGER NOT NULL DEFAULT 0,  -- when it became so; 0: not known
    next_try INTEGER NOT NULL DEFAULT 0,  -- 0: nobody tries
    problem  TEXT NOT NULL DEFAULT '',
    archive  TEXT NOT NULL DEFAULT ''     -- why what was said meanwhile may be missing; empty: nothing is
) STRICT;

CREATE TABLE chat_conversation (
    id         TEXT PRIMARY KEY,
    account    TEXT NOT NULL REFERENCES chat_account (name) ON DELETE CASCADE,
    kind       TEXT NOT NULL,               -- person, room
    address    TEXT NOT NULL,               -- bare
    nick       TEXT NOT NULL DEFAULT '',    -- the user's own, in a room
    wanted     INTEGER NOT NULL DEFAULT 0,  -- 1: the user wants to be in the room
    bookmarked INTEGER NOT NULL DEFAULT 0,
    created    INTEGER NOT NULL,            -- Unix milliseconds
    caught     INTEGER NOT NULL DEFAULT 0,  -- of a room: up to when its archive was read
    problem    TEXT NOT NULL DEFAULT '',
    code       TEXT NOT NULL DEFAULT '',    -- the room's own name of the problem
    UNIQUE (account, address)
) STRICT;

CREATE TABLE chat_message (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,
    id           TEXT NOT NULL UNIQUE,
    conversation TEXT NOT NULL REFERENCES chat_conversation (id) ON DELETE CASCADE,
    kind         TEXT NOT NULL,               -- message, subject, invitation, refusal
    at           INTEGER NOT NULL,            -- Unix milliseconds
    late         INTEGER NOT NULL DEFAULT 0,  -- 1: it was said before it came
    mine         INTEGER NOT NULL DEFAULT 0,
    nick         TEXT NOT NULL DEFAULT '',
    address      TEXT NOT NULL DEFAULT '',    -- bare; empty: not known
    stanza       TEXT NOT NULL DEFAULT '',    -- its id, as the sender named it
    archive      TEXT NOT NULL DEFAULT '',    -- its name in the archive
    state        TEXT NOT NULL,               -- kept, withheld, missing
    envelope     TEXT NOT NULL DEFAULT '',    -- its label elements as they came
    subject      TEXT NOT NULL DEFAULT '',
    body         TEXT NOT NULL DEFAULT '',
    cut          INTEGER NOT NULL DEFAULT 0,
    private      INTEGER NOT NULL DEFAULT 0,
    corrections  TEXT NOT NULL DEFAULT '',    -- ids of those that were taken in, one a line
    relabelled   INTEGER NOT NULL DEFAULT 0,  -- 1: it corrects another one that has another label
    problem      TEXT NOT NULL DEFAULT '',
    room         TEXT NOT NULL DEFAULT '',    -- of an invitation
    unread       INTEGER NOT NULL DEFAULT 0,
    labelled     INTEGER NOT NULL DEFAULT 0,  -- 1: it came with something that is, or should be, a label
    delivered    INTEGER NOT NULL DEFAULT 0,  -- 1: the receiver says that it has come
    outbox       TEXT NOT NULL DEFAULT '',    -- of one that was sent from here: its name in the queue
    logged       INTEGER NOT NULL DEFAULT 0   -- 1: that it was withheld is in the audit log
, replaces TEXT NOT NULL DEFAULT '') STRICT;

CREATE TABLE directory_read (
  id INTEGER PRIMARY KEY,
  directory TEXT NOT NULL,
  started INTEGER NOT NULL, -- ms
  ms INTEGER NOT NULL,
  state TEXT NOT NULL, -- ok, incomplete, held, failed, stopped
  strategy TEXT NOT NULL,
  everything INTEGER NOT NULL,
  entries INTEGER NOT NULL,
  added INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  removed INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  error TEXT NOT NULL
) STRICT;

CREATE TABLE draft (
    id      TEXT PRIMARY KEY, -- made by the page
    version INTEGER NOT NULL, -- counts the saves, from 1
    content TEXT NOT NULL,    -- document, as far as it was typed
    changed INTEGER NOT NULL  -- Unix milliseconds
, gone TEXT NOT NULL DEFAULT '', labelled TEXT NOT NULL DEFAULT '', saved_as TEXT NOT NULL DEFAULT '', chat_to TEXT NOT NULL DEFAULT '') STRICT;

CREATE TABLE draft_version (
    draft   TEXT NOT NULL REFERENCES draft (id),
    version INTEGER NOT NULL,
    content TEXT NOT NULL,
    changed INTEGER NOT NULL, -- Unix milliseconds
    PRIMARY KEY (draft, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE epoch (
    only  INTEGER PRIMARY KEY CHECK (only = 1),
    count INTEGER NOT NULL
) STRICT;

CREATE TABLE favourite (
    directory TEXT NOT NULL,
    uuid      TEXT NOT NULL,
    name      TEXT NOT NULL,
    PRIMARY KEY (directory, uuid)
) STRICT, WITHOUT ROWID;

CREATE TABLE inbox_mailbox (
    name     TEXT PRIMARY KEY,
    place    TEXT NOT NULL,              -- which server and user: what was read of another one is void
    validity INTEGER NOT NULL DEFAULT 0, -- UIDVALIDITY; 0: never read
    next_uid INTEGER NOT NULL DEFAULT 0,
    modseq   INTEGER NOT NULL DEFAULT 0,
    synced   INTEGER NOT NULL DEFAULT 0, -- Unix milliseconds: when it was last read to its end; 0: never
    online   INTEGER NOT NULL DEFAULT 0,
    problem  TEXT NOT NULL DEFAULT '',
    left_out INTEGER NOT NULL DEFAULT 0, -- 1: it has older messages that are not listed here
    asked    INTEGER NOT NULL DEFAULT 0  -- how often somebody asked to look now
) STRICT;

CREATE TABLE inbox_message (
    id       TEXT PRIMARY KEY,
    mailbox  TEXT NOT NULL REFERENCES inbox_mailbox (name) ON DELETE CASCADE,
    uid      INTEGER NOT NULL,           -- 0: it was renumbered, and not found again yet
    received INTEGER NOT NULL,           -- Unix milliseconds
    size     INTEGER NOT NULL,
    seen     INTEGER NOT NULL DEFAULT 0,
    answered INTEGER NOT NULL DEFAULT 0,
    to_mark  INTEGER NOT NULL DEFAULT 0, -- 1: the mailbox does not know of seen or answered yet
    state    TEXT NOT NULL,              -- listed, kept, withheld, failed
    problem  TEXT NOT NULL DEFAULT '',   -- why it failed
    head     TEXT NOT NULL DEFAULT '',   -- SHA-256 of its header
    envelope TEXT NOT NULL DEFAULT '',   -- of its header what says who, when and its label
    inner    TEXT NOT NULL DEFAULT '',   -- labels of what goes with it, JSON
    facts    TEXT NOT NULL DEFAULT '',   -- what the list shows of a kept one, JSON
    message_id TEXT NOT NULL DEFAULT '', -- of a kept one
    body     TEXT NOT NULL DEFAULT '',   -- SHA-256, of a kept one
    logged   INTEGER NOT NULL DEFAULT 0  -- 1: that it was withheld is in the audit log
) STRICT;

CREATE TABLE inbox_report (
    message   TEXT NOT NULL,
    recipient TEXT NOT NULL, -- as the message has it
    source    TEXT NOT NULL, -- SHA-256 of the header of the mail that says so
    position  INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    at        INTEGER NOT NULL, -- Unix milliseconds
    status    TEXT NOT NULL,
    text      TEXT NOT NULL,
    reporter  TEXT NOT NULL,
    automatic INTEGER NOT NULL, sender TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (message, source, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE installation_logged (
    only      INTEGER PRIMARY KEY CHECK (only = 1),
    audit_seq INTEGER NOT NULL REFERENCES audit (seq),
    recorded  TEXT NOT NULL -- TOML
) STRICT;

CREATE TABLE job (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    kind    TEXT NOT NULL,
    request TEXT NOT NULL,
    state   TEXT NOT NULL,
    result  TEXT NOT NULL DEFAULT '',
    error   TEXT NOT NULL DEFAULT '',
    created INTEGER NOT NULL -- Unix seconds
) STRICT;

CREATE TABLE label_use (
    selection TEXT PRIMARY KEY, -- JSON
    used      INTEGER NOT NULL DEFAULT 0,
    last      INTEGER NOT NULL DEFAULT 0, -- Unix milliseconds; 0: never
    favourite INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE message (
    id          TEXT PRIMARY KEY,
    state       TEXT NOT NULL,
    channel     TEXT NOT NULL,
    account     TEXT NOT NULL,
    sender      TEXT NOT NULL,
    subject     TEXT NOT NULL,
    marking     TEXT NOT NULL,
    draft       TEXT NOT NULL, -- canonical document
    draft_digest  TEXT NOT NULL,
    report_digest TEXT NOT NULL,
    wire_sha256   TEXT NOT NULL,
    wire_size     INTEGER NOT NULL,
    audit_seq   INTEGER NOT NULL REFERENCES audit (seq),
    overridden  INTEGER NOT NULL,
    attempts    INTEGER NOT NULL DEFAULT 0,
    created     INTEGER NOT NULL, -- Unix milliseconds
    next_try    INTEGER NOT NULL, -- Unix milliseconds
    checked     INTEGER NOT NULL, -- Unix milliseconds: when the last check passed
    epoch       INTEGER NOT NULL, -- in which the last check passed
    note        TEXT NOT NULL DEFAULT ''
, report TEXT NOT NULL DEFAULT '', send_at INTEGER NOT NULL DEFAULT 0, folder TEXT NOT NULL DEFAULT '', copy_of TEXT NOT NULL DEFAULT '', split_from TEXT NOT NULL DEFAULT '') STRICT;

CREATE TABLE message_recipient (
    message  TEXT NOT NULL REFERENCES message (id),
    position INTEGER NOT NULL,
    address  TEXT NOT NULL,
    state    TEXT NOT NULL,
    code     INTEGER NOT NULL DEFAULT 0,
    reply    TEXT NOT NULL DEFAULT '',
    changed  INTEGER NOT NULL, by_list TEXT NOT NULL DEFAULT '', status TEXT NOT NULL DEFAULT '', -- Unix milliseconds
    PRIMARY KEY (message, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE own_group (
    id      TEXT PRIMARY KEY,
    name    TEXT NOT NULL,
    changed INTEGER NOT NULL -- Unix milliseconds
) STRICT;

CREATE TABLE own_group_member (
    own_group TEXT NOT NULL REFERENCES own_group (id) ON DELETE CASCADE,
    position  INTEGER NOT NULL,
    directory TEXT NOT NULL,
    uuid      TEXT NOT NULL,
    address   TEXT NOT NULL, -- what is written to
    name      TEXT NOT NULL,
    PRIMARY KEY (own_group, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE policy_use (
    seq    INTEGER PRIMARY KEY AUTOINCREMENT,
    sha256 TEXT NOT NULL REFERENCES policy_version (sha256),
    at     INTEGER NOT NULL,               -- Unix milliseconds
    by_user TEXT NOT NULL
) STRICT;

CREATE TABLE policy_version (
    sha256     TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    id         TEXT NOT NULL,              -- object identifier
    version    INTEGER NOT NULL,
    loaded     INTEGER NOT NULL,           -- Unix milliseconds
    loaded_by  TEXT NOT NULL,
    warnings   INTEGER NOT NULL,           -- of lint, when it was loaded
    notes      INTEGER NOT NULL,
    acceptance TEXT NOT NULL DEFAULT ''    -- who accepted it without a verified signature, when and why; '': nobody yet
) STRICT, WITHOUT ROWID;

CREATE TABLE rules_logged (
    only      INTEGER PRIMARY KEY CHECK (only = 1),
    audit_seq INTEGER NOT NULL REFERENCES audit (seq)
) STRICT;

CREATE TABLE seen (
    address       TEXT NOT NULL, -- folded
    directory     TEXT NOT NULL,
    uuid          TEXT NOT NULL,
    dn            TEXT NOT NULL,
    name          TEXT NOT NULL,
    kind          TEXT NOT NULL,
    nation        TEXT NOT NULL,
    had_clearance INTEGER NOT NULL,
    last_seen     INTEGER NOT NULL, -- Unix seconds
    PRIMARY KEY (address, directory, uuid)
) STRICT, WITHOUT ROWID;

CREATE TABLE sync_run (
    directory  TEXT PRIMARY KEY,
    started    INTEGER NOT NULL, -- Unix milliseconds
    updated    INTEGER NOT NULL, -- Unix milliseconds
    full       INTEGER NOT NULL,
    entries    INTEGER NOT NULL, -- read so far
    added      INTEGER NOT NULL,
    changed    INTEGER NOT NULL,
    expected   INTEGER NOT NULL, -- 0: not known
    per_second REAL    NOT NULL,
    bytes      INTEGER NOT NULL,
    stop       INTEGER NOT NULL DEFAULT 0 -- somebody asked it to stop
) STRICT, WITHOUT ROWID;

CREATE TABLE template (
    id      TEXT PRIMARY KEY,
    name    TEXT NOT NULL,
    content TEXT NOT NULL, -- document of a draft, as far as it was typed
    changed INTEGER NOT NULL -- Unix milliseconds
) STRICT;

CREATE TABLE used (
    directory TEXT NOT NULL,
    uuid      TEXT NOT NULL,
    name      TEXT NOT NULL,
    count     INTEGER NOT NULL,
    last      INTEGER NOT NULL, -- Unix milliseconds
    heat      REAL NOT NULL,    -- logarithm of the uses, each weighed by how recent it is: it orders without knowing the time
    PRIMARY KEY (directory, uuid)
) STRICT, WITHOUT ROWID;

CREATE INDEX audit_mark_kind ON audit_mark (kind, seq);

CREATE INDEX chat_message_archive ON chat_message (conversation, archive) WHERE archive <> '';

CREATE INDEX chat_message_list ON chat_message (conversation, at, seq);

CREATE INDEX chat_message_outbox ON chat_message (outbox) WHERE outbox <> '';

CREATE INDEX chat_message_replaces ON chat_message (conversation, replaces) WHERE replaces <> '';

CREATE INDEX chat_message_stanza ON chat_message (conversation, stanza);

CREATE INDEX chat_message_unread ON chat_message (conversation) WHERE unread = 1;

CREATE INDEX directory_read_when ON directory_read (directory, started);

CREATE INDEX draft_chat_to ON draft (chat_to, changed) WHERE chat_to <> '';

CREATE INDEX inbox_message_identifier ON inbox_message (message_id) WHERE message_id <> '';

CREATE INDEX inbox_message_list ON inbox_message (mailbox, received, id);

CREATE INDEX message_copy ON message (copy_of) WHERE folder <> '';

CREATE INDEX message_state ON message (state, next_try);

CREATE INDEX used_heat ON used (heat);

