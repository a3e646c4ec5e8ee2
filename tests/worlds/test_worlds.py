"""Worlds: what a seed gives, that distances are exact, and that captions tell the truth."""

import numpy as np
import pytest

from ldm3d_web.panorama.sphere import pixel_rays
from ldm3d_web.worlds import caption, sample_world
from ldm3d_web.worlds.places import PLACES
from ldm3d_web.worlds.render import render
from ldm3d_web.worlds.world import EYE_HEIGHT_M, FAR_M, NEAR_M, World

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
    for eye in (np.zeros(3), np.array([0.2, -0.1, 0.15])):
        _, distance_m, sky = render([world], *SIZE, eyes_m=[eye])
        rays = pixel_rays(*SIZE)
        for row, column in [(2, 5), (13, 0), (15, 40), (16, 63), (18, 31), (20, 12), (24, 50), (31, 7)]:
            truth = nearest_by_hand(world, eye, rays[row, column])
            if not sky[0, row, column]:
                assert distance_m[0, row, column] == pytest.approx(truth, rel=2e-4)
            else:
                cloud = any(s.sky for s in world.solids)
                assert truth >= FAR_M or cloud


@pytest.mark.parametrize("place", PLACES)
def test_nothing_is_nearer_than_the_models_near_end(place):
    for seed in range(6):
        _, distance_m, _ = render([sample_world(seed, place)], *SIZE)
        assert distance_m.min() > 0.8 * NEAR_M


def test_the_floor_is_at_eye_height():
    _, distance_m, _ = render([sample_world(5, "moon")], *SIZE)
    straight_down = distance_m[0, -1] * -pixel_rays(*SIZE)[-1, :, 1]
    assert np.median(straight_down) == pytest.approx(EYE_HEIGHT_M, rel=1e-4)


def test_a_batch_is_its_members():
    worlds = [sample_world(seed) for seed in range(4)]
    together = render(worlds, *SIZE)
    for number, world in enumerate(worlds):
        for whole, alone in zip(together, render([world], *SIZE), strict=True):
            np.testing.assert_array_equal(whole[number], alone[0])


def test_any_size_is_cut_into_tiles():
    world = sample_world(4, "lake")
    _, odd, _ = render([world], 27, 54)
    rays = pixel_rays(27, 54)
    assert odd[0, 25, 7] == pytest.approx(nearest_by_hand(world, np.zeros(3), rays[25, 7]), rel=2e-4)


def test_supersampling_smooths_colours_and_leaves_distances():
    world = sample_world(2, "forest")
    rgb, distance_m, _ = render([world], *SIZE)
    fine, same_distance_m, _ = render([world], *SIZE, supersample=3)
    np.testing.assert_array_equal(distance_m, same_distance_m)
    steps = [np.abs(np.diff(picture.astype(float), axis=2)).mean() for picture in (rgb, fine)]
    assert steps[1] < steps[0]


def test_a_turn_of_a_quarter_sees_the_same_world_from_the_wrap():
    # Columns are only names of directions: nothing in the picture may know where the edge is.
    rgb, distance_m, _ = render([sample_world(8, "meadow")], 64, 128)
    across = np.abs(rgb[0, :, 0].astype(float) - rgb[0, :, -1]).mean()
    steps = np.abs(np.diff(rgb[0].astype(float), axis=1)).mean(axis=(0, 2))
    assert across <= np.quantile(steps, 0.995)
    assert distance_m.dtype == np.float32


def test_a_seed_is_one_world():
    one, other = sample_world(11), sample_world(11)
    assert one.tags == other.tags and caption(one, 3) == caption(other, 3)
    np.testing.assert_array_equal(render([one], *SIZE)[0], render([other], *SIZE)[0])
    assert len({str(sample_world(seed).tags) for seed in range(30)}) > 25


def test_an_unknown_place_is_refused():
    with pytest.raises(ValueError, match="no place 'ocean floor'; there are lake, mountains"):
        sample_world(0, "ocean floor")
