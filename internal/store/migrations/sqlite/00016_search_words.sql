-- +goose Up
-- the text by which a search finds a row, as package searchtext writes it
ALTER TABLE `members` ADD COLUMN `search_text` text NOT NULL DEFAULT ('');
ALTER TABLE `invitations` ADD COLUMN `search_text` text NOT NULL DEFAULT ('');
ALTER TABLE `join_requests` ADD COLUMN `search_text` text NOT NULL DEFAULT ('');
-- the words of these texts; ent/schema does not describe this table, see searchwords.go
CREATE TABLE `search_words` (`workspace_id` uuid NOT NULL, `kind` integer NOT NULL, `word` text NOT NULL, `row_id` uuid NOT NULL, PRIMARY KEY (`workspace_id`, `kind`, `word`, `row_id`)) WITHOUT ROWID;
-- the words of members
-- +goose StatementBegin
CREATE TRIGGER `members_search_words_insert` AFTER INSERT ON `members` BEGIN
	INSERT OR IGNORE INTO `search_words` (`workspace_id`, `kind`, `word`, `row_id`)
	SELECT NEW.`workspace_id`, 1, value, NEW.`id` FROM json_each('[' || replace(json_quote(trim(replace(NEW.`search_text`, ',', ''))), ' ', '","') || ']') WHERE value <> '';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER `members_search_words_update` AFTER UPDATE OF `search_text` ON `members` WHEN OLD.`search_text` <> NEW.`search_text` BEGIN
	DELETE FROM `search_words` WHERE `workspace_id` = OLD.`workspace_id` AND `kind` = 1 AND `row_id` = OLD.`id`
	AND `word` IN (SELECT value FROM json_each('[' || replace(json_quote(trim(replace(OLD.`search_text`, ',', ''))), ' ', '","') || ']'));
	INSERT OR IGNORE INTO `search_words` (`workspace_id`, `kind`, `word`, `row_id`)
	SELECT NEW.`workspace_id`, 1, value, NEW.`id` FROM json_each('[' || replace(json_quote(trim(replace(NEW.`search_text`, ',', ''))), ' ', '","') || ']') WHERE value <> '';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER `members_search_words_delete` AFTER DELETE ON `members` BEGIN
	DELETE FROM `search_words` WHERE `workspace_id` = OLD.`workspace_id` AND `kind` = 1 AND `row_id` = OLD.`id`
	AND `word` IN (SELECT value FROM json_each('[' || replace(json_quote(trim(replace(OLD.`search_text`, ',', ''))), ' ', '","') || ']'));
END;
-- +goose StatementEnd
-- the words of invitations
-- +goose StatementBegin
CREATE TRIGGER `invitations_search_words_insert` AFTER INSERT ON `invitations` BEGIN
	INSERT OR IGNORE INTO `search_words` (`workspace_id`, `kind`, `word`, `row_id`)
	SELECT NEW.`workspace_id`, 2, value, NEW.`id` FROM json_each('[' || replace(json_quote(trim(replace(NEW.`search_text`, ',', ''))), ' ', '","') || ']') WHERE value <> '';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER `invitations_search_words_update` AFTER UPDATE OF `search_text` ON `invitations` WHEN OLD.`search_text` <> NEW.`search_text` BEGIN
	DELETE FROM `search_words` WHERE `workspace_id` = OLD.`workspace_id` AND `kind` = 2 AND `row_id` = OLD.`id`
	AND `word` IN (SELECT value FROM json_each('[' || replace(json_quote(trim(replace(OLD.`search_text`, ',', ''))), ' ', '","') || ']'));
	INSERT OR IGNORE INTO `search_words` (`workspace_id`, `kind`, `word`, `row_id`)
	SELECT NEW.`workspace_id`, 2, value, NEW.`id` FROM json_each('[' || replace(json_quote(trim(replace(NEW.`search_text`, ',', ''))), ' ', '","') || ']') WHERE value <> '';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER `invitations_search_words_delete` AFTER DELETE ON `invitations` BEGIN
	DELETE FROM `search_words` WHERE `workspace_id` = OLD.`workspace_id` AND `kind` = 2 AND `row_id` = OLD.`id`
	AND `word` IN (SELECT value FROM json_each('[' || replace(json_quote(trim(replace(OLD.`search_text`, ',', ''))), ' ', '","') || ']'));
END;
-- +goose StatementEnd
-- the words of join_requests
-- +goose StatementBegin
CREATE TRIGGER `join_requests_search_words_insert` AFTER INSERT ON `join_requests` BEGIN
	INSERT OR IGNORE INTO `search_words` (`workspace_id`, `kind`, `word`, `row_id`)
	SELECT NEW.`workspace_id`, 3, value, NEW.`id` FROM json_each('[' || replace(json_quote(trim(replace(NEW.`search_text`, ',', ''))), ' ', '","') || ']') WHERE value <> '';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER `join_requests_search_words_update` AFTER UPDATE OF `search_text` ON `join_requests` WHEN OLD.`search_text` <> NEW.`search_text` BEGIN
	DELETE FROM `search_words` WHERE `workspace_id` = OLD.`workspace_id` AND `kind` = 3 AND `row_id` = OLD.`id`
	AND `word` IN (SELECT value FROM json_each('[' || replace(json_quote(trim(replace(OLD.`search_text`, ',', ''))), ' ', '","') || ']'));
	INSERT OR IGNORE INTO `search_words` (`workspace_id`, `kind`, `word`, `row_id`)
	SELECT NEW.`workspace_id`, 3, value, NEW.`id` FROM json_each('[' || replace(json_quote(trim(replace(NEW.`search_text`, ',', ''))), ' ', '","') || ']') WHERE value <> '';
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER `join_requests_search_words_delete` AFTER DELETE ON `join_requests` BEGIN
	DELETE FROM `search_words` WHERE `workspace_id` = OLD.`workspace_id` AND `kind` = 3 AND `row_id` = OLD.`id`
	AND `word` IN (SELECT value FROM json_each('[' || replace(json_quote(trim(replace(OLD.`search_text`, ',', ''))), ' ', '","') || ']'));
END;
-- +goose StatementEnd
