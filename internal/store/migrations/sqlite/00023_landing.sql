-- +goose Up
-- add column "home_url" to table: "workspaces"
ALTER TABLE `workspaces` ADD COLUMN `home_url` text NULL;
