-- +goose Up
-- add column "erased_workspaces" to table: "organizations"
ALTER TABLE `organizations` ADD COLUMN `erased_workspaces` json NULL;
