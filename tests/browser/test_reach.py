"""The viewer is for everyone: axe-core finds nothing, light and dark, in each language, with every card open."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.site import ROOM

ROOT = Path(__file__).resolve().parents[2]
GLB = f"/scenes/{ROOM}/scene.glb"
AXE = "axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map((n) => n.html)]))"


@pytest.fixture
def audited(visit):
    def open_one(scheme: str, lang: str = "en", **options):
        viewer = (
            visit(360, 740, color_scheme=scheme, has_touch=True, **options).bare(GLB, controls="", lang=lang).ready()
        )
        viewer.page.evaluate((ROOT / "node_modules/axe-core/axe.min.js").read_text())
        return viewer

    return open_one


def violations(viewer) -> list:
    # A page of a viewer alone has no heading and no landmarks; the page around has those.
    found = viewer.get(AXE)
    return [each for each in found if each[0] not in ("landmark-one-main", "page-has-heading-one", "region")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(audited, scheme):
    viewer = audited(scheme)
    assert violations(viewer) == []
    for name in ("looks", "help"):
        viewer.page.locator(f"#viewer .bar button.{name}").click()
        assert violations(viewer) == []
    viewer.get("(viewer.look = 'depth', 0)")
    viewer.get("await viewer.load('/scenes/NoSuchScene-1234/scene.glb').catch(() => 0)")
    assert violations(viewer) == []
    viewer.faults.clear()  # the browser logs the 404


def contrast(one: list[float], other: list[float]) -> float:
    def luminance(rgb: list[float]) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in rgb)]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_and_pictograms_stand_out_over_the_brightest_and_the_darkest_scene(audited, scheme):
    viewer = audited(scheme)
    for part in (".bar", ".card.looks", ".note", ".ring"):
        ground, ink = viewer.get(
            f"(({{ backgroundColor, color }}) => [backgroundColor, color].map((c) => c.match(/[\\d.]+/g).map(Number)))"
            f"(getComputedStyle(viewer.shadowRoot.querySelector('{part}')))"
        )
        alpha = ground[3] if len(ground) > 3 else 1
        for behind in (0, 255):
            mixed = [alpha * c + (1 - alpha) * behind for c in ground[:3]]
            assert contrast(mixed, ink[:3]) >= 4.5, part


def test_the_viewer_speaks_the_language_of_its_place(audited):
    viewer = audited("light", lang="de-AT")
    assert viewer.get("viewer.getAttribute('aria-label')") == "Panorama"
    assert viewer.get("viewer.shadowRoot.querySelector('.bar button.help').title") == "Bewegen"
    viewer.get("await viewer.load('/scenes/NoSuchScene-1234/scene.glb').catch(() => 0)")
    assert viewer.page.locator("#viewer .note").inner_text().startswith("Diese Szene gibt es nicht")
    viewer.get("viewer.setAttribute('lang', 'en')")
    assert viewer.get("viewer.shadowRoot.querySelector('.bar button.help').title") == "How to move"
    viewer.faults.clear()  # the browser logs the 404


def test_without_a_language_of_the_page_the_browsers_own_is_taken(visit):
    viewer = visit(locale="de-DE").bare(controls="", lang="")
    assert viewer.get("viewer.shadowRoot.querySelector('.bar button.help').title") == "Bewegen"
