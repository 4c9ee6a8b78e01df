-- +goose Up
-- The table of terms says grantor. SQLite keeps the names of foreign keys: only a new table would change them.
ALTER TABLE `invitations` RENAME COLUMN `giver_id` TO `grantor_id`;
DROP INDEX `invitation_giver_id`;
CREATE INDEX `invitation_grantor_id` ON `invitations` (`grantor_id`);
ALTER TABLE `invitations` RENAME COLUMN `giver_key_id` TO `grantor_key_id`;
DROP INDEX `invitation_giver_key_id`;
CREATE INDEX `invitation_grantor_key_id` ON `invitations` (`grantor_key_id`) WHERE grantor_key_id IS NOT NULL;
ALTER TABLE `join_links` RENAME COLUMN `giver_id` TO `grantor_id`;
DROP INDEX `joinlink_giver_id`;
CREATE INDEX `joinlink_grantor_id` ON `join_links` (`grantor_id`);
ALTER TABLE `join_links` RENAME COLUMN `giver_key_id` TO `grantor_key_id`;
DROP INDEX `joinlink_giver_key_id`;
CREATE INDEX `joinlink_grantor_key_id` ON `join_links` (`grantor_key_id`);
ALTER TABLE `cards` RENAME COLUMN `giver_id` TO `grantor_id`;
DROP INDEX `card_giver_id`;
CREATE INDEX `card_grantor_id` ON `cards` (`grantor_id`);
ALTER TABLE `cards` RENAME COLUMN `giver_key_id` TO `grantor_key_id`;
DROP INDEX `card_giver_key_id`;
CREATE INDEX `card_grantor_key_id` ON `cards` (`grantor_key_id`);
ALTER TABLE `import_batches` RENAME COLUMN `giver_key_id` TO `grantor_key_id`;
DROP INDEX `importbatch_giver_key_id`;
CREATE INDEX `importbatch_grantor_key_id` ON `import_batches` (`grantor_key_id`);
