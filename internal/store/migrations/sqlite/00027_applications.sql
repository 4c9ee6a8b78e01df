-- +goose Up
-- create "applications" table
CREATE TABLE `applications` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `updated_at` datetime NOT NULL, `name` text NOT NULL, `confidential` bool NOT NULL, `redirect_uris` json NOT NULL, `post_logout_redirect_uris` json NOT NULL, `initiate_login_uri` text NULL, `id_token_algorithm` text NOT NULL DEFAULT ('RS256'), `secret_hash` blob NULL, `former_secret_hash` blob NULL, `former_secret_ends_at` datetime NULL, `workspace_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `applications_workspaces_workspace` FOREIGN KEY (`workspace_id`) REFERENCES `workspaces` (`id`) ON DELETE CASCADE);
-- create index "application_workspace_id_id" to table: "applications"
CREATE INDEX `application_workspace_id_id` ON `applications` (`workspace_id`, `id`);
-- create "application_sign_ins" table
CREATE TABLE `application_sign_ins` (`id` uuid NOT NULL, `scopes` json NOT NULL, `redirect_uri` text NOT NULL, `nonce` text NOT NULL DEFAULT (''), `code_challenge` text NOT NULL, `code_hash` blob NOT NULL, `code_ends_at` datetime NOT NULL, `signed_in_at` datetime NOT NULL, `created_at` datetime NOT NULL, `redeemed_at` datetime NULL, `token_hash` blob NULL, `parent_hash` blob NULL, `rotated_at` datetime NULL, `ended_at` datetime NULL, `workspace_id` uuid NOT NULL, `application_id` uuid NOT NULL, `member_id` uuid NOT NULL, `sign_in_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `application_sign_ins_workspaces_workspace` FOREIGN KEY (`workspace_id`) REFERENCES `workspaces` (`id`) ON DELETE CASCADE, CONSTRAINT `application_sign_ins_applications_application` FOREIGN KEY (`application_id`) REFERENCES `applications` (`id`) ON DELETE CASCADE, CONSTRAINT `application_sign_ins_members_member` FOREIGN KEY (`member_id`) REFERENCES `members` (`id`) ON DELETE CASCADE, CONSTRAINT `application_sign_ins_sign_ins_sign_in` FOREIGN KEY (`sign_in_id`) REFERENCES `sign_ins` (`id`) ON DELETE CASCADE);
-- create index "application_sign_ins_code_hash_key" to table: "application_sign_ins"
CREATE UNIQUE INDEX `application_sign_ins_code_hash_key` ON `application_sign_ins` (`code_hash`);
-- create index "applicationsignin_workspace_id_id" to table: "application_sign_ins"
CREATE INDEX `applicationsignin_workspace_id_id` ON `application_sign_ins` (`workspace_id`, `id`);
-- create index "applicationsignin_application_id" to table: "application_sign_ins"
CREATE INDEX `applicationsignin_application_id` ON `application_sign_ins` (`application_id`);
-- create index "applicationsignin_member_id" to table: "application_sign_ins"
CREATE INDEX `applicationsignin_member_id` ON `application_sign_ins` (`member_id`);
-- create index "applicationsignin_sign_in_id" to table: "application_sign_ins"
CREATE INDEX `applicationsignin_sign_in_id` ON `application_sign_ins` (`sign_in_id`);
-- create "signing_keys" table
CREATE TABLE `signing_keys` (`id` uuid NOT NULL, `number` integer NOT NULL, `sealed_key` blob NOT NULL, `created_at` datetime NOT NULL, `signs_from` datetime NOT NULL, PRIMARY KEY (`id`));
-- create index "signing_keys_number_key" to table: "signing_keys"
CREATE UNIQUE INDEX `signing_keys_number_key` ON `signing_keys` (`number`);
