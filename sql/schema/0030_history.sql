-- Files that somebody asked for. What is to be in one is fixed when it is asked for; it is made and sent by the clerk.

-- `about` is what its kind of file needs. Who asked gets it: `ended_at`; `problem`: why not, or why not yet.
CREATE TABLE file_orders (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id  bigint NOT NULL REFERENCES users,
    kind     text NOT NULL,
    format   text NOT NULL CHECK (format IN ('csv', 'pdf')),
    about    jsonb NOT NULL,
    asked_at timestamptz NOT NULL,
    due_at   timestamptz NOT NULL,
    attempts int NOT NULL DEFAULT 0,
    ended_at timestamptz,
    problem  text
);
CREATE INDEX file_orders_waiting ON file_orders (id) WHERE ended_at IS NULL;
CREATE INDEX file_orders_of_user ON file_orders (user_id) WHERE ended_at IS NULL;

-- Which cash-out a movement is of.
CREATE INDEX holds_of_cashout_by_transfer ON holds (began_by) WHERE cashout_id IS NOT NULL;
