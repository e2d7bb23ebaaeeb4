-- A shop: people with coins.
CREATE TYPE mood AS ENUM ('calm', 'angry');
CREATE TABLE people (id bigint PRIMARY KEY, name text NOT NULL, coins numeric NOT NULL CHECK (coins >= 0), mood mood NOT NULL);
INSERT INTO people VALUES (1, 'Ada', 10.50, 'calm'), (2, 'Sam', 0, 'angry');
CREATE TABLE purchases (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, person bigint NOT NULL, price numeric NOT NULL, at timestamptz NOT NULL);
