-- When a user was seen last. 0 is never: a number, so that places in the order of it can be compared.
ALTER TABLE users ADD COLUMN last_seen INTEGER NOT NULL DEFAULT 0;

-- As far as it is known: the last log-in, and sessions that have not been cleared away.
UPDATE users SET last_seen = last_login WHERE last_login IS NOT NULL;

UPDATE users SET last_seen = max(users.last_seen, seen.at)
FROM (SELECT user, max(last_seen) AS at FROM sessions GROUP BY user) AS seen
WHERE users.number = seen.user;

-- A row's number is part of every index: of one second, users follow each other as they were added.
CREATE INDEX users_by_last_seen ON users (last_seen);
CREATE INDEX users_by_created ON users (created);
