-- +goose Up
-- add column "archived_at" to table: "workspaces"
ALTER TABLE `workspaces` ADD COLUMN `archived_at` datetime NULL;
-- add column "deletion_at" to table: "workspaces"
ALTER TABLE `workspaces` ADD COLUMN `deletion_at` datetime NULL;
-- add column "erasure_started_at" to table: "workspaces"
ALTER TABLE `workspaces` ADD COLUMN `erasure_started_at` datetime NULL;
-- create "workspace_exports" table
CREATE TABLE `workspace_exports` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `updated_at` datetime NOT NULL, `status` text NOT NULL DEFAULT ('PENDING'), `format` text NOT NULL, `size_bytes` integer NOT NULL DEFAULT (0), `attempt` integer NOT NULL DEFAULT (0), `finished_at` datetime NULL, `workspace_id` uuid NOT NULL, `requested_by_id` uuid NULL, PRIMARY KEY (`id`), CONSTRAINT `workspace_exports_workspaces_workspace` FOREIGN KEY (`workspace_id`) REFERENCES `workspaces` (`id`) ON DELETE CASCADE, CONSTRAINT `workspace_exports_users_requested_by` FOREIGN KEY (`requested_by_id`) REFERENCES `users` (`id`) ON DELETE SET NULL);
-- create index "workspaceexport_workspace_id_id" to table: "workspace_exports"
CREATE INDEX `workspaceexport_workspace_id_id` ON `workspace_exports` (`workspace_id`, `id`);
-- create index "workspaceexport_requested_by_id" to table: "workspace_exports"
CREATE INDEX `workspaceexport_requested_by_id` ON `workspace_exports` (`requested_by_id`);
-- create "workspace_export_pieces" table
CREATE TABLE `workspace_export_pieces` (`id` uuid NOT NULL, `position` integer NOT NULL, `content` blob NOT NULL, `workspace_id` uuid NOT NULL, `export_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `workspace_export_pieces_workspaces_workspace` FOREIGN KEY (`workspace_id`) REFERENCES `workspaces` (`id`) ON DELETE CASCADE, CONSTRAINT `workspace_export_pieces_workspace_exports_export` FOREIGN KEY (`export_id`) REFERENCES `workspace_exports` (`id`) ON DELETE CASCADE);
-- create index "workspaceexportpiece_workspace_id_id" to table: "workspace_export_pieces"
CREATE INDEX `workspaceexportpiece_workspace_id_id` ON `workspace_export_pieces` (`workspace_id`, `id`);
-- create index "workspaceexportpiece_export_id_position" to table: "workspace_export_pieces"
CREATE UNIQUE INDEX `workspaceexportpiece_export_id_position` ON `workspace_export_pieces` (`export_id`, `position`);
