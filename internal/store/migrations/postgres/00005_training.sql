-- +goose Up
-- modify "enrollments" table
ALTER TABLE "enrollments" ADD COLUMN "named" boolean NOT NULL DEFAULT false;
-- drop index "invitation_giver_key_id" from table: "invitations"
DROP INDEX "invitation_giver_key_id";
-- drop index "invitation_member_id" from table: "invitations"
DROP INDEX "invitation_member_id";
-- drop index "invitation_org_unit_id" from table: "invitations"
DROP INDEX "invitation_org_unit_id";
-- create index "invitation_giver_key_id" to table: "invitations"
CREATE INDEX "invitation_giver_key_id" ON "invitations" ("giver_key_id") WHERE giver_key_id IS NOT NULL;
-- create index "invitation_member_id" to table: "invitations"
CREATE INDEX "invitation_member_id" ON "invitations" ("member_id") WHERE member_id IS NOT NULL;
-- create index "invitation_org_unit_id" to table: "invitations"
CREATE INDEX "invitation_org_unit_id" ON "invitations" ("org_unit_id") WHERE org_unit_id IS NOT NULL;
-- modify "sessions" table
ALTER TABLE "sessions" ADD COLUMN "remind_at" timestamptz NULL;
-- create index "session_remind_at" to table: "sessions"
CREATE INDEX "session_remind_at" ON "sessions" ("remind_at") WHERE remind_at IS NOT NULL;
