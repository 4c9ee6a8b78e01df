-- +goose Up
-- modify "mails" table
ALTER TABLE "mails" ADD COLUMN "action_used_at" timestamptz NULL;
