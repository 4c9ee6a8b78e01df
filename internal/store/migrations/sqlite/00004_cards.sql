-- +goose Up
-- empty "cards": none was ever issued, and the new columns have no value for what might be there
DELETE FROM `cards`;
-- disable the enforcement of foreign-keys constraints
PRAGMA foreign_keys = off;
-- create "new_cards" table
CREATE TABLE `new_cards` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `updated_at` datetime NOT NULL, `pin_hash` blob NOT NULL, `key_id` text NOT NULL, `tries` integer NOT NULL DEFAULT (0), `link_version` integer NOT NULL DEFAULT (1), `credential_version` integer NOT NULL, `expires_at` datetime NOT NULL, `used_at` datetime NULL, `workspace_id` uuid NOT NULL, `user_id` uuid NOT NULL, `giver_id` uuid NULL, `giver_key_id` uuid NULL, PRIMARY KEY (`id`), CONSTRAINT `cards_workspaces_workspace` FOREIGN KEY (`workspace_id`) REFERENCES `workspaces` (`id`) ON DELETE CASCADE, CONSTRAINT `cards_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE, CONSTRAINT `cards_members_giver` FOREIGN KEY (`giver_id`) REFERENCES `members` (`id`) ON DELETE SET NULL, CONSTRAINT `cards_api_keys_giver_key` FOREIGN KEY (`giver_key_id`) REFERENCES `api_keys` (`id`) ON DELETE SET NULL);
-- copy rows from old table "cards" to new temporary table "new_cards"
INSERT INTO `new_cards` (`id`, `created_at`, `updated_at`, `pin_hash`, `tries`, `link_version`, `expires_at`, `used_at`, `workspace_id`, `user_id`) SELECT `id`, `created_at`, `updated_at`, `pin_hash`, `tries`, `link_version`, `expires_at`, `used_at`, `workspace_id`, `user_id` FROM `cards`;
-- drop "cards" table after copying rows
DROP TABLE `cards`;
-- rename temporary table "new_cards" to "cards"
ALTER TABLE `new_cards` RENAME TO `cards`;
-- create index "card_workspace_id_id" to table: "cards"
CREATE INDEX `card_workspace_id_id` ON `cards` (`workspace_id`, `id`);
-- create index "card_user_id" to table: "cards"
CREATE UNIQUE INDEX `card_user_id` ON `cards` (`user_id`);
-- create index "card_giver_id" to table: "cards"
CREATE INDEX `card_giver_id` ON `cards` (`giver_id`);
-- create index "card_giver_key_id" to table: "cards"
CREATE INDEX `card_giver_key_id` ON `cards` (`giver_key_id`);
-- enable back the enforcement of foreign-keys constraints
PRAGMA foreign_keys = on;
