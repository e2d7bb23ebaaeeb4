"""What is promised to be measured is measured, and what dashboard, alarms and handbook speak of exists."""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import get_args

import pytest
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

import lockbay
from lockbay import errors
from lockbay.areas.topics import RULES
from lockbay.clock.figures import Figures, Oldest
from lockbay.notices.mail import MailUnavailable
from lockbay.notices.records import Means
from lockbay.payments.provider import WEBHOOKS
from lockbay.postgres import files
from lockbay.telegram.refusals import ChatHeld

ROOT = Path(__file__).parent.parent
HANDBOOK = ROOT / "docs" / "operations.md"
NAME = re.compile(r"\b(?:lockbay|process|python)_[a-z0-9_]+\b")
SERIES = ("", "_total", "_bucket", "_sum", "_count")

# Name, type, labels: what the roadmap asks for.
PROMISED: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "latency of a turn": ("lockbay_turn_seconds", "histogram", ()),
    "latency and number of statements, by operation": ("lockbay_statement_seconds", "histogram", ("file",)),
    "errors by operation": ("lockbay_statement_errors", "counter", ("file", "error")),
    "failed turns": ("lockbay_turn_failures", "counter", ("error",)),
    "what was found in the context": ("lockbay_context_hits", "counter", ("view",)),
    "what was not": ("lockbay_context_misses", "counter", ("view",)),
    "what was dropped from it": ("lockbay_context_drops", "counter", ("why", "view")),
    "waits for a connection": ("lockbay_pool_wait_seconds", "histogram", ()),
    "lag of the loop": ("lockbay_loop_lag_seconds", "histogram", ()),
    "passes that held the loop": ("lockbay_loop_held", "counter", ("by",)),
    "actors alive": ("lockbay_actors_alive", "gauge", ()),
    "depth of the mailboxes": ("lockbay_mailbox_deepest", "gauge", ()),
    "age of the inbox": ("lockbay_inbox_oldest_seconds", "gauge", ()),
    "age of the outbox": ("lockbay_outbox_oldest_seconds", "gauge", ()),
    "429s": ("lockbay_courier_429", "counter", ("scope",)),
    "payouts": ("lockbay_payouts", "counter", ("provider", "kind", "outcome")),
    "unapplied payments, and all else that waits": ("lockbay_waiting", "gauge", ("what",)),
    "for how long": ("lockbay_waiting_oldest_seconds", "gauge", ("what",)),
    "the audit's result": ("lockbay_audit_differences", "gauge", ()),
    "its age": ("lockbay_audit_timestamp_seconds", "gauge", ()),
    "how often it is made": ("lockbay_audit_period_seconds", "gauge", ()),
    "providers' balances": ("lockbay_provider_balance", "gauge", ("provider", "currency", "network")),
    "readiness": ("lockbay_ready", "gauge", ()),
}


@cache
def known() -> Mapping[str, tuple[str | None, tuple[str, ...]]]:
    """Every metric of ours by its name, with its type and labels."""
    for module in pkgutil.walk_packages(lockbay.__path__, "lockbay."):
        if not module.name.endswith("__main__") and not module.name.startswith("lockbay.sandbox"):
            importlib.import_module(module.name)
    every = {id(each): each for each in REGISTRY._names_to_collectors.values()}.values()
    return {each._name: (each._type, each._labelnames) for each in every if isinstance(each, MetricWrapperBase)}


def exists(series: str) -> bool:
    return any(series.endswith(end) and series.removesuffix(end) in known() for end in SERIES) or series in (
        "process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds", "process_max_fds",
    )  # fmt: skip


@pytest.mark.parametrize("what", PROMISED)
def test_what_is_promised_is_measured(what: str) -> None:
    name, kind, labels = PROMISED[what]
    assert known()[name] == (kind, labels)


def test_every_metric_says_what_it_is() -> None:
    ours = [family for family in REGISTRY.collect() if family.name in known()]
    assert len(ours) > len(PROMISED)
    assert [family.name for family in ours if len(family.documentation) < 10] == []


def queries() -> Iterator[str]:
    for panel in json.loads((ROOT / "docs" / "grafana.json").read_text())["panels"]:
        yield from (target["expr"] for target in panel.get("targets", ()))


