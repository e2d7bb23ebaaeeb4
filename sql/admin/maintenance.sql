-- What everybody but the staff is told while LockBay is in maintenance; null: it is open.
SELECT maintenance FROM house
