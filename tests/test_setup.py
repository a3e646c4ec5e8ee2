"""The set-up: pins, the scripts behind `make setup` and `make test`, the image, what may not stand in the project."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def pins(name: str) -> dict[str, str]:
    """Package name to exact version; fails on any line that pins nothing."""
    lines = [line for line in read(name).splitlines() if line and not line.startswith("#")]
    matches = {line: re.fullmatch(r"([\w.-]+)==([\w.]+)(; .+)?", line) for line in lines}
    assert all(matches.values()), f"not pinned in {name}: {[line for line, match in matches.items() if not match]}"
    return {match[1]: match[2] for match in matches.values() if match}


def tracked(*patterns: str) -> list[Path]:
    names = subprocess.run(["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / name for name in names.decode().split("\0") if name and (ROOT / name).is_file()]


def tracked_text() -> dict[Path, str]:
    texts = {}
    for path in tracked():
        data = path.read_bytes()
        if b"\0" not in data:
            texts[path.relative_to(ROOT)] = data.decode("utf-8")
    return texts


# --- pins


def test_every_package_is_pinned_once_and_is_what_runs_here():
    direct, brought = pins("requirements.txt"), pins("constraints.txt")
    assert not direct.keys() & brought.keys()
    assert direct["torch"] == "2.13.0"
    for name, pinned in direct.items():
        assert version(name).partition("+")[0] == pinned, name


def test_every_dev_tool_has_an_exact_version():
    extras = tomllib.loads(read("pyproject.toml"))["project"]["optional-dependencies"]
    assert not set(extras["dev"]) - pins("constraints.txt").keys() - pins("requirements.txt").keys()


def test_the_node_lock_has_hashes_and_no_download_addresses():
    packages = json.loads(read("package-lock.json"))["packages"]
    assert len(packages) > 5
    for name, package in packages.items():
        assert "resolved" not in package, name
        assert name == "" or "integrity" in package, name


def test_no_registry_and_no_path_of_a_machine_is_named():
    hosts = r"(pypi|pythonhosted|registry\.npmjs|yarnpkg|pytorch|deb\.debian)\.(org|com)\b"
    homes = r"(?<![\w.}/-])/(root|work|Users/\w+|home/(?!user/)\w+)/"
    found = [
        f"{path}: {match[0]}"
        for path, text in tracked_text().items()
        for match in re.finditer(f"{hosts}|{homes}", text)
        if path.name != "LICENSE"
    ]
    assert not found


# --- the scripts, run for real in an empty folder


def run(script: str, folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(folder / "scripts" / script), *arguments],
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    (tmp_path / "requirements.txt").write_text("# nothing\n")
    (tmp_path / "constraints.txt").write_text("# nothing\n")
    return tmp_path


def test_without_a_new_enough_python_one_sentence_says_what_to_do(folder: Path):
    done = run("setup-python", folder, PYTHON="false")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and "Python 3.11 or newer" in done.stderr and "PYTHON=" in done.stderr
    assert not (folder / ".venv").exists()


def test_without_the_venv_module_one_sentence_says_what_to_install(folder: Path):
    # Debian ships Python without ensurepip; this hides it in the same way.
    (folder / "hidden").mkdir()
    (folder / "hidden" / "ensurepip.py").write_text("raise ModuleNotFoundError('ensurepip')\n")
    done = run("setup-python", folder, PYTHON=sys.executable, PYTHONPATH=str(folder / "hidden"))
    assert done.returncode == 1
    assert f"apt-get install python3.{sys.version_info.minor}-venv" in done.stderr
    assert not (folder / ".venv").exists()


def test_packages_are_installed_once_and_again_when_the_list_changes(folder: Path):
    first = run("setup-python", folder, PYTHON=sys.executable)
    assert first.returncode == 0, first.stderr
    assert (folder / ".venv/bin/python").exists()
    assert run("setup-python", folder).stdout == ""

    (folder / "requirements.txt").write_text("no-such-package-by-this-name==0.0.1\n")
    assert run("setup-python", folder, PIP_NO_INDEX="1").returncode != 0
    assert run("setup-python", folder, PIP_NO_INDEX="1").returncode != 0, "a failed install was taken for a done one"

    (folder / "requirements.txt").write_text("# nothing again\n")
    assert run("setup-python", folder).returncode == 0
    assert run("setup-python", folder).stdout == ""


def test_the_viewer_is_built_once_and_again_when_a_source_changes_or_goes(folder: Path):
    sources = folder / "static" / "src"
    sources.mkdir(parents=True)
    for name in ("a.js", "b.js"):
        (sources / name).write_text("1")
    (folder / "package").mkdir()
    (folder / "package" / "package.json").write_text('{"name": "one", "version": "1.0.0"}')
    build = "mkdir -p static/dist && ls static/src > static/dist/viewer.js && cat static/src/* >> static/dist/viewer.js"
    package = {"name": "v", "version": "1.0.0", "scripts": {"build": build}, "dependencies": {"one": "file:package"}}
    (folder / "package.json").write_text(json.dumps(package))
    with_node = str(folder / "scripts" / "with-node")
    subprocess.run([with_node, "npm", "install", "--package-lock-only"], cwd=folder, check=True, capture_output=True)

    def built() -> str:
        done = run("setup-viewer", folder)
        assert done.returncode == 0, done.stderr
        assert run("setup-viewer", folder).stdout == ""
        return (folder / "static/dist/viewer.js").read_text()

    assert built() == "a.js\nb.js\n11"
    (sources / "b.js").write_text("2")
    assert built() == "a.js\nb.js\n12"
    (sources / "a.js").unlink()
    assert built() == "b.js\n2"


@pytest.mark.parametrize("broken", ["python", "browser", "node"])
def test_all_kinds_of_tests_run_and_each_failure_counts(folder: Path, broken: str):
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -p no:cacheprovider\n")
    for kind, name in (("python", "tests/test_one.py"), ("browser", "tests/browser/test_two.py")):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(f"def test():\n    assert {kind != broken}\n")
    test = f"node -e 'console.log(`node ran`); process.exit({int(broken == 'node')})'"
    (folder / "package.json").write_text(json.dumps({"scripts": {"test": test}}))
    done = run("test", folder)
    verdicts = re.findall(r"1 (passed|failed) in", done.stdout)
    assert verdicts == ["failed" if kind == broken else "passed" for kind in ("python", "browser")]
    assert "node ran" in done.stdout and done.returncode == 1


def test_with_arguments_only_what_they_name_runs(folder: Path):
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "test_one.py").write_text("def test_one():\n    pass\ndef test_two():\n    pass\n")
    (folder / "package.json").write_text(json.dumps({"scripts": {"test": "true"}}))
    done = run("test", folder, "test_one.py::test_two")
    assert done.returncode == 0 and "1 passed" in done.stdout


def test_a_browser_is_looked_for_and_a_sentence_said_when_there_is_none(folder: Path):
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "bin").mkdir()
    for tool in ("sh", "dirname", "id"):
        (folder / "bin" / tool).symlink_to(shutil.which(tool) or tool)
    nowhere = {"PLAYWRIGHT_BROWSERS_PATH": str(folder), "PLAYWRIGHT_DOWNLOAD_HOST": "http://127.0.0.1:9"}
    done = run("setup-browser", folder, PATH=str(folder / "bin"), **nowhere)
    assert done.returncode == 1
    assert "need Chromium or Chrome" in done.stderr.splitlines()[-1]

    (folder / "bin" / "google-chrome").symlink_to(folder / "bin" / "sh")
    done = run("setup-browser", folder, PATH=str(folder / "bin"), **nowhere)
    assert (done.returncode, done.stdout) == (0, "")


def test_tests_see_no_setting_of_the_user():
    assert not [name for name in os.environ if name.startswith("LDM3D_")]


# --- the image and the Space


def front_matter() -> dict:
    return yaml.safe_load(read("README.md").split("---\n")[1])


def final_stage() -> str:
    return read("Dockerfile").split("\nFROM ")[-1]


def test_the_image_is_built_by_the_scripts_of_make_setup():
    steps = re.search(r"^setup:.*\n((?:\t.*\n)+)", read("Makefile"), re.M)
    assert steps
    scripts = re.findall(r"scripts/[\w-]+", steps[1])
    assert len(scripts) == 2
    assert re.findall(r"scripts/[\w-]+", "\n".join(re.findall(r"^RUN .*", read("Dockerfile"), re.M))) == scripts


def test_the_image_runs_as_user_1000_and_builds_nothing_at_run_time():
    stage = final_stage()
    assert re.findall(r"^USER (.*)", stage, re.M) == ["user"] and "--uid 1000 user" in stage
    command = json.loads(re.findall(r"^CMD (.*)", stage, re.M)[-1])
    assert command == [".venv/bin/python", "app.py"]
    assert not re.search(r"\b(pip|npm|apt-get|scripts/)", "\n".join(re.findall(r"^RUN .*", stage, re.M)))
    assert "/healthz" in stage
    # A volume that is mounted where the image has no folder would belong to root.
    data = re.search(r"LDM3D_DATA=/home/user/(\w+)", stage)
    assert data and re.search(rf"install .*--owner user .*\b{data[1]}\b", stage)


def test_the_image_gets_every_file_that_the_app_needs():
    ignored = [line for line in read(".dockerignore").splitlines() if line and not line.startswith("#")]
    needed = tracked("ldm3d_web", "static", "scripts", ":(glob)*.json", "requirements.txt", "constraints.txt", ".npmrc")
    for path in needed:
        name = str(path.relative_to(ROOT))
        above = [name, *map(str, Path(name).parents)]
        assert not [pattern for pattern in ignored if any(fnmatch(part, pattern) for part in above)], name
    for source in re.findall(r"^COPY --chown=user (.*) \S+$", read("Dockerfile"), re.M):
        for name in source.split():
            assert (ROOT / name).exists(), name


def test_the_space_is_told_what_the_image_does():
    head = front_matter()
    assert head["sdk"] == "docker"
    port = str(head["app_port"])
    assert f"EXPOSE {port}" in final_stage() and f"LDM3D_PORT={port}" in final_stage()
    assert "LDM3D_HOST=0.0.0.0" in final_stage()
    assert head["license"] == "apache-2.0" and "Apache License" in read("LICENSE")
    assert len(head["short_description"]) <= 60
