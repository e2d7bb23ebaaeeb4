-- What was told of a payout names the payment: two payments of one cash-out can be told apart.
ALTER TABLE payout_events ADD COLUMN external_id text, ADD COLUMN txid text;