def test_the_dashboard_asks_for_nothing_that_is_not_measured() -> None:
    asked = {name for query in queries() for name in NAME.findall(query)}
    assert len(asked) > 40
    assert sorted(name for name in asked if not exists(name)) == []


def labels(series: str) -> set[str]:
    """Those by which a series can be told apart; the last two are Prometheus' own."""
    names = (series.removesuffix(end) for end in SERIES)
    ours = next((known()[name][1] for name in names if name in known()), ())
    return {*ours, *(["le"] if series.endswith("_bucket") else []), "job", "instance"}


def groups(query: str) -> Iterator[tuple[set[str], str]]:
    """Each `by (labels) (what it is of)`, whatever stands inside."""
    for found in re.finditer(r"\b(?:by|on|without|ignoring) \(([^)]*)\) \(", query):
        depth = 1
        for place, letter in enumerate(query[found.end() :], start=found.end()):
            depth += {"(": 1, ")": -1}.get(letter, 0)
            if depth == 0:
                yield {label.strip() for label in found[1].split(",")}, query[found.end() : place]
                break


def selectors(query: str) -> Iterator[tuple[str, str, str]]:
    """Series, label and value of each `series{label="value"}`."""
    for series, inside in re.findall(r"(\w+)\{([^}]*)\}", query):
        for label, value in re.findall(r'(\w+)(?:=~|!~|!=|=)"([^"]*)"', inside):
            yield series, label, value


def shown() -> Iterator[tuple[str, str]]:
    """Whatever is asked, and the text that is written beside the answer."""
    for panel in json.loads((ROOT / "docs" / "grafana.json").read_text())["panels"]:
        yield from ((target["expr"], target["legendFormat"]) for target in panel.get("targets", ()))
    for rule in rules():
        yield rule["expr"], rule["annotations"].replace("$labels.", "")


def test_things_are_told_apart_only_by_labels_that_there_are() -> None:
    found = [each for query, _ in shown() for each in groups(unquoted(query))]
    asked = [(by, series) for by, inside in found for series in NAME.findall(inside)]
    assert len(asked) > 60
    assert [(by, series) for by, series in asked if not by <= labels(series)] == []


def test_things_are_chosen_only_by_labels_that_there_are() -> None:
    asked = [each for query, _ in shown() for each in selectors(query)]
    assert len(asked) > 10
    assert [each for each in asked if each[1] not in labels(each[0])] == []


def test_only_labels_are_written_that_the_answer_has() -> None:
    for query, text in shown():
        wanted = set(re.findall(r"\{\{ ?(\w+) ?\}\}", text))
        assert wanted <= answered(unquoted(query)), query


def answered(query: str) -> set[str]:
    """The labels that are left."""
    if re.search(r"\b(?:sum|max|min|avg|count|absent)\(", query):
        return set()
    grouped = set().union(*(by for by, _ in groups(query)))
    return grouped or {"job", "instance"}.union(*(labels(series) for series in NAME.findall(query)))


def unquoted(query: str) -> str:
    return re.sub(r'"[^"]*"', "", query)


def values(series: str, label: str) -> set[str]:
    """What the label of a series can be."""
    database = (ROOT / "lockbay" / "postgres" / "database.py").read_text()
    reconciler = (ROOT / "lockbay" / "clock" / "reconciler.py").read_text()
    return {
        ("lockbay_waiting", "what"): set(Figures.__annotations__),
        ("lockbay_waiting_oldest_seconds", "what"): set(Oldest.__annotations__),
        ("lockbay_statement_errors_total", "error"): {
            *re.findall(r"\w+", " ".join(re.findall(r"except \(([^)]*)\) as error:\n +FAILURES", database))),
            *(each.__name__ for each in errors.DatabaseUnavailable.__subclasses__()),
        },
        ("lockbay_notice_failures_total", "error"): {MailUnavailable.__name__, ChatHeld.__name__},
        ("lockbay_notices_total", "by"): set(get_args(Means)),
        ("lockbay_statement_seconds_bucket", "file"): set(files.read_files(ROOT / "sql")),
        ("lockbay_reconciliation_asked_total", "outcome"): set(
            re.findall(r'"(\w+)"', " ".join(re.findall(r"_count\(([^)]*)\)", reconciler)))
        ),
        ("lockbay_web_requests_total", "route"): {WEBHOOKS + name for name in ("blockbee", "dynopay", "fincra")},
        ("lockbay_web_requests_total", "status"): {str(status.value) for status in HTTPStatus},
    }[series, label]


