-- What of a part in another coin was over when all parts together counted for more than the price: it went back to the wallet as it came.
ALTER TABLE holds ADD COLUMN returned numeric NOT NULL DEFAULT 0;
ALTER TABLE holds ADD CHECK (returned = 0 OR returned BETWEEN 0 AND amount AND ended_as = 'converted');
