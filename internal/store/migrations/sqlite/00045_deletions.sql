-- +goose Up
-- create "deletions" table
CREATE TABLE `deletions` (`id` uuid NOT NULL, `deleted_at` datetime NOT NULL, `workspace_id` uuid NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `deletions_workspaces_workspace` FOREIGN KEY (`workspace_id`) REFERENCES `workspaces` (`id`) ON DELETE CASCADE);
-- create index "deletion_workspace_id_id" to table: "deletions"
CREATE INDEX `deletion_workspace_id_id` ON `deletions` (`workspace_id`, `id`);
-- create index "deletion_workspace_id_deleted_at_id" to table: "deletions"
CREATE INDEX `deletion_workspace_id_deleted_at_id` ON `deletions` (`workspace_id`, `deleted_at`, `id`);
-- Every deleted row of three tables, whoever deletes it, a foreign key among them. With its workspace, whose deletion goes on to
-- these rows, nothing is told. The time has the form in which usher writes times, without zeros at the end, because SQLite
-- compares times as texts.
-- +goose StatementBegin
CREATE TRIGGER `record_deleted_member` AFTER DELETE ON `members` BEGIN
	INSERT OR REPLACE INTO `deletions` (`id`, `deleted_at`, `workspace_id`)
	SELECT OLD.`id`, rtrim(rtrim(strftime('%Y-%m-%d %H:%M:%f', 'now'), '0'), '.') || '+00:00', OLD.`workspace_id`
	WHERE EXISTS (SELECT 1 FROM `workspaces` WHERE `id` = OLD.`workspace_id`);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER `record_deleted_invitation` AFTER DELETE ON `invitations` BEGIN
	INSERT OR REPLACE INTO `deletions` (`id`, `deleted_at`, `workspace_id`)
	SELECT OLD.`id`, rtrim(rtrim(strftime('%Y-%m-%d %H:%M:%f', 'now'), '0'), '.') || '+00:00', OLD.`workspace_id`
	WHERE EXISTS (SELECT 1 FROM `workspaces` WHERE `id` = OLD.`workspace_id`);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER `record_deleted_enrollment` AFTER DELETE ON `enrollments` BEGIN
	INSERT OR REPLACE INTO `deletions` (`id`, `deleted_at`, `workspace_id`)
	SELECT OLD.`id`, rtrim(rtrim(strftime('%Y-%m-%d %H:%M:%f', 'now'), '0'), '.') || '+00:00', OLD.`workspace_id`
	WHERE EXISTS (SELECT 1 FROM `workspaces` WHERE `id` = OLD.`workspace_id`);
END;
-- +goose StatementEnd
