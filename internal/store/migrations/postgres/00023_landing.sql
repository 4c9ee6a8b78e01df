-- +goose Up
-- modify "workspaces" table
ALTER TABLE "workspaces" ADD COLUMN "home_url" character varying NULL;
