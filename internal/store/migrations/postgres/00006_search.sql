-- +goose Up
-- drop index "member_workspace_id_email_key" from table: "members"
DROP INDEX "member_workspace_id_email_key";
-- modify "members" table
ALTER TABLE "members" ADD COLUMN "first_key" character varying NOT NULL DEFAULT '', ADD COLUMN "username_key" character varying NOT NULL DEFAULT '';
-- fill the copies beside the places that are there
UPDATE "members" SET "first_key" = lower(coalesce(u."first_name", '')), "username_key" = coalesce(u."username_key", '') FROM "users" AS u WHERE u."id" = "members"."user_id";
-- create index "member_labels" to table: "members"
CREATE INDEX "member_labels" ON "members" USING gin ("labels");
-- create index "member_search_email_key" to table: "members"
CREATE INDEX "member_search_email_key" ON "members" ("workspace_id", "email_key" text_pattern_ops);
-- create index "member_search_first_key" to table: "members"
CREATE INDEX "member_search_first_key" ON "members" ("workspace_id", "first_key" text_pattern_ops);
-- create index "member_search_sort_name" to table: "members"
CREATE INDEX "member_search_sort_name" ON "members" ("workspace_id", "sort_name" text_pattern_ops);
-- create index "member_search_username_key" to table: "members"
CREATE INDEX "member_search_username_key" ON "members" ("workspace_id", "username_key" text_pattern_ops);
-- create index "member_workspace_id_status_joined_at_id" to table: "members"
CREATE INDEX "member_workspace_id_status_joined_at_id" ON "members" ("workspace_id", "status", "joined_at", "id");
