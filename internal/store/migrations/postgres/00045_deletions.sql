-- +goose Up
-- create "deletions" table
CREATE TABLE "deletions" ("id" uuid NOT NULL, "deleted_at" timestamptz NOT NULL, "workspace_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "deletions_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "deletion_workspace_id_deleted_at_id" to table: "deletions"
CREATE INDEX "deletion_workspace_id_deleted_at_id" ON "deletions" ("workspace_id", "deleted_at", "id");
-- create index "deletion_workspace_id_id" to table: "deletions"
CREATE INDEX "deletion_workspace_id_id" ON "deletions" ("workspace_id", "id");
-- Every deleted row of three tables, whoever deletes it, a foreign key among them. With its workspace, whose deletion goes on to
-- these rows, nothing is told.
-- +goose StatementBegin
CREATE FUNCTION "record_deletion"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "deletions" ("id", "deleted_at", "workspace_id")
    SELECT OLD."id", clock_timestamp(), OLD."workspace_id"
    WHERE EXISTS (SELECT 1 FROM "workspaces" WHERE "id" = OLD."workspace_id")
    ON CONFLICT ("id") DO UPDATE SET "deleted_at" = EXCLUDED."deleted_at";
  RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER "record_deleted_member" AFTER DELETE ON "members" FOR EACH ROW EXECUTE FUNCTION "record_deletion"();
CREATE TRIGGER "record_deleted_invitation" AFTER DELETE ON "invitations" FOR EACH ROW EXECUTE FUNCTION "record_deletion"();
CREATE TRIGGER "record_deleted_enrollment" AFTER DELETE ON "enrollments" FOR EACH ROW EXECUTE FUNCTION "record_deletion"();
