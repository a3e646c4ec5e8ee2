"""The vocabulary of captions, a module a subject. `worlds.caption` puts it together; nothing here is code.

Nouns stand in the singular. A list is written as one string with commas.
"""


def listed(text: str) -> list[str]:
    """The entries of a comma list."""
    return [entry.strip() for entry in text.split(",") if entry.strip()]
