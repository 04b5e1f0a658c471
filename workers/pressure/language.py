"""Recognise what is not written in English, by its small words and its letters. It is not read, only counted."""

from __future__ import annotations

from collections.abc import Set

from workers.pressure._lists import words

_FEWEST_WORDS = 4
_FEWEST_SMALL = 2
_ENGLISH = words(
    "the a an and or of to in is it this that for on with as are be was you your i we they he not",
    "have has do does can could would",
    "should will from at by if when what why how there been no please its my our their me us",
)
_ELSEWHERE = (
    words(
        "der die das und ist nicht ich wir sie es ein eine mit auf von zu wann warum noch schon hier",  # German
        "gibt bitte wird kann",
        "de het een niet ik wij dat van voor met wordt waarom nog",  # Dutch
        "le la les des un une est pas je nous vous il elle que qui pour dans sur avec quand pourquoi",
        "encore merci et du ce cette",
        "el los las es yo nosotros usted para por con cuando esta este alguien sabe gracias y del se",  # Spanish
        "o os um uma nao eu voce ele ela quando porque ainda obrigado e da",  # Portuguese
        "lo gli uno sono non io noi voi che per perche ancora grazie di",  # Italian
        "nie jest czy jak kiedy dlaczego prosze sie na w z",  # Polish
        "och inte jag vi ni som varfor tack det ett en av",  # Swedish
    )
    - _ENGLISH
)


def foreign(found: Set[str]) -> bool:
    """Say whether the words of a comment are in another language than English."""
    elsewhere, english = len(found & _ELSEWHERE), len(found & _ENGLISH)
    if len(found) >= _FEWEST_WORDS and elsewhere >= _FEWEST_SMALL and elsewhere * 6 >= len(found) > english * 12:
        return True
    others = [word for word in found if not word.isascii()]
    if not others:
        return False
    letters = sum(len(word) for word in found if word.isalpha())
    return 2 * sum(len(word) for word in others if word.isalpha()) > letters > 2 * _FEWEST_WORDS
