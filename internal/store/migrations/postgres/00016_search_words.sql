-- +goose Up
-- the text by which a search finds a row, as package searchtext writes it
ALTER TABLE "members" ADD COLUMN "search_text" character varying NOT NULL DEFAULT '';
ALTER TABLE "invitations" ADD COLUMN "search_text" character varying NOT NULL DEFAULT '';
ALTER TABLE "join_requests" ADD COLUMN "search_text" character varying NOT NULL DEFAULT '';
-- the words of these texts; ent/schema does not describe this table, see searchwords.go
CREATE TABLE "search_words" ("workspace_id" uuid NOT NULL, "kind" smallint NOT NULL, "word" text COLLATE "C" NOT NULL, "row_id" uuid NOT NULL, PRIMARY KEY ("workspace_id", "kind", "word", "row_id"));
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION "insert_search_words"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO "search_words" ("workspace_id", "kind", "word", "row_id")
	SELECT DISTINCT r."workspace_id", TG_ARGV[0]::smallint, w."word", r."id" FROM "inserted" AS r
	CROSS JOIN LATERAL unnest(string_to_array(replace(r."search_text", ',', ''), ' ')) AS w("word")
	WHERE w."word" <> '' ORDER BY 1, 3, 4; -- neighbours in the index are written together
	RETURN NULL;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION "replace_search_words"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	DELETE FROM "search_words" WHERE "workspace_id" = OLD."workspace_id" AND "kind" = TG_ARGV[0]::smallint
	AND "word" = ANY (string_to_array(replace(OLD."search_text", ',', ''), ' ')) AND "row_id" = OLD."id";
	IF TG_OP = 'UPDATE' THEN
		INSERT INTO "search_words" ("workspace_id", "kind", "word", "row_id")
		SELECT DISTINCT NEW."workspace_id", TG_ARGV[0]::smallint, w."word", NEW."id"
		FROM unnest(string_to_array(replace(NEW."search_text", ',', ''), ' ')) AS w("word")
		WHERE w."word" <> '';
	END IF;
	RETURN NULL;
END $$;
-- +goose StatementEnd
-- the words of members
CREATE TRIGGER "search_words_insert" AFTER INSERT ON "members" REFERENCING NEW TABLE AS "inserted" FOR EACH STATEMENT EXECUTE FUNCTION "insert_search_words"('1');
CREATE TRIGGER "search_words_update" AFTER UPDATE OF "search_text" ON "members" FOR EACH ROW WHEN (OLD."search_text" <> NEW."search_text") EXECUTE FUNCTION "replace_search_words"('1');
CREATE TRIGGER "search_words_delete" AFTER DELETE ON "members" FOR EACH ROW EXECUTE FUNCTION "replace_search_words"('1');
-- the words of invitations
CREATE TRIGGER "search_words_insert" AFTER INSERT ON "invitations" REFERENCING NEW TABLE AS "inserted" FOR EACH STATEMENT EXECUTE FUNCTION "insert_search_words"('2');
CREATE TRIGGER "search_words_update" AFTER UPDATE OF "search_text" ON "invitations" FOR EACH ROW WHEN (OLD."search_text" <> NEW."search_text") EXECUTE FUNCTION "replace_search_words"('2');
CREATE TRIGGER "search_words_delete" AFTER DELETE ON "invitations" FOR EACH ROW EXECUTE FUNCTION "replace_search_words"('2');
-- the words of join_requests
CREATE TRIGGER "search_words_insert" AFTER INSERT ON "join_requests" REFERENCING NEW TABLE AS "inserted" FOR EACH STATEMENT EXECUTE FUNCTION "insert_search_words"('3');
CREATE TRIGGER "search_words_update" AFTER UPDATE OF "search_text" ON "join_requests" FOR EACH ROW WHEN (OLD."search_text" <> NEW."search_text") EXECUTE FUNCTION "replace_search_words"('3');
CREATE TRIGGER "search_words_delete" AFTER DELETE ON "join_requests" FOR EACH ROW EXECUTE FUNCTION "replace_search_words"('3');
