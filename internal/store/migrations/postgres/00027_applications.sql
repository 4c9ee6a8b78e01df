-- +goose Up
-- create "signing_keys" table
CREATE TABLE "signing_keys" ("id" uuid NOT NULL, "number" bigint NOT NULL, "sealed_key" bytea NOT NULL, "created_at" timestamptz NOT NULL, "signs_from" timestamptz NOT NULL, PRIMARY KEY ("id"));
-- create index "signing_keys_number_key" to table: "signing_keys"
CREATE UNIQUE INDEX "signing_keys_number_key" ON "signing_keys" ("number");
-- create "applications" table
CREATE TABLE "applications" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "name" character varying NOT NULL, "confidential" boolean NOT NULL, "redirect_uris" jsonb NOT NULL, "post_logout_redirect_uris" jsonb NOT NULL, "initiate_login_uri" character varying NULL, "id_token_algorithm" character varying NOT NULL DEFAULT 'RS256', "secret_hash" bytea NULL, "former_secret_hash" bytea NULL, "former_secret_ends_at" timestamptz NULL, "workspace_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "applications_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "application_workspace_id_id" to table: "applications"
CREATE INDEX "application_workspace_id_id" ON "applications" ("workspace_id", "id");
-- create "application_sign_ins" table
CREATE TABLE "application_sign_ins" ("id" uuid NOT NULL, "scopes" jsonb NOT NULL, "redirect_uri" character varying NOT NULL, "nonce" character varying NOT NULL DEFAULT '', "code_challenge" character varying NOT NULL, "code_hash" bytea NOT NULL, "code_ends_at" timestamptz NOT NULL, "signed_in_at" timestamptz NOT NULL, "created_at" timestamptz NOT NULL, "redeemed_at" timestamptz NULL, "token_hash" bytea NULL, "parent_hash" bytea NULL, "rotated_at" timestamptz NULL, "ended_at" timestamptz NULL, "workspace_id" uuid NOT NULL, "application_id" uuid NOT NULL, "member_id" uuid NOT NULL, "sign_in_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "application_sign_ins_applications_application" FOREIGN KEY ("application_id") REFERENCES "applications" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "application_sign_ins_members_member" FOREIGN KEY ("member_id") REFERENCES "members" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "application_sign_ins_sign_ins_sign_in" FOREIGN KEY ("sign_in_id") REFERENCES "sign_ins" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "application_sign_ins_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "application_sign_ins_code_hash_key" to table: "application_sign_ins"
CREATE UNIQUE INDEX "application_sign_ins_code_hash_key" ON "application_sign_ins" ("code_hash");
-- create index "applicationsignin_application_id" to table: "application_sign_ins"
CREATE INDEX "applicationsignin_application_id" ON "application_sign_ins" ("application_id");
-- create index "applicationsignin_member_id" to table: "application_sign_ins"
CREATE INDEX "applicationsignin_member_id" ON "application_sign_ins" ("member_id");
-- create index "applicationsignin_sign_in_id" to table: "application_sign_ins"
CREATE INDEX "applicationsignin_sign_in_id" ON "application_sign_ins" ("sign_in_id");
-- create index "applicationsignin_workspace_id_id" to table: "application_sign_ins"
CREATE INDEX "applicationsignin_workspace_id_id" ON "application_sign_ins" ("workspace_id", "id");
