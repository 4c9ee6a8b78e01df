-- +goose Up
-- drop index "invitation_workspace_id_status_id" from table: "invitations"
DROP INDEX "invitation_workspace_id_status_id";
-- create index "invitation_workspace_id_status_created_at_id" to table: "invitations"
CREATE INDEX "invitation_workspace_id_status_created_at_id" ON "invitations" ("workspace_id", "status", "created_at", "id");
