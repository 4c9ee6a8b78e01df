-- +goose Up
-- add column "action_used_at" to table: "mails"
ALTER TABLE `mails` ADD COLUMN `action_used_at` datetime NULL;
