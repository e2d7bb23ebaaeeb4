-- What providers had left to pay from when they were asked last. `low_since`: since then it is too little, and the staff knows.
CREATE TABLE provider_balances (
    provider  text NOT NULL,
    currency  text NOT NULL REFERENCES currencies,
    network   text NOT NULL,
    amount    numeric NOT NULL,
    low       numeric NOT NULL CHECK (low >= 0),
    asked_at  timestamptz NOT NULL,
    low_since timestamptz,
    PRIMARY KEY (provider, currency, network)
);
