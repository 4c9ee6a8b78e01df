-- +goose Up
-- The table of terms says grantor. Columns, constraints and indexes are renamed; no row is written.
ALTER TABLE "invitations" RENAME COLUMN "giver_id" TO "grantor_id";
ALTER TABLE "invitations" RENAME CONSTRAINT "invitations_members_giver" TO "invitations_members_grantor";
ALTER INDEX "invitation_giver_id" RENAME TO "invitation_grantor_id";
ALTER TABLE "invitations" RENAME COLUMN "giver_key_id" TO "grantor_key_id";
ALTER TABLE "invitations" RENAME CONSTRAINT "invitations_api_keys_giver_key" TO "invitations_api_keys_grantor_key";
ALTER INDEX "invitation_giver_key_id" RENAME TO "invitation_grantor_key_id";
ALTER TABLE "join_links" RENAME COLUMN "giver_id" TO "grantor_id";
ALTER TABLE "join_links" RENAME CONSTRAINT "join_links_members_giver" TO "join_links_members_grantor";
ALTER INDEX "joinlink_giver_id" RENAME TO "joinlink_grantor_id";
ALTER TABLE "join_links" RENAME COLUMN "giver_key_id" TO "grantor_key_id";
ALTER TABLE "join_links" RENAME CONSTRAINT "join_links_api_keys_giver_key" TO "join_links_api_keys_grantor_key";
ALTER INDEX "joinlink_giver_key_id" RENAME TO "joinlink_grantor_key_id";
ALTER TABLE "cards" RENAME COLUMN "giver_id" TO "grantor_id";
ALTER TABLE "cards" RENAME CONSTRAINT "cards_members_giver" TO "cards_members_grantor";
ALTER INDEX "card_giver_id" RENAME TO "card_grantor_id";
ALTER TABLE "cards" RENAME COLUMN "giver_key_id" TO "grantor_key_id";
ALTER TABLE "cards" RENAME CONSTRAINT "cards_api_keys_giver_key" TO "cards_api_keys_grantor_key";
ALTER INDEX "card_giver_key_id" RENAME TO "card_grantor_key_id";
ALTER TABLE "import_batches" RENAME COLUMN "giver_key_id" TO "grantor_key_id";
ALTER TABLE "import_batches" RENAME CONSTRAINT "import_batches_api_keys_giver_key" TO "import_batches_api_keys_grantor_key";
ALTER INDEX "importbatch_giver_key_id" RENAME TO "importbatch_grantor_key_id";
