-- +goose Up
-- create "idempotent_requests" table
CREATE TABLE "idempotent_requests" ("id" uuid NOT NULL, "scope" bytea NOT NULL, "request_hash" bytea NOT NULL, "actor_id" uuid NOT NULL, "workspace_id" uuid NULL, "created_at" timestamptz NOT NULL, "attempt" uuid NOT NULL, "leased_until" timestamptz NOT NULL, "done_at" timestamptz NULL, "answer" bytea NULL, "named_ids" jsonb NOT NULL, "rights" jsonb NOT NULL, PRIMARY KEY ("id"));
-- create index "idempotent_requests_scope_key" to table: "idempotent_requests"
CREATE UNIQUE INDEX "idempotent_requests_scope_key" ON "idempotent_requests" ("scope");
-- create index "idempotentrequest_created_at" to table: "idempotent_requests"
CREATE INDEX "idempotentrequest_created_at" ON "idempotent_requests" ("created_at");
-- create index "idempotentrequest_actor_id" to table: "idempotent_requests"
CREATE INDEX "idempotentrequest_actor_id" ON "idempotent_requests" ("actor_id");
-- create index "idempotentrequest_workspace_id" to table: "idempotent_requests"
CREATE INDEX "idempotentrequest_workspace_id" ON "idempotent_requests" ("workspace_id");
