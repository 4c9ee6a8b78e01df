-- +goose Up
-- Events that exist already get the place 0, which is none. A constant default rewrites no row, and it ends with the next
-- statement, so that new events have no place until they are numbered.
ALTER TABLE "audit_events" ADD COLUMN "position" bigint NULL DEFAULT 0;
ALTER TABLE "audit_events" ALTER COLUMN "position" DROP DEFAULT;
-- create index "auditevent_unnumbered" to table: "audit_events"
CREATE INDEX "auditevent_unnumbered" ON "audit_events" ("workspace_id", "id") WHERE position IS NULL;
-- create index "auditevent_workspace_id_position" to table: "audit_events"
CREATE UNIQUE INDEX "auditevent_workspace_id_position" ON "audit_events" ("workspace_id", "position") WHERE position > 0;
