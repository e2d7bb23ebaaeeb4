-- Somebody's trades in a rare state are found in the index alone: the staff's search read every trade of theirs, one page of the table each.
DROP INDEX trades_of_buyer, trades_of_seller;
CREATE INDEX trades_of_buyer ON trades (buyer_id, id DESC) INCLUDE (state);
CREATE INDEX trades_of_seller ON trades (seller_id, id DESC) INCLUDE (state);
