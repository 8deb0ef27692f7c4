"""The page on adding a rule is followed to the letter, in a copy of the sources."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from scenario_files import ROOT

PAGE = ROOT / "docs" / "reference" / "adding-a-rule.md"
_BLOCK = re.compile(r"^```(python|diff)\n(?:# )?(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _changed(text: str, lines: list[str], file: str) -> str:
    """The text with a hunk applied: kept and removed lines must stand there as they are, once."""
    before = "\n".join(line[1:] for line in lines if not line.startswith("+"))
    after = "\n".join(line[1:] for line in lines if not line.startswith("-"))
    assert text.count(before) == 1, f"{file}: the lines of the page are not there once:\n{before}"
    return text.replace(before, after)


def test_the_page_adds_a_rule(tmp_path: Path) -> None:
    skipped = shutil.ignore_patterns("__pycache__")
    for folder in ("models", "planner", "datasets"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=skipped)
    blocks = _BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert {kind for kind, _, _ in blocks} == {"python", "diff"}
    for kind, name, body in blocks:
        file = tmp_path / name
        if kind == "python":
            assert not (ROOT / name).exists()
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(body, encoding="utf-8")
        else:
            file.write_text(_changed(file.read_text(encoding="utf-8"), body.splitlines(), name), encoding="utf-8")
    tests = [str(tmp_path / name) for kind, name, _ in blocks if name.startswith("tests/")]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), *tests]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
        env={"PYTHONPATH": str(tmp_path), "PATH": "", "PYTHONDONTWRITEBYTECODE": "1", "NUMBA_DISABLE_JIT": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout
