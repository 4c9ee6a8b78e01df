-- +goose Up
-- no search reads these any more
DROP INDEX `member_search_first_key`;
DROP INDEX `member_search_sort_name`;
