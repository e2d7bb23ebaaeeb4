-- What the seller has accepted, its buyer may release at once: the money is theirs, and a delivery may never be marked.

INSERT INTO transitions (subject, from_state, to_state) VALUES ('trade', 'accepted', 'released');
