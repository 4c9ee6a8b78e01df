-- +goose Up
-- the words of members carry what a search is filtered and ordered by, so that one index answers it
ALTER TABLE `search_words` ADD COLUMN `status` text NOT NULL DEFAULT '';
ALTER TABLE `search_words` ADD COLUMN `sort_name` text NOT NULL DEFAULT '';
ALTER TABLE `search_words` ADD COLUMN `joined_at` datetime NULL;
UPDATE `search_words` SET `status` = m.`status`, `sort_name` = m.`sort_name`, `joined_at` = m.`joined_at`
FROM `members` AS m WHERE `search_words`.`kind` = 1 AND m.`id` = `search_words`.`row_id`;
DROP TRIGGER `members_search_words_insert`;
DROP TRIGGER `members_search_words_update`;
-- +goose StatementBegin
CREATE TRIGGER `members_search_words_insert` AFTER INSERT ON `members` BEGIN
	INSERT OR IGNORE INTO `search_words` (`workspace_id`, `kind`, `word`, `row_id`, `status`, `sort_name`, `joined_at`)
	SELECT NEW.`workspace_id`, 1, value, NEW.`id`, NEW.`status`, NEW.`sort_name`, NEW.`joined_at` FROM json_each('[' || replace(json_quote(trim(replace(NEW.`search_text`, ',', ''))), ' ', '","') || ']') WHERE value <> '';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER `members_search_words_update` AFTER UPDATE OF `search_text` ON `members` WHEN OLD.`search_text` <> NEW.`search_text` BEGIN
	DELETE FROM `search_words` WHERE `workspace_id` = OLD.`workspace_id` AND `kind` = 1 AND `row_id` = OLD.`id`
	AND `word` IN (SELECT value FROM json_each('[' || replace(json_quote(trim(replace(OLD.`search_text`, ',', ''))), ' ', '","') || ']'));
	INSERT OR IGNORE INTO `search_words` (`workspace_id`, `kind`, `word`, `row_id`, `status`, `sort_name`, `joined_at`)
	SELECT NEW.`workspace_id`, 1, value, NEW.`id`, NEW.`status`, NEW.`sort_name`, NEW.`joined_at` FROM json_each('[' || replace(json_quote(trim(replace(NEW.`search_text`, ',', ''))), ' ', '","') || ']') WHERE value <> '';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER `members_search_words_order` AFTER UPDATE OF `status`, `sort_name`, `joined_at` ON `members`
WHEN OLD.`status` <> NEW.`status` OR OLD.`sort_name` <> NEW.`sort_name` OR OLD.`joined_at` <> NEW.`joined_at` BEGIN
	UPDATE `search_words` SET `status` = NEW.`status`, `sort_name` = NEW.`sort_name`, `joined_at` = NEW.`joined_at`
	WHERE `workspace_id` = NEW.`workspace_id` AND `kind` = 1 AND `row_id` = NEW.`id`
	AND `word` IN (SELECT value FROM json_each('[' || replace(json_quote(trim(replace(NEW.`search_text`, ',', ''))), ' ', '","') || ']'));
END;
-- +goose StatementEnd
