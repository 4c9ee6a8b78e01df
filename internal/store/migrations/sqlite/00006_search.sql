-- +goose Up
-- drop index "member_workspace_id_email_key" from table: "members"
DROP INDEX `member_workspace_id_email_key`;
-- add column "first_key" to table: "members"
ALTER TABLE `members` ADD COLUMN `first_key` text NOT NULL DEFAULT ('');
-- add column "username_key" to table: "members"
ALTER TABLE `members` ADD COLUMN `username_key` text NOT NULL DEFAULT ('');
-- fill the copies beside the places that are there
UPDATE `members` SET `first_key` = lower(coalesce((SELECT `first_name` FROM `users` WHERE `users`.`id` = `members`.`user_id`), '')),
  `username_key` = coalesce((SELECT `users`.`username_key` FROM `users` WHERE `users`.`id` = `members`.`user_id`), '');
-- create index "member_labels" to table: "members"
CREATE INDEX `member_labels` ON `members` (`labels`);
-- create index "member_search_email_key" to table: "members"
CREATE INDEX `member_search_email_key` ON `members` (`workspace_id`, `email_key`);
-- create index "member_search_first_key" to table: "members"
CREATE INDEX `member_search_first_key` ON `members` (`workspace_id`, `first_key`);
-- create index "member_search_sort_name" to table: "members"
CREATE INDEX `member_search_sort_name` ON `members` (`workspace_id`, `sort_name`);
-- create index "member_search_username_key" to table: "members"
CREATE INDEX `member_search_username_key` ON `members` (`workspace_id`, `username_key`);
-- create index "member_workspace_id_status_joined_at_id" to table: "members"
CREATE INDEX `member_workspace_id_status_joined_at_id` ON `members` (`workspace_id`, `status`, `joined_at`, `id`);
