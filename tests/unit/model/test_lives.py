"""Who is silent, by what the one who looks has seen, whatever happens to clocks and to himself."""

from __future__ import annotations

from entrepot.model.lives import Life, Process, Pulse, Silence

PROCESS = Process(host="one", machine="m", pid=1, born=1)
LIFE = Life(process=PROCESS, lease=5)


def pulses(**beats: int) -> dict[str, Pulse]:
    return {owner: Pulse(life=LIFE, beat=beat) for owner, beat in beats.items()}


def test_who_gives_no_other_sign_for_the_time_of_his_lease_is_silent() -> None:
    silence = Silence()
    seen = [silence.of(pulses(paused=7, alive=second), float(second)) for second in range(8)]
    assert seen == [frozenset()] * 5 + [{"paused"}] * 3


def test_the_next_sign_ends_the_silence() -> None:
    silence = Silence()
    for second in range(6):
        silence.of(pulses(paused=7), float(second))
    assert silence.of(pulses(paused=8), 6.0) == frozenset()
    assert silence.of(pulses(paused=8), 7.0) == frozenset()


def test_whoever_looks_again_after_an_hour_takes_nobody_for_silent_at_once() -> None:
    """He may have been paused himself, and all others with him."""
    silence = Silence()
    assert [silence.of(pulses(other=7), now) for now in (0.0, 3600.0, 7200.0)] == [frozenset()] * 3
    assert silence.of(pulses(other=7), 10_800.0) == {"other"}


def test_who_is_not_told_of_for_a_while_is_heard_anew() -> None:
    silence = Silence()
    for second in range(5):
        silence.of(pulses(one=7), float(second))
    assert [silence.of({}, 5.0), silence.of(pulses(one=7), 6.0)] == [frozenset()] * 2
