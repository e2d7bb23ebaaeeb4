-- Statements are planned once for each connection, on a new database before there are rows to count. Where two indexes would do,
-- the wrong one may be taken, and is kept: holds of a user were looked for among all open ones. What cannot be used for that is not.
DROP INDEX holds_open_of_trade;
CREATE INDEX holds_open_of_trade ON holds (trade_id) WHERE ended_by IS NULL AND trade_id IS NOT NULL;

-- Whether nobody but somebody of the staff pays over a network: written at start, by the providers that there are.
ALTER TABLE payout_fees ADD COLUMN by_hand boolean NOT NULL DEFAULT false;
