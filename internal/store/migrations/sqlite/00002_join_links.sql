-- +goose Up
-- disable the enforcement of foreign-keys constraints
PRAGMA foreign_keys = off;
-- create "new_join_links" table
CREATE TABLE `new_join_links` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `updated_at` datetime NOT NULL, `slug` text NOT NULL, `enabled` bool NOT NULL DEFAULT (true), `title` text NULL, `welcome_text` text NULL, `whitelist` json NOT NULL, `grant` json NOT NULL, `expires_at` datetime NULL, `max_joins` integer NULL, `join_count` integer NOT NULL DEFAULT (0), `requires_approval` bool NOT NULL DEFAULT (false), `workspace_id` uuid NOT NULL, `giver_id` uuid NULL, `giver_key_id` uuid NULL, `org_unit_id` uuid NULL, PRIMARY KEY (`id`), CONSTRAINT `join_links_workspaces_workspace` FOREIGN KEY (`workspace_id`) REFERENCES `workspaces` (`id`) ON DELETE CASCADE, CONSTRAINT `join_links_members_giver` FOREIGN KEY (`giver_id`) REFERENCES `members` (`id`) ON DELETE SET NULL, CONSTRAINT `join_links_api_keys_giver_key` FOREIGN KEY (`giver_key_id`) REFERENCES `api_keys` (`id`) ON DELETE SET NULL, CONSTRAINT `join_links_org_units_org_unit` FOREIGN KEY (`org_unit_id`) REFERENCES `org_units` (`id`) ON DELETE SET NULL);
-- copy rows from old table "join_links" to new temporary table "new_join_links"
INSERT INTO `new_join_links` (`id`, `created_at`, `updated_at`, `slug`, `enabled`, `title`, `welcome_text`, `whitelist`, `grant`, `expires_at`, `max_joins`, `join_count`, `requires_approval`, `workspace_id`, `giver_id`, `giver_key_id`) SELECT `id`, `created_at`, `updated_at`, `slug`, `enabled`, `title`, `welcome_text`, `whitelist`, `grant`, `expires_at`, `max_joins`, `join_count`, `requires_approval`, `workspace_id`, `giver_id`, `giver_key_id` FROM `join_links`;
-- drop "join_links" table after copying rows
DROP TABLE `join_links`;
-- rename temporary table "new_join_links" to "join_links"
ALTER TABLE `new_join_links` RENAME TO `join_links`;
-- create index "join_links_slug_key" to table: "join_links"
CREATE UNIQUE INDEX `join_links_slug_key` ON `join_links` (`slug`);
-- create index "joinlink_workspace_id_id" to table: "join_links"
CREATE INDEX `joinlink_workspace_id_id` ON `join_links` (`workspace_id`, `id`);
-- create index "joinlink_giver_id" to table: "join_links"
CREATE INDEX `joinlink_giver_id` ON `join_links` (`giver_id`);
-- create index "joinlink_giver_key_id" to table: "join_links"
CREATE INDEX `joinlink_giver_key_id` ON `join_links` (`giver_key_id`);
-- create index "joinlink_org_unit_id" to table: "join_links"
CREATE INDEX `joinlink_org_unit_id` ON `join_links` (`org_unit_id`);
-- create "new_join_requests" table
CREATE TABLE `new_join_requests` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `updated_at` datetime NOT NULL, `email` text NOT NULL, `email_key` text NOT NULL, `first_name` text NULL, `last_name` text NULL, `locale` text NULL, `status` text NOT NULL, `waits_for` text NULL, `password_hash` text NULL, `custom_fields` json NULL, `message` text NULL, `confirmed_at` datetime NULL, `decided_at` datetime NULL, `workspace_id` uuid NOT NULL, `join_link_id` uuid NOT NULL, `user_id` uuid NULL, `member_id` uuid NULL, `decided_by_id` uuid NULL, PRIMARY KEY (`id`), CONSTRAINT `join_requests_workspaces_workspace` FOREIGN KEY (`workspace_id`) REFERENCES `workspaces` (`id`) ON DELETE CASCADE, CONSTRAINT `join_requests_join_links_join_link` FOREIGN KEY (`join_link_id`) REFERENCES `join_links` (`id`) ON DELETE CASCADE, CONSTRAINT `join_requests_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE SET NULL, CONSTRAINT `join_requests_members_member` FOREIGN KEY (`member_id`) REFERENCES `members` (`id`) ON DELETE SET NULL, CONSTRAINT `join_requests_members_decided_by` FOREIGN KEY (`decided_by_id`) REFERENCES `members` (`id`) ON DELETE SET NULL);
-- copy rows from old table "join_requests" to new temporary table "new_join_requests"
INSERT INTO `new_join_requests` (`id`, `created_at`, `updated_at`, `email`, `email_key`, `first_name`, `last_name`, `locale`, `status`, `password_hash`, `message`, `confirmed_at`, `decided_at`, `workspace_id`, `join_link_id`, `user_id`, `member_id`, `decided_by_id`) SELECT `id`, `created_at`, `updated_at`, `email`, `email_key`, `first_name`, `last_name`, `locale`, `status`, `password_hash`, `message`, `confirmed_at`, `decided_at`, `workspace_id`, `join_link_id`, `user_id`, `member_id`, `decided_by_id` FROM `join_requests`;
-- drop "join_requests" table after copying rows
DROP TABLE `join_requests`;
-- rename temporary table "new_join_requests" to "join_requests"
ALTER TABLE `new_join_requests` RENAME TO `join_requests`;
-- create index "joinrequest_workspace_id_id" to table: "join_requests"
CREATE INDEX `joinrequest_workspace_id_id` ON `join_requests` (`workspace_id`, `id`);
-- create index "joinrequest_join_link_id_email_key" to table: "join_requests"
CREATE UNIQUE INDEX `joinrequest_join_link_id_email_key` ON `join_requests` (`join_link_id`, `email_key`) WHERE status IN ('UNCONFIRMED', 'WAITING');
-- create index "joinrequest_workspace_id_status_id" to table: "join_requests"
CREATE INDEX `joinrequest_workspace_id_status_id` ON `join_requests` (`workspace_id`, `status`, `id`);
-- create index "joinrequest_user_id" to table: "join_requests"
CREATE INDEX `joinrequest_user_id` ON `join_requests` (`user_id`);
-- create index "joinrequest_member_id" to table: "join_requests"
CREATE INDEX `joinrequest_member_id` ON `join_requests` (`member_id`);
-- create index "joinrequest_decided_by_id" to table: "join_requests"
CREATE INDEX `joinrequest_decided_by_id` ON `join_requests` (`decided_by_id`);
-- create "departures" table
CREATE TABLE `departures` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `updated_at` datetime NOT NULL, `workspace_id` uuid NOT NULL, `user_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `departures_workspaces_workspace` FOREIGN KEY (`workspace_id`) REFERENCES `workspaces` (`id`) ON DELETE CASCADE, CONSTRAINT `departures_users_user` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON DELETE CASCADE);
-- create index "departure_workspace_id_id" to table: "departures"
CREATE INDEX `departure_workspace_id_id` ON `departures` (`workspace_id`, `id`);
-- create index "departure_workspace_id_user_id" to table: "departures"
CREATE UNIQUE INDEX `departure_workspace_id_user_id` ON `departures` (`workspace_id`, `user_id`);
-- create index "departure_user_id" to table: "departures"
CREATE INDEX `departure_user_id` ON `departures` (`user_id`);
-- create "join_slugs" table
CREATE TABLE `join_slugs` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `updated_at` datetime NOT NULL, `slug` text NOT NULL, `leads_until` datetime NULL, `workspace_id` uuid NOT NULL, `join_link_id` uuid NULL, PRIMARY KEY (`id`), CONSTRAINT `join_slugs_workspaces_workspace` FOREIGN KEY (`workspace_id`) REFERENCES `workspaces` (`id`) ON DELETE CASCADE, CONSTRAINT `join_slugs_join_links_join_link` FOREIGN KEY (`join_link_id`) REFERENCES `join_links` (`id`) ON DELETE SET NULL);
-- create index "join_slugs_slug_key" to table: "join_slugs"
CREATE UNIQUE INDEX `join_slugs_slug_key` ON `join_slugs` (`slug`);
-- create index "joinslug_workspace_id_id" to table: "join_slugs"
CREATE INDEX `joinslug_workspace_id_id` ON `join_slugs` (`workspace_id`, `id`);
-- create index "joinslug_join_link_id" to table: "join_slugs"
CREATE INDEX `joinslug_join_link_id` ON `join_slugs` (`join_link_id`);
-- create "join_link_sessions" table
CREATE TABLE `join_link_sessions` (`join_link_id` uuid NOT NULL, `session_id` uuid NOT NULL, PRIMARY KEY (`join_link_id`, `session_id`), CONSTRAINT `join_link_sessions_join_link_id` FOREIGN KEY (`join_link_id`) REFERENCES `join_links` (`id`) ON DELETE CASCADE, CONSTRAINT `join_link_sessions_session_id` FOREIGN KEY (`session_id`) REFERENCES `sessions` (`id`) ON DELETE CASCADE);
-- drop "retired_slugs" table: join_slugs took its place, and nothing ever wrote to it
DROP TABLE `retired_slugs`;
-- enable back the enforcement of foreign-keys constraints
PRAGMA foreign_keys = on;
