-- +goose Up
-- modify "import_batches" table
ALTER TABLE "import_batches" ADD COLUMN "source" character varying NOT NULL, ADD COLUMN "columns" jsonb NULL, ADD COLUMN "delimiter" character varying NOT NULL DEFAULT ',', ADD COLUMN "failure_args" jsonb NULL;
-- modify "import_rows" table
ALTER TABLE "import_rows" ADD COLUMN "username" character varying NULL;
-- create index "importrow_waiting" to table: "import_rows"
CREATE INDEX "importrow_waiting" ON "import_rows" ("import_id", "number") WHERE NOT done;
