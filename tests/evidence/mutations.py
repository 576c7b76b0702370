"""Bytes changed as an attacker or a bad disk would: in one place."""

from hypothesis import strategies as st


def mutations(data: bytes) -> st.SearchStrategy[bytes]:
    """One byte changed, left out or put in, or two neighbours exchanged."""
    place = st.integers(0, len(data) - 1)
    byte = st.binary(min_size=1, max_size=1) | st.sampled_from([b"\n", b" ", b"=", b"+", b"\r"])
    return st.one_of(
        st.builds(lambda at, new: data[:at] + new + data[at + 1 :], place, byte),
        st.builds(lambda at, new: data[:at] + new + data[at:], place, byte),
        place.map(lambda at: data[:at] + data[at + 1 :]),
        place.map(lambda at: data[:at] + data[at : at + 2][::-1] + data[at + 2 :]),
    )
