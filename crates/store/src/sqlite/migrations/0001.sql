-- Times are whole seconds since 1970-01-01T00:00:00Z.

-- Counts how often every session of everybody has ended. It goes up in no time, however many users there are.
CREATE TABLE installation (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    epoch INTEGER NOT NULL
) STRICT;

INSERT INTO installation (id, epoch) VALUES (1, 0);

-- A number is never given again, also when its user is removed: hence AUTOINCREMENT.
CREATE TABLE users (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    realm      TEXT    NOT NULL,
    id         TEXT    NOT NULL,
    login      TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    email      TEXT,
    active     INTEGER NOT NULL,
    attributes TEXT    NOT NULL,
    cuts       INTEGER NOT NULL DEFAULT 0,
    password   TEXT,
    failures   INTEGER NOT NULL DEFAULT 0,
    created    INTEGER NOT NULL,
    last_login INTEGER
) STRICT;

CREATE UNIQUE INDEX users_by_login ON users (login, realm);
CREATE UNIQUE INDEX users_by_id ON users (id, realm);

CREATE TABLE user_roles (
    user INTEGER NOT NULL REFERENCES users ON DELETE CASCADE,
    role TEXT    NOT NULL,
    PRIMARY KEY (user, role)
) STRICT, WITHOUT ROWID;

CREATE INDEX user_roles_by_role ON user_roles (role);

-- Login, name and e-mail in the form in which searches compare them, so that a prefix is a range.
CREATE TABLE user_words (
    word TEXT    NOT NULL,
    user INTEGER NOT NULL,
    PRIMARY KEY (word, user)
) STRICT, WITHOUT ROWID;

-- Ids of removed users that are decimal numbers: nobody may be given one of them by accident.
CREATE TABLE retired_ids (
    realm     TEXT    NOT NULL,
    id        TEXT    NOT NULL,
    generated INTEGER NOT NULL,
    PRIMARY KEY (realm, id)
) STRICT, WITHOUT ROWID;

-- The epoch of a user is the number of times that all their sessions have ended, alone or with everybody's.
-- Said so that every SQLite since 3.37 reads it: a view that it cannot parse keeps it from the whole file.
CREATE VIEW user_rows AS
SELECT users.*,
       (cuts + (SELECT epoch FROM installation)) & 0xFFFFFFFF AS epoch,
       (SELECT group_concat(role, ' ') FROM (SELECT role FROM user_roles WHERE user = users.number ORDER BY role)) AS roles
FROM users;

-- With a number of its own a row is appended and its indices are small. Digests are random: as the row's key they would
-- scatter every batch of log-ins over the whole file. Whoever removes a user removes their sessions: a reference to users
-- would make that sure, and would have every row looked at when all sessions end.
CREATE TABLE sessions (
    number        INTEGER PRIMARY KEY,
    key           BLOB    NOT NULL UNIQUE,
    handle        BLOB    NOT NULL,
    user          INTEGER NOT NULL,
    epoch         INTEGER NOT NULL,
    created       INTEGER NOT NULL,
    last_seen     INTEGER NOT NULL,
    idle_end      INTEGER NOT NULL,
    absolute_end  INTEGER NOT NULL,
    authenticated INTEGER NOT NULL,
    remembered    INTEGER NOT NULL,
    address       TEXT    NOT NULL,
    device        TEXT    NOT NULL
) STRICT;

CREATE INDEX sessions_by_handle ON sessions (handle);
CREATE INDEX sessions_by_user ON sessions (user);
CREATE INDEX sessions_by_end ON sessions (idle_end);
CREATE INDEX sessions_by_created ON sessions (created);

-- CROSS JOIN keeps the order of the sessions' indices.
CREATE VIEW session_rows AS
SELECT sessions.*, users.realm AS realm, users.id AS user_id, users.login AS login
FROM sessions CROSS JOIN users ON users.number = sessions.user;

CREATE TABLE codes (
    user    INTEGER PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    digest  BLOB    NOT NULL UNIQUE,
    expires INTEGER NOT NULL
) STRICT;

CREATE TABLE roles (
    name  TEXT PRIMARY KEY NOT NULL,
    allow TEXT NOT NULL,
    deny  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What changed, for whoever remembers more than they read: 0 a session, 1 a user, 2 forgiven failures, 3 the roles,
-- 4 everything. The greatest number is kept in sqlite_sequence.
CREATE TABLE feed (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    kind    INTEGER NOT NULL,
    session BLOB,
    user    INTEGER
) STRICT;

CREATE TABLE events (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    at         INTEGER NOT NULL,
    kind       TEXT    NOT NULL,
    outcome    TEXT    NOT NULL,
    realm      TEXT,
    user       INTEGER,
    login      TEXT,
    actor      TEXT,
    session    TEXT,
    address    TEXT,
    request    TEXT,
    request_id TEXT,
    detail     TEXT,
    omitted    INTEGER NOT NULL
) STRICT;

CREATE INDEX events_by_time ON events (at);
CREATE INDEX events_by_login ON events (login, at) WHERE login IS NOT NULL;
CREATE INDEX events_by_actor ON events (actor, at) WHERE actor IS NOT NULL;

CREATE TABLE counts (
    minute  INTEGER NOT NULL,
    route   TEXT    NOT NULL,
    outcome TEXT    NOT NULL,
    hits    INTEGER NOT NULL,
    micros  INTEGER NOT NULL,
    PRIMARY KEY (minute, route, outcome)
) STRICT, WITHOUT ROWID;

CREATE TABLE secrets (
    name  TEXT PRIMARY KEY NOT NULL,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
