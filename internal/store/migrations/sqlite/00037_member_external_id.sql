-- +goose Up
ALTER TABLE `members` ADD COLUMN `external_id` text NULL;
-- create index "member_workspace_id_external_id" to table: "members"
CREATE UNIQUE INDEX `member_workspace_id_external_id` ON `members` (`workspace_id`, `external_id`) WHERE external_id IS NOT NULL;
DROP INDEX `group_workspace_id_external_id`;
CREATE UNIQUE INDEX `group_workspace_id_external_id` ON `groups` (`workspace_id`, `external_id`) WHERE external_id IS NOT NULL;
DROP INDEX `orgunit_workspace_id_external_id`;
CREATE UNIQUE INDEX `orgunit_workspace_id_external_id` ON `org_units` (`workspace_id`, `external_id`) WHERE external_id IS NOT NULL;
DROP INDEX `program_workspace_id_external_id`;
CREATE UNIQUE INDEX `program_workspace_id_external_id` ON `programs` (`workspace_id`, `external_id`) WHERE external_id IS NOT NULL;
DROP INDEX `session_workspace_id_external_id`;
CREATE UNIQUE INDEX `session_workspace_id_external_id` ON `sessions` (`workspace_id`, `external_id`) WHERE external_id IS NOT NULL;
