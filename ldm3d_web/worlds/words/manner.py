"""Words for counts, directions and distance, moods, and the ways in which people ask for a picture."""

from __future__ import annotations

from ldm3d_web.worlds.words import listed

COUNTS: dict[int, list[str]] = {
    2: listed("two, 2, a pair of, two, a couple of"),
    3: listed("three, 3, three"),
    4: listed("four, 4, four"),
    5: listed("five, 5, five"),
    6: listed("six, 6"),
}
SEVERAL = listed("several, some, a few, a handful of, various, a group of, a cluster of, multiple")  # 3 to 7
MANY = listed("many, lots of, plenty of, countless, a lot of, numerous, scores of")  # 8 or more
DIRECTIONS: dict[str, list[str]] = {
    "ahead": listed(
        "ahead, in front, straight ahead, in front of you, in front of me, right ahead, in front of us, before you, "
        "at the front, in the centre, in the middle"
    ),
    "right": listed(
        "on the right, to the right, on your right, on my right, at the right, on the right side, to your right, "
        "on the right-hand side, over to the right"
    ),
    "behind": listed(
        "behind, behind you, behind me, at the back, at my back, to the rear, behind us, at your back, "
        "when you turn around"
    ),
    "left": listed(
        "on the left, to the left, on your left, on my left, at the left, on the left side, to your left, "
        "on the left-hand side, over to the left"
    ),
}
NEAR = listed("nearby, close by, close at hand, within reach, very near, up close, near you, in the foreground")
FAR = listed("in the distance, far away, on the horizon, far off, in the background, a long way off")
MOODS = listed(
    "beautiful, quiet, peaceful, calm, lonely, dreamy, serene, fairytale, magical, stylised, lovely, silent, "
    "mysterious, tranquil, romantic, mystical, scenic, pretty, dreamlike, atmospheric, soothing, wonderful, "
    "relaxing, minimalist, harmonious, enchanting, poetic, nostalgic, stunning, imaginary, timeless, delicate, "
    "meditative, moody, evocative, cinematic, gorgeous, whimsical, storybook, remote, painterly, restful, unreal, "
    "solitary, cute, epic, fantastic, fabulous, adorable, sweet, faraway, innocent, contemplative, heavenly, "
    "tender, fanciful, wondrous, immersive, idealised, blissful, hypnotic, ethereal, graceful, captivating, "
    "spellbinding, hopeful, melancholic, wistful, bittersweet, exquisite, charming, spacious, intimate, mellow, "
    "luminous, vibrant, subdued, understated, surreal"
)
STYLES = listed(
    "low poly, low-poly style, diorama, 3d render, stylized, concept art, digital art, game art, papercraft look, "
    "clean shapes, flat shading, soft light, soft shadows, illustration, vr scene, vr world, 360 panorama, "
    "equirectangular, isometric game style, children's book illustration, highly detailed, 8k, 4k, hdri, "
    "voxel-free, geometric, polygon art, video game scene, blender render, unreal engine, octane render, "
    "trending on artstation, masterpiece, wide angle, wallpaper, virtual reality, skybox, environment map, "
    "matte painting, background art, simple shapes, pastel colours, animation still, miniature world, "
    "cartoon style, studio ghibli mood, vector style, origami style, toy world, storybook style, claymation look, "
    "lego-like, minimal design, crisp edges, ambient occlusion, volumetric light, rule of thirds, no people, "
    "empty of people, stylised shading, unity asset, indie game, tilt-shift, calming wallpaper, screensaver, "
    "meditation app, immersive experience, headset ready, photosphere, stereoscopic, gouache, watercolour feeling, "
    "pixar mood, hand-crafted, clean geometry, award winning, sharp focus, panoramic photography, art direction, "
    "colour grading, complementary colours"
)
FRAMES = [  # around a noun phrase with its article
    "360 view of {}",
    "a panorama of {}",
    "panoramic view of {}",
    "a view of {}",
    "a picture of {}",
    "a 360 degree image of {}",
    "an illustration of {}",
    "a spherical panorama showing {}",
    "show me {}",
    "paint {}",
    "imagine {}",
    "take me to {}",
    "a painting of {}",
    "please make {}",
    "I would like to see {}",
    "create {}",
    "generate {}",
    "a world with {}",
    "a scene with {}",
    "a low poly rendering of {}",
    "a dream about {}",
    "can you draw {}",
    "render {}",
    "let me visit {}",
    "a postcard of {}",
    "bring me to {}",
    "a photo of {}",
    "I want to walk through {}",
    "build me {}",
    "a VR world: {}",
    "draw {} for me",
    "design {}",
    "I dream of {}",
    "could you show {}",
    "what would {} look like",
    "a quick sketch of {}",
    "an artistic impression of {}",
    "wander around {}",
    "surround me with {}",
    "teleport me into {}",
    "a tiny planet with {}",
    "background for a game: {}",
    "set the scene: {}",
    "once upon a time there was {}",
    "nothing but {}",
    "my grandmother's memory of {}",
    "the view from inside {}",
    "explore {}",
    "an environment with {}",
    "a fantasy version of {}",
    "something like {}",
    "simply {}",
    "depict {}",
    "visualise {}",
    "a stylised model of {}",
]
STANDING = [  # before a preposition: standing in a forest
    "standing", "I am standing", "you are", "we are", "alone", "somewhere", "me", "waking up", "a morning walk",
    "sitting", "being", "a traveller", "you find yourself", "lost", "a break", "resting", "a day out", "dreaming",
    "looking around", "on holiday", "pausing", "wandering", "daydreaming", "camping", "strolling", "hiking",
    "sightseeing",     "having a picnic", "an explorer", "a photographer", "a painter at work", "someone stands",
]  # fmt: skip
STANDING_BY_TIME = {"a morning walk": "dawn"}  # only at that time
