-- +goose Up
-- modify "import_batches" table
ALTER TABLE "import_batches" ADD COLUMN "header" character varying NOT NULL DEFAULT 'DETECT', ADD COLUMN "reading" jsonb NULL;
