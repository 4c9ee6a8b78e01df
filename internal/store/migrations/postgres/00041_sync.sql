-- +goose Up
-- modify "import_batches" table
ALTER TABLE "import_batches" ADD COLUMN "deactivate_count" bigint NOT NULL DEFAULT 0, ADD COLUMN "reactivate_count" bigint NOT NULL DEFAULT 0;
-- modify "import_rows" table
ALTER TABLE "import_rows" ADD COLUMN "absent" boolean NOT NULL DEFAULT false;
-- modify "members" table
ALTER TABLE "members" ADD COLUMN "external_source" character varying NULL;
