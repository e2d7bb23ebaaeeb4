"""The Grafana dashboard: makes docs/grafana.json. Every metric in it exists, says tests/test_metrics.py.

python scripts/dashboard.py            # writes it
python scripts/dashboard.py --check    # exit 1 when docs/grafana.json is another
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TypeAlias

import click
from attrs import frozen

FILE: Final = Path(__file__).resolve().parent.parent / "docs" / "grafana.json"
SOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}
WIDTH, HEIGHT, ACROSS = 8, 7, 24
RATE: Final = "[$__rate_interval]"
Json: TypeAlias = dict[str, object]


@frozen
class Line:
    """What is drawn, and what it is called: {{label}} of the series."""

    query: str
    name: str = ""


@frozen
class Panel:
    """`unit` is Grafana's. From `worst` on it is red."""

    title: str
    lines: Sequence[Line]
    unit: str = "short"
    worst: float | None = None
    note: str = ""


def rate(metric: str, *by: str) -> Line:
    """How often a second."""
    inside = f"rate({metric}{RATE})"
    return Line(
        f"sum by ({', '.join(by)}) ({inside})" if by else f"sum({inside})", " ".join(f"{{{{{b}}}}}" for b in by)
    )


def parts(metric: str, *by: str, of: Sequence[float] = (0.5, 0.99)) -> list[Line]:
    """Below what so many of a histogram's are."""
    labels, name = ", ".join((*by, "le")), " ".join(f"{{{{{b}}}}}" for b in by)
    return [
        Line(
            f"histogram_quantile({q}, sum by ({labels}) (rate({metric}_bucket{RATE})))", f"p{q * 100:g} {name}".strip()
        )
        for q in of
    ]


def most(count: int, line: Line) -> Line:
    return Line(f"topk({count}, {line.query})", line.name)


