-- +goose Up
ALTER TABLE `import_batches` ADD COLUMN `deactivate_count` integer NOT NULL DEFAULT (0);
ALTER TABLE `import_batches` ADD COLUMN `reactivate_count` integer NOT NULL DEFAULT (0);
ALTER TABLE `import_rows` ADD COLUMN `absent` bool NOT NULL DEFAULT (false);
ALTER TABLE `members` ADD COLUMN `external_source` text NULL;
