"""Names that look like that of somebody else: their skeletons, and the people who have them (ADR 52).

The letters are those of confusables.txt, Unicode Technical Standard #39, version 17.0.0 (© 2025 Unicode, Inc., Unicode
License v3): single letters of left-to-right scripts that look like a Latin one. Those that differ from it by case
or size are added, because a reader does not tell them apart.
"""

import unicodedata
from collections.abc import Iterable

from core.acts import cached
from core.record.erasure import is_erased
from core.words.characters import HIDDEN_CHARACTER
from roles.accounts.models import User

#: Letters of other alphabets by the Latin one that they look like.
ALIKE = {
    "a": "ɑΑαАаᎪᗅꓮ",
    "b": "ƄʙΒВЬвᏏᏴᑲᖯᗷⲂꓐꞴ",
    "c": "СсငၚᏟᴄⲤⲥꓚꮯ",
    "d": "ԁᎠᏧᑯᗞᗪᴅꓒꓓ",
    "e": "ΕЕеҽᎬᴇⴹꓰꬲ",
    "f": "ƒϜքᖴẝꓝꞘꞙꬵ",
    "g": "ƍɡɢԌցᏀᏳᶃꓖ",
    "h": "ʜΗНнһհᎻᏂᕼⲎꓧ",
    "i": "ıɩɪιіւᎥⲓꙇꭵ",
    "j": "ͿϳЈјᎫᒍᴊꓙꞲ",
    "k": "ĸΚκКкᏦᛕᴋⲔꓗ",
    "l": "ƖǀʟΙІӀӏᏞᒪᛁⲒⳐⵏꓡꓲ",
    "m": "ΜϺМмᎷᗰᛖᴍⲘꓟ",
    "n": "ɴΝпոռⲚꓠ",
    "o": "ΟοσϭОоՕօ०০੦૦ଠ୦௦౦೦ഠ൦๐໐ဝ၀ჿዐ០ᴏᴑⲞⲟⵔ〇ꓳꬽ",
    "p": "þƿΡρϸРрᏢᑭᴘⲢⲣⳎⳏꓑ",
    "q": "ԛգզⵕ",
    "r": "ƦʀгᎡᏒᖇᴦⲅꓣꭇꭈꮁ",
    "s": "ƽЅѕՏടᏕᏚꓢꜱꮪ",
    "t": "ΤτТтᎢᴛⲦꓔ",
    "u": "ʋυՍսሀᑌᴜꓴꞟꭎꭒ",
    "v": "νѴѵᏙᐯᴠⴸꓦꛟꮩ",
    "w": "ɯшѡԜԝաᎳᏔᴡⲽꓪꮃ",
    "x": "ΧХхᕁᕽᚷⲬⵝꓫꞳ",
    "y": "ɣʏΥγУуҮүყᎩᎽᶌỿⲨⲩꓬꭚ",
    "z": "ΖζᏃᴢꓜꮓ",
}
LATIN = {ord(letter): latin for latin, letters in ALIKE.items() for letter in letters}
#: Latin letters and digits that look alike, once all are small.
SAME = str.maketrans({"0": "o", "1": "l", "i": "l", "|": "l"})
NAMES = "skeletons of all names"


def skeleton(name: str) -> str:
    """Return what the letters of a name look like: two names with one skeleton are easily taken for each other."""
    plain = unicodedata.normalize("NFKD", HIDDEN_CHARACTER.sub("", name)).translate(LATIN).casefold()
    return _join(plain.translate(LATIN).translate(SAME))


def _join(text: str) -> str:
    """Join words, and letters that look like one."""
    return " ".join(text.split()).replace("rn", "m").replace("vv", "w")


def list_alike(name: str, person: User | None = None) -> list[User]:
    """List the accounts of others whose name looks like `name`, the same one included; closed ones too."""
    keys = cached(NAMES, _read_skeletons).get(skeleton(name), set()) - ({person.pk} if person else set())
    return list(User.objects.filter(pk__in=keys).order_by("name", "pk")) if keys else []


def differ(name: str, people: Iterable[User]) -> list[User]:
    """Filter the people whose name is written with other letters than `name`: not namesakes, but look-alikes."""
    return [person for person in people if _plain(person.name) != _plain(name)]


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def _read_skeletons() -> dict[str, set[int]]:
    """Return the accounts by the skeleton of their name."""
    found: dict[str, set[int]] = {}
    for key, name in User.objects.values_list("pk", "name"):
        if not is_erased(name):
            found.setdefault(skeleton(name), set()).add(key)
    return found
