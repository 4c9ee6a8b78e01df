-- +goose Up
-- modify "cards" table
ALTER TABLE "cards" ADD COLUMN "code_hash" bytea NULL, ADD COLUMN "sheet_id" uuid NULL;
-- create index "card_code_hash" to table: "cards"
CREATE UNIQUE INDEX "card_code_hash" ON "cards" ("code_hash");
-- create index "card_sheet_id" to table: "cards"
CREATE INDEX "card_sheet_id" ON "cards" ("sheet_id");
