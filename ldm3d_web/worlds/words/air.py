"""Words for time of day, weather, season and colour."""

from __future__ import annotations

from typing import NamedTuple

from ldm3d_web.worlds.words import listed


class Wording(NamedTuple):
    """before: adjectives ("misty" lake); after: what follows the noun ("at dawn"); alone: tags between commas."""

    before: list[str]
    after: list[str]
    alone: list[str]


def _say(before: str, after: str, alone: str) -> Wording:
    return Wording(listed(before), listed(after), listed(alone))


TIMES: dict[str, Wording] = {  # true under any sky
    "dawn": _say(
        "early-morning",
        "at dawn, at sunrise, in the early morning, at daybreak, in the morning, at first light, "
        "just before sunrise, early in the morning, at the break of day, as the day begins, at cockcrow, "
        "before breakfast",
        "dawn, sunrise, morning, early morning, daybreak, first light, morning light, pastel morning colours, 6 am",
    ),
    "noon": _say(
        "daytime",
        "at noon, at midday, by day, during the day, in broad daylight, at lunchtime, in the middle of the day, "
        "in daylight, around noon, in the daytime, at high noon",
        "noon, midday, daylight, daytime, day, bright daylight, natural light, 12 o'clock",
    ),
    "sunset": _say(
        "evening",
        "at sunset, at dusk, in the evening, at twilight, at nightfall, as the day ends, late in the day, "
        "in the late evening, when the day is done, at the end of the day, at eventide",
        "sunset, dusk, evening, twilight, evening light, evening mood, evening colours, 8 pm",
    ),
    "night": _say(
        "nocturnal, night-time, dark",
        "at night, by night, at midnight, in the middle of the night, late at night, after dark, in the dark, "
        "in the dead of night, in the small hours, long after sunset",
        "night, midnight, nighttime, dark night, night scene, dark, nocturne",
    ),
}
OPEN_TIMES: dict[str, Wording] = {  # only under an open, clear sky
    "dawn": _say(
        "rosy, dewy, sunrise-lit, pastel, pink-skied",
        "with a pink morning sky, in the first rays of the sun, as the sun comes up, in rosy light, "
        "in soft morning light, when the sun rises, under a pastel sky",
        "pink sky, rising sun, golden morning, rosy light, soft morning sun",
    ),
    "noon": _say(
        "sunny, sunlit, bright, sun-drenched, bright and sunny",
        "under a blue sky, in the sunshine, in bright sun, on a sunny day, under the midday sun, "
        "with a bright blue sky, on a fine day, in full sun, on a glorious day",
        "sunny, blue sky, sunshine, bright sun, sunny day, azure sky, perfect weather",
    ),
    "sunset": _say(
        "glowing, sunset-lit, dusky",
        "under an orange sky, as the sun goes down, in golden light, at golden hour, in the last light of the sun, "
        "in the glow of the setting sun, with a burning sky, with long shadows, under a purple sky",
        "golden hour, orange sky, setting sun, red sky, afterglow, warm light, sun low on the horizon, sundown",
    ),
    "night": _say(
        "moonlit, starlit, starry, moon-bathed",
        "under the stars, in the moonlight, under a starry sky, beneath the moon, on a starry night, by moonlight, "
        "under a full moon, under countless stars, with a sky full of stars",
        "starry night, moonlight, stars, full moon, starry sky, moonlit night, night sky, moonshine",
    ),
}
INDOOR_TIMES: dict[str, Wording] = {
    "noon": _say(
        "bright, sunlit, light, airy, light-filled",
        "by day, in the daytime, in daylight, in the afternoon, on a bright day, in the morning, "
        "with daylight coming in",
        "daylight, daytime, day, bright, bright and airy",
    ),
    "night": _say(
        "dim, dimly lit, candlelit, lamplit, softly lit",
        "at night, in the evening, by candlelight, late at night, after dark, at bedtime, by lamplight",
        "night, nighttime, evening, dim light, warm light, candlelight, lamplight",
    ),
}
WEATHERS: dict[str, Wording] = {
    "clear": _say(
        "cloudless, crystal-clear",
        "in clear weather, with clear air, under a cloudless sky, on a clear day, in fine weather, "
        "without a cloud in sight",
        "clear sky, clear weather, clear air, good visibility, fine weather",
    ),
    "cloudy": _say(
        "cloudy, overcast, grey, clouded, gloomy, dull",
        "under clouds, under a cloudy sky, under grey clouds, with heavy clouds, on a cloudy day, "
        "under an overcast sky, on a dull day, before the rain",
        "cloudy, overcast, clouds, many clouds, grey sky, cloudy sky, thick clouds, dull weather",
    ),
    "foggy": _say(
        "foggy, misty, hazy, fog-bound, murky, mist-covered, vaporous",
        "in the fog, in the mist, in thick fog, shrouded in mist, wrapped in fog, in dense fog, lost in the fog, "
        "hidden in haze, veiled in mist, with fog all around",
        "fog, foggy, mist, haze, thick fog, dense mist, low visibility, misty mood, murk",
    ),
}
AT_NIGHT = {
    "on a clear day": "on a clear night",
    "on a cloudy day": "on a cloudy night",
    "on a dull day": "on a dull night",
    "grey": "starless",
    "grey sky": "starless sky",
    "on a fine day": "on a fine night",
}
GREEN = {"green", "lush", "verdant", "lush green"}  # of summer, only where something grows
SEASONS: dict[str, Wording] = {
    "spring": _say(
        "spring, springlike, blossoming, blooming, vernal",
        "in spring, in springtime, in april, in may, when the trees bloom, in full bloom, in the month of may",
        "spring, springtime, april, may, blossom time, fresh green, easter",
    ),
    "summer": _say(
        "summer, green, lush, verdant",
        "in summer, in july, in the summertime, in june, in midsummer, in high summer, in august",
        "summer, summertime, july, lush green, summer holidays",
    ),
    "autumn": _say(
        "autumn, autumnal, golden-leaved, russet, fall",
        "in autumn, in the fall, in october, in autumn colours, with autumn leaves, in november, in indian summer, "
        "with colourful leaves",
        "autumn, fall, october, autumn leaves, fall colours, orange leaves, foliage, autumn colours",
    ),
    "winter": _say(
        "snowy, winter, wintry, snow-covered, snow-clad, snowbound, frosty",
        "in winter, in the snow, under snow, in december, covered in snow, in january, white with snow, "
        "at christmas, after a snowfall, deep in snow, in the cold",
        "winter, snow, snowy, december, fresh snow, wintertime, january, frost, white snow, cold",
    ),
}
COLOURS: dict[str, list[str]] = {
    "red": listed("red, bright red, crimson, scarlet, ruby, dark red, cherry-red"),
    "orange": listed("orange, bright orange, tangerine, amber, pumpkin-coloured"),
    "yellow": listed("yellow, bright yellow, sunny yellow, lemon-yellow, mustard"),
    "golden": listed("golden, gold, gold-coloured, honey-coloured, yellow"),
    "green": listed("green, emerald, dark green, bright green, olive, jade"),
    "blue": listed("blue, bright blue, azure, navy, cobalt, sapphire, sky-blue"),
    "turquoise": listed("turquoise, teal, cyan, aquamarine"),
    "purple": listed("purple, violet, lilac, lavender, amethyst, mauve"),
    "pink": listed("pink, rose, rosy, magenta, light pink, fuchsia"),
    "white": listed("white, snow-white, pale, ivory, whitewashed, milky"),
    "brown": listed("brown, chestnut, dark brown, nut-brown, tawny"),
    "grey": listed("grey, gray, silver-grey, slate-coloured, ashen"),
    "black": listed("black, jet-black, dark, coal-black"),
}
SIZES: dict[str, list[str]] = {
    "small": listed("small, little, tiny, short, miniature, compact"),
    "big": listed("big, large, huge, great, enormous, giant, massive, mighty"),
    "tall": listed("tall, high, towering, lofty, soaring"),
}
COLOUR_LIKE = {"dark", "golden", "grey-faced", "white", "brown", "green", "blue", "silver"}  # not beside a colour
