-- +goose Up
-- modify "join_requests" table
ALTER TABLE "join_requests" ADD COLUMN "consents" jsonb NULL;
-- modify "members" table
ALTER TABLE "members" ADD COLUMN "consents" jsonb NULL;
