-- +goose Up
-- add column "options" to table: "import_batches"
ALTER TABLE `import_batches` ADD COLUMN `options` json NULL;
-- add column "layout" to table: "import_batches"
ALTER TABLE `import_batches` ADD COLUMN `layout` text NULL;
-- create index "importbatch_workspace_id_layout_id" to table: "import_batches"
CREATE INDEX `importbatch_workspace_id_layout_id` ON `import_batches` (`workspace_id`, `layout`, `id`);
