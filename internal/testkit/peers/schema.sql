-- The same people in the plainest tables that hold what the measured answers show. PostGraphile and
-- the plain handler read these tables; better-auth makes its own.
CREATE SCHEMA app;
CREATE TABLE app.workspaces (id uuid PRIMARY KEY, name text NOT NULL);
CREATE TABLE app.org_units (id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES app.workspaces, name text NOT NULL);
CREATE TABLE app.groups (id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES app.workspaces, name text NOT NULL);
CREATE TABLE app.roles (id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES app.workspaces, name text NOT NULL);
CREATE TABLE app.people (id uuid PRIMARY KEY, email text NOT NULL UNIQUE,
  first_name text NOT NULL, last_name text NOT NULL);
-- The address stands here too, so that a search stays inside the index of one workspace.
CREATE TABLE app.members (id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES app.workspaces,
  person_id uuid NOT NULL REFERENCES app.people, org_unit_id uuid REFERENCES app.org_units,
  status text NOT NULL, email text NOT NULL, joined_at timestamptz NOT NULL);
CREATE TABLE app.assignments (id uuid PRIMARY KEY, member_id uuid NOT NULL REFERENCES app.members,
  role_id uuid NOT NULL REFERENCES app.roles, group_id uuid NOT NULL REFERENCES app.groups);
CREATE TABLE app.invitations (id uuid PRIMARY KEY,
  workspace_id uuid NOT NULL REFERENCES app.workspaces,
  inviter_id uuid NOT NULL REFERENCES app.members, email text NOT NULL, status text NOT NULL,
  created_at timestamptz NOT NULL, expires_at timestamptz);
CREATE TABLE app.invitation_roles (invitation_id uuid NOT NULL REFERENCES app.invitations,
  role_id uuid NOT NULL REFERENCES app.roles, PRIMARY KEY (invitation_id, role_id));
CREATE TABLE app.invitation_groups (invitation_id uuid NOT NULL REFERENCES app.invitations,
  group_id uuid NOT NULL REFERENCES app.groups, PRIMARY KEY (invitation_id, group_id));
CREATE TABLE app.outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  payload jsonb NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
CREATE INDEX ON app.members (workspace_id, joined_at DESC, id DESC);
CREATE INDEX ON app.members (workspace_id, status, joined_at DESC, id DESC);
CREATE INDEX ON app.members (workspace_id, email text_pattern_ops);
CREATE INDEX ON app.members (person_id);
CREATE INDEX ON app.members (org_unit_id);
CREATE INDEX ON app.assignments (member_id);
CREATE INDEX ON app.assignments (group_id);
CREATE INDEX ON app.assignments (role_id);
CREATE INDEX ON app.invitations (workspace_id, status, created_at DESC, id DESC);
CREATE UNIQUE INDEX ON app.invitations (workspace_id, email) WHERE status = 'PENDING';
CREATE INDEX ON app.invitations (inviter_id);
CREATE INDEX ON app.invitation_roles (role_id);
CREATE INDEX ON app.invitation_groups (group_id);
CREATE INDEX ON app.groups (workspace_id);
CREATE INDEX ON app.org_units (workspace_id);
CREATE INDEX ON app.roles (workspace_id);
