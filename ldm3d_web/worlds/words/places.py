"""Words for places."""

from __future__ import annotations

from typing import NamedTuple

from ldm3d_web.worlds.words import listed


class PlaceWords(NamedTuple):
    """preposition: "in" a forest, "on" a beach. nouns take an article; names stand without one; feelings fit always."""

    preposition: str
    nouns: list[str]
    names: list[str]
    feelings: list[str]


def _place(preposition: str, nouns: str, names: str, feelings: str) -> PlaceWords:
    return PlaceWords(preposition, listed(nouns), listed(names), listed(feelings))


PLACES: dict[str, PlaceWords] = {
    "meadow": _place(
        "in",
        "meadow, grassland, field, flower meadow, pasture, hayfield, prairie, grassy plain, country meadow, "
        "open field, wild meadow, green valley, countryside scene, alpine pasture, grassy field, "
        "rolling countryside, meadowland, country landscape, grassy clearing, common",
        "the countryside, rolling fields, grassy hills, open country, green fields, the fields, farmland",
        "sunbathed, clovery, hilly, flowery, fresh, airy, open, unspoilt, gentle, pastoral, rural, idyllic, "
        "bucolic, breezy, rustic, windswept, carefree, grassy",
    ),
    "forest": _place(
        "in",
        "forest, wood, woodland, grove, forest clearing, glade, thicket, deep forest, old forest, forest trail, "
        "wooded valley, forest floor, woodland path, ancient wood, woodland clearing, timberland, copse, wild wood",
        "the woods, dense woods, deep woods, among tall trees, the heart of a forest, woodlands, the forest, "
        "the middle of the woods, the undergrowth",
        "whispering, fern-filled, dappled, overgrown, tangled, primeval, hushed, sylvan, leafy, mossy, shady, "
        "ancient, deep, untouched, wooded, secret, fabled, old-growth",
    ),
    "mountains": _place(
        "in",
        "mountain landscape, mountain valley, alpine valley, mountain range, alpine landscape, high valley, "
        "mountain pass, highland, mountain scene, mountain panorama, rocky valley, alpine scene, ridge, summit view",
        "the mountains, the alps, mountains, high mountains, the highlands, tall peaks, the high country, "
        "rocky mountains, alpine wilderness, the foot of a mountain range",
        "sky-high, imposing, dramatic, granite, vertiginous, grandiose, majestic, rugged, lofty, alpine, mighty, "
        "towering, craggy, rocky, stony, breathtaking, sublime",
    ),
    "snowfield": _place(
        "on",
        "snowfield, snowy plain, tundra, ice field, frozen plain, arctic landscape, glacier, polar landscape, "
        "snow desert, ice cap, snowy wilderness, white plain, arctic plain, frozen wasteland, winter wilderness, "
        "ice sheet",
        "the north pole, the arctic, the ice, antarctica, the far north, the tundra, the frozen north, arctic ice, "
        "the snow and ice",
        "glittering, silent, sub-zero, blinding, nordic, siberian, wintry-white, icy, frosty, polar, arctic, "
        "frozen, freezing, chilly, glacial, bitterly cold, white, crisp",
    ),
    "desert": _place(
        "in",
        "desert, sandy desert, sand desert, dune field, dry land, arid plain, desert landscape, sea of sand, "
        "wilderness of sand, desert plain, desert valley, barren desert, badland, wasteland, desert scene",
        "the desert, sand dunes, the sahara, the dunes, desert sands, endless dunes, the outback, the sands",
        "torrid, thirsty, shimmering, waterless, boundless, blistering, arid, dry, sandy, barren, parched, "
        "scorched, dusty, sun-baked, desolate, endless, empty",
    ),
    "canyon": _place(
        "in",
        "canyon, gorge, ravine, rocky canyon, desert canyon, deep gorge, narrow canyon, red rock canyon, "
        "river canyon, chasm, slot canyon, rocky gorge, canyon landscape, steep valley, western landscape",
        "the grand canyon, the canyonlands, monument valley, between canyon walls, the bottom of a canyon, "
        "between steep cliffs, the wild west, red cliffs",
        "echoing, sandstone, sheer, gaping, sun-burnt, cavernous, prehistoric, steep, layered, craggy, rugged, "
        "eroded, weathered, deep, narrow, winding, carved",
    ),
    "lake": _place(
        "at",
        "lake, mountain lake, lakeside, lake shore, calm lake, quiet lake, alpine lake, still lake, pond, tarn, "
        "loch, lakefront, lake landscape, reservoir, mirror lake, freshwater lake",
        "the lake, the water's edge, the shore of a lake, still water, the bank of a lake, calm waters, the waterside",
        "crystalline, shimmering, reflective, smooth, waveless, refreshing, glassy, mirrorlike, still, placid, "
        "clear, rippling, glittering, limpid, tranquil",
    ),
    "beach": _place(
        "on",
        "beach, tropical beach, island, tropical island, sandy beach, desert island, seashore, coast, sandy island, "
        "palm beach, lonely island, island beach, small island, sandbank, cay, paradise island, beach scene, atoll",
        "the beach, the seaside, the coast, the shore, an island in the sea, a caribbean island, the maldives, "
        "hawaii, the tropics, the south seas, robinson's island",
        "palmy, turquoise-watered, paradisiacal, breezy, castaway, shipwrecked, polynesian, tropical, sandy, "
        "exotic, balmy, salty, sun-kissed, palm-fringed, coastal, seaside, secluded",
    ),
    "village": _place(
        "in",
        "village, hamlet, small village, little town, village square, village street, country village, settlement, "
        "old village, village green, farming village, fairytale village, mountain village, market town, small town",
        "cottages, houses along a lane, a group of houses, the village, a few cottages, the old town",
        "cobbled, half-timbered, neighbourly, tucked-away, bavarian, cornish, lively, homely, quaint, "
        "old-fashioned, picturesque, sleepy, rustic, charming, friendly, welcoming, provincial",
    ),
    "city": _place(
        "in",
        "city, city street, street, town street, avenue, boulevard, metropolis, big city, modern city, "
        "downtown street, urban street, cityscape, street canyon, city centre, main street, urban scene, megacity, "
        "business district",
        "downtown, the city, manhattan, new york, downtown streets, the streets, between skyscrapers, town",
        "sprawling, downtown, high-rise, commercial, crowded-in, metropolitan, residential, urban, bustling, "
        "modern, metropolitan, tall, concrete, glassy, cosmopolitan, architectural",
    ),
    "ruins": _place(
        "in",
        "ruined temple, ancient ruin, roman ruin, greek temple, ruined city, lost city, temple ruin, "
        "forgotten temple, archaeological site, ruined courtyard, fallen temple, ancient site, old ruin, forum, "
        "acropolis",
        "ruins, ancient ruins, the ruins of a temple, roman ruins, old ruins, the remains of a temple, "
        "the ruins of an old city, ancient greece, ancient rome, a place of the ancients",
        "crumbled, mythical, sunken, hellenic, venerable, desecrated, abandoned, toppled, columned, ancient, "
        "forgotten, crumbling, lost, overgrown, ruined, antique, classical, historic, weathered, bygone",
    ),
    "farm": _place(
        "on",
        "farm, farmstead, farmyard, ranch, country farm, homestead, farm landscape, old farm, family farm, "
        "farm field, wheat field, cornfield, barnyard, croft, farmhouse scene",
        "farmland, the farm, wheat fields, golden fields, crop fields, the country, ploughed fields",
        "tidy, hay-scented, self-sufficient, harvest-ready, old-fashioned, rural, rustic, agricultural, pastoral, "
        "hardworking, fertile, bountiful, earthy, country",
    ),
    "volcano": _place(
        "at",
        "volcano, volcanic landscape, lava field, erupting volcano, volcanic plain, fire mountain, volcanic land, "
        "active volcano, smoking volcano, lava landscape, volcanic wasteland, hellscape, crater landscape, ash plain",
        "the foot of a volcano, volcanic land, mordor, lava fields, the volcano, the underworld, iceland's lava",
        "seething, glowing, sulphurous, apocalyptic, hellish, scorching, primordial, eruptive, fiery, volcanic, "
        "smoking, smouldering, infernal, burnt, black, ashen, molten, dangerous, hot",
    ),
    "moon": _place(
        "on",
        "moonscape, lunar landscape, moon base, lunar surface, lunar base, space colony, grey planet, alien planet, "
        "asteroid, lunar colony, space station, lifeless planet, cratered plain, lunar outpost, space base",
        "the moon, the surface of the moon, outer space, the lunar surface, another planet, space, "
        "the far side of the moon, the sea of tranquility",
        "spacelike, gravity-free, interplanetary, galactic, sci-fi, stellar, astronautic, pockmarked, lunar, "
        "airless, cratered, alien, extraterrestrial, otherworldly, weightless, futuristic, cosmic, lifeless",
    ),
    "room": _place(
        "in",
        "room, cosy room, cozy room, living room, bedroom, small room, house interior, home interior, apartment, "
        "sitting room, parlour, studio, flat, cottage interior, lounge, study, chamber, indoor room, den",
        "inside a house, interior, indoors, a room at home, inside a cottage, my room, at home",
        "inviting, heated, carpeted, wood-floored, scandinavian, vintage, decorated, sheltered, cosy, cozy, homely, "
        "snug, comfortable, furnished, tidy, intimate, domestic, indoor, comfy, liveable",
    ),
    "hall": _place(
        "in",
        "hall, great hall, throne room, palace hall, castle hall, columned hall, cathedral, church interior, "
        "ballroom, grand hall, royal hall, banquet hall, temple interior, pillared hall, palace, nave, "
        "knights' hall, vault",
        "inside a castle, inside a palace, inside a cathedral, inside a temple, the king's hall, inside a church",
        "medieval, gothic, baroque, imposing, marbled, festive, vaulted, opulent, splendid, aristocratic, grand, "
        "royal, regal, stately, solemn, lofty, pillared, majestic, palatial, ceremonial, noble, echoing",
    ),
    "cave": _place(
        "in",
        "cave, crystal cave, cavern, crystal cavern, grotto, underground cave, cave of crystals, gem cave, mine, "
        "crystal grotto, glowing cave, subterranean cave, geode, dwarven mine, crystal mine, underground chamber, "
        "den of gems",
        "underground, inside a mountain, inside a geode, the underworld of crystals, deep underground, under the earth",
        "gleaming, phosphorescent, prismatic, mineral, shadowy, sunless, cavernous, gem-studded, glowing, "
        "glittering, sparkling, shimmering, subterranean, luminous, glimmering, hidden, underground, crystalline",
    ),
    "mushrooms": _place(
        "in",
        "mushroom forest, giant mushroom forest, forest of mushrooms, mushroom grove, fairy forest, "
        "enchanted forest, mushroom land, toadstool wood, fungus forest, magic forest, land of giant mushrooms, "
        "elven wood, mushroom kingdom, enchanted wood, wonderland, fairyland",
        "fairyland, wonderland, among giant mushrooms, giant toadstools, giant mushrooms, the land of the fairies, "
        "alice's wonderland",
        "fantastical, oversized, trippy, dreamy-eyed, pixie, gnomish, spellbound, curious, outlandish, enchanted, "
        "magical, fairytale, whimsical, fantastic, surreal, psychedelic, bewitched, elfin, bizarre, playful",
    ),
}

