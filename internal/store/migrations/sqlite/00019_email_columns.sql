-- +goose Up
ALTER TABLE "import_batches" RENAME COLUMN "mails_to_send" TO "emails_to_send";
ALTER TABLE "import_batches" RENAME COLUMN "mail_at" TO "email_at";
ALTER TABLE "import_batches" RENAME COLUMN "mails_per_minute" TO "emails_per_minute";
