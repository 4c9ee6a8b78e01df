-- +goose Up
-- drop table "webhook_deliveries", which no version has written to
DROP TABLE `webhook_deliveries`;
-- drop table "webhooks", which no version has written to
DROP TABLE `webhooks`;
-- drop table "transfers", which no version has written to
DROP TABLE `transfers`;
-- drop table "idempotency_keys", which no version has written to
DROP TABLE `idempotency_keys`;
