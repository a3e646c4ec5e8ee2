"""Worlds: what a seed gives, that distances are exact, and that one can stand in them."""

import numpy as np
import pytest
import torch

from ldm3d_web.panorama.sphere import pixel_rays
from ldm3d_web.worlds import caption, sample_world
from ldm3d_web.worlds.draft import _nearest as nearest_of
from ldm3d_web.worlds.ground import _inside
from ldm3d_web.worlds.outlines import is_on
from ldm3d_web.worlds.places import PLACES
from ldm3d_web.worlds.render import cast, render
from ldm3d_web.worlds.shade import stage
from ldm3d_web.worlds.world import EYE_HEIGHT_M, FAR_M, MAX_FACES, NEAR_M, World

SIZE = (32, 64)


def nearest_by_hand(world: World, eye: np.ndarray, ray: np.ndarray) -> float:
    """Distance along one ray, solid after solid, plane after plane, in float64: the slow reference."""
    shell, offsets = world.shell.planes[:, :3], world.shell.planes[:, 3]
    leaving = shell @ ray > 1e-9
    best = float(((offsets - shell @ eye)[leaving] / (shell @ ray)[leaving]).min(initial=np.inf))
    for solid in world.solids:
        enter, leave = -np.inf, np.inf
        for *n, d in solid.planes:
            facing = np.dot(n, ray)
            at = (d - np.dot(n, eye)) / facing
            enter, leave = (max(enter, at), leave) if facing < 0 else (enter, min(leave, at))
        if 0 < enter < leave:
            best = min(best, enter)
    return best


@pytest.mark.parametrize("place", PLACES)
def test_distance_is_that_of_the_nearest_solid_from_anywhere(place):
    world = sample_world(3, place)
    rays = pixel_rays(*SIZE)
    spots = [(2, 5), (13, 0), (14, 20), (15, 40), (15, 9), (16, 63), (17, 50), (18, 31), (20, 12), (24, 50), (31, 7)]
    for eye in (np.zeros(3), np.array([0.2, -0.1, 0.15])):
        _, distance_m, sky = render([world], *SIZE, eyes_m=[eye])
        wrong = 0
        for row, column in spots:
            truth = nearest_by_hand(world, eye, rays[row, column])
            if not sky[0, row, column]:
                wrong += not np.isclose(distance_m[0, row, column], truth, rtol=3e-4)
            else:
                assert truth >= FAR_M or any(s.sky for s in world.solids)
        assert wrong <= 1, "one ray may graze an edge within the precision of float32"


def test_every_distance_is_exact_but_at_grazing_edges():
    world = sample_world(2, "village")
    rays = pixel_rays(12, 24)
    _, distance_m, sky = render([world], 12, 24)
    truth = np.array([[nearest_by_hand(world, np.zeros(3), ray) for ray in row] for row in rays])
    close = np.isclose(distance_m[0], truth, rtol=3e-4) | sky[0]
    assert close.mean() > 0.99
    assert (truth[sky[0]] > 100).all(), "sky is far away"


@pytest.mark.parametrize("place", PLACES)
def test_nothing_is_nearer_than_the_models_near_end(place):
    for seed in range(4):
        world = sample_world(seed, place)
        assert min(nearest_of(solid) for solid in world.solids) > 1.0
        assert max(len(solid.planes) for solid in world.solids) <= MAX_FACES
    _, distance_m, _ = render([world], 64, 128)
    assert distance_m.min() >= NEAR_M


def test_something_is_near_in_most_worlds():
    near = [min(nearest_of(solid) for solid in sample_world(seed).solids) < 2.0 for seed in range(60)]
    assert np.mean(near) > 0.5


@pytest.mark.parametrize("place", ["moon", "lake", "room", "city", "hall"])
def test_the_floor_is_at_eye_height(place):
    _, distance_m, _ = render([sample_world(5, place)], *SIZE)
    straight_down = distance_m[0, -1] * -pixel_rays(*SIZE)[-1, :, 1]
    assert np.median(straight_down) == pytest.approx(EYE_HEIGHT_M, abs=0.05)  # a rug is 3 cm thick
    assert sample_world(5, place).shell.planes[0].tolist() == [0, -1, 0, EYE_HEIGHT_M]


def test_a_batch_is_its_members():
    worlds = [sample_world(seed, place) for seed, place in enumerate(("lake", "room", "forest", "city"))]
    together = render(worlds, *SIZE, supersample=2)
    for number, world in enumerate(worlds):
        rgb, distance_m, sky = render([world], *SIZE, supersample=2)
        np.testing.assert_allclose(together[1][number], distance_m[0], rtol=1e-5)
        np.testing.assert_array_equal(together[2][number], sky[0])
        assert np.abs(together[0][number].astype(int) - rgb[0]).max() <= 1


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
def test_a_gpu_sees_the_same():
    worlds = [sample_world(seed) for seed in range(6)]
    here, there = render(worlds, 64, 128, supersample=2), render(worlds, 64, 128, supersample=2, device="cuda")
    assert np.isclose(here[1], there[1], rtol=1e-3).mean() > 0.999
    assert (np.abs(here[0].astype(int) - there[0]) <= 3).mean() > 0.995


def test_any_size_is_cut_into_tiles():
    world = sample_world(4, "lake")
    _, odd, _ = render([world], 27, 54)
    rays = pixel_rays(27, 54)
    assert odd[0, 25, 7] == pytest.approx(nearest_by_hand(world, np.zeros(3), rays[25, 7]), rel=2e-4)


