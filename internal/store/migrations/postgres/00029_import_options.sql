-- +goose Up
-- modify "import_batches" table
ALTER TABLE "import_batches" ADD COLUMN "options" jsonb NULL, ADD COLUMN "layout" character varying NULL;
-- create index "importbatch_workspace_id_layout_id" to table: "import_batches"
CREATE INDEX "importbatch_workspace_id_layout_id" ON "import_batches" ("workspace_id", "layout", "id");
