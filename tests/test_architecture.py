"""The rules of `docs/architecture.md`, read from the code: who may import whom, and that importing is free."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parent.parent

MODEL_LIBRARIES = {"torch", "diffusers", "transformers", "tokenizers", "accelerate"}
WEB_LIBRARIES = {"fastapi", "starlette", "gradio", "uvicorn", "jinja2"}
OURS = {"ldm3d_web", "tests", "bench", "app"}
TORCH_ROOMS = {"ldm3d", "worlds", "training"}


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted((ROOT / "ldm3d_web").rglob("*.py"))}


def room(module: str) -> str:
    """The first name below ldm3d_web: `panorama` of `ldm3d_web.panorama.seam`."""
    return module.split(".")[1] if "." in module else ""


@cache
def imported(path: Path) -> frozenset[str]:
    """Full names of what a file imports, at its top or inside its functions, save for type checkers alone."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    type_blocks = [n for n in ast.walk(tree) if isinstance(n, ast.If) and "TYPE_CHECKING" in ast.unparse(n.test)]
    unseen = {inner for block in type_blocks for statement in block.body for inner in ast.walk(statement)}
    names: set[str] = set()
    for node in ast.walk(tree):
        if node in unseen:
            continue
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module, f"{path}: imports are written in full here, not relative"
            full = {f"{node.module}.{alias.name}" for alias in node.names}
            names.update(full & MODULES.keys() or {node.module})
    return frozenset(names)


def libraries(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imported(path)}


def rooms_from_the_ground_up() -> list[str]:
    """The first column of the table in docs/architecture.md."""
    table = re.findall(r"^\| `([\w.]+)` \|", (ROOT / "docs/architecture.md").read_text(encoding="utf-8"), re.M)
    return list(dict.fromkeys(name.split(".")[0] for name in table))


def test_every_room_has_its_line_in_the_table():
    assert {room(module) for module in MODULES} - {"", "__main__"} == set(rooms_from_the_ground_up())


def test_a_room_imports_only_what_stands_above_it():
    order = rooms_from_the_ground_up()
    order += ["", "__main__"]  # the package's version, and the door to the command line
    wrong = [
        f"{module} imports {name}"
        for module, path in MODULES.items()
        for name in imported(path)
        if name.startswith("ldm3d_web.") and order.index(room(name)) > order.index(room(module))
    ]
    assert not wrong


def test_geometry_and_scenes_know_no_model_library():
    light = [path for module, path in MODULES.items() if room(module) in ("panorama", "gltf", "scenes", "rgbd", "pack")]
    assert light and not [path for path in light if libraries(path) & MODEL_LIBRARIES]


def test_the_model_and_its_kitchen_know_nothing_of_the_web():
    heavy = [path for module, path in MODULES.items() if room(module) in TORCH_ROOMS]
    assert heavy and not [path for path in heavy if libraries(path) & WEB_LIBRARIES]


def test_importing_is_free():
    """Every module but the insides of the torch rooms, and the torch rooms' own front doors, import without torch."""
    modules = [m for m in MODULES if (m.count(".") == 1 or room(m) not in TORCH_ROOMS) and room(m) != "__main__"]
    code = f"""
import importlib, socket, sys
def refuse(*args, **kwargs): raise AssertionError("the network was used")
socket.getaddrinfo = refuse
for module in {modules}:
    importlib.import_module(module)
    heavy = {{"torch", "diffusers", "transformers", "gradio"}} & sys.modules.keys()
    assert not heavy, f"importing {{module}} imports {{heavy}}"
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def normal(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def packages_imported(paths: Iterable[Path]) -> set[str]:
    """The installed packages that the files import; of a namespace that several share, all."""
    names = {name for path in paths for name in libraries(path)} - sys.stdlib_module_names - OURS
    distributions = packages_distributions()
    return {normal(package) for name in names for package in distributions.get(name, [f"unknown {name}"])}


def test_what_is_imported_is_asked_for_and_what_is_asked_for_is_imported():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    asked = {normal(line.split("==")[0]) for line in lines if "==" in line}
    dev = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["dev"]

    app = packages_imported([*MODULES.values(), *ROOT.glob("*.py")])
    # diffusers loads weights with accelerate, FastAPI reads uploads with python-multipart.
    assert app | {"accelerate", "python-multipart"} == asked

    others = packages_imported([*(ROOT / "tests").rglob("*.py"), *(ROOT / "bench").rglob("*.py")])
    assert others <= asked | {normal(name) for name in dev}
