-- Texts are compared byte by byte, as the embedded store compares them.
CREATE TABLE organization (
  id TEXT COLLATE "C" PRIMARY KEY,
  settings TEXT NOT NULL,
  custom_roles TEXT NOT NULL,
  version BIGINT NOT NULL DEFAULT 0);

-- Ids and aliases: what a request may call an organization names one only.
CREATE TABLE organization_name (
  name TEXT COLLATE "C" PRIMARY KEY,
  organization TEXT COLLATE "C" NOT NULL);
CREATE INDEX name_of_organization ON organization_name (organization);

-- Teams and projects: each is there by its id, and by its aliases.
CREATE TABLE place_name (
  organization TEXT COLLATE "C" NOT NULL,
  level TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  place TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (organization, level, name));

CREATE TABLE ownership (
  organization TEXT COLLATE "C" NOT NULL,
  team TEXT COLLATE "C" NOT NULL,
  project TEXT COLLATE "C" NOT NULL,
  PRIMARY KEY (organization, team, project));

CREATE TABLE membership (
  organization TEXT COLLATE "C" NOT NULL,
  level TEXT COLLATE "C" NOT NULL,
  place TEXT COLLATE "C" NOT NULL,
  subject TEXT COLLATE "C" NOT NULL,
  roles TEXT NOT NULL,
  PRIMARY KEY (organization, level, place, subject));
CREATE INDEX membership_of_subject ON membership (subject);

CREATE TABLE subject (
  id TEXT COLLATE "C" PRIMARY KEY,
  disabled INTEGER NOT NULL);

CREATE TABLE token (
  id TEXT COLLATE "C" PRIMARY KEY,
  digest TEXT COLLATE "C" NOT NULL UNIQUE,
  subject TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  start TEXT NOT NULL,
  scopes TEXT NOT NULL,
  organization TEXT,
  projects TEXT NOT NULL,
  created TEXT NOT NULL,
  expires TEXT,
  last_used_millis BIGINT,
  last_address TEXT,
  imported INTEGER NOT NULL,
  parent TEXT COLLATE "C",
  former_digest TEXT COLLATE "C",
  former_until_millis BIGINT,
  UNIQUE (subject, name));
CREATE UNIQUE INDEX token_of_former ON token (former_digest) WHERE former_digest IS NOT NULL;
CREATE INDEX token_of_parent ON token (parent) WHERE parent IS NOT NULL;
CREATE INDEX imported_token ON token (imported) WHERE imported = 1;

-- One row, locked by whoever writes: so numbers become visible in their order, and whoever has read
-- one has met every change before it.
CREATE TABLE change_number (
  number BIGINT NOT NULL,
  pruned BIGINT NOT NULL,
  store TEXT NOT NULL);
INSERT INTO change_number (number, pruned, store) VALUES (0, 0, gen_random_uuid()::text);

-- What each change has an effect on, for the gateways that did not make it.
CREATE TABLE change (
  number BIGINT NOT NULL,
  origin TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  made TIMESTAMPTZ NOT NULL DEFAULT now());
CREATE INDEX change_by_number ON change (number);
