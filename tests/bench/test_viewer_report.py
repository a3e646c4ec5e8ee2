"""`bench.viewer`'s goals: each can be missed, and a page gets the table between its marks and nowhere else."""

import pytest

from bench.viewer import report

ROW = {key: 0.0 for key in report.HEADS}
OURS = {**ROW, "first_bytes": 30_000, "full_bytes": 500_000, "first_ms": 200, "frame_ms": 10, "idle_fps": 0}
RIVAL = {**ROW, "first_ms": 400, "frame_ms": 12, "idle_fps": 60}
ROWS = {report.OURS: OURS, report.EXAMPLE: RIVAL, report.EQUAL: RIVAL, "another": {**RIVAL, "first_ms": 300}}


def missed(rows, code=160_000, ratio=0.9):
    return [goal.what.split(",")[0].split(":")[0] for goal in report.goals(rows, code, ratio) if not goal.met]


def test_a_good_run_meets_every_goal():
    assert missed(ROWS) == []


@pytest.mark.parametrize(
    ("key", "value", "goal"),
    [
        ("first_bytes", 160_000, "first picture"),
        ("first_ms", 350, "first picture"),  # one rival is later, another is not
        ("full_bytes", 1_600_000, "whole scene with its code"),
        ("idle_fps", 1, "idle frames a second"),
    ],
)
def test_each_goal_can_be_missed(key, value, goal):
    assert missed({**ROWS, report.OURS: {**OURS, key: value}}) == [goal]


def test_code_and_frame_time_have_goals_too():
    assert missed(ROWS, code=200_000) == ["viewer code with brotli"]
    assert missed(ROWS, ratio=1.1) == ["frame time over the example's at equal triangles"]


def test_the_table_stands_between_its_marks(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    report.write_into(page, report.table(ROWS, report.goals(ROWS, 1, 1.0)))
    text = page.read_text()
    assert text.startswith("before\n") and text.endswith("after\n") and "old" not in text
    assert text.count("| met |") == 6 and "| ldm3d |" in text