ROWS: Final[Sequence[tuple[str, Sequence[Panel]]]] = (
    ("Do people wait?", (
        Panel("Ready", [Line("lockbay_ready", "{{instance}}")], "bool", note="1 while /health says 200."),
        Panel("The oldest that waits", [
            Line("lockbay_inbox_oldest_seconds", "update"), Line("lockbay_outbox_oldest_seconds", "notice"),
        ], "s", 300),
        Panel("A turn, from the update to its replies", parts("lockbay_turn_seconds"), "s", 0.05),
        Panel("Updates a second", [rate("lockbay_poller_updates_total"), rate("lockbay_poller_skipped_total")]),
        Panel("Turns that failed", [rate("lockbay_turn_failures_total", "error")]),
        Panel("Live actors, and the fullest mailbox", [
            Line("lockbay_actors_alive", "actors"), Line("lockbay_mailbox_deepest", "messages"),
        ]),
    )),
    ("The process", (
        Panel("Lag of the event loop", parts("lockbay_loop_lag_seconds", of=(0.5, 0.99, 0.999)), "s", 0.01,
              "How much later than asked a sleeping task wakes. Ours alone never holds it for 10 ms."),
        Panel("Passes of the loop over 10 ms", [rate("lockbay_loop_held_total", "by")]),
        Panel("Memory", [Line("process_resident_memory_bytes", "resident")], "bytes"),
        Panel("Processor", [rate("process_cpu_seconds_total")], "percentunit"),
        Panel("Open files", [
            Line("process_open_fds", "open"), Line("process_max_fds", "most"),
        ]),
        Panel("Web connections", [Line("lockbay_web_connections", "open"),
                                  rate("lockbay_web_connections_closed_total", "reason")]),
    )),
    ("The database", (
        Panel("Statements, the slowest tenth", [
            most(10, parts("lockbay_statement_seconds", "file", of=(0.99,))[0])], "s", 0.05),
        Panel("Statements a second", [most(10, rate("lockbay_statement_seconds_count", "file"))]),
        Panel("Time in statements", [most(10, rate("lockbay_statement_seconds_sum", "file"))], "percentunit"),
        Panel(
            "Statements without answer",
            [rate("lockbay_statement_errors_total", "file", "error"), rate("lockbay_database_waits_total", "who")],
        ),
        Panel("Waiting for a connection", parts("lockbay_pool_wait_seconds"), "s", 0.02),
        Panel("Connections", [
            Line("lockbay_database_connections", "open"), rate("lockbay_database_connects_total", "outcome"),
            rate("lockbay_pool_drains_total", "outcome"),
        ]),
        Panel("Statements an update", [Line(
            f"sum(rate(lockbay_statement_seconds_count{RATE})) / sum(rate(lockbay_poller_updates_total{RATE}))")]),
        Panel("Turns settled at once", parts("lockbay_settled_turns")),
    )),
    ("What actors know", (
        Panel("Views found without asking", [Line(
            f"sum by (view) (rate(lockbay_context_hits_total{RATE})) / (sum by (view) (rate(lockbay_context_hits_total"
            f"{RATE})) + sum by (view) (rate(lockbay_context_misses_total{RATE})))", "{{view}}")], "percentunit"),
        Panel("Views dropped", [rate("lockbay_context_drops_total", "why")]),
        Panel("Presses on what is over, and journals that do not fit", [
            rate("lockbay_stale_presses_total"), rate("lockbay_diverged_conversations_total", "flow")]),
    )),
    ("Telegram", (
        Panel("From an answer to its being shown", parts("lockbay_courier_seconds"), "s", 1),
        Panel("Chats being sent to, and screens shown", [
            Line("lockbay_courier_queued", "queued"), Line("lockbay_courier_held_chats", "held by Telegram"),
            rate("lockbay_courier_shown_total", "how")]),
        Panel("Too many requests (429)", [
            rate("lockbay_courier_429_total", "scope"), rate("lockbay_courier_hold_seconds_total")]),
        Panel("Not delivered", [rate("lockbay_courier_undelivered_total", "error")]),
        Panel("The poller's last answer", [
            Line("time() - (lockbay_poller_last_success_timestamp_seconds > 0)", "ago")], "s", 120),
        Panel("The poller's troubles", [
            rate("lockbay_poller_failures_total", "error"), rate("lockbay_poller_restarts_total"),
            rate("lockbay_poller_conflicts_total")]),
        Panel("Presses answered", [rate("lockbay_courier_answers_total")]),
        Panel("Connections opened, and found dead", [
            rate("lockbay_telegram_connections_opened_total"), rate("lockbay_telegram_stale_connections_total")]),
    )),
    ("Money", (
        Panel("The audit's differences", [Line("lockbay_audit_differences", "differences")], "short", 1,
              "Anything but 0: docs/operations.md, BooksDiffer."),
        Panel("The last audit", [
            Line("time() - (lockbay_audit_timestamp_seconds > 0)", "ago"), Line("lockbay_audit_seconds", "took"),
            Line("lockbay_audit_period_seconds", "from one to the next")], "s"),
        Panel("What waits for the staff", [Line(
            'lockbay_waiting{what=~"unapplied|differences|to_approve|by_hand|unknown|payout_alarms|corrections|disputes|'
            'tickets|low_balances|dead_letters"}', "{{what}}")], "short", 1),
        Panel("The oldest that waits for the staff", [Line("lockbay_waiting_oldest_seconds", "{{what}}")], "s", 3600),
        Panel("What is left, in parts of what is wanted", [Line(
            "lockbay_provider_balance / (lockbay_provider_balance_wanted > 0)",
            "{{provider}} {{currency}} {{network}}")], "percentunit"),
        Panel("What providers answer about payouts", [rate("lockbay_payouts_total", "provider", "kind", "outcome")]),
        Panel("Calls about payouts", parts("lockbay_payout_call_seconds", "provider", of=(0.99,)), "s", 10),
        Panel("Webhooks", [rate("lockbay_webhook_events_total", "provider", "outcome")]),
        Panel("A webhook's answer", parts("lockbay_webhook_seconds", "provider", of=(0.5, 0.99)), "s", 0.02),
        Panel("Found by asking, told by no webhook", [
            rate("lockbay_reconciliation_found_total", "provider", "outcome"),
            rate("lockbay_reconciliation_differences_total", "provider")]),
        Panel("Questions to providers", [rate("lockbay_reconciliation_asked_total", "provider", "outcome")]),
        Panel("Places to pay in", [rate("lockbay_payins_opened_total", "provider", "outcome")]),
        Panel("Age of the prices", [
            Line("time() - (lockbay_rates_fetched_timestamp_seconds > 0)", "{{source}}")], "s", 900,
              "Who has not answered since the start is not here."),
        Panel("Questions for prices", [rate("lockbay_rates_fetches_total", "source", "outcome")]),
        Panel("Who does not say what is left", [rate("lockbay_provider_balance_failures_total", "provider")]),
    )),
    ("What time and notices do", (
        Panel("Notices, by the way they went", [rate("lockbay_notices_total", "by")]),
        Panel("Notices that were put off", [rate("lockbay_notice_failures_total", "error")]),
        Panel("From a notice to its being told", parts("lockbay_notice_delay_seconds"), "s", 60),
        Panel("Timers", [rate("lockbay_timers_total", "kind", "outcome")]),
        Panel("Lateness of timers", parts("lockbay_timer_lateness_seconds", "kind", of=(0.99,)), "s", 30),
        Panel("Web requests", [rate("lockbay_web_requests_total", "route", "status")]),
        Panel("Announcements, to people and to groups", [
            rate("lockbay_broadcast_people_total", "outcome"), rate("lockbay_announcements_total", "outcome")]),
        Panel("Files that people ordered", [rate("lockbay_files_made_total", "kind", "format", "outcome")]),
        Panel("From the order to the file", parts("lockbay_file_seconds"), "s", 30),
    )),
)  # fmt: skip


