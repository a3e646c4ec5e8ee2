"""The documents say what is so: commands, settings, links, models and the version."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from ldm3d_web import __version__
from ldm3d_web.cli import app
from ldm3d_web.ldm3d.registry import MODELS
from ldm3d_web.settings import Settings

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
VARIABLES = {f"LDM3D_{name.upper()}": field for name, field in Settings.model_fields.items()}


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_and_commands_lead_somewhere(document: Path):
    text = document.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        assert link.startswith(("http://", "https://")) or (document.parent / link).exists(), link
    for target in re.findall(r"(?:^|`)make ([a-z]+)", text, re.M):
        assert target in targets(), target
    assert set(re.findall(r"\bLDM3D_[A-Z][A-Z_]*[A-Z]\b", text)) <= VARIABLES.keys()


def test_the_commands_and_options_in_the_documents_exist():
    lines = [
        line
        for path in DOCUMENTS
        for line in re.findall(r"python -m ldm3d_web ([\w-][^`\n]*)", path.read_text("utf-8"))
    ]
    assert len(lines) >= 4
    for line in lines:
        words = re.sub(r'"[^"]*"', "TEXT", line).split()
        command = get_command(app)
        while words and words[0] in getattr(command, "commands", {}):
            command = command.commands[words.pop(0)]
        assert not hasattr(command, "commands") or words[0].startswith("-"), f"no such command: {line}"
        known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
        assert {word for word in words if word.startswith("-")} <= known, line


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
