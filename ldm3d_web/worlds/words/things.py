"""Words for things, each in the singular. An entry of `nouns` means just this thing, whatever stands beside it."""

from __future__ import annotations

from typing import NamedTuple

from ldm3d_web.worlds.words import listed


class ThingWords(NamedTuple):
    """nouns: synonyms; verb: what one of them does ("stands"); kinds: adjectives that always fit; uncounted: "lava"."""

    nouns: list[str]
    verb: str
    kinds: list[str]
    uncounted: bool


def _thing(nouns: str, verb: str = "stand", kinds: str = "", uncounted: bool = False) -> ThingWords:
    return ThingWords(listed(nouns), verb, listed(kinds), uncounted)


THINGS: dict[str, ThingWords] = {
    # what grows
    "pine tree": _thing("pine tree, pine, fir tree, fir, conifer, evergreen, spruce, spruce tree", "stand",
                        "slender, pointed, straight, needle-covered, resinous, fragrant"),
    "tree": _thing("tree, leafy tree, broadleaf tree, oak, oak tree, beech, linden, maple, deciduous tree", "grow",
                   "round, old, sturdy, spreading, shady, gnarled"),
    "blossom tree": _thing("blossom tree, cherry tree, cherry blossom tree, flowering tree, sakura tree, apple tree",
                       "bloom",
                           "blossoming, flowering, delicate"),
    "palm tree": _thing("palm tree, palm, coconut tree, coconut palm", "lean", "slender, leaning, tropical, swaying"),
    "cactus": _thing("cactus, saguaro, prickly cactus, desert cactus", "grow",
                       "prickly, spiky, thorny, spiny, ribbed, two-armed"),
    "bush": _thing("bush, shrub, hedge bush, leafy bush", "grow", "round, leafy, low"),
    "flower": _thing("flower, wildflower, wild flower, blossom, poppy, daisy, tulip, bloom", "bloom",
                     "fragrant, cheerful, delicate, nodding, dainty"),
    "grass": _thing("grass, tall grass, high grass, waving grass", "grow", "green", True),
    "mushroom": _thing("mushroom, toadstool, fungus, fly agaric", "stand",
                       "fairytale, fat, round-capped, domed, plump"),
    "log": _thing("log, fallen log, fallen trunk, tree trunk", "lie", "fallen, wooden, rotten"),
    "stump": _thing("stump, tree stump, cut stump", "stand", "old, wooden"),
    # stone, water, land
    "rock": _thing("rock, stone, boulder, block of stone", "lie", "solid, angular, rough, jagged, mossless, heavy"),
    "mountain": _thing("mountain, peak, summit, mountain peak", "rise", "steep, jagged, proud, rocky, imposing"),
    "hill": _thing("hill, rolling hill, hillock, gentle hill", "roll", "gentle, rounded, soft"),
    "dune": _thing("dune, sand dune, hill of sand", "roll", "soft, rounded, sandy"),
    "mesa": _thing("mesa, rock tower, butte, table mountain, tower of rock", "rise", "flat-topped, rocky, steep"),
    "cliff": _thing("cliff, rock wall, rock face, cliff wall", "rise", "sheer, steep, vertical, layered"),
    "rock arch": _thing("rock arch, natural arch, stone arch, natural bridge", "span", "natural, weathered, curved"),
    "crystal": _thing("crystal, gem, glowing crystal, gemstone, shining crystal, crystal spike", "glow",
                      "glowing, shining, pointed, luminous, sparkling"),
    "stalactite": _thing("stalactite, dripstone, hanging rock", "hang", "hanging, pointed"),
    "crater": _thing("crater, impact crater, round crater", "lie", "round, shallow, dusty"),
    "lake": _thing("lake, body of water, sheet of water", "lie", "calm, wide, still"),
    "pond": _thing("pond, pool, small lake, water hole", "lie", "little, still, round"),
    "sea": _thing("the sea, the ocean, blue sea, turquoise water, open sea, salt water", "lie",
                       "wide, warm, endless", True),
    "river": _thing("river, stream, creek, brook", "wind", "winding, flowing, clear"),
    "lava": _thing("lava, molten rock, glowing lava, magma, liquid fire", "glow", "glowing, red-hot, fiery", True),
    "volcano": _thing("volcano, smoking volcano, fire mountain, volcanic cone", "rise", "smoking, active, fuming"),
    "island": _thing("island, isle, islet, distant island", "lie", "green, faraway, rocky"),
    "iceberg": _thing("iceberg, block of ice, ice block, ice floe", "rise", "blue, frozen, sharp"),
    "path": _thing("path, trail, dirt road, footpath, track, lane, walkway", "wind", "winding, narrow, trodden, sandy"),
    "road": _thing("road, street, asphalt road, roadway", "run", "wide, straight, paved"),
    "field": _thing("field, crop field, patch of field, wheat field", "lie", "ploughed, ripe, fertile"),
    # houses
    "house": _thing("house, cottage, little house, dwelling, home", "stand", "cosy, gabled, chimneyed, shingled, neat"),
    "cabin": _thing("cabin, log cabin, hut, wooden hut, wooden cabin, chalet", "stand",
                       "wooden, cosy, rustic, lonely, timbered"),
    "church": _thing("church, chapel, church with a steeple, village church", "stand", "old, steepled, venerable"),
    "windmill": _thing("windmill, old windmill, dutch windmill, mill", "stand", "old, turning, wooden"),
    "barn": _thing("barn, shed, farm barn, farm building, farmhouse", "stand", "wooden, old, weathered"),
    "silo": _thing("silo, grain silo, storage tower", "stand", "shiny, round, metal"),
    "lighthouse": _thing("lighthouse, beacon, light tower, striped lighthouse", "stand", "striped, lonely, shining"),
    "skyscraper": _thing("skyscraper, high-rise, tall building, office tower, tower block, apartment block", "rise",
                         "modern, glassy, slim, many-windowed, boxy"),
    "watchtower": _thing("watchtower, stone tower, castle tower, keep, turret", "rise", "old, crenellated, lonely"),
    "castle": _thing("castle, fortress, stronghold, palace, citadel", "rise", "old, proud, mighty"),
    "hut": _thing("hut, beach hut, straw hut, bungalow, shack", "stand", "thatched, little, simple"),
    "igloo": _thing("igloo, snow house, snow hut", "stand", "icy, round, snug"),
    "tent": _thing("tent, camping tent, canvas tent", "stand", "pitched, canvas, pointed"),
    "dome": _thing("dome, habitat dome, lunar habitat, space habitat, glass dome", "stand",
                       "shining, round, futuristic"),
    "pyramid": _thing("pyramid, stepped pyramid, ancient pyramid, egyptian pyramid", "rise", "ancient, mysterious"),
    "temple": _thing("temple, ruined temple, columned temple, shrine", "stand", "ancient, columned, sacred"),
    "column": _thing("column, pillar, stone column, marble column", "stand", "fluted, broken, marble, stone"),
    "archway": _thing("archway, stone gate, gateway, arch, ruined gate", "stand", "old, crumbling, stone"),
    "wall": _thing("wall, ruined wall, stone wall, old wall", "stand", "crumbling, broken, stone"),
    "statue": _thing("statue, stone figure, sculpture, monument", "stand", "ancient, stone, silent"),
    "obelisk": _thing("obelisk, stone needle, monolith, standing stone", "rise", "pointed, ancient"),
    "well": _thing("well, village well, stone well, draw well", "stand", "old, roofed, stone"),
    "fountain": _thing("fountain, stone fountain, basin with water", "stand", "splashing, stone, round"),
    "bridge": _thing("bridge, footbridge, wooden bridge", "span", "wooden, arched"),
    "jetty": _thing("jetty, pier, wooden pier, landing stage, dock", "reach", "wooden, narrow, long"),
    "fence": _thing("fence, wooden fence, picket fence, paling", "run", "wooden, low, rustic"),
    "shop": _thing("shop, corner shop, café, cafe, store, bakery", "stand", "small, inviting, open"),
    # what people left
    "boat": _thing("boat, rowing boat, rowboat, dinghy, wooden boat", "float", "wooden, moored, drifting, bobbing"),
    "sailing boat": _thing("sailing boat, sailboat, yacht, sailing ship", "float", "white-sailed, graceful, slender"),
    "street lamp": _thing("street lamp, lamp post, lantern, street light, streetlight, lamppost", "stand",
                          "iron, old-fashioned, slender"),
    "bench": _thing("bench, park bench, wooden bench, seat", "stand", "wooden, empty, inviting, unoccupied"),
    "campfire": _thing("campfire, fire, bonfire, camp fire", "burn",
                       "warm, crackling, blazing, flickering, smoky, inviting"),
    "barrel": _thing("barrel, wooden barrel, cask, keg", "stand", "wooden, round"),
    "crate": _thing("crate, wooden box, wooden crate, chest", "stand", "wooden, heavy"),
    "cart": _thing("cart, wooden cart, wagon, handcart", "stand", "wooden, old"),
    "hay bale": _thing("hay bale, bale of hay, bale of straw, straw bale", "lie", "round, golden, rolled"),
    "parasol": _thing("parasol, beach umbrella, sunshade, umbrella", "stand", "striped, open, cheerful"),
    "sheep": _thing("sheep, woolly sheep, lamb", "graze", "woolly, grazing, fluffy, peaceful"),
    "cow": _thing("cow, grazing cow, dairy cow", "graze", "spotted, grazing, brown"),
    "snowman": _thing("snowman, snow figure, man of snow", "stand", "smiling, carrot-nosed, jolly"),
    "car": _thing("car, automobile, parked car, vehicle, cab", "stand", "parked, shiny"),
    "bus": _thing("bus, city bus, coach, omnibus", "stand", "waiting, parked, long"),
    "traffic light": _thing("traffic light, stoplight, traffic signal, set of lights", "stand", "blinking"),
    "planter": _thing("planter, flower box, plant tub, flower tub", "stand", "wooden, leafy"),
    "scarecrow": _thing("scarecrow, straw man", "stand", "ragged, straw"),
    "skull": _thing("skull, animal skull, bleached skull, cow skull", "lie", "bleached, horned, bony"),
    "rover": _thing("rover, moon buggy, lunar rover, moon car", "stand", "wheeled, dusty, six-wheeled"),
    "rocket": _thing("rocket, spaceship, spacecraft, rocket ship, lander", "stand", "silver, shining, pointed"),
    "antenna": _thing("antenna, satellite dish, radio dish, dish antenna", "stand", "turning, silent, metal"),
    "flag": _thing("flag, banner on a pole, planted flag, pennant", "fly", "waving, planted"),
    "earth": _thing("the earth, planet earth, the blue planet, our home planet", "hang", "shining, blue", True),
    # indoors
    "window": _thing("window, big window, pane", "open", "bright, framed, square"),
    "door": _thing("door, wooden door, entrance, doorway", "stand", "wooden, closed"),
    "bed": _thing("bed, cosy bed, single bed, bedstead", "stand", "soft, made, comfortable"),
    "sofa": _thing("sofa, couch, settee", "stand", "soft, comfortable, upholstered, inviting"),
    "armchair": _thing("armchair, easy chair, lounge chair", "stand", "soft, upholstered, comfortable"),
    "chair": _thing("chair, wooden chair", "stand", "wooden, simple, plain"),
    "table": _thing("table, wooden table, desk, dining table", "stand", "wooden, sturdy, simple"),
    "bookshelf": _thing("bookshelf, bookcase, shelf of books, shelf", "stand", "full, wooden, crammed"),
    "lamp": _thing("lamp, floor lamp, standard lamp, reading lamp", "shine", "glowing, warm"),
    "rug": _thing("rug, carpet, mat", "lie", "woven, soft, woollen"),
    "plant": _thing("plant, potted plant, house plant, pot plant", "stand", "leafy, potted"),
    "fireplace": _thing("fireplace, hearth, open fire, chimneypiece", "burn", "warm, stone, crackling"),
    "picture": _thing("picture, framed picture, wall picture, artwork", "hang", "framed, colourful"),
    "chandelier": _thing("chandelier, hanging lamp, candelabra", "hang", "golden, glowing, splendid"),
    "candle": _thing("candle, candlestick, candelabrum, torch", "burn", "burning, flickering"),
    "throne": _thing("throne, royal seat, king's throne", "stand", "royal, golden, empty"),
    "banner": _thing("banner, hanging cloth, wall banner, tapestry", "hang", "heraldic, embroidered"),
    "carpet": _thing("carpet, runner, long carpet, royal carpet", "run", "long, woven, royal"),
    "vase": _thing("vase, urn, amphora, clay pot, jar", "stand", "clay, painted, ancient"),
}  # fmt: skip
SELF_NAMED = {  # objects that the place's own noun says already
    "lake": {"lake"}, "mountains": {"mountain"}, "volcano": {"volcano"}, "desert": {"dune"}, "canyon": {"cliff"},
    "forest": {"tree"}, "village": {"house"}, "city": {"skyscraper", "road"}, "mushrooms": {"mushroom"},
    "beach": {"island"}, "farm": {"field"}, "meadow": {"hill"}, "snowfield": set(), "cave": set(),
}  # fmt: skip
IRREGULAR = {
    "cactus": "cacti", "sheep": "sheep", "fungus": "fungi", "shelf": "shelves", "bookshelf": "bookshelves",
    "snowman": "snowmen", "beech": "beeches", "bench": "benches", "church": "churches", "leaf": "leaves",
    "straw man": "straw men", "daisy": "daisies", "poppy": "poppies", "fly agaric": "fly agarics",
    "candelabra": "candelabras", "antenna": "antennas", "spacecraft": "spacecraft", "hearth": "hearths",
}  # fmt: skip
