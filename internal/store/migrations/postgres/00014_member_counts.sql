-- +goose Up
-- Changes of the number of members, by workspace and status. The sum of the changes is the number of members, so a total reads
-- a few rows instead of all members. Triggers write the changes, so every way of writing members is counted, in the same
-- transaction. A change is a row of its own: nobody waits for another transaction, and every snapshot sees the sum that fits
-- its members. A round adds the rows up. There is no foreign key: deleting a workspace deletes its members, which writes changes.
CREATE TABLE "member_counts" ("id" bigint GENERATED ALWAYS AS IDENTITY, "workspace_id" uuid NOT NULL, "status" character varying NOT NULL, "change" bigint NOT NULL, PRIMARY KEY ("id"));
CREATE INDEX "member_counts_workspace_id_status" ON "member_counts" ("workspace_id", "status") INCLUDE ("change");
-- +goose StatementBegin
CREATE FUNCTION "count_new_members"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "member_counts" ("workspace_id", "status", "change")
    SELECT "workspace_id", "status", count(*) FROM "changed" GROUP BY 1, 2;
  RETURN NULL;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION "count_deleted_members"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "member_counts" ("workspace_id", "status", "change")
    SELECT "workspace_id", "status", -count(*) FROM "changed" GROUP BY 1, 2;
  RETURN NULL;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION "count_changed_member"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "member_counts" ("workspace_id", "status", "change")
    VALUES (OLD."workspace_id", OLD."status", -1), (NEW."workspace_id", NEW."status", 1);
  RETURN NULL;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION "count_no_members"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM "member_counts";
  RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER "count_new_members" AFTER INSERT ON "members" REFERENCING NEW TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "count_new_members"();
CREATE TRIGGER "count_deleted_members" AFTER DELETE ON "members" REFERENCING OLD TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "count_deleted_members"();
CREATE TRIGGER "count_changed_members" AFTER UPDATE ON "members" FOR EACH ROW
  WHEN (OLD."status" IS DISTINCT FROM NEW."status" OR OLD."workspace_id" IS DISTINCT FROM NEW."workspace_id")
  EXECUTE FUNCTION "count_changed_member"();
CREATE TRIGGER "count_no_members" AFTER TRUNCATE ON "members"
  FOR EACH STATEMENT EXECUTE FUNCTION "count_no_members"();
-- The triggers have locked the table against writes, so nothing is counted twice or not at all.
INSERT INTO "member_counts" ("workspace_id", "status", "change")
  SELECT "workspace_id", "status", count(*) FROM "members" GROUP BY 1, 2;
