-- What the menu counts, out of indexes alone: the deals of a person that have ended lately, which they may still rate or talk about.
-- Only a trade that was accepted was a deal.
CREATE INDEX trades_ended_of_buyer ON trades (buyer_id, ended_at DESC) WHERE ended_at IS NOT NULL AND accepted_at IS NOT NULL;
CREATE INDEX trades_ended_of_seller ON trades (seller_id, ended_at DESC) WHERE ended_at IS NOT NULL AND accepted_at IS NOT NULL;
