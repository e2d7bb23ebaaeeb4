"""What somebody who pays in has done outside of the database."""

from __future__ import annotations

from lockbay.areas.payin import OpenPayin as OpenPayin
