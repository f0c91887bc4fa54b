"""What a compressed file says depends on what is in it alone."""

from __future__ import annotations

import random

import pytest

from entrepot.storage.layers import BLOCK, Compressing
from unit.storage.test_opening import Held


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_what_is_compressed_does_not_depend_on_the_pieces_that_it_comes_in(compression: str) -> None:
    chance = random.Random(8)
    words = [b"alpha", b"beta gamma", b"delta"]
    data = b"".join(b"%d,%s\n" % (chance.randrange(10**6), chance.choice(words)) for _ in range(60_000))

    def compressed(most: int) -> bytes:
        held, at = Held(), 0
        layer = Compressing(compression, held)
        while at < len(data):
            size = chance.randrange(1, most)
            layer.write(data[at : at + size])
            at += size
        layer.finish()
        return held.data

    assert len({compressed(most) for most in (1000, BLOCK, 5 * BLOCK, 2 * len(data))}) == 1
