-- +goose Up
-- modify "organizations" table
ALTER TABLE "organizations" ADD COLUMN "administrator_ids" jsonb NULL;
-- the founders of workspaces become administrators of their organizations
UPDATE "organizations" SET "administrator_ids" = (SELECT jsonb_agg(DISTINCT m."user_id") FROM "members" m JOIN "workspaces" w ON w."id" = m."workspace_id" WHERE w."organization_id" = "organizations"."id" AND m."joined_via" = 'FOUNDED' AND m."status" = 'ACTIVE');
