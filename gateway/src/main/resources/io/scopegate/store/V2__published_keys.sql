-- The public keys that gateways sign with, so that each can publish those of all.
CREATE TABLE published_key (
  id TEXT COLLATE "C" PRIMARY KEY,
  content TEXT NOT NULL,
  until_millis BIGINT NOT NULL);
