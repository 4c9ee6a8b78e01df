-- +goose Up
-- the words of members carry what a search is filtered and ordered by, so that one index answers it
DROP TRIGGER "search_words_insert" ON "members";
DROP TRIGGER "search_words_update" ON "members";
DROP TRIGGER "search_words_delete" ON "members";
ALTER TABLE "search_words" RENAME TO "former_search_words";
ALTER INDEX "search_words_pkey" RENAME TO "former_search_words_pkey";
CREATE TABLE "search_words" ("workspace_id" uuid NOT NULL, "kind" smallint NOT NULL, "word" text COLLATE "C" NOT NULL, "row_id" uuid NOT NULL, "status" character varying NOT NULL DEFAULT '', "sort_name" character varying NOT NULL DEFAULT '', "joined_at" timestamptz NULL);
INSERT INTO "search_words" ("workspace_id", "kind", "word", "row_id", "status", "sort_name", "joined_at")
SELECT w."workspace_id", w."kind", w."word", w."row_id", COALESCE(m."status", ''), COALESCE(m."sort_name", ''), m."joined_at"
FROM "former_search_words" AS w LEFT JOIN "members" AS m ON w."kind" = 1 AND m."id" = w."row_id" ORDER BY 1, 2, 3, 4;
DROP TABLE "former_search_words";
ALTER TABLE "search_words" ADD PRIMARY KEY ("workspace_id", "kind", "word", "row_id") INCLUDE ("status", "sort_name", "joined_at");
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION "insert_member_words"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO "search_words" ("workspace_id", "kind", "word", "row_id", "status", "sort_name", "joined_at")
	SELECT DISTINCT r."workspace_id", 1, w."word", r."id", r."status", r."sort_name", r."joined_at" FROM "inserted" AS r
	CROSS JOIN LATERAL unnest(string_to_array(replace(r."search_text", ',', ''), ' ')) AS w("word")
	WHERE w."word" <> '' ORDER BY 1, 3, 4; -- neighbours in the index are written together
	RETURN NULL;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION "replace_member_words"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF TG_OP = 'UPDATE' AND OLD."search_text" = NEW."search_text" THEN
		UPDATE "search_words" SET "status" = NEW."status", "sort_name" = NEW."sort_name", "joined_at" = NEW."joined_at"
		WHERE "workspace_id" = OLD."workspace_id" AND "kind" = 1
		AND "word" = ANY (string_to_array(replace(OLD."search_text", ',', ''), ' ')) AND "row_id" = OLD."id";
		RETURN NULL;
	END IF;
	DELETE FROM "search_words" WHERE "workspace_id" = OLD."workspace_id" AND "kind" = 1
	AND "word" = ANY (string_to_array(replace(OLD."search_text", ',', ''), ' ')) AND "row_id" = OLD."id";
	IF TG_OP = 'UPDATE' THEN
		INSERT INTO "search_words" ("workspace_id", "kind", "word", "row_id", "status", "sort_name", "joined_at")
		SELECT DISTINCT NEW."workspace_id", 1, w."word", NEW."id", NEW."status", NEW."sort_name", NEW."joined_at"
		FROM unnest(string_to_array(replace(NEW."search_text", ',', ''), ' ')) AS w("word")
		WHERE w."word" <> '';
	END IF;
	RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER "search_words_insert" AFTER INSERT ON "members" REFERENCING NEW TABLE AS "inserted" FOR EACH STATEMENT EXECUTE FUNCTION "insert_member_words"();
CREATE TRIGGER "search_words_update" AFTER UPDATE OF "search_text", "status", "sort_name", "joined_at" ON "members" FOR EACH ROW
WHEN (OLD."search_text" <> NEW."search_text" OR OLD."status" <> NEW."status" OR OLD."sort_name" <> NEW."sort_name" OR OLD."joined_at" <> NEW."joined_at") EXECUTE FUNCTION "replace_member_words"();
CREATE TRIGGER "search_words_delete" AFTER DELETE ON "members" FOR EACH ROW EXECUTE FUNCTION "replace_member_words"();
-- a search that reads a list in its order finds the status in the index, too
DROP INDEX "member_workspace_id_joined_at_id";
DROP INDEX "member_workspace_id_sort_name_id";
CREATE INDEX "member_workspace_id_joined_at_id" ON "members" ("workspace_id", "joined_at", "id") INCLUDE ("search_text", "status");
CREATE INDEX "member_workspace_id_sort_name_id" ON "members" ("workspace_id", "sort_name", "id") INCLUDE ("search_text", "status");
