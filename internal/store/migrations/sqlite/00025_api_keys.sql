-- +goose Up
-- disable the enforcement of foreign-keys constraints
PRAGMA foreign_keys = off;
-- create "new_api_keys" table
CREATE TABLE `new_api_keys` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `updated_at` datetime NOT NULL, `name` text NOT NULL, `secret_hash` blob NOT NULL, `hint` text NOT NULL DEFAULT (''), `former_secret_hash` blob NULL, `former_secret_ends_at` datetime NULL, `permissions` json NOT NULL, `place_ids` json NOT NULL, `allowed_networks` json NOT NULL, `expires_at` datetime NULL, `last_used_at` datetime NULL, `revoked_at` datetime NULL, `workspace_id` uuid NOT NULL, `created_by_id` uuid NULL, `edited_by_id` uuid NULL, PRIMARY KEY (`id`), CONSTRAINT `api_keys_workspaces_workspace` FOREIGN KEY (`workspace_id`) REFERENCES `workspaces` (`id`) ON DELETE CASCADE, CONSTRAINT `api_keys_members_created_by` FOREIGN KEY (`created_by_id`) REFERENCES `members` (`id`) ON DELETE SET NULL, CONSTRAINT `api_keys_members_edited_by` FOREIGN KEY (`edited_by_id`) REFERENCES `members` (`id`) ON DELETE SET NULL);
-- copy rows from old table "api_keys" to new temporary table "new_api_keys"; they hold in the whole workspace and work from everywhere
INSERT INTO `new_api_keys` (`id`, `created_at`, `updated_at`, `name`, `secret_hash`, `permissions`, `place_ids`, `allowed_networks`, `expires_at`, `last_used_at`, `revoked_at`, `workspace_id`, `created_by_id`) SELECT `id`, `created_at`, `updated_at`, `name`, `secret_hash`, `permissions`, '[]', '[]', `expires_at`, `last_used_at`, `revoked_at`, `workspace_id`, `created_by_id` FROM `api_keys`;
-- drop "api_keys" table after copying rows
DROP TABLE `api_keys`;
-- rename temporary table "new_api_keys" to "api_keys"
ALTER TABLE `new_api_keys` RENAME TO `api_keys`;
-- create index "api_keys_secret_hash_key" to table: "api_keys"
CREATE UNIQUE INDEX `api_keys_secret_hash_key` ON `api_keys` (`secret_hash`);
-- create index "api_keys_former_secret_hash_key" to table: "api_keys"
CREATE UNIQUE INDEX `api_keys_former_secret_hash_key` ON `api_keys` (`former_secret_hash`);
-- create index "apikey_workspace_id_id" to table: "api_keys"
CREATE INDEX `apikey_workspace_id_id` ON `api_keys` (`workspace_id`, `id`);
-- create index "apikey_created_by_id" to table: "api_keys"
CREATE INDEX `apikey_created_by_id` ON `api_keys` (`created_by_id`);
-- create index "apikey_edited_by_id" to table: "api_keys"
CREATE INDEX `apikey_edited_by_id` ON `api_keys` (`edited_by_id`);
-- enable back the enforcement of foreign-keys constraints
PRAGMA foreign_keys = on;
