"""The audit of packages fails on findings, and does not pass for one when nothing was audited."""

from __future__ import annotations

import pytest

from scripts.audit_packages import judged

CLEAN = {"name": "trio", "version": "1", "vulns": []}
BAD = {"name": "h11", "version": "0.1", "vulns": [{"id": "PYSEC-1"}]}
UNSEEN = {"name": "attrs", "skip_reason": "not found"}


def test_a_finding_fails(capsys: pytest.CaptureFixture[str]) -> None:
    assert judged([CLEAN, BAD, UNSEEN]) == 1
    assert "PYSEC-1" in capsys.readouterr().out


def test_what_was_not_audited_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert judged([CLEAN, UNSEEN]) == 0
    assert "1 packages have no known vulnerabilities; NOT AUDITED: attrs" in capsys.readouterr().out


def test_nothing_audited_is_said_loudly(capsys: pytest.CaptureFixture[str]) -> None:
    assert judged([UNSEEN, {"name": "lockbay", "skip_reason": "editable"}]) == 0
    assert "SKIPPED" in capsys.readouterr().out
