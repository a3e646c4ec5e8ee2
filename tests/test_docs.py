"""The documents say what is so: commands, settings, links, models and the version."""

import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml

from ldm3d_web import __version__
from ldm3d_web.ldm3d.checkpoint import MODELS
from ldm3d_web.settings import Settings

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
VARIABLES = {f"LDM3D_{name.upper()}": field for name, field in Settings.model_fields.items()}


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))


@cache
def helps(command: str = "") -> str:
    """What `python -m ldm3d_web COMMAND --help` prints, without line breaks."""
    arguments = [sys.executable, "-m", "ldm3d_web", *command.split(), "--help"]
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, env={"COLUMNS": "200", "NO_COLOR": "1"})
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_and_commands_lead_somewhere(document: Path):
    text = document.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        assert link.startswith(("http://", "https://")) or (document.parent / link).exists(), link
    for target in re.findall(r"(?:^|`)make ([a-z]+)", text, re.M):
        assert target in targets(), target
    assert set(re.findall(r"\bLDM3D_[A-Z][A-Z_]*[A-Z]\b", text)) <= VARIABLES.keys()


def test_the_readmes_commands_and_options_exist():
    commands = re.findall(r"-m ldm3d_web (.+)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(commands) >= 4
    for line in commands:
        words = re.sub(r'"[^"]*"', "TEXT", line).split()
        names = [] if words[0].startswith("-") else [words[0]]
        if names == ["scenes"]:
            names.append(words[1])
        described = helps(" ".join(names))
        for option in [word for word in words if word.startswith("-")]:
            assert re.search(rf"(?<![\w-]){option}(?![\w-])", described), f"{option} of: {line}"


def test_every_setting_is_described():
    text = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    for variable, field in VARIABLES.items():
        assert f"`{variable}`" in text, variable
        assert field.description and field.description in text, f"the help text of {variable} in settings.py"


def test_make_help_lists_what_the_readme_promises():
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("setup", "run", "test", "check", "bench", "clean"):
        assert re.search(rf"^make {target} +\S", listed, re.M), target


def test_the_newest_change_is_this_version():
    newest = re.search(r"^## (\S+)", (ROOT / "docs/changelog.md").read_text(encoding="utf-8"), re.M)
    assert newest and newest[1] == __version__


def test_the_space_names_the_models_that_the_app_can_load():
    head = yaml.safe_load((ROOT / "README.md").read_text(encoding="utf-8").split("---\n")[1])
    assert set(head["models"]) <= MODELS.keys()
    assert all(name.startswith("Intel/") for name in head["models"])
