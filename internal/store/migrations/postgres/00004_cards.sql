-- +goose Up
-- empty "cards": none was ever issued, and the new columns have no value for what might be there
DELETE FROM "cards";
-- drop index "card_user_id" from table: "cards"
DROP INDEX "card_user_id";
-- modify "cards" table
ALTER TABLE "cards" ADD COLUMN "key_id" character varying NOT NULL, ADD COLUMN "credential_version" bigint NOT NULL, ADD COLUMN "giver_id" uuid NULL, ADD COLUMN "giver_key_id" uuid NULL, ADD CONSTRAINT "cards_api_keys_giver_key" FOREIGN KEY ("giver_key_id") REFERENCES "api_keys" ("id") ON UPDATE NO ACTION ON DELETE SET NULL, ADD CONSTRAINT "cards_members_giver" FOREIGN KEY ("giver_id") REFERENCES "members" ("id") ON UPDATE NO ACTION ON DELETE SET NULL;
-- create index "card_user_id" to table: "cards"
CREATE UNIQUE INDEX "card_user_id" ON "cards" ("user_id");
-- create index "card_giver_id" to table: "cards"
CREATE INDEX "card_giver_id" ON "cards" ("giver_id");
-- create index "card_giver_key_id" to table: "cards"
CREATE INDEX "card_giver_key_id" ON "cards" ("giver_key_id");
