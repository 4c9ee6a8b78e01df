-- +goose Up
-- add column "administrator_ids" to table: "organizations"
ALTER TABLE `organizations` ADD COLUMN `administrator_ids` json NULL;
-- the founders of workspaces become administrators of their organizations
UPDATE `organizations` SET `administrator_ids` = (SELECT json_group_array(DISTINCT m.`user_id`) FROM `members` m JOIN `workspaces` w ON w.`id` = m.`workspace_id` WHERE w.`organization_id` = `organizations`.`id` AND m.`joined_via` = 'FOUNDED' AND m.`status` = 'ACTIVE');
