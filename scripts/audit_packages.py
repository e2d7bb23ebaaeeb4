"""Known vulnerabilities in what LockBay is installed with, by pip-audit: python scripts/audit_packages.py

Exit 1 on any finding. Where the advisories cannot be had (no network, a mirror without them) it says so loudly and
exits 0: a build must not depend on somebody else's server, but nobody must think that it was audited.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Final

PATIENCE: Final = 240  # s
AWAY: Final = ("ConnectionError", "ServiceError", "Max retries", "timed out", "ProxyError", "HTTPError")


def main() -> int:
    """pip-audit exits 1 for findings and for a service that is away alike: its output tells which."""
    try:
        said = subprocess.run(
            [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off", "--skip-editable"],
            capture_output=True, text=True, timeout=PATIENCE,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return skipped(f"no answer within {PATIENCE} s")
    try:
        packages = json.loads(said.stdout)["dependencies"]
    except (ValueError, KeyError):
        last = said.stderr.strip().rpartition("\n")[2]
        return skipped(last) if any(word in said.stderr for word in AWAY) else failed(said.stderr)
    return judged(packages)


def judged(packages: Sequence[Mapping[str, object]]) -> int:
    """What pip-audit found out of each package; without an advisory service it found out nothing of any."""
    unseen = [str(each["name"]) for each in packages if "skip_reason" in each and each["name"] != "lockbay"]
    found = [each for each in packages if each.get("vulns")]
    for each in found:
        print(f"VULNERABLE: {each['name']} {each['version']}: {json.dumps(each['vulns'])}")
    if found:
        return 1
    audited = len([each for each in packages if "vulns" in each])
    if not audited:
        return skipped(f"no advisories of any of {len(unseen)} packages")
    rest = f"; NOT AUDITED: {', '.join(unseen)}" if unseen else ""
    print(f"{audited} packages have no known vulnerabilities{rest}")
    return 0


def skipped(why: str) -> int:
    print(f"!!!! pip-audit SKIPPED, packages are NOT audited: {why}")
    return 0


def failed(why: str) -> int:
    print(f"pip-audit failed: {why}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
