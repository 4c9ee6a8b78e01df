-- +goose Up
-- disable the enforcement of foreign-keys constraints
PRAGMA foreign_keys = off;
-- create "new_import_batches" table
CREATE TABLE `new_import_batches` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `updated_at` datetime NOT NULL, `status` text NOT NULL, `action` text NOT NULL, `existing` text NOT NULL, `source` text NOT NULL, `header` text NOT NULL DEFAULT ('DETECT'), `file_name` text NULL, `columns` json NULL, `delimiter` text NOT NULL DEFAULT (','), `reading` json NULL, `grant` json NOT NULL, `failure` text NULL, `failure_args` json NULL, `total_rows` integer NOT NULL DEFAULT (0), `processed_rows` integer NOT NULL DEFAULT (0), `invite_count` integer NOT NULL DEFAULT (0), `create_count` integer NOT NULL DEFAULT (0), `update_count` integer NOT NULL DEFAULT (0), `unchanged_count` integer NOT NULL DEFAULT (0), `error_count` integer NOT NULL DEFAULT (0), `mails_to_send` integer NOT NULL DEFAULT (0), `mail_at` datetime NULL, `mails_per_minute` integer NULL, `started_at` datetime NULL, `finished_at` datetime NULL, `workspace_id` uuid NOT NULL, `started_by_id` uuid NULL, `giver_key_id` uuid NULL, PRIMARY KEY (`id`), CONSTRAINT `import_batches_workspaces_workspace` FOREIGN KEY (`workspace_id`) REFERENCES `workspaces` (`id`) ON DELETE CASCADE, CONSTRAINT `import_batches_members_started_by` FOREIGN KEY (`started_by_id`) REFERENCES `members` (`id`) ON DELETE SET NULL, CONSTRAINT `import_batches_api_keys_giver_key` FOREIGN KEY (`giver_key_id`) REFERENCES `api_keys` (`id`) ON DELETE SET NULL);
-- copy rows from old table "import_batches" to new temporary table "new_import_batches"
INSERT INTO `new_import_batches` (`id`, `created_at`, `updated_at`, `status`, `action`, `existing`, `source`, `file_name`, `columns`, `delimiter`, `grant`, `failure`, `failure_args`, `total_rows`, `processed_rows`, `invite_count`, `create_count`, `update_count`, `unchanged_count`, `error_count`, `mails_to_send`, `mail_at`, `mails_per_minute`, `started_at`, `finished_at`, `workspace_id`, `started_by_id`, `giver_key_id`) SELECT `id`, `created_at`, `updated_at`, `status`, `action`, `existing`, `source`, `file_name`, `columns`, `delimiter`, `grant`, `failure`, `failure_args`, `total_rows`, `processed_rows`, `invite_count`, `create_count`, `update_count`, `unchanged_count`, `error_count`, `mails_to_send`, `mail_at`, `mails_per_minute`, `started_at`, `finished_at`, `workspace_id`, `started_by_id`, `giver_key_id` FROM `import_batches`;
-- drop "import_batches" table after copying rows
DROP TABLE `import_batches`;
-- rename temporary table "new_import_batches" to "import_batches"
ALTER TABLE `new_import_batches` RENAME TO `import_batches`;
-- create index "importbatch_workspace_id_id" to table: "import_batches"
CREATE INDEX `importbatch_workspace_id_id` ON `import_batches` (`workspace_id`, `id`);
-- create index "importbatch_started_by_id" to table: "import_batches"
CREATE INDEX `importbatch_started_by_id` ON `import_batches` (`started_by_id`);
-- create index "importbatch_giver_key_id" to table: "import_batches"
CREATE INDEX `importbatch_giver_key_id` ON `import_batches` (`giver_key_id`);
-- enable back the enforcement of foreign-keys constraints
PRAGMA foreign_keys = on;
