"""The code in README.md and its kin runs, and prints what they say it prints.

In a `console` block, a line after `$ ` is run and the lines below it are its output; `...` stands
for any text, and blanks are all alike. A `python` block is run as it stands.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from scenario_files import ROOT

DOCUMENTS = ("README.md", "docs/design.md", "models/README.md", "datasets/README.md")
_BLOCK = re.compile(r"^```(console|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _blocks(language: str) -> list[tuple[str, str]]:
    found = ((name, block) for name in DOCUMENTS for block in _BLOCK.findall((ROOT / name).read_text(encoding="utf-8")))
    return [(name, text) for name, (kind, text) in found if kind == language]


def _commands() -> list[tuple[str, str, str]]:
    commands = []
    for name, text in _blocks("console"):
        for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            commands.append((name, command, output))
    return commands


def _like(output: str) -> re.Pattern[str]:
    """What matches an output whose blanks are all single ones, with `...` for any text."""
    return re.compile(" ?.*? ?".join(re.escape(part.strip()) for part in " ".join(output.split()).split("...")))


def test_the_readme_shows_commands_and_code() -> None:
    assert any(name == "README.md" for name, _, _ in _commands())
    assert any(name == "README.md" for name, _ in _blocks("python"))


@pytest.mark.parametrize(("document", "command", "output"), _commands(), ids=lambda value: value[:60])
def test_a_command_prints_what_the_document_shows(document: str, command: str, output: str, tmp_path: Path) -> None:
    program, *arguments = command.split()
    assert program == "bayplan"
    arguments = [str(tmp_path / word) if word.endswith((".html", ".svg")) else word for word in arguments]
    done = subprocess.run(
        [str(Path(sys.executable).with_name("bayplan")), *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
        env={"COLUMNS": "100", "NO_COLOR": "1", "PATH": "", "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert _like(output).fullmatch(" ".join(done.stdout.split())), f"{document}:\n{done.stdout}"


@pytest.mark.parametrize(("document", "code"), _blocks("python"), ids=lambda value: value[:30])
def test_code_runs(document: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    exec(compile(code, document, "exec"), {"__name__": "__main__"})


def test_links_lead_somewhere() -> None:
    for name in (*DOCUMENTS, *(str(path.relative_to(ROOT)) for path in ROOT.glob("datasets/scenarios/*/README.md"))):
        document = ROOT / name
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", document.read_text(encoding="utf-8")):
            assert (document.parent / target).exists(), f"{name}: {target}"
