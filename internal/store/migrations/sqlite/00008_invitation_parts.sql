-- +goose Up
-- add column "several_grantors" to table: "invitations"
ALTER TABLE `invitations` ADD COLUMN `several_grantors` bool NOT NULL DEFAULT (false);
