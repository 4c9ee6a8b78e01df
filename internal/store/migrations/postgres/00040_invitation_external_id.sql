-- +goose Up
-- modify "invitations" table
ALTER TABLE "invitations" ADD COLUMN "external_id" character varying NULL;
-- the newest pending invitation of an external id keeps it
UPDATE "invitations" SET "external_id" = newest."external_id" FROM (
	SELECT DISTINCT ON ("workspace_id", "grant"->>'externalId') "id", "grant"->>'externalId' AS "external_id"
	FROM "invitations" WHERE "status" = 'PENDING' AND "grant"->>'externalId' <> ''
	ORDER BY "workspace_id", "grant"->>'externalId', "id" DESC) AS newest
WHERE "invitations"."id" = newest."id";
-- create index "invitation_workspace_id_external_id" to table: "invitations"
CREATE UNIQUE INDEX "invitation_workspace_id_external_id" ON "invitations" ("workspace_id", "external_id") WHERE status = 'PENDING' AND external_id IS NOT NULL;
-- modify "members" table
ALTER TABLE "members" ADD COLUMN "proposed_email_key" character varying NULL;
