-- +goose Up
-- modify "invitations" table
ALTER TABLE "invitations" ADD COLUMN "several_grantors" boolean NOT NULL DEFAULT false;
