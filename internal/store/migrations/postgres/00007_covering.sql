-- +goose Up
-- drop index "member_workspace_id_joined_at_id" from table: "members"
DROP INDEX "member_workspace_id_joined_at_id";
-- drop index "member_workspace_id_sort_name_id" from table: "members"
DROP INDEX "member_workspace_id_sort_name_id";
-- create index "member_workspace_id_joined_at_id" to table: "members"
CREATE INDEX "member_workspace_id_joined_at_id" ON "members" ("workspace_id", "joined_at", "id") INCLUDE ("email_key", "sort_name", "first_key", "username_key");
-- create index "member_workspace_id_sort_name_id" to table: "members"
CREATE INDEX "member_workspace_id_sort_name_id" ON "members" ("workspace_id", "sort_name", "id") INCLUDE ("email_key", "first_key", "username_key");