def test_things_are_chosen_only_by_values_that_there_are() -> None:
    asked = [each for query, _ in shown() for each in selectors(query) if each[1] != "job"]
    assert len({label for _, label, _ in asked}) >= 5
    for series, label, value in asked:
        for pattern in value.split("|"):
            assert any(re.fullmatch(pattern, each) for each in values(series, label)), (series, label, pattern)


def test_nothing_is_measured_that_nobody_looks_at() -> None:
    """The dashboard or an alarm; else it is not worth its counting."""
    looked_at = {name for text in (*queries(), *(rule["expr"] for rule in rules())) for name in NAME.findall(text)}
    assert [name for name in known() if not any(f"{name}{end}" in looked_at for end in SERIES)] == []


def test_the_dashboard_shows_whatever_is_promised() -> None:
    asked = " ".join(queries())
    assert [what for what, (name, _, _) in PROMISED.items() if name not in asked] == []


def test_the_dashboard_is_what_its_script_makes() -> None:
    """`python scripts/dashboard.py` mends it."""
    assert subprocess.run([sys.executable, ROOT / "scripts" / "dashboard.py", "--check"]).returncode == 0


def rules() -> list[dict[str, str]]:
    """Each of the alarms: what Prometheus' file says of it, line by line."""
    found = re.split(r"^ +- alert: ", (ROOT / "docs" / "alerts.yml").read_text(), flags=re.MULTILINE)[1:]
    return [
        {"alert": rule.split("\n")[0], **dict(re.findall(r"^ {8}(\w+): (.+)$", rule, flags=re.MULTILINE))}
        for rule in found
    ]


def test_alarms_are_whole_and_ask_for_what_is_measured() -> None:
    assert len(rules()) > 20
    for rule in rules():
        assert {"expr", "labels", "annotations"} <= rule.keys() <= {"alert", "expr", "for", "labels", "annotations"}, (
            rule
        )
        assert re.fullmatch(r"\{severity: (page|ticket)\}", rule["labels"])
        assert rule["expr"].count("(") == rule["expr"].count(")")
        asked = NAME.findall(re.sub(r'"[^"]*"', "", rule["expr"]))
        assert [name for name in asked if not exists(name)] == [], rule["alert"]
    names = [rule["alert"] for rule in rules()]
    assert len(set(names)) == len(names)


def test_memory_is_an_alarm_before_the_unit_slows_the_service_down() -> None:
    [alarm] = [float(rule["expr"].split(">")[1]) for rule in rules() if rule["alert"] == "MemoryHigh"]
    [bound] = re.findall(r"^MemoryHigh=(\d+)G$", (ROOT / "docs" / "lockbay.service").read_text(), flags=re.MULTILINE)
    assert alarm < 0.9 * int(bound) * 2**30


def handbook_rows() -> set[str]:
    """What the tables of the handbook have an entry for: the first cell's names in backquotes."""
    lines = HANDBOOK.read_text().splitlines()
    return {name for line in lines if line.startswith("| `") for name in re.findall(r"`([^`]+)`", line.split("|")[1])}


def test_the_handbook_says_what_to_do_about_every_alarm() -> None:
    assert sorted({rule["alert"] for rule in rules()} - handbook_rows()) == []


def test_the_handbook_says_what_to_do_about_everything_that_the_staff_is_told() -> None:
    told = {kind for kind, rule in RULES.items() if rule.topic.startswith("staff_")}
    assert sorted(told - handbook_rows()) == []


def test_the_handbook_speaks_of_nothing_that_is_not_measured() -> None:
    asked = set(re.findall(r"`(lockbay_[a-z0-9_]+)", HANDBOOK.read_text()))
    assert sorted(name for name in asked if not exists(name)) == []
