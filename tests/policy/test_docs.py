"""The prose tells the truth: links lead somewhere, and every command, option and make target that it prints exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import pytest

from loadline.cli import cli
from tests.policy import tree

LINK: Final = re.compile(r"\]\(([^)\s]+)\)")
ELSEWHERE: Final = re.compile(r"[a-z]+:")
FENCE: Final = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
HEADING: Final = re.compile(r"^#+ (.+)$", re.MULTILINE)
SPAN: Final = re.compile(r"`([^`]+)`")
# A command ends at a comment, or where the shell goes on with another one.
COMMAND: Final = re.compile(r"(?:^|[\s/])loadline((?: +[^\s#;|&>]+)+)")
OPTION: Final = re.compile(r"--[a-z][\w.-]*")
MAKE: Final = re.compile(r"^\s*make ([a-z][a-z-]*)")
TARGET: Final = re.compile(r"^([a-z-]+):", re.MULTILINE)

OF_OTHERS: Final = {
    "--address": "k6",
    "--check": "python -m dashboards.build, python -m rules.slo",
    "--enable-feature": "Prometheus",
    "--features": "k6",
    "--lock-ms": "python -m loadline.sample_api",
    "--system-tags": "k6",
    "--tag": "k6",
    "--web.enable-remote-write-receiver": "Prometheus",
}


def pages() -> list[Path]:
    return [path for path in tree.all_files() if path.suffix == ".md"]


def code(text: str) -> Iterator[str]:
    """What is printed as code: the lines of blocks, fenced or indented by four, and the spans between backticks."""
    joined = text.replace("\\\n", " ")
    blocks = [line for block in FENCE.findall(joined) for line in block.splitlines()[1:-1]]
    rest = FENCE.sub("", joined)
    indented = [line for line in rest.splitlines() if line.startswith("    ")]
    yield from (line.partition(" #")[0] for line in [*blocks, *indented])
    yield from (span.replace("\n", " ") for span in SPAN.findall(rest))


def options_of(command: click.Command) -> set[str]:
    return {"--help"} | {name for one in command.params for name in (*one.opts, *one.secondary_opts)}


def every_option(command: click.Command = cli) -> set[str]:
    """The options of a command and of all commands under it."""
    found = options_of(command)
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            under = command.get_command(click.Context(command), name)
            found |= every_option(under) if under else set()
    return found


def wrong_commands(text: str) -> Iterator[str]:
    """Commands ``loadline …`` in the code of ``text`` that do not exist, and options that they do not have."""
    for printed in code(text):
        for words in COMMAND.findall(printed):
            command: click.Command = cli
            parts = words.split()
            while isinstance(command, click.Group) and parts and not parts[0].startswith("-"):
                under = command.get_command(click.Context(command), parts[0])
                if under is None:
                    yield f"loadline {parts[0]}"
                    break
                command = under
                parts.pop(0)
            known = options_of(command)
            yield from (f"{command.name} {one}" for one in OPTION.findall(" ".join(parts)) if one not in known)


def wrong_options(text: str) -> Iterator[str]:
    """Options that stand in ``text`` alone, and belong neither to a command of ours nor to a program named above."""
    known = every_option() | OF_OTHERS.keys()
    alone = [found[0] for span in code(text) if (found := OPTION.match(span))]
    yield from (option for option in alone if option not in known)


def wrong_targets(text: str) -> Iterator[str]:
    targets = TARGET.findall((tree.ROOT / "Makefile").read_text())
    yield from (f"make {name}" for line in code(text) for name in MAKE.findall(line) if name not in targets)


def dead_links(text: str, folder: Path) -> Iterator[str]:
    """Relative links that lead nowhere from ``folder``: to no file, or to no heading of a page."""
    for link in LINK.findall(FENCE.sub("", text)):
        name, _, heading = link.partition("#")
        there = folder / name
        if ELSEWHERE.match(link):
            continue
        if not there.exists() or (heading and heading not in headings(there.read_text() if name else text)):
            yield link


def headings(text: str) -> set[str]:
    """What leads to each heading of a page, as GitHub and GitLab have it."""
    found = HEADING.findall(FENCE.sub("", text))
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in found}


@pytest.mark.parametrize("page", pages(), ids=tree.name)
def test_a_page_names_nothing_that_does_not_exist(page: Path) -> None:
    text = page.read_text()
    wrong = [*dead_links(text, page.parent), *wrong_commands(text), *wrong_options(text), *wrong_targets(text)]
    assert not wrong, f"{tree.name(page)}: {', '.join(wrong)}"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("`loadline run URL --vus 5`, `loadline slo generate --latency-limit 1s`", []),
        ("`loadline run --users 5`", ["run --users"]),
        ("```\n.venv/bin/loadline fly me  # --to the moon\n```", ["loadline fly"]),
        ("    loadline analyze --testid a \\\n      --colour red > x --y", ["analyze --colour"]),
        ("`k6 run --tag a=b && loadline analyze --tag a`", ["analyze --tag"]),
        ("Give loadline --wings in prose, or keep it in `~/.local/share/loadline`.", []),
    ],
)
def test_a_command_or_option_that_does_not_exist_is_seen(text: str, wrong: list[str]) -> None:
    assert list(wrong_commands(text)) == wrong


def test_an_option_that_stands_alone_must_be_somebodys() -> None:
    assert list(wrong_options("`--vus`, `--tag`, `--server HOST:PORT` and `--wings`")) == ["--wings"]


def test_a_make_target_that_does_not_exist_is_seen() -> None:
    assert list(wrong_targets("`make demo`, `make coffee`, make sure\n```\nmake tea # make cake\n```")) == [
        "make tea",
        "make coffee",
    ]


def test_a_link_that_leads_nowhere_is_seen(tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("# Title\n\n## Part (1): `a`, b\n```\n# code\n```\n")
    text = "[a](there.md#part-1-a-b) [b](https://example.com/x#y) [c](gone.md) [e](there.md#code) [f](#here) [g](#gone)"
    text += "\n## Here\n```\n[d](code.md)\n```"
    assert list(dead_links(text, tmp_path)) == ["gone.md", "there.md#code", "#gone"]
