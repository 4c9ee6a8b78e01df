-- +goose Up
-- drop index "group_workspace_id_external_id" from table: "groups"
DROP INDEX "group_workspace_id_external_id";
-- create index "group_workspace_id_external_id" to table: "groups"
CREATE UNIQUE INDEX "group_workspace_id_external_id" ON "groups" ("workspace_id", "external_id") WHERE external_id IS NOT NULL;
-- modify "members" table
ALTER TABLE "members" ADD COLUMN "external_id" character varying NULL;
-- create index "member_workspace_id_external_id" to table: "members"
CREATE UNIQUE INDEX "member_workspace_id_external_id" ON "members" ("workspace_id", "external_id") WHERE external_id IS NOT NULL;
-- drop index "orgunit_workspace_id_external_id" from table: "org_units"
DROP INDEX "orgunit_workspace_id_external_id";
-- create index "orgunit_workspace_id_external_id" to table: "org_units"
CREATE UNIQUE INDEX "orgunit_workspace_id_external_id" ON "org_units" ("workspace_id", "external_id") WHERE external_id IS NOT NULL;
-- drop index "program_workspace_id_external_id" from table: "programs"
DROP INDEX "program_workspace_id_external_id";
-- create index "program_workspace_id_external_id" to table: "programs"
CREATE UNIQUE INDEX "program_workspace_id_external_id" ON "programs" ("workspace_id", "external_id") WHERE external_id IS NOT NULL;
-- drop index "session_workspace_id_external_id" from table: "sessions"
DROP INDEX "session_workspace_id_external_id";
-- create index "session_workspace_id_external_id" to table: "sessions"
CREATE UNIQUE INDEX "session_workspace_id_external_id" ON "sessions" ("workspace_id", "external_id") WHERE external_id IS NOT NULL;
