-- +goose Up
-- invitations know when they last changed
ALTER TABLE "invitations" ADD COLUMN "updated_at" timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP;
UPDATE "invitations" SET "updated_at" = GREATEST("created_at", "last_sent_at", "accepted_at", "cancelled_at", "declined_at", "renewal_asked_at");
-- orders of lists
CREATE INDEX "member_workspace_id_updated_at_id" ON "members" ("workspace_id", "updated_at", "id");
CREATE INDEX "role_workspace_id_updated_at_id" ON "roles" ("workspace_id", "updated_at", "id");
CREATE INDEX "group_workspace_id_updated_at_id" ON "groups" ("workspace_id", "updated_at", "id");
CREATE INDEX "orgunit_workspace_id_updated_at_id" ON "org_units" ("workspace_id", "updated_at", "id");
CREATE INDEX "program_workspace_id_updated_at_id" ON "programs" ("workspace_id", "updated_at", "id");
CREATE INDEX "session_workspace_id_updated_at_id" ON "sessions" ("workspace_id", "updated_at", "id");
CREATE INDEX "enrollment_workspace_id_updated_at_id" ON "enrollments" ("workspace_id", "updated_at", "id");
CREATE INDEX "joinlink_workspace_id_updated_at_id" ON "join_links" ("workspace_id", "updated_at", "id");
CREATE INDEX "joinrequest_workspace_id_updated_at_id" ON "join_requests" ("workspace_id", "updated_at", "id");
CREATE INDEX "importbatch_workspace_id_updated_at_id" ON "import_batches" ("workspace_id", "updated_at", "id");
CREATE INDEX "invitation_workspace_id_updated_at_id" ON "invitations" ("workspace_id", "updated_at", "id");
CREATE INDEX "role_workspace_id_name_id" ON "roles" ("workspace_id", "name", "id");
CREATE INDEX "session_workspace_id_name_id" ON "sessions" ("workspace_id", "name", "id");
CREATE INDEX "customfield_workspace_id_position_id" ON "custom_fields" ("workspace_id", "position", "id");
-- orders by a time that may be absent
CREATE INDEX "invitation_by_expires_at" ON "invitations" ("workspace_id", (COALESCE("expires_at", '2300-01-01 00:00:00+00:00'::timestamptz)), "id");
CREATE INDEX "invitation_by_last_sent_at" ON "invitations" ("workspace_id", (COALESCE("last_sent_at", '1800-01-01 00:00:00+00:00'::timestamptz)), "id");
CREATE INDEX "joinlink_by_expires_at" ON "join_links" ("workspace_id", (COALESCE("expires_at", '2300-01-01 00:00:00+00:00'::timestamptz)), "id");
CREATE INDEX "member_by_access_expires_at" ON "members" ("workspace_id", (COALESCE("access_expires_at", '2300-01-01 00:00:00+00:00'::timestamptz)), "id");
CREATE INDEX "session_by_starts_at" ON "sessions" ("workspace_id", (COALESCE("starts_at", '1800-01-01 00:00:00+00:00'::timestamptz)), "id");
-- filters
CREATE INDEX "member_custom_fields" ON "members" USING gin ("custom_fields");
CREATE INDEX "invitation_labels" ON "invitations" USING gin (("grant" -> 'labels')) WHERE ("grant" -> 'labels') IS NOT NULL;
