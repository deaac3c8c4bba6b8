"""Child processes: started with a log, waited for with its last lines, ended even if they will not."""

from __future__ import annotations

import signal
import socket
import sys
import tempfile
from pathlib import Path

import pytest

from loadline.bench import Bench
from loadline.errors import BrokenError
from loadline.stack import process
from loadline.stack.process import TAIL_BYTES, Child, free_port

STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); signal.pause()"
POLITE = "import signal; print('here', flush=True); signal.pause()"


def start(bench: Bench, code: str) -> Child:
    command = [sys.executable, "-c", code]
    return process.start("helper", command, bench.folder / "helper.log", bench.interrupts, bench.adopt)


def test_a_process_that_ignores_sigterm_is_killed(bench: Bench) -> None:
    child = start(bench, STUBBORN)
    child.until(lambda: "deaf" in child.tail(), "going deaf")
    child.stop(seconds=0.1)
    assert child.process.returncode == -signal.SIGKILL
    child.stop()


def test_a_process_that_listens_is_asked_only(bench: Bench) -> None:
    child = start(bench, POLITE)
    child.until(lambda: "here" in child.tail(), "starting")
    child.stop(signal.SIGINT)
    assert child.process.returncode not in (None, -signal.SIGKILL)


def test_one_that_ends_by_itself_is_waited_for_and_no_longer_than_that(bench: Bench) -> None:
    assert start(bench, "print('done')").ends_within(30)
    polite = start(bench, POLITE)
    assert not polite.ends_within(0.1)
    assert polite.running


def test_one_that_was_killed_is_told_so(bench: Bench) -> None:
    child = start(bench, POLITE)
    child.until(lambda: "here" in child.tail(), "starting")
    child.stop(signal.SIGKILL)
    assert child.fate() == "helper ended with code -9 (killed: out of memory?): here"


def test_one_that_ends_too_early_is_told_with_its_code_and_last_lines(bench: Bench) -> None:
    child = start(bench, "print('one\\ntwo\\nthree\\nport is taken'); raise SystemExit(7)")
    with pytest.raises(BrokenError, match=r"^helper ended with code 7: two \| three \| port is taken$"):
        child.until(lambda: False, "getting ready")


def test_one_that_takes_too_long_is_told_with_what_was_waited_for(bench: Bench) -> None:
    child = start(bench, "import signal; signal.pause()")
    with pytest.raises(BrokenError, match=r"^helper: getting ready took longer than 0 s: it said nothing$"):
        child.until(lambda: False, "getting ready", seconds=0.1)


def test_of_a_log_of_any_size_only_the_end_is_read(bench: Bench) -> None:
    child = start(bench, "print('line of a failed request\\n' * 100_000 + 'the end')")
    child.process.wait(10)
    assert len(child.said()) == TAIL_BYTES
    assert child.tail(1) == "the end"


def test_a_command_that_cannot_be_started_is_told(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(BrokenError, match=r"^k6 cannot be started \(/.*/k6 is no program that can be run\)$"):
        process.start("k6", [tmp_path / "k6"], tmp_path / "log", bench.interrupts, bench.adopt)


def test_a_signal_while_a_process_is_started_does_not_lose_the_process(bench: Bench) -> None:
    adopted: list[Child] = []

    def adopt(child: Child) -> None:
        signal.raise_signal(signal.SIGINT)
        adopted.append(child)
        bench.adopt(child)

    with pytest.raises(KeyboardInterrupt):
        process.start("helper", [sys.executable, "-c", POLITE], bench.folder / "log", bench.interrupts, adopt)
    assert adopted[0].running


def test_a_bench_without_room_for_its_folder_says_what_to_do_and_leaves_signals_as_they_were(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    before = signal.getsignal(signal.SIGTERM)
    with (
        pytest.raises(BrokenError, match=r"can be made \(No such file or directory\)\. Make room .* by TMPDIR$"),
        Bench(),
    ):
        pass
    assert signal.getsignal(signal.SIGTERM) is before


def test_leaving_the_bench_ends_everything_newest_first_and_removes_the_folder() -> None:
    with Bench() as bench:
        folder, older, newer = bench.folder, start(bench, POLITE), start(bench, POLITE)
        assert older.running
        assert newer.running
    assert not folder.exists()
    assert [older.process.returncode, newer.process.returncode] == [-signal.SIGTERM, -signal.SIGTERM]


def test_a_signal_while_the_bench_is_cleared_changes_nothing() -> None:
    with Bench() as bench:
        child = start(bench, POLITE)
        stop = child.stop

        class Interrupting(Child):
            def stop(self, first: signal.Signals = signal.SIGTERM, seconds: float = 1.0) -> None:
                signal.raise_signal(signal.SIGINT)
                stop(first, seconds)

        bench.adopt(Interrupting("interrupting", child.process, child.log, bench.interrupts))
    assert not child.running
    assert not bench.folder.exists()


def test_a_server_gets_no_port_that_outgoing_connections_are_given() -> None:
    """k6 makes thousands of them while servers start."""
    first, last = (int(bound) for bound in Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    assert all(not first <= free_port() <= last for _ in range(50))


def test_where_all_those_are_taken_it_gets_another(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setattr(process, "SERVERS", range(taken.getsockname()[1], taken.getsockname()[1] + 1))
        monkeypatch.setattr(process, "TRIES", 1)
        assert free_port() not in (0, taken.getsockname()[1])
