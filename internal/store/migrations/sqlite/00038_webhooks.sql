-- +goose Up
-- create "webhooks" table
CREATE TABLE `webhooks` (`id` uuid NOT NULL, `created_at` datetime NOT NULL, `updated_at` datetime NOT NULL, `url` text NOT NULL, `types` json NOT NULL, `sealed_secret` blob NOT NULL, `sealed_former_secret` blob NULL, `former_secret_ends_at` datetime NULL, `cursor_id` uuid NOT NULL, `cursor_position` integer NOT NULL DEFAULT (0), `lease` uuid NULL, `leased_until` datetime NULL, `failures` integer NOT NULL DEFAULT (0), `failing_since` datetime NULL, `disabled_at` datetime NULL, `disabled_reason` text NULL, `workspace_id` uuid NOT NULL, `owner_id` uuid NULL, `owner_key_id` uuid NULL, PRIMARY KEY (`id`), CONSTRAINT `webhooks_workspaces_workspace` FOREIGN KEY (`workspace_id`) REFERENCES `workspaces` (`id`) ON DELETE CASCADE, CONSTRAINT `webhooks_members_owner` FOREIGN KEY (`owner_id`) REFERENCES `members` (`id`) ON DELETE SET NULL, CONSTRAINT `webhooks_api_keys_owner_key` FOREIGN KEY (`owner_key_id`) REFERENCES `api_keys` (`id`) ON DELETE SET NULL);
-- create index "webhook_workspace_id_id" to table: "webhooks"
CREATE INDEX `webhook_workspace_id_id` ON `webhooks` (`workspace_id`, `id`);
-- create index "webhook_workspace_id_url" to table: "webhooks"
CREATE UNIQUE INDEX `webhook_workspace_id_url` ON `webhooks` (`workspace_id`, `url`);
-- create index "webhook_owner_id" to table: "webhooks"
CREATE INDEX `webhook_owner_id` ON `webhooks` (`owner_id`);
-- create index "webhook_owner_key_id" to table: "webhooks"
CREATE INDEX `webhook_owner_key_id` ON `webhooks` (`owner_key_id`);
-- create "webhook_deliveries" table
CREATE TABLE `webhook_deliveries` (`id` uuid NOT NULL, `type` text NOT NULL, `sequence_id` uuid NOT NULL, `position` integer NOT NULL DEFAULT (0), `event_at` datetime NOT NULL, `status` text NOT NULL DEFAULT ('PENDING'), `attempts` integer NOT NULL DEFAULT (0), `next_attempt_at` datetime NULL, `last_attempt_at` datetime NULL, `duration_ms` integer NULL, `answer_status` integer NULL, `answer` text NULL, `failure` text NULL, `workspace_id` uuid NOT NULL, `webhook_id` uuid NOT NULL, `event_id` uuid NULL, PRIMARY KEY (`id`), CONSTRAINT `webhook_deliveries_workspaces_workspace` FOREIGN KEY (`workspace_id`) REFERENCES `workspaces` (`id`) ON DELETE CASCADE, CONSTRAINT `webhook_deliveries_webhooks_webhook` FOREIGN KEY (`webhook_id`) REFERENCES `webhooks` (`id`) ON DELETE CASCADE, CONSTRAINT `webhook_deliveries_audit_events_event` FOREIGN KEY (`event_id`) REFERENCES `audit_events` (`id`) ON DELETE SET NULL);
-- create index "webhookdelivery_workspace_id_id" to table: "webhook_deliveries"
CREATE INDEX `webhookdelivery_workspace_id_id` ON `webhook_deliveries` (`workspace_id`, `id`);
-- create index "webhookdelivery_event_id_webhook_id" to table: "webhook_deliveries"
CREATE UNIQUE INDEX `webhookdelivery_event_id_webhook_id` ON `webhook_deliveries` (`event_id`, `webhook_id`);
-- create index "webhookdelivery_webhook_id_id" to table: "webhook_deliveries"
CREATE INDEX `webhookdelivery_webhook_id_id` ON `webhook_deliveries` (`webhook_id`, `id`);
-- create index "webhookdelivery_webhook_id_next_attempt_at" to table: "webhook_deliveries"
CREATE INDEX `webhookdelivery_webhook_id_next_attempt_at` ON `webhook_deliveries` (`webhook_id`, `next_attempt_at`) WHERE status = 'PENDING';
-- create index "webhookdelivery_webhook_id_sequence_id_position" to table: "webhook_deliveries"
CREATE INDEX `webhookdelivery_webhook_id_sequence_id_position` ON `webhook_deliveries` (`webhook_id`, `sequence_id`, `position`) WHERE status = 'PENDING';
