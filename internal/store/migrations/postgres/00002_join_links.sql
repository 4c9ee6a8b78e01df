-- +goose Up
-- modify "join_requests" table
ALTER TABLE "join_requests" DROP COLUMN "link_version", ADD COLUMN "waits_for" character varying NULL, ADD COLUMN "custom_fields" jsonb NULL;
-- create "departures" table
CREATE TABLE "departures" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "workspace_id" uuid NOT NULL, "user_id" uuid NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "departures_users_user" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "departures_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "departure_user_id" to table: "departures"
CREATE INDEX "departure_user_id" ON "departures" ("user_id");
-- create index "departure_workspace_id_id" to table: "departures"
CREATE INDEX "departure_workspace_id_id" ON "departures" ("workspace_id", "id");
-- create index "departure_workspace_id_user_id" to table: "departures"
CREATE UNIQUE INDEX "departure_workspace_id_user_id" ON "departures" ("workspace_id", "user_id");
-- modify "join_links" table
ALTER TABLE "join_links" ADD COLUMN "org_unit_id" uuid NULL, ADD CONSTRAINT "join_links_org_units_org_unit" FOREIGN KEY ("org_unit_id") REFERENCES "org_units" ("id") ON UPDATE NO ACTION ON DELETE SET NULL;
-- create index "joinlink_org_unit_id" to table: "join_links"
CREATE INDEX "joinlink_org_unit_id" ON "join_links" ("org_unit_id");
-- create "join_link_sessions" table
CREATE TABLE "join_link_sessions" ("join_link_id" uuid NOT NULL, "session_id" uuid NOT NULL, PRIMARY KEY ("join_link_id", "session_id"), CONSTRAINT "join_link_sessions_join_link_id" FOREIGN KEY ("join_link_id") REFERENCES "join_links" ("id") ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT "join_link_sessions_session_id" FOREIGN KEY ("session_id") REFERENCES "sessions" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create "join_slugs" table
CREATE TABLE "join_slugs" ("id" uuid NOT NULL, "created_at" timestamptz NOT NULL, "updated_at" timestamptz NOT NULL, "slug" character varying NOT NULL, "leads_until" timestamptz NULL, "workspace_id" uuid NOT NULL, "join_link_id" uuid NULL, PRIMARY KEY ("id"), CONSTRAINT "join_slugs_join_links_join_link" FOREIGN KEY ("join_link_id") REFERENCES "join_links" ("id") ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT "join_slugs_workspaces_workspace" FOREIGN KEY ("workspace_id") REFERENCES "workspaces" ("id") ON UPDATE NO ACTION ON DELETE CASCADE);
-- create index "join_slugs_slug_key" to table: "join_slugs"
CREATE UNIQUE INDEX "join_slugs_slug_key" ON "join_slugs" ("slug");
-- create index "joinslug_join_link_id" to table: "join_slugs"
CREATE INDEX "joinslug_join_link_id" ON "join_slugs" ("join_link_id");
-- create index "joinslug_workspace_id_id" to table: "join_slugs"
CREATE INDEX "joinslug_workspace_id_id" ON "join_slugs" ("workspace_id", "id");
-- drop "retired_slugs" table: join_slugs took its place, and nothing ever wrote to it
DROP TABLE "retired_slugs";