def test_supersampling_smooths_edges_and_leaves_distances():
    world = sample_world(2, "forest")
    rgb, distance_m, _ = render([world], *SIZE)
    fine, same_distance_m, _ = render([world], *SIZE, supersample=3)
    np.testing.assert_array_equal(distance_m, same_distance_m)
    steps = [np.abs(np.diff(picture.astype(float), axis=2)).mean() for picture in (rgb, fine)]
    assert steps[1] < steps[0]


def test_edges_are_what_full_supersampling_gives():
    world = sample_world(3, "farm")
    rgb, _, _ = render([world], 48, 96, supersample=3)
    full = render([world], 144, 288)[0][0].reshape(48, 3, 96, 3, 3).mean(axis=(1, 3))
    assert np.abs(rgb[0] - full).mean() < 1.5


def test_any_rays_see_what_the_panorama_sees():
    world = sample_world(6, "beach")
    rgb, distance_m, sky = render([world], *SIZE)
    rays = torch.as_tensor(pixel_rays(*SIZE).reshape(-1, 3), dtype=torch.float32)
    colour, along, far = cast(stage([world], "cpu"), [0, 0, 0], rays, row=100)
    np.testing.assert_array_equal(far.numpy(), sky.reshape(-1))
    near = ~sky.reshape(-1)
    np.testing.assert_allclose(along.numpy()[near], distance_m.reshape(-1)[near], rtol=1e-4)
    assert (np.abs(colour.numpy() * 255 - rgb.reshape(-1, 3)).max(axis=1) < 2).mean() > 0.99


@pytest.mark.parametrize("place", ["meadow", "city", "beach", "cave"])
def test_nothing_in_the_picture_knows_where_the_wrap_is(place):
    # Columns are only names of directions.
    rgb, _, _ = render([sample_world(8, place)], 64, 128, supersample=2)
    across = np.abs(rgb[0, :, 0].astype(float) - rgb[0, :, -1]).mean()
    steps = np.abs(np.diff(rgb[0].astype(float), axis=1)).mean(axis=(0, 2))
    assert across <= steps.max()


def test_shadows_fall_away_from_the_sun_and_do_not_move_with_the_eye():
    world = sample_world(3, "farm")
    on = stage([world], "cpu")
    x, z = torch.meshgrid(torch.linspace(-6, 6, 40), torch.linspace(-6, 6, 40), indexing="ij")
    floor = torch.stack([x, torch.full_like(x, -EYE_HEIGHT_M), z], -1).reshape(-1, 3)
    seen = []
    for eye in ([0.0, 0.0, 0.0], [0.3, 0.4, -0.2]):
        to = floor - torch.tensor(eye)
        colour, distance, _ = cast(on, eye, torch.nn.functional.normalize(to, dim=1))
        seen.append((colour, (distance - to.norm(dim=1)).abs() < 0.02))
    both = seen[0][1] & seen[1][1]
    assert both.float().mean() > 0.6
    assert (seen[0][0] - seen[1][0])[both].abs().mean() < 0.01
    sun = on.maps[0].sun_floor
    assert 0.5 < float(sun.mean()) < 0.999 and float(sun.min()) < 0.2, "some of the floor lies in shadow"


def test_what_is_kept_clear_is_what_is_painted():
    """`outlines.is_on` and the painted floor agree on where features lie."""
    for seed, place in ((3, "lake"), (5, "beach"), (3, "canyon"), (0, "volcano")):
        world = sample_world(seed, place)
        x, z = (torch.linspace(-9, 9, 37) for _ in range(2))
        for feature in world.shell.features:
            painted = _inside(feature.shape, x, z, world.facet_seed) > 0
            spots = zip(x.tolist(), z.tolist(), strict=True)
            assert painted.tolist() == [is_on(feature, *spot, world.facet_seed) for spot in spots]


def test_nights_stay_readable():
    """The lower half of a night keeps light and contrast."""
    for place in ("meadow", "forest", "mountains", "desert", "village", "farm"):
        seed = next(s for s in range(200) if sample_world(s, place).tags["time"] == "night")
        rgb, _, _ = render([sample_world(seed, place)], 64, 128, supersample=2)
        below = rgb[0, 28:].mean(axis=-1)
        assert below.mean() > 40 and np.ptp(np.quantile(below, [0.02, 0.98])) > 25, place


def test_a_seed_is_one_world():
    one, other = sample_world(11), sample_world(11)
    assert one.description == other.description and caption(one, 3) == caption(other, 3)
    np.testing.assert_array_equal(render([one], *SIZE)[0], render([other], *SIZE)[0])
    assert len({str(sample_world(seed).tags) for seed in range(30)}) > 25


def test_every_place_and_time_and_weather_is_drawn():
    tags = [sample_world(seed).tags for seed in range(160)]
    assert {tag["place"] for tag in tags} == set(PLACES) and len(PLACES) >= 16
    assert {tag["time"] for tag in tags} == {"dawn", "noon", "sunset", "night", ""}
    assert {tag["weather"] for tag in tags} == {"clear", "cloudy", "foggy", ""}
    assert {tag["season"] for tag in tags} == {"spring", "summer", "autumn", "winter", ""}


def test_things_are_where_the_description_says():
    """In the direction of a lone thing the picture shows it: a ray through it meets one of its solids."""
    found = 0
    for seed in range(40):
        world = sample_world(seed, "desert")
        for thing in world.description.things:
            if thing.name in ("temple", "tent", "mesa") and thing.count == 1:
                x, z = (thing.distance_m * f(thing.azimuth_rad) for f in (np.sin, lambda a: -np.cos(a)))
                assert any(np.hypot(s.centre[0] - x, s.centre[2] - z) < 3 for s in world.solids)
                found += 1
    assert found > 5


def test_an_unknown_place_is_refused():
    with pytest.raises(ValueError, match="no place 'ocean floor'; there are lake, mountains"):
        sample_world(0, "ocean floor")
