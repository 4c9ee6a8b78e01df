-- +goose Up
-- Epochs tell a server whether what it remembers is still true. The epoch of a person or a workspace is the sum of its rows. It
-- rises with every change of the person's rights, or of the workspace's roles and places. Triggers write the rows, in the
-- transaction of the change, so that every way of writing counts, and a statement that reads the epoch beside other rows sees
-- both in one snapshot. A change is a row of its own: nobody waits for another transaction. A round adds the rows up, which
-- leaves the sums as they are. There is no foreign key: an epoch must not begin anew.
CREATE TABLE "epochs" ("id" bigint GENERATED ALWAYS AS IDENTITY, "scope_id" uuid NOT NULL, "change" bigint NOT NULL DEFAULT 1, "summed" boolean NOT NULL DEFAULT false, PRIMARY KEY ("id"));
CREATE INDEX "epochs_scope_id" ON "epochs" ("scope_id") INCLUDE ("change");
CREATE INDEX "epochs_unsummed" ON "epochs" ("scope_id") WHERE NOT "summed";

-- A row of a table that names a person or a workspace moves the epoch of both its former and its present one. The argument
-- of the trigger is the column with the name.
-- +goose StatementBegin
CREATE FUNCTION "move_epoch_of_row"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  "former" uuid; "present" uuid;
BEGIN
  IF TG_OP <> 'INSERT' THEN
    "former" := (to_jsonb(OLD) ->> TG_ARGV[0])::uuid;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    "present" := (to_jsonb(NEW) ->> TG_ARGV[0])::uuid;
  END IF;
  INSERT INTO "epochs" ("scope_id")
    SELECT DISTINCT "scope" FROM unnest(ARRAY["former", "present"]) AS s("scope") WHERE "scope" IS NOT NULL;
  RETURN NULL;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION "move_epochs_of_users"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "epochs" ("scope_id") SELECT DISTINCT "user_id" FROM "changed";
  RETURN NULL;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION "move_epochs_of_holders"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "epochs" ("scope_id")
    SELECT DISTINCT m."user_id" FROM "changed" AS c JOIN "members" AS m ON m."id" = c."member_id";
  RETURN NULL;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE FUNCTION "move_epochs_of_workspaces"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "epochs" ("scope_id") SELECT DISTINCT "workspace_id" FROM "changed";
  RETURN NULL;
END $$;
-- +goose StatementEnd

-- What the rights of a person depend on.
CREATE TRIGGER "epoch_updated_sign_ins" AFTER UPDATE ON "sign_ins" FOR EACH ROW
  WHEN (OLD."ended_at" IS DISTINCT FROM NEW."ended_at" OR OLD."user_id" IS DISTINCT FROM NEW."user_id"
    OR OLD."must_change_password" IS DISTINCT FROM NEW."must_change_password" OR OLD."created_at" IS DISTINCT FROM NEW."created_at")
  EXECUTE FUNCTION "move_epoch_of_row"('user_id');
CREATE TRIGGER "epoch_deleted_sign_ins" AFTER DELETE ON "sign_ins" REFERENCING OLD TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "move_epochs_of_users"();
CREATE TRIGGER "epoch_updated_users" AFTER UPDATE ON "users" FOR EACH ROW
  WHEN (OLD."erased_at" IS DISTINCT FROM NEW."erased_at" OR OLD."locale" IS DISTINCT FROM NEW."locale")
  EXECUTE FUNCTION "move_epoch_of_row"('id');
CREATE TRIGGER "epoch_deleted_users" AFTER DELETE ON "users" FOR EACH ROW EXECUTE FUNCTION "move_epoch_of_row"('id');
CREATE TRIGGER "epoch_new_members" AFTER INSERT ON "members" REFERENCING NEW TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "move_epochs_of_users"();
CREATE TRIGGER "epoch_updated_members" AFTER UPDATE ON "members" FOR EACH ROW
  WHEN (OLD."status" IS DISTINCT FROM NEW."status" OR OLD."access_expires_at" IS DISTINCT FROM NEW."access_expires_at"
    OR OLD."user_id" IS DISTINCT FROM NEW."user_id" OR OLD."workspace_id" IS DISTINCT FROM NEW."workspace_id")
  EXECUTE FUNCTION "move_epoch_of_row"('user_id');
CREATE TRIGGER "epoch_deleted_members" AFTER DELETE ON "members" REFERENCING OLD TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "move_epochs_of_users"();
-- An assignment that is deleted with its member finds no member any more, whose own trigger moves the epoch.
CREATE TRIGGER "epoch_new_role_assignments" AFTER INSERT ON "role_assignments" REFERENCING NEW TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "move_epochs_of_holders"();
CREATE TRIGGER "epoch_former_role_assignments" AFTER UPDATE ON "role_assignments" REFERENCING OLD TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "move_epochs_of_holders"();
CREATE TRIGGER "epoch_updated_role_assignments" AFTER UPDATE ON "role_assignments" REFERENCING NEW TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "move_epochs_of_holders"();
CREATE TRIGGER "epoch_deleted_role_assignments" AFTER DELETE ON "role_assignments" REFERENCING OLD TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "move_epochs_of_holders"();

-- What the members of a workspace have in common: what its roles permit, its tree of places, and all their names.
CREATE TRIGGER "epoch_new_roles" AFTER INSERT ON "roles" REFERENCING NEW TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "move_epochs_of_workspaces"();
CREATE TRIGGER "epoch_updated_roles" AFTER UPDATE ON "roles" FOR EACH ROW EXECUTE FUNCTION "move_epoch_of_row"('workspace_id');
CREATE TRIGGER "epoch_deleted_roles" AFTER DELETE ON "roles" REFERENCING OLD TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "move_epochs_of_workspaces"();
CREATE TRIGGER "epoch_new_groups" AFTER INSERT ON "groups" REFERENCING NEW TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "move_epochs_of_workspaces"();
CREATE TRIGGER "epoch_updated_groups" AFTER UPDATE ON "groups" FOR EACH ROW EXECUTE FUNCTION "move_epoch_of_row"('workspace_id');
CREATE TRIGGER "epoch_deleted_groups" AFTER DELETE ON "groups" REFERENCING OLD TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "move_epochs_of_workspaces"();
CREATE TRIGGER "epoch_new_org_units" AFTER INSERT ON "org_units" REFERENCING NEW TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "move_epochs_of_workspaces"();
CREATE TRIGGER "epoch_updated_org_units" AFTER UPDATE ON "org_units" FOR EACH ROW EXECUTE FUNCTION "move_epoch_of_row"('workspace_id');
CREATE TRIGGER "epoch_deleted_org_units" AFTER DELETE ON "org_units" REFERENCING OLD TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "move_epochs_of_workspaces"();
CREATE TRIGGER "epoch_updated_workspaces" AFTER UPDATE ON "workspaces" FOR EACH ROW
  WHEN (OLD."organization_id" IS DISTINCT FROM NEW."organization_id" OR OLD."archived_at" IS DISTINCT FROM NEW."archived_at")
  EXECUTE FUNCTION "move_epoch_of_row"('id');
CREATE TRIGGER "epoch_deleted_workspaces" AFTER DELETE ON "workspaces" FOR EACH ROW EXECUTE FUNCTION "move_epoch_of_row"('id');