def dashboard() -> Json:
    panels: list[Json] = []
    top = 0
    for title, row in ROWS:
        panels.append({"type": "row", "title": title, "collapsed": False, "panels": [], "id": len(panels) + 1,
                       "gridPos": {"h": 1, "w": ACROSS, "x": 0, "y": top}})  # fmt: skip
        top += 1
        for number, panel in enumerate(row):
            x, y = number * WIDTH % ACROSS, top + number * WIDTH // ACROSS * HEIGHT
            panels.append(_drawn(panel, len(panels) + 1, x, y))
        top += -(-len(row) * WIDTH // ACROSS) * HEIGHT
    return {
        "title": "LockBay",
        "uid": "lockbay",
        "tags": ["lockbay"],
        "schemaVersion": 39,
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "timezone": "utc",
        "templating": {
            "list": [{"name": "datasource", "type": "datasource", "query": "prometheus", "label": "Source"}]
        },
        "panels": panels,
    }


def _drawn(panel: Panel, number: int, x: int, y: int) -> Json:
    steps: list[Json] = [{"color": "green", "value": None}]
    if panel.worst is not None:
        steps.append({"color": "red", "value": panel.worst})
    return {
        "type": "timeseries",
        "id": number,
        "title": panel.title,
        "description": panel.note,
        "datasource": SOURCE,
        "gridPos": {"h": HEIGHT, "w": WIDTH, "x": x, "y": y},
        "fieldConfig": {
            "defaults": {
                "unit": panel.unit,
                "min": 0,
                "custom": {"lineWidth": 1, "fillOpacity": 8, "thresholdsStyle": {"mode": _style(panel)}},
                "thresholds": {"mode": "absolute", "steps": steps},
            },
            "overrides": [],
        },
        "options": {
            "legend": {"displayMode": "list", "placement": "bottom"},
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
        "targets": [_asked(line, chr(ord("A") + place)) for place, line in enumerate(panel.lines)],
    }


def _style(panel: Panel) -> str:
    return "off" if panel.worst is None else "line"


def _asked(line: Line, name: str) -> Json:
    return {"refId": name, "datasource": SOURCE, "expr": line.query, "legendFormat": line.name or "__auto"}


def written() -> str:
    return json.dumps(dashboard(), indent=1, ensure_ascii=False) + "\n"


@click.command()
@click.option("--check", is_flag=True, help="Change nothing; exit 1 when it is out of date.")
def main(*, check: bool) -> None:
    """Writes docs/grafana.json."""
    if check:
        sys.exit(FILE.read_text() != written())
    FILE.write_text(written())


if __name__ == "__main__":
    main()
