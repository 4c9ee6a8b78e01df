-- +goose Up
-- modify "organizations" table
ALTER TABLE "organizations" ADD COLUMN "erased_workspaces" jsonb NULL;
