"""The files to deploy with, and the handbook, speak of what there is."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
from click.testing import CliRunner

from lockbay.__main__ import main
from lockbay.settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
OF_SCRIPTS = {"LOCKBAY_BACKUP_URL"}


def settings(kind: type, prefix: str = PREFIX, *, only_secrets: bool = False) -> Iterator[str]:
    for field in attrs.fields(attrs.resolve_types(kind)):
        if attrs.has(field.type):
            below = prefix if field.name == "terms" else f"{prefix}{field.name.upper()}_"
            yield from settings(field.type, below, only_secrets=only_secrets)
        elif not (only_secrets and field.repr):
            yield f"{prefix}{field.name.upper()}"


@pytest.mark.parametrize("name", ["operations.md", "lockbay.service", "Containerfile", "alerts.yml"])
def test_only_settings_that_exist_are_spoken_of(name: str) -> None:
    asked = set(re.findall(r"LOCKBAY_[A-Z_]*[A-Z]", (DOCS / name).read_text()))
    assert sorted(asked - set(settings(Settings)) - OF_SCRIPTS) == []


def test_the_handbook_says_how_each_secret_is_rotated() -> None:
    table = (DOCS / "operations.md").read_text().partition("## Rotate secrets")[2].partition("**A secret leaked")[0]
    cells = " ".join(line.split("|")[1] for line in table.splitlines() if line.startswith("| `"))
    secrets = {*settings(Settings, only_secrets=True), *OF_SCRIPTS}
    assert len(secrets) > 12
    assert sorted(secrets - set(re.findall(r"`(\w+)`", cells))) == []


@pytest.mark.parametrize("script", ["backup.sh", "restore_drill.py"])
def test_what_only_scripts_are_told_they_look_at(script: str) -> None:
    text = (ROOT / "scripts" / script).read_text()
    assert all(f'environ["{name}"]' in text or f'environ.get("{name}"' in text for name in OF_SCRIPTS)


@pytest.mark.parametrize("name", ["operations.md"])
def test_links_and_scripts_of_the_handbook_are_there(name: str) -> None:
    text = (DOCS / name).read_text()
    written_by_others = {"security.md", "performance.md"}
    links = set(re.findall(r"\]\(([^)#:]+)\)", text)) - written_by_others
    scripts = set(re.findall(r"scripts/\w+\.(?:py|sh)|tests/\w+\.py|sql/[\w/]+\.sql", text))
    assert len(links) >= 4
    assert len(scripts) >= 3
    assert [link for link in links if not (DOCS / link).exists()] == []
    assert [script for script in scripts if not (ROOT / script).exists()] == []


def test_the_image_is_made_of_what_there_is_and_starts_what_can_be_started() -> None:
    text = (DOCS / "Containerfile").read_text()
    copied = [
        path for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, flags=re.MULTILINE) for path in line.split()
    ]
    assert {"docs/requirements.txt", "pyproject.toml", "README.md", "lockbay", "sql"} == set(copied)
    assert all((ROOT / path).exists() for path in copied)
    assert "/health/live" in text
    assert "--health-on-failure=restart" in text, "else the health check restarts nothing"
    assert "podman build --format=docker " in text, "else the health check is left out"
    assert 'ENTRYPOINT ["/opt/lockbay/bin/python", "-m", "lockbay"]' in text
    assert "--poll" in CliRunner().invoke(main, ["--help"]).output


def test_the_unit_starts_the_service_gives_it_time_to_stop_and_holds_it_down() -> None:
    text = (DOCS / "lockbay.service").read_text()
    assert re.search(r"^ExecStart=\S+/python -m lockbay --poll$", text, flags=re.MULTILINE)
    assert re.search(r"^TimeoutStopSec=15s$", text, flags=re.MULTILINE), "its own bound is 10 s"
    assert re.search(r"^Type=notify$.*^TimeoutStartSec=infinity$.*^WatchdogSec=30s$", text, flags=re.M | re.S)
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not there")
    judged = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", DOCS / "lockbay.service"],
        capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert judged.returncode == 0, judged.stdout[-500:]
