"""apt-get and dpkg-deb are shell scripts here, so that neither the network nor a Debian is needed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import pytest

from loadline.errors import BrokenError, PrometheusError
from loadline.stack import binaries, debian

# $1 $2 are -c FILE. "download" leaves a package where it is run; "update" writes down the configuration it was given.
APT_GET = """
case "$3" in
update) cat "$2" > "$HOME/configuration"; {update} ;;
download) {download} ;;
esac
"""
DOWNLOADS = 'echo "$3 $4" >> "$HOME/downloads"; touch "$4_1.0_amd64.deb"'
# dpkg-deb -x ARCHIVE FOLDER
UNPACKS = """
mkdir -p "$3/usr/bin"
for name in prometheus promtool; do
    printf '#!/bin/sh\\necho "%s, version {version} (branch: x)"\\n' $name > "$3/usr/bin/$name"
    chmod +x "$3/usr/bin/$name"
done
"""


def system(
    folder: Path, *, update: str = "true", download: str = DOWNLOADS, version: str = "2.42.0+ds", unpack: str = UNPACKS
) -> Mapping[str, str]:
    """The environment of a machine whose apt-get and dpkg-deb do as told; its PATH has the usual commands too."""
    path = folder / "path"
    path.mkdir()
    for name, body in {
        "apt-get": APT_GET.format(update=update, download=download),
        "dpkg-deb": unpack.format(version=version),
    }.items():
        (path / name).write_text(f"#!/bin/sh\n{body}\n")
        (path / name).chmod(0o755)
    for command in ("cat", "touch", "mkdir", "chmod"):
        (path / command).symlink_to(Path("/bin", command))
    return {"PATH": str(path), "HOME": str(folder)}


def ignore(line: str) -> None:
    """For what is said on the way."""


def test_a_package_is_unpacked_into_a_folder_of_its_name_and_fetched_once(tmp_path: Path) -> None:
    environ = system(tmp_path)
    for _ in range(2):
        unpacked = debian.fetch("prometheus", tmp_path / "tools", ignore, environ)
    assert unpacked == tmp_path / "tools" / "prometheus"
    assert (unpacked / "usr" / "bin" / "promtool").is_file()
    assert (tmp_path / "downloads").read_text() == "download prometheus\n"
    assert sorted(path.name for path in (tmp_path / "tools").iterdir()) == ["apt", "prometheus"]


def test_the_lists_and_caches_of_the_machine_are_not_touched(tmp_path: Path) -> None:
    debian.fetch("prometheus", tmp_path / "tools", ignore, system(tmp_path))
    configuration = (tmp_path / "configuration").read_text().splitlines()
    assert f'Dir::State::Lists "{tmp_path}/tools/apt/lists";' in configuration
    assert f'Dir::Cache "{tmp_path}/tools/apt/cache";' in configuration


def test_one_unreachable_source_does_not_matter_if_another_has_the_package(tmp_path: Path) -> None:
    environ = system(tmp_path, update="echo 'W: Failed to fetch http://other.example'; exit 100")
    assert debian.fetch("prometheus", tmp_path / "tools", ignore, environ).is_dir()


def test_an_unreachable_archive_is_told_in_apts_own_words_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    environ = system(
        tmp_path,
        update="echo 'W: Failed to fetch http://a.example  Could not connect'; echo 'W: Some index files failed'",
        download="echo 'E: Unable to locate package prometheus'; exit 100",
    )
    with pytest.raises(BrokenError) as raised:
        debian.fetch("prometheus", tmp_path / "tools", ignore, environ)
    assert raised.value.message == (
        "apt-get could not download the package prometheus: W: Failed to fetch http://a.example  Could not connect"
    )
    assert [path.name for path in (tmp_path / "tools").iterdir()] == ["apt"]


def test_a_package_that_cannot_be_unpacked_leaves_nothing_half_done(tmp_path: Path) -> None:
    environ = system(tmp_path, unpack='mkdir -p "$3/usr"; echo "dpkg-deb: error: no space left"; exit 2')
    with pytest.raises(BrokenError, match="dpkg-deb ended with 2: dpkg-deb: error: no space left"):
        debian.fetch("prometheus", tmp_path / "tools", ignore, environ)
    assert [path.name for path in (tmp_path / "tools").iterdir()] == ["apt"]


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "tools").write_text("a file where the folder should be")
    with pytest.raises(BrokenError, match=r"cannot be unpacked into .*tools: "):
        debian.fetch("prometheus", tmp_path / "tools", ignore, system(tmp_path))


def test_a_system_without_apt_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(BrokenError, match="this system has no apt-get and dpkg-deb"):
        debian.fetch("prometheus", tmp_path / "tools", ignore, {"PATH": str(tmp_path)})


@pytest.mark.parametrize("name", ["prometheus", "promtool"])
def test_a_machine_without_prometheus_gets_its_systems_package(
    tmp_path: Path, name: Literal["prometheus", "promtool"]
) -> None:
    found = binaries.obtain(name, environ=system(tmp_path), tools=tmp_path / "tools", say=ignore)
    assert found == tmp_path / "tools" / "prometheus" / "usr" / "bin" / name


def test_a_system_whose_package_is_too_old_is_told_so_with_the_version(tmp_path: Path) -> None:
    with pytest.raises(PrometheusError) as raised:
        binaries.fetch_prometheus(tmp_path / "tools", environ=system(tmp_path, version="2.31.2+ds1"), say=ignore)
    assert "is version 2.31.2+ds1; Loadline needs 2.40 or newer" in raised.value.message
    assert raised.value.hint.startswith("Install Prometheus 2.40 or newer")