# More nouns where a condition holds: place, label or object, value.
SPECIAL: list[tuple[str, str, str, list[str]]] = [
    ("forest", "objects", "pine tree", listed(
        "pine forest, fir forest, spruce forest, evergreen forest, coniferous forest, pine wood, northern forest, "
        "taiga, "
        "boreal forest, conifer wood, christmas tree forest")),
    ("forest", "season", "autumn", listed("autumn forest, autumn wood, fall forest, golden forest, october wood")),
    ("forest", "season", "winter", listed("winter forest, snowy wood, snow-covered forest, frosty wood")),
    ("forest", "season", "spring", listed("blossoming grove, spring forest, cherry grove, blossom wood")),
    ("village", "season", "winter", listed("christmas village, winter village, snowbound village")),
    ("mountains", "season", "winter", listed(
        "snowy mountain landscape, winter mountain scene, ski resort, snowy pass")),
    ("lake", "season", "winter", listed("winter lake, snowy lake")),
    ("lake", "objects", "pine tree", listed("forest lake, canadian lake, nordic lake")),
    ("desert", "colour", "red", listed("martian landscape, red desert, rust-red desert, red planet")),
    ("desert", "colour", "white", listed("white desert, white sand desert, salt desert")),
    ("desert", "colour", "golden", listed("golden desert, yellow desert")),
    ("desert", "objects", "pyramid", listed("egyptian desert, land of the pharaohs")),
    ("desert", "objects", "cactus", listed("cactus desert, mexican desert, sonoran desert")),
    ("meadow", "season", "spring", listed("spring meadow, blooming meadow, easter meadow, orchard")),
    ("meadow", "objects", "windmill", listed("dutch landscape, windmill landscape")),
    ("beach", "objects", "lighthouse", listed("lighthouse island")),
    ("room", "objects", "bed", listed("bedroom, sleeping room, guest room")),
    ("room", "objects", "bookshelf", listed("library, reading room")),
    ("city", "time", "night", listed("city by night, neon city")),
]  # fmt: skip
SPECIAL_ONLY = {"bedroom", "library", "living room", "study", "cozy room"}  # not said unless a condition allows them
