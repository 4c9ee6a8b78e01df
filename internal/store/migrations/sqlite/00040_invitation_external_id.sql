-- +goose Up
ALTER TABLE `invitations` ADD COLUMN `external_id` text NULL;
-- the newest pending invitation of an external id keeps it
UPDATE `invitations` SET `external_id` = `grant`->>'externalId' WHERE `id` IN (
	SELECT max(`id`) FROM `invitations` WHERE `status` = 'PENDING' AND `grant`->>'externalId' <> ''
	GROUP BY `workspace_id`, `grant`->>'externalId');
-- create index "invitation_workspace_id_external_id" to table: "invitations"
CREATE UNIQUE INDEX `invitation_workspace_id_external_id` ON `invitations` (`workspace_id`, `external_id`) WHERE status = 'PENDING' AND external_id IS NOT NULL;
ALTER TABLE `members` ADD COLUMN `proposed_email_key` text NULL;
