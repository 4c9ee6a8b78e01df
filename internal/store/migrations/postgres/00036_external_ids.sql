-- +goose Up
-- modify "org_units" table
ALTER TABLE "org_units" ADD COLUMN "external_id" character varying NULL;
-- create index "orgunit_workspace_id_external_id" to table: "org_units"
CREATE UNIQUE INDEX "orgunit_workspace_id_external_id" ON "org_units" ("workspace_id", "external_id");
-- modify "programs" table
ALTER TABLE "programs" ADD COLUMN "external_id" character varying NULL;
-- create index "program_workspace_id_external_id" to table: "programs"
CREATE UNIQUE INDEX "program_workspace_id_external_id" ON "programs" ("workspace_id", "external_id");
-- modify "sessions" table
ALTER TABLE "sessions" ADD COLUMN "external_id" character varying NULL;
-- create index "session_workspace_id_external_id" to table: "sessions"
CREATE UNIQUE INDEX "session_workspace_id_external_id" ON "sessions" ("workspace_id", "external_id");
