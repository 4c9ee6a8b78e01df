-- +goose Up
-- create "suppressions" table
CREATE TABLE "suppressions" ("id" uuid NOT NULL, "email_key" character varying NOT NULL, "place_id" uuid NOT NULL, "reason" character varying NOT NULL, "created_at" timestamptz NOT NULL, PRIMARY KEY ("id"));
-- create index "suppression_email_key_place_id" to table: "suppressions"
CREATE UNIQUE INDEX "suppression_email_key_place_id" ON "suppressions" ("email_key", "place_id");
-- create "organizations" table
CREATE TABLE "organizations" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "name" character varying NOT NULL, "entitlements" jsonb NOT NULL, "seats" bigint NULL, "seats_taken" bigint NOT NULL DEFAULT 0, PRIMARY KEY ("id"));
-- create "throttles" table
CREATE TABLE "throttles" ("id" uuid NOT NULL, "key" character varying NOT NULL, "count" bigint NOT NULL DEFAULT 0, "window_start" timestamptz NOT NULL, "last_at" timestamptz NOT NULL, PRIMARY KEY ("id"));
-- create index "throttle_last_at" to table: "throttles"
CREATE INDEX "throttle_last_at" ON "throttles" ("last_at");
-- create index "throttles_key_key" to table: "throttles"
CREATE UNIQUE INDEX "throttles_key_key" ON "throttles" ("key");
-- create "idempotency_keys" table
CREATE TABLE "idempotency_keys" ("id" uuid NOT NULL, "actor" character varying NOT NULL, "operation" character varying NOT NULL, "key" character varying NOT NULL, "request_hash" bytea NOT NULL, "answer" bytea NULL, "created_at" timestamptz NOT NULL, PRIMARY KEY ("id"));
-- create index "idempotencykey_actor_operation_key" to table: "idempotency_keys"
CREATE UNIQUE INDEX "idempotencykey_actor_operation_key" ON "idempotency_keys" ("actor", "operation", "key");
-- create index "idempotencykey_created_at" to table: "idempotency_keys"
CREATE INDEX "idempotencykey_created_at" ON "idempotency_keys" ("created_at");
-- create "workspaces" table
CREATE TABLE "workspaces" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "slug" character varying NOT NULL, "name" character varying NOT NULL, "logo_url" character varying NULL, "color" character varying NULL, "default_locale" character varying NOT NULL DEFAULT 'en', "time_zone" character varying NOT NULL DEFAULT 'UTC', "support_contact" character varying NULL, "settings" jsonb NOT NULL, "organization_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "workspaces_organizations_organization" FOREIGN KEY ("organization_id") REFERENCES "organizations" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "workspace_organization_id" to table: "workspaces"
CREATE INDEX "workspace_organization_id" ON "workspaces" ("organization_id");
-- create index "workspaces_slug_key" to table: "workspaces"
CREATE UNIQUE INDEX "workspaces_slug_key" ON "workspaces" ("slug");
-- create "org_units" table
CREATE TABLE "org_units" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "name" character varying NOT NULL, "workspace_id" uuid NOT NULL, "parent_id" uuid NULL, PRIMARY KEY ("id"), CONSTRAINT "org_units_org_units_children" FOREIGN KEY ("parent_id") REFERENCES "org_units" ("id") ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT "org_units_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "orgunit_parent_id" to table: "org_units"
CREATE INDEX "orgunit_parent_id" ON "org_units" ("parent_id");
-- create index "orgunit_workspace_id_id" to table: "org_units"
CREATE INDEX "orgunit_workspace_id_id" ON "org_units" ("workspace_id", "id");
-- create index "orgunit_workspace_id_name_id" to table: "org_units"
CREATE INDEX "orgunit_workspace_id_name_id" ON "org_units" ("workspace_id", "name", "id");
-- create "users" table
CREATE TABLE "users" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "email" character varying NULL, "email_key" character varying NULL, "email_proven" boolean NOT NULL DEFAULT false, "username" character varying NULL, "username_key" character varying NULL, "username_organization_id" uuid NULL, "first_name" character varying NULL, "last_name" character varying NULL, "locale" character varying NULL, "password_hash" character varying NULL, "must_change_password" boolean NOT NULL DEFAULT false, "password_expires_at" timestamptz NULL, "credential_version" bigint NOT NULL DEFAULT 0, "pending_email" character varying NULL, "pending_email_key" character varying NULL, "erased_at" timestamptz NULL, PRIMARY KEY ("id"));
-- create index "user_username_organization_id_username_key" to table: "users"
CREATE UNIQUE INDEX "user_username_organization_id_username_key" ON "users" ("username_organization_id", "username_key");
-- create index "users_email_key_key" to table: "users"
CREATE UNIQUE INDEX "users_email_key_key" ON "users" ("email_key");
-- create "members" table
CREATE TABLE "members" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "status" character varying NOT NULL, "labels" jsonb NOT NULL, "additional_info" character varying NULL, "custom_fields" jsonb NOT NULL, "access_expires_at" timestamptz NULL, "delete_on_expiry" boolean NOT NULL DEFAULT false, "joined_at" timestamptz NOT NULL, "joined_via" character varying NOT NULL, "deactivated_at" timestamptz NULL, "email_key" character varying NOT NULL DEFAULT '', "sort_name" character varying NOT NULL DEFAULT '', "workspace_id" uuid NOT NULL, "user_id" uuid NOT NULL, "org_unit_id" uuid NULL, PRIMARY KEY ("id"), CONSTRAINT "members_org_units_org_unit" FOREIGN KEY ("org_unit_id") REFERENCES "org_units" ("id") ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT "members_users_user" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "members_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "member_access_expires_at" to table: "members"
CREATE INDEX "member_access_expires_at" ON "members" ("access_expires_at") WHERE access_expires_at IS NOT NULL AND status = 'ACTIVE';
-- create index "member_org_unit_id" to table: "members"
CREATE INDEX "member_org_unit_id" ON "members" ("org_unit_id");
-- create index "member_user_id" to table: "members"
CREATE INDEX "member_user_id" ON "members" ("user_id");
-- create index "member_workspace_id_email_key" to table: "members"
CREATE INDEX "member_workspace_id_email_key" ON "members" ("workspace_id", "email_key");
-- create index "member_workspace_id_id" to table: "members"
CREATE INDEX "member_workspace_id_id" ON "members" ("workspace_id", "id");
-- create index "member_workspace_id_joined_at_id" to table: "members"
CREATE INDEX "member_workspace_id_joined_at_id" ON "members" ("workspace_id", "joined_at", "id");
-- create index "member_workspace_id_sort_name_id" to table: "members"
CREATE INDEX "member_workspace_id_sort_name_id" ON "members" ("workspace_id", "sort_name", "id");
-- create index "member_workspace_id_user_id" to table: "members"
CREATE UNIQUE INDEX "member_workspace_id_user_id" ON "members" ("workspace_id", "user_id");
-- create "api_keys" table
CREATE TABLE "api_keys" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "name" character varying NOT NULL, "secret_hash" bytea NOT NULL, "permissions" jsonb NOT NULL, "expires_at" timestamptz NULL, "last_used_at" timestamptz NULL, "revoked_at" timestamptz NULL, "workspace_id" uuid NOT NULL, "created_by_id" uuid NULL, PRIMARY KEY ("id"), CONSTRAINT "api_keys_members_created_by" FOREIGN KEY ("created_by_id") REFERENCES "members" ("id") ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT "api_keys_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "api_keys_secret_hash_key" to table: "api_keys"
CREATE UNIQUE INDEX "api_keys_secret_hash_key" ON "api_keys" ("secret_hash");
-- create index "apikey_created_by_id" to table: "api_keys"
CREATE INDEX "apikey_created_by_id" ON "api_keys" ("created_by_id");
-- create index "apikey_workspace_id_id" to table: "api_keys"
CREATE INDEX "apikey_workspace_id_id" ON "api_keys" ("workspace_id", "id");
-- create "groups" table
CREATE TABLE "groups" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "name" character varying NOT NULL, "external_id" character varying NULL, "visibility" character varying NOT NULL, "workspace_id" uuid NOT NULL, "parent_id" uuid NULL, PRIMARY KEY ("id"), CONSTRAINT "groups_groups_children" FOREIGN KEY ("parent_id") REFERENCES "groups" ("id") ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT "groups_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "group_parent_id" to table: "groups"
CREATE INDEX "group_parent_id" ON "groups" ("parent_id");
-- create index "group_workspace_id_external_id" to table: "groups"
CREATE UNIQUE INDEX "group_workspace_id_external_id" ON "groups" ("workspace_id", "external_id");
-- create index "group_workspace_id_id" to table: "groups"
CREATE INDEX "group_workspace_id_id" ON "groups" ("workspace_id", "id");
-- create index "group_workspace_id_name_id" to table: "groups"
CREATE INDEX "group_workspace_id_name_id" ON "groups" ("workspace_id", "name", "id");
-- create "roles" table
CREATE TABLE "roles" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "key" character varying NOT NULL, "name" character varying NOT NULL, "permissions" jsonb NOT NULL, "built_in" boolean NOT NULL DEFAULT false, "workspace_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "roles_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "role_workspace_id_id" to table: "roles"
CREATE INDEX "role_workspace_id_id" ON "roles" ("workspace_id", "id");
-- create index "role_workspace_id_key" to table: "roles"
CREATE UNIQUE INDEX "role_workspace_id_key" ON "roles" ("workspace_id", "key");
-- create "programs" table
CREATE TABLE "programs" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "name" character varying NOT NULL, "workspace_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "programs_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "program_workspace_id_id" to table: "programs"
CREATE INDEX "program_workspace_id_id" ON "programs" ("workspace_id", "id");
-- create index "program_workspace_id_name_id" to table: "programs"
CREATE INDEX "program_workspace_id_name_id" ON "programs" ("workspace_id", "name", "id");
-- create "sessions" table
CREATE TABLE "sessions" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "name" character varying NOT NULL, "starts_at" timestamptz NULL, "ends_at" timestamptz NULL, "workspace_id" uuid NOT NULL, "program_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "sessions_programs_program" FOREIGN KEY ("program_id") REFERENCES "programs" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "sessions_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "session_program_id" to table: "sessions"
CREATE INDEX "session_program_id" ON "sessions" ("program_id");
-- create index "session_workspace_id_id" to table: "sessions"
CREATE INDEX "session_workspace_id_id" ON "sessions" ("workspace_id", "id");
-- create index "session_workspace_id_starts_at_id" to table: "sessions"
CREATE INDEX "session_workspace_id_starts_at_id" ON "sessions" ("workspace_id", "starts_at", "id");
-- create "role_assignments" table
CREATE TABLE "role_assignments" ("id" uuid NOT NULL, "place_id" uuid NOT NULL, "inherited" boolean NOT NULL DEFAULT false, "created_at" timestamptz NOT NULL, "workspace_id" uuid NOT NULL, "member_id" uuid NOT NULL, "role_id" uuid NOT NULL, "group_id" uuid NULL, "org_unit_id" uuid NULL, "session_id" uuid NULL, PRIMARY KEY ("id"), CONSTRAINT "role_assignments_groups_group" FOREIGN KEY ("group_id") REFERENCES "groups" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "role_assignments_members_member" FOREIGN KEY ("member_id") REFERENCES "members" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "role_assignments_org_units_org_unit" FOREIGN KEY ("org_unit_id") REFERENCES "org_units" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "role_assignments_roles_role" FOREIGN KEY ("role_id") REFERENCES "roles" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "role_assignments_sessions_session" FOREIGN KEY ("session_id") REFERENCES "sessions" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "role_assignments_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "roleassignment_group_id_member_id" to table: "role_assignments"
CREATE INDEX "roleassignment_group_id_member_id" ON "role_assignments" ("group_id", "member_id");
-- create index "roleassignment_member_id_role_id_place_id" to table: "role_assignments"
CREATE UNIQUE INDEX "roleassignment_member_id_role_id_place_id" ON "role_assignments" ("member_id", "role_id", "place_id");
-- create index "roleassignment_org_unit_id" to table: "role_assignments"
CREATE INDEX "roleassignment_org_unit_id" ON "role_assignments" ("org_unit_id");
-- create index "roleassignment_role_id" to table: "role_assignments"
CREATE INDEX "roleassignment_role_id" ON "role_assignments" ("role_id");
-- create index "roleassignment_session_id" to table: "role_assignments"
CREATE INDEX "roleassignment_session_id" ON "role_assignments" ("session_id");
-- create index "roleassignment_workspace_id_id" to table: "role_assignments"
CREATE INDEX "roleassignment_workspace_id_id" ON "role_assignments" ("workspace_id", "id");
-- create "assignment_sources" table
CREATE TABLE "assignment_sources" ("id" uuid NOT NULL, "kind" character varying NOT NULL, "source_id" uuid NOT NULL, "workspace_id" uuid NOT NULL, "assignment_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "assignment_sources_role_assignments_assignment" FOREIGN KEY ("assignment_id") REFERENCES "role_assignments" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "assignment_sources_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "assignmentsource_assignment_id_kind_source_id" to table: "assignment_sources"
CREATE UNIQUE INDEX "assignmentsource_assignment_id_kind_source_id" ON "assignment_sources" ("assignment_id", "kind", "source_id");
-- create index "assignmentsource_source_id" to table: "assignment_sources"
CREATE INDEX "assignmentsource_source_id" ON "assignment_sources" ("source_id");
-- create index "assignmentsource_workspace_id_id" to table: "assignment_sources"
CREATE INDEX "assignmentsource_workspace_id_id" ON "assignment_sources" ("workspace_id", "id");
-- create "import_batches" table
CREATE TABLE "import_batches" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "status" character varying NOT NULL, "action" character varying NOT NULL, "existing" character varying NOT NULL, "file_name" character varying NULL, "grant" jsonb NOT NULL, "failure" character varying NULL, "total_rows" bigint NOT NULL DEFAULT 0, "processed_rows" bigint NOT NULL DEFAULT 0, "invite_count" bigint NOT NULL DEFAULT 0, "create_count" bigint NOT NULL DEFAULT 0, "update_count" bigint NOT NULL DEFAULT 0, "unchanged_count" bigint NOT NULL DEFAULT 0, "error_count" bigint NOT NULL DEFAULT 0, "mails_to_send" bigint NOT NULL DEFAULT 0, "mail_at" timestamptz NULL, "mails_per_minute" bigint NULL, "started_at" timestamptz NULL, "finished_at" timestamptz NULL, "workspace_id" uuid NOT NULL, "started_by_id" uuid NULL, "giver_key_id" uuid NULL, PRIMARY KEY ("id"), CONSTRAINT "import_batches_api_keys_giver_key" FOREIGN KEY ("giver_key_id") REFERENCES "api_keys" ("id") ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT "import_batches_members_started_by" FOREIGN KEY ("started_by_id") REFERENCES "members" ("id") ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT "import_batches_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "importbatch_giver_key_id" to table: "import_batches"
CREATE INDEX "importbatch_giver_key_id" ON "import_batches" ("giver_key_id");
-- create index "importbatch_started_by_id" to table: "import_batches"
CREATE INDEX "importbatch_started_by_id" ON "import_batches" ("started_by_id");
-- create index "importbatch_workspace_id_id" to table: "import_batches"
CREATE INDEX "importbatch_workspace_id_id" ON "import_batches" ("workspace_id", "id");
-- create "invitations" table
CREATE TABLE "invitations" ("id" uuid NOT NULL, "email" character varying NOT NULL, "email_key" character varying NOT NULL, "first_name" character varying NULL, "last_name" character varying NULL, "status" character varying NOT NULL, "grant" jsonb NOT NULL, "message" character varying NULL, "locale" character varying NULL, "link_version" bigint NOT NULL DEFAULT 1, "expires_at" timestamptz NULL, "lifetime_days" bigint NOT NULL DEFAULT 0, "last_sent_at" timestamptz NULL, "sent_count" bigint NOT NULL DEFAULT 0, "delivery_status" character varying NOT NULL, "delivery_error" character varying NULL, "created_at" timestamptz NOT NULL, "accepted_at" timestamptz NULL, "cancelled_at" timestamptz NULL, "declined_at" timestamptz NULL, "renewal_asked_at" timestamptz NULL, "notify_inviter" boolean NOT NULL DEFAULT false, "remind_at" timestamptz NULL, "workspace_id" uuid NOT NULL, "invited_by_id" uuid NULL, "giver_id" uuid NULL, "giver_key_id" uuid NULL, "member_id" uuid NULL, "org_unit_id" uuid NULL, "import_id" uuid NULL, PRIMARY KEY ("id"), CONSTRAINT "invitations_api_keys_giver_key" FOREIGN KEY ("giver_key_id") REFERENCES "api_keys" ("id") ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT "invitations_import_batches_import" FOREIGN KEY ("import_id") REFERENCES "import_batches" ("id") ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT "invitations_members_giver" FOREIGN KEY ("giver_id") REFERENCES "members" ("id") ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT "invitations_members_invited_by" FOREIGN KEY ("invited_by_id") REFERENCES "members" ("id") ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT "invitations_members_member" FOREIGN KEY ("member_id") REFERENCES "members" ("id") ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT "invitations_org_units_org_unit" FOREIGN KEY ("org_unit_id") REFERENCES "org_units" ("id") ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT "invitations_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "invitation_giver_id" to table: "invitations"
CREATE INDEX "invitation_giver_id" ON "invitations" ("giver_id");
-- create index "invitation_giver_key_id" to table: "invitations"
CREATE INDEX "invitation_giver_key_id" ON "invitations" ("giver_key_id");
-- create index "invitation_import_id" to table: "invitations"
CREATE INDEX "invitation_import_id" ON "invitations" ("import_id");
-- create index "invitation_invited_by_id" to table: "invitations"
CREATE INDEX "invitation_invited_by_id" ON "invitations" ("invited_by_id");
-- create index "invitation_member_id" to table: "invitations"
CREATE INDEX "invitation_member_id" ON "invitations" ("member_id");
-- create index "invitation_org_unit_id" to table: "invitations"
CREATE INDEX "invitation_org_unit_id" ON "invitations" ("org_unit_id");
-- create index "invitation_remind_at" to table: "invitations"
CREATE INDEX "invitation_remind_at" ON "invitations" ("remind_at") WHERE remind_at IS NOT NULL AND status = 'PENDING';
-- create index "invitation_workspace_id_created_at_id" to table: "invitations"
CREATE INDEX "invitation_workspace_id_created_at_id" ON "invitations" ("workspace_id", "created_at", "id");
-- create index "invitation_workspace_id_email_id" to table: "invitations"
CREATE INDEX "invitation_workspace_id_email_id" ON "invitations" ("workspace_id", "email", "id");
-- create index "invitation_workspace_id_email_key" to table: "invitations"
CREATE UNIQUE INDEX "invitation_workspace_id_email_key" ON "invitations" ("workspace_id", "email_key") WHERE status = 'PENDING';
-- create index "invitation_workspace_id_email_key_id" to table: "invitations"
CREATE INDEX "invitation_workspace_id_email_key_id" ON "invitations" ("workspace_id", "email_key", "id");
-- create index "invitation_workspace_id_id" to table: "invitations"
CREATE INDEX "invitation_workspace_id_id" ON "invitations" ("workspace_id", "id");
-- create index "invitation_workspace_id_status_id" to table: "invitations"
CREATE INDEX "invitation_workspace_id_status_id" ON "invitations" ("workspace_id", "status", "id");
-- create "audit_events" table
CREATE TABLE "audit_events" ("id" uuid NOT NULL, "at" timestamptz NOT NULL, "action" character varying NOT NULL, "door" character varying NOT NULL DEFAULT '', "actor_key_id" uuid NULL, "subject_id" uuid NOT NULL, "member_id" uuid NULL, "details" jsonb NULL, "workspace_id" uuid NOT NULL, "actor_id" uuid NULL, "invitation_id" uuid NULL, PRIMARY KEY ("id"), CONSTRAINT "audit_events_invitations_events" FOREIGN KEY ("invitation_id") REFERENCES "invitations" ("id") ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT "audit_events_members_actor" FOREIGN KEY ("actor_id") REFERENCES "members" ("id") ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT "audit_events_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "auditevent_actor_id" to table: "audit_events"
CREATE INDEX "auditevent_actor_id" ON "audit_events" ("actor_id");
-- create index "auditevent_invitation_id" to table: "audit_events"
CREATE INDEX "auditevent_invitation_id" ON "audit_events" ("invitation_id");
-- create index "auditevent_workspace_id_id" to table: "audit_events"
CREATE INDEX "auditevent_workspace_id_id" ON "audit_events" ("workspace_id", "id");
-- create index "auditevent_workspace_id_member_id_id" to table: "audit_events"
CREATE INDEX "auditevent_workspace_id_member_id_id" ON "audit_events" ("workspace_id", "member_id", "id");
-- create index "auditevent_workspace_id_subject_id_id" to table: "audit_events"
CREATE INDEX "auditevent_workspace_id_subject_id_id" ON "audit_events" ("workspace_id", "subject_id", "id");
-- create "cards" table
CREATE TABLE "cards" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "pin_hash" bytea NOT NULL, "tries" bigint NOT NULL DEFAULT 0, "link_version" bigint NOT NULL DEFAULT 1, "expires_at" timestamptz NOT NULL, "used_at" timestamptz NULL, "workspace_id" uuid NOT NULL, "user_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "cards_users_user" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "cards_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "card_user_id" to table: "cards"
CREATE INDEX "card_user_id" ON "cards" ("user_id");
-- create index "card_workspace_id_id" to table: "cards"
CREATE INDEX "card_workspace_id_id" ON "cards" ("workspace_id", "id");
-- create "custom_fields" table
CREATE TABLE "custom_fields" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "key" character varying NOT NULL, "name" character varying NOT NULL, "type" character varying NOT NULL, "choices" jsonb NOT NULL, "required" boolean NOT NULL DEFAULT false, "position" bigint NOT NULL DEFAULT 0, "workspace_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "custom_fields_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "customfield_workspace_id_id" to table: "custom_fields"
CREATE INDEX "customfield_workspace_id_id" ON "custom_fields" ("workspace_id", "id");
-- create index "customfield_workspace_id_key" to table: "custom_fields"
CREATE UNIQUE INDEX "customfield_workspace_id_key" ON "custom_fields" ("workspace_id", "key");
-- create "enrollments" table
CREATE TABLE "enrollments" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "status" character varying NOT NULL, "progress" bigint NOT NULL DEFAULT 0, "completed_at" timestamptz NULL, "workspace_id" uuid NOT NULL, "member_id" uuid NOT NULL, "session_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "enrollments_members_member" FOREIGN KEY ("member_id") REFERENCES "members" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "enrollments_sessions_session" FOREIGN KEY ("session_id") REFERENCES "sessions" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "enrollments_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "enrollment_member_id_session_id" to table: "enrollments"
CREATE UNIQUE INDEX "enrollment_member_id_session_id" ON "enrollments" ("member_id", "session_id");
-- create index "enrollment_session_id_status" to table: "enrollments"
CREATE INDEX "enrollment_session_id_status" ON "enrollments" ("session_id", "status");
-- create index "enrollment_workspace_id_id" to table: "enrollments"
CREATE INDEX "enrollment_workspace_id_id" ON "enrollments" ("workspace_id", "id");
-- create "group_programs" table
CREATE TABLE "group_programs" ("group_id" uuid NOT NULL, "program_id" uuid NOT NULL, PRIMARY KEY ("group_id", "program_id"), CONSTRAINT "group_programs_group_id" FOREIGN KEY ("group_id") REFERENCES "groups" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "group_programs_program_id" FOREIGN KEY ("program_id") REFERENCES "programs" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create "import_changes" table
CREATE TABLE "import_changes" ("id" uuid NOT NULL, "row_number" bigint NOT NULL, "kind" character varying NOT NULL, "subject_id" uuid NOT NULL, "cells" jsonb NULL, "undone_at" timestamptz NULL, "left_alone" character varying NULL, "workspace_id" uuid NOT NULL, "import_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "import_changes_import_batches_import" FOREIGN KEY ("import_id") REFERENCES "import_batches" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "import_changes_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "importchange_import_id_row_number" to table: "import_changes"
CREATE INDEX "importchange_import_id_row_number" ON "import_changes" ("import_id", "row_number");
-- create index "importchange_subject_id" to table: "import_changes"
CREATE INDEX "importchange_subject_id" ON "import_changes" ("subject_id");
-- create index "importchange_workspace_id_id" to table: "import_changes"
CREATE INDEX "importchange_workspace_id_id" ON "import_changes" ("workspace_id", "id");
-- create "import_files" table
CREATE TABLE "import_files" ("id" uuid NOT NULL, "position" bigint NOT NULL, "content" bytea NOT NULL, "workspace_id" uuid NOT NULL, "import_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "import_files_import_batches_import" FOREIGN KEY ("import_id") REFERENCES "import_batches" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "import_files_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "importfile_import_id_position" to table: "import_files"
CREATE UNIQUE INDEX "importfile_import_id_position" ON "import_files" ("import_id", "position");
-- create index "importfile_workspace_id_id" to table: "import_files"
CREATE INDEX "importfile_workspace_id_id" ON "import_files" ("workspace_id", "id");
-- create "import_rows" table
CREATE TABLE "import_rows" ("id" uuid NOT NULL, "number" bigint NOT NULL, "email" character varying NULL, "email_key" character varying NULL, "name" character varying NULL, "cells" jsonb NOT NULL, "sealed_password" bytea NULL, "outcome" character varying NOT NULL, "errors" jsonb NULL, "done" boolean NOT NULL DEFAULT false, "workspace_id" uuid NOT NULL, "import_id" uuid NOT NULL, "member_id" uuid NULL, "invitation_id" uuid NULL, PRIMARY KEY ("id"), CONSTRAINT "import_rows_import_batches_import" FOREIGN KEY ("import_id") REFERENCES "import_batches" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "import_rows_invitations_invitation" FOREIGN KEY ("invitation_id") REFERENCES "invitations" ("id") ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT "import_rows_members_member" FOREIGN KEY ("member_id") REFERENCES "members" ("id") ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT "import_rows_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "importrow_import_id_number" to table: "import_rows"
CREATE UNIQUE INDEX "importrow_import_id_number" ON "import_rows" ("import_id", "number");
-- create index "importrow_import_id_outcome_number" to table: "import_rows"
CREATE INDEX "importrow_import_id_outcome_number" ON "import_rows" ("import_id", "outcome", "number");
-- create index "importrow_invitation_id" to table: "import_rows"
CREATE INDEX "importrow_invitation_id" ON "import_rows" ("invitation_id");
-- create index "importrow_member_id" to table: "import_rows"
CREATE INDEX "importrow_member_id" ON "import_rows" ("member_id");
-- create index "importrow_workspace_id_id" to table: "import_rows"
CREATE INDEX "importrow_workspace_id_id" ON "import_rows" ("workspace_id", "id");
-- create "invitation_groups" table
CREATE TABLE "invitation_groups" ("invitation_id" uuid NOT NULL, "group_id" uuid NOT NULL, PRIMARY KEY ("invitation_id", "group_id"), CONSTRAINT "invitation_groups_group_id" FOREIGN KEY ("group_id") REFERENCES "groups" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "invitation_groups_invitation_id" FOREIGN KEY ("invitation_id") REFERENCES "invitations" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create "invitation_roles" table
CREATE TABLE "invitation_roles" ("invitation_id" uuid NOT NULL, "role_id" uuid NOT NULL, PRIMARY KEY ("invitation_id", "role_id"), CONSTRAINT "invitation_roles_invitation_id" FOREIGN KEY ("invitation_id") REFERENCES "invitations" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "invitation_roles_role_id" FOREIGN KEY ("role_id") REFERENCES "roles" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create "invitation_sessions" table
CREATE TABLE "invitation_sessions" ("invitation_id" uuid NOT NULL, "session_id" uuid NOT NULL, PRIMARY KEY ("invitation_id", "session_id"), CONSTRAINT "invitation_sessions_invitation_id" FOREIGN KEY ("invitation_id") REFERENCES "invitations" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "invitation_sessions_session_id" FOREIGN KEY ("session_id") REFERENCES "sessions" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create "join_links" table
CREATE TABLE "join_links" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "slug" character varying NOT NULL, "enabled" boolean NOT NULL DEFAULT true, "title" character varying NULL, "welcome_text" character varying NULL, "whitelist" jsonb NOT NULL, "grant" jsonb NOT NULL, "expires_at" timestamptz NULL, "max_joins" bigint NULL, "join_count" bigint NOT NULL DEFAULT 0, "requires_approval" boolean NOT NULL DEFAULT false, "workspace_id" uuid NOT NULL, "giver_id" uuid NULL, "giver_key_id" uuid NULL, PRIMARY KEY ("id"), CONSTRAINT "join_links_api_keys_giver_key" FOREIGN KEY ("giver_key_id") REFERENCES "api_keys" ("id") ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT "join_links_members_giver" FOREIGN KEY ("giver_id") REFERENCES "members" ("id") ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT "join_links_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "join_links_slug_key" to table: "join_links"
CREATE UNIQUE INDEX "join_links_slug_key" ON "join_links" ("slug");
-- create index "joinlink_giver_id" to table: "join_links"
CREATE INDEX "joinlink_giver_id" ON "join_links" ("giver_id");
-- create index "joinlink_giver_key_id" to table: "join_links"
CREATE INDEX "joinlink_giver_key_id" ON "join_links" ("giver_key_id");
-- create index "joinlink_workspace_id_id" to table: "join_links"
CREATE INDEX "joinlink_workspace_id_id" ON "join_links" ("workspace_id", "id");
-- create "join_link_groups" table
CREATE TABLE "join_link_groups" ("join_link_id" uuid NOT NULL, "group_id" uuid NOT NULL, PRIMARY KEY ("join_link_id", "group_id"), CONSTRAINT "join_link_groups_group_id" FOREIGN KEY ("group_id") REFERENCES "groups" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "join_link_groups_join_link_id" FOREIGN KEY ("join_link_id") REFERENCES "join_links" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create "join_link_roles" table
CREATE TABLE "join_link_roles" ("join_link_id" uuid NOT NULL, "role_id" uuid NOT NULL, PRIMARY KEY ("join_link_id", "role_id"), CONSTRAINT "join_link_roles_join_link_id" FOREIGN KEY ("join_link_id") REFERENCES "join_links" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "join_link_roles_role_id" FOREIGN KEY ("role_id") REFERENCES "roles" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create "join_requests" table
CREATE TABLE "join_requests" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "email" character varying NOT NULL, "email_key" character varying NOT NULL, "first_name" character varying NULL, "last_name" character varying NULL, "locale" character varying NULL, "status" character varying NOT NULL, "link_version" bigint NOT NULL DEFAULT 1, "password_hash" character varying NULL, "message" character varying NULL, "confirmed_at" timestamptz NULL, "decided_at" timestamptz NULL, "workspace_id" uuid NOT NULL, "join_link_id" uuid NOT NULL, "user_id" uuid NULL, "member_id" uuid NULL, "decided_by_id" uuid NULL, PRIMARY KEY ("id"), CONSTRAINT "join_requests_join_links_join_link" FOREIGN KEY ("join_link_id") REFERENCES "join_links" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "join_requests_members_decided_by" FOREIGN KEY ("decided_by_id") REFERENCES "members" ("id") ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT "join_requests_members_member" FOREIGN KEY ("member_id") REFERENCES "members" ("id") ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT "join_requests_users_user" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT "join_requests_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "joinrequest_decided_by_id" to table: "join_requests"
CREATE INDEX "joinrequest_decided_by_id" ON "join_requests" ("decided_by_id");
-- create index "joinrequest_join_link_id_email_key" to table: "join_requests"
CREATE UNIQUE INDEX "joinrequest_join_link_id_email_key" ON "join_requests" ("join_link_id", "email_key") WHERE status IN ('UNCONFIRMED', 'WAITING');
-- create index "joinrequest_member_id" to table: "join_requests"
CREATE INDEX "joinrequest_member_id" ON "join_requests" ("member_id");
-- create index "joinrequest_user_id" to table: "join_requests"
CREATE INDEX "joinrequest_user_id" ON "join_requests" ("user_id");
-- create index "joinrequest_workspace_id_id" to table: "join_requests"
CREATE INDEX "joinrequest_workspace_id_id" ON "join_requests" ("workspace_id", "id");
-- create index "joinrequest_workspace_id_status_id" to table: "join_requests"
CREATE INDEX "joinrequest_workspace_id_status_id" ON "join_requests" ("workspace_id", "status", "id");
-- create "mails" table
CREATE TABLE "mails" ("id" uuid NOT NULL, "kind" character varying NOT NULL, "to" character varying NOT NULL, "to_key" character varying NOT NULL, "status" character varying NOT NULL, "error" character varying NULL, "attempts" bigint NOT NULL DEFAULT 0, "version" bigint NOT NULL DEFAULT 0, "note" character varying NULL, "due_at" timestamptz NOT NULL, "created_at" timestamptz NOT NULL, "sent_at" timestamptz NULL, "workspace_id" uuid NULL, "user_id" uuid NULL, "invitation_id" uuid NULL, "join_request_id" uuid NULL, "session_id" uuid NULL, "import_id" uuid NULL, PRIMARY KEY ("id"), CONSTRAINT "mails_import_batches_import" FOREIGN KEY ("import_id") REFERENCES "import_batches" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "mails_invitations_invitation" FOREIGN KEY ("invitation_id") REFERENCES "invitations" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "mails_join_requests_join_request" FOREIGN KEY ("join_request_id") REFERENCES "join_requests" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "mails_sessions_session" FOREIGN KEY ("session_id") REFERENCES "sessions" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "mails_users_user" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "mails_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "mail_import_id" to table: "mails"
CREATE INDEX "mail_import_id" ON "mails" ("import_id");
-- create index "mail_invitation_id_kind" to table: "mails"
CREATE INDEX "mail_invitation_id_kind" ON "mails" ("invitation_id", "kind");
-- create index "mail_join_request_id" to table: "mails"
CREATE INDEX "mail_join_request_id" ON "mails" ("join_request_id");
-- create index "mail_session_id" to table: "mails"
CREATE INDEX "mail_session_id" ON "mails" ("session_id");
-- create index "mail_to_key_id" to table: "mails"
CREATE INDEX "mail_to_key_id" ON "mails" ("to_key", "id");
-- create index "mail_user_id" to table: "mails"
CREATE INDEX "mail_user_id" ON "mails" ("user_id");
-- create index "mail_workspace_id_status" to table: "mails"
CREATE INDEX "mail_workspace_id_status" ON "mails" ("workspace_id", "status");
-- create "retired_slugs" table
CREATE TABLE "retired_slugs" ("id" uuid NOT NULL, "slug" character varying NOT NULL, "retired_at" timestamptz NOT NULL, "workspace_id" uuid NOT NULL, "join_link_id" uuid NULL, PRIMARY KEY ("id"), CONSTRAINT "retired_slugs_join_links_join_link" FOREIGN KEY ("join_link_id") REFERENCES "join_links" ("id") ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT "retired_slugs_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "retired_slugs_slug_key" to table: "retired_slugs"
CREATE UNIQUE INDEX "retired_slugs_slug_key" ON "retired_slugs" ("slug");
-- create index "retiredslug_join_link_id" to table: "retired_slugs"
CREATE INDEX "retiredslug_join_link_id" ON "retired_slugs" ("join_link_id");
-- create index "retiredslug_workspace_id_id" to table: "retired_slugs"
CREATE INDEX "retiredslug_workspace_id_id" ON "retired_slugs" ("workspace_id", "id");
-- create "seat_events" table
CREATE TABLE "seat_events" ("id" uuid NOT NULL, "user_id" uuid NOT NULL, "workspace_id" uuid NOT NULL, "kind" character varying NOT NULL, "at" timestamptz NOT NULL, "organization_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "seat_events_organizations_organization" FOREIGN KEY ("organization_id") REFERENCES "organizations" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "seatevent_organization_id_at" to table: "seat_events"
CREATE INDEX "seatevent_organization_id_at" ON "seat_events" ("organization_id", "at");
-- create index "seatevent_user_id" to table: "seat_events"
CREATE INDEX "seatevent_user_id" ON "seat_events" ("user_id");
-- create "seats" table
CREATE TABLE "seats" ("id" uuid NOT NULL, "taken_at" timestamptz NOT NULL, "organization_id" uuid NOT NULL, "user_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "seats_organizations_organization" FOREIGN KEY ("organization_id") REFERENCES "organizations" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "seats_users_user" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "seat_organization_id_user_id" to table: "seats"
CREATE UNIQUE INDEX "seat_organization_id_user_id" ON "seats" ("organization_id", "user_id");
-- create index "seat_user_id" to table: "seats"
CREATE INDEX "seat_user_id" ON "seats" ("user_id");
-- create "sign_ins" table
CREATE TABLE "sign_ins" ("id" uuid NOT NULL, "token_hash" bytea NOT NULL, "parent_hash" bytea NULL, "rotated_at" timestamptz NOT NULL, "created_at" timestamptz NOT NULL, "last_used_at" timestamptz NOT NULL, "ended_at" timestamptz NULL, "must_change_password" boolean NOT NULL DEFAULT false, "user_agent" character varying NULL, "user_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "sign_ins_users_user" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "signin_parent_hash" to table: "sign_ins"
CREATE INDEX "signin_parent_hash" ON "sign_ins" ("parent_hash");
-- create index "signin_token_hash" to table: "sign_ins"
CREATE UNIQUE INDEX "signin_token_hash" ON "sign_ins" ("token_hash");
-- create index "signin_user_id_ended_at" to table: "sign_ins"
CREATE INDEX "signin_user_id_ended_at" ON "sign_ins" ("user_id", "ended_at");
-- create "transfers" table
CREATE TABLE "transfers" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "status" character varying NOT NULL, "decided_at" timestamptz NULL, "workspace_id" uuid NOT NULL, "member_id" uuid NOT NULL, "from_enrollment_id" uuid NOT NULL, "decided_by_id" uuid NULL, PRIMARY KEY ("id"), CONSTRAINT "transfers_enrollments_from_enrollment" FOREIGN KEY ("from_enrollment_id") REFERENCES "enrollments" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "transfers_members_decided_by" FOREIGN KEY ("decided_by_id") REFERENCES "members" ("id") ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT "transfers_members_member" FOREIGN KEY ("member_id") REFERENCES "members" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "transfers_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "transfer_decided_by_id" to table: "transfers"
CREATE INDEX "transfer_decided_by_id" ON "transfers" ("decided_by_id");
-- create index "transfer_from_enrollment_id" to table: "transfers"
CREATE INDEX "transfer_from_enrollment_id" ON "transfers" ("from_enrollment_id");
-- create index "transfer_member_id_from_enrollment_id" to table: "transfers"
CREATE UNIQUE INDEX "transfer_member_id_from_enrollment_id" ON "transfers" ("member_id", "from_enrollment_id");
-- create index "transfer_workspace_id_id" to table: "transfers"
CREATE INDEX "transfer_workspace_id_id" ON "transfers" ("workspace_id", "id");
-- create "webhooks" table
CREATE TABLE "webhooks" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "url" character varying NOT NULL, "events" jsonb NOT NULL, "sealed_secret" bytea NOT NULL, "sealed_old_secret" bytea NULL, "enabled" boolean NOT NULL DEFAULT true, "failing_since" timestamptz NULL, "workspace_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "webhooks_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "webhook_workspace_id_id" to table: "webhooks"
CREATE INDEX "webhook_workspace_id_id" ON "webhooks" ("workspace_id", "id");
-- create "webhook_deliveries" table
CREATE TABLE "webhook_deliveries" ("id" uuid NOT NULL, "event" character varying NOT NULL, "payload" bytea NOT NULL, "status" character varying NOT NULL, "attempts" bigint NOT NULL DEFAULT 0, "response_status" bigint NULL, "error" character varying NULL, "created_at" timestamptz NOT NULL, "delivered_at" timestamptz NULL, "workspace_id" uuid NOT NULL, "webhook_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "webhook_deliveries_webhooks_webhook" FOREIGN KEY ("webhook_id") REFERENCES "webhooks" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "webhook_deliveries_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "webhookdelivery_webhook_id_id" to table: "webhook_deliveries"
CREATE INDEX "webhookdelivery_webhook_id_id" ON "webhook_deliveries" ("webhook_id", "id");
-- create index "webhookdelivery_workspace_id_id" to table: "webhook_deliveries"
CREATE INDEX "webhookdelivery_workspace_id_id" ON "webhook_deliveries" ("workspace_id", "id");
