"""The README shows the code as it is."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_conversation_in_the_readme_is_one_of_ours() -> None:
    [shown] = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)
    assert shown in (ROOT / "lockbay" / "areas" / "trades" / "conversations.py").read_text()
