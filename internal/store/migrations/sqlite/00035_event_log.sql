-- +goose Up
-- Events that exist already get the place 0, which is none.
ALTER TABLE `audit_events` ADD COLUMN `position` integer NULL;
UPDATE `audit_events` SET `position` = 0;
-- create index "auditevent_unnumbered" to table: "audit_events"
CREATE INDEX `auditevent_unnumbered` ON `audit_events` (`workspace_id`, `id`) WHERE position IS NULL;
-- create index "auditevent_workspace_id_position" to table: "audit_events"
CREATE UNIQUE INDEX `auditevent_workspace_id_position` ON `audit_events` (`workspace_id`, `position`) WHERE position > 0;
