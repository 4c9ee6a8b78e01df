-- +goose Up
-- modify "api_keys" table; rows of before hold in the whole workspace and work from everywhere
ALTER TABLE "api_keys" ADD COLUMN "hint" character varying NOT NULL DEFAULT '', ADD COLUMN "former_secret_hash" bytea NULL, ADD COLUMN "former_secret_ends_at" timestamptz NULL, ADD COLUMN "place_ids" jsonb NOT NULL DEFAULT '[]', ADD COLUMN "allowed_networks" jsonb NOT NULL DEFAULT '[]', ADD COLUMN "edited_by_id" uuid NULL, ADD CONSTRAINT "api_keys_members_edited_by" FOREIGN KEY ("edited_by_id") REFERENCES "members" ("id") ON UPDATE NO ACTION ON DELETE SET NULL;
ALTER TABLE "api_keys" ALTER COLUMN "place_ids" DROP DEFAULT, ALTER COLUMN "allowed_networks" DROP DEFAULT;
-- create index "api_keys_former_secret_hash_key" to table: "api_keys"
CREATE UNIQUE INDEX "api_keys_former_secret_hash_key" ON "api_keys" ("former_secret_hash");
-- create index "apikey_edited_by_id" to table: "api_keys"
CREATE INDEX "apikey_edited_by_id" ON "api_keys" ("edited_by_id");
