-- When whom a cash-out was given to has last said that it is on its way: whoever says nothing for long does not know of it any more.
ALTER TABLE cashouts ADD COLUMN answered_at timestamptz;
