-- +goose Up
-- modify "workspaces" table
ALTER TABLE "workspaces" ADD COLUMN "archived_at" timestamptz NULL, ADD COLUMN "deletion_at" timestamptz NULL, ADD COLUMN "erasure_started_at" timestamptz NULL;
-- create "workspace_exports" table
CREATE TABLE "workspace_exports" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "status" character varying NOT NULL DEFAULT 'PENDING', "format" character varying NOT NULL, "size_bytes" bigint NOT NULL DEFAULT 0, "attempt" bigint NOT NULL DEFAULT 0, "finished_at" timestamptz NULL, "workspace_id" uuid NOT NULL, "requested_by_id" uuid NULL, PRIMARY KEY ("id"), CONSTRAINT "workspace_exports_users_requested_by" FOREIGN KEY ("requested_by_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT "workspace_exports_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "workspaceexport_requested_by_id" to table: "workspace_exports"
CREATE INDEX "workspaceexport_requested_by_id" ON "workspace_exports" ("requested_by_id");
-- create index "workspaceexport_workspace_id_id" to table: "workspace_exports"
CREATE INDEX "workspaceexport_workspace_id_id" ON "workspace_exports" ("workspace_id", "id");
-- create "workspace_export_pieces" table
CREATE TABLE "workspace_export_pieces" ("id" uuid NOT NULL, "position" bigint NOT NULL, "content" bytea NOT NULL, "workspace_id" uuid NOT NULL, "export_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "workspace_export_pieces_workspace_exports_export" FOREIGN KEY ("export_id") REFERENCES "workspace_exports" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "workspace_export_pieces_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "workspaceexportpiece_export_id_position" to table: "workspace_export_pieces"
CREATE UNIQUE INDEX "workspaceexportpiece_export_id_position" ON "workspace_export_pieces" ("export_id", "position");
-- create index "workspaceexportpiece_workspace_id_id" to table: "workspace_export_pieces"
CREATE INDEX "workspaceexportpiece_workspace_id_id" ON "workspace_export_pieces" ("workspace_id", "id");
