-- Whether LockBay is open, for its owners; no row for anybody else.
SELECT house.maintenance, house.maintenance_since AS since
FROM staff, house
WHERE staff.user_id = :user_id AND staff.role = 'owner'
