-- +goose Up
-- the indexes of the orders contain the searched text instead of the columns searched before
DROP INDEX "member_workspace_id_joined_at_id";
DROP INDEX "member_workspace_id_sort_name_id";
CREATE INDEX "member_workspace_id_joined_at_id" ON "members" ("workspace_id", "joined_at", "id") INCLUDE ("search_text");
CREATE INDEX "member_workspace_id_sort_name_id" ON "members" ("workspace_id", "sort_name", "id") INCLUDE ("search_text");
-- no search reads these any more
DROP INDEX "member_search_first_key";
DROP INDEX "member_search_sort_name";
