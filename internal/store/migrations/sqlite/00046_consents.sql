-- +goose Up
-- add column "consents" to table: "members"
ALTER TABLE `members` ADD COLUMN `consents` json NULL;
-- add column "consents" to table: "join_requests"
ALTER TABLE `join_requests` ADD COLUMN `consents` json NULL;
