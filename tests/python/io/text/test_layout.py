"""Encodings, delimiters, decimals and headers of plain tables."""

import gzip
import re

import numpy as np
import pytest

from dt4ecg.io import read, read_contents
from dt4ecg.io.text import encoding, table

X = np.random.default_rng(0).normal(size=400).round(3)
Y = X[::-1]
ROWS = [str(x) for x in X.tolist()]
PAIRS = list(zip(ROWS, ROWS[::-1], strict=True))


def columns(folder, content, name="x.csv"):
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    signals = read_contents(folder / name).signals
    return [signal.name for signal in signals], np.array([one.samples for one in signals])


def table_of(mark, decimal="."):
    return "".join(f"{x}{mark}{y}\n".replace(".", decimal) for x, y in PAIRS)


@pytest.mark.parametrize("header", ["I{}II\n", '"I"{}"II"\n', "# I{}II\n", "I{}II\nmV{}mV\n"])
@pytest.mark.parametrize("mark", [",", ";", "\t", " "])
def test_headers_and_delimiters(tmp_path, header, mark):
    names, samples = columns(tmp_path, header.replace("{}", mark) + table_of(mark))
    assert names == ["I", "II"]
    np.testing.assert_array_equal(samples, [X, Y])


def test_quoted_numbers_are_read_in_blocks(tmp_path, monkeypatch):
    """Blocks are read faster than lines."""
    monkeypatch.delattr(table.TableReader, "_parse_lines")
    rows = "".join(f'"{x}","{y}"\n' for x, y in PAIRS)
    np.testing.assert_array_equal(columns(tmp_path, "I,II\n" + rows)[1], [X, Y])


def test_a_line_without_text_may_stand_between_names_and_samples(tmp_path):
    names, samples = columns(tmp_path, "I;II\n;\n" + table_of(";"))
    assert names == ["I", "II"]
    np.testing.assert_array_equal(samples, [X, Y])


@pytest.mark.parametrize("mark", [";", "\t", "   "])
def test_decimal_commas(tmp_path, mark):
    np.testing.assert_array_equal(columns(tmp_path, table_of(mark, ","))[1], [X, Y])


@pytest.mark.parametrize("header", ["", "ecg\n", "ECG (mV)\n"])
def test_one_column_of_decimal_commas_is_one_lead(tmp_path, header):
    content = header + "\n".join(ROWS).replace(".", ",")
    np.testing.assert_array_equal(columns(tmp_path, content)[1], [X])
    coarse = (100 * X).round(1)
    content = header + "\n".join(f"{x:.1f}".replace(".", ",") for x in coarse)
    np.testing.assert_array_equal(columns(tmp_path, content)[1], [coarse])


def test_two_columns_of_integers_are_two_leads(tmp_path):
    leads = np.array([2048 + 100 * X, 1990 + 100 * Y]).astype(int)
    content = "".join(f"{x},{y}\n" for x, y in leads.T)
    np.testing.assert_array_equal(columns(tmp_path, content)[1], leads)


def test_decimal_commas_between_commas_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"decimal commas .* '0\d+' is not an integer"):
        columns(tmp_path, table_of(",", ","))


def test_spaces_between_thousands_are_refused(tmp_path):
    rows = "\n".join(f"{x // 1000} {x % 1000:03d}" for x in (2048 + 1000 * X).astype(int))
    with pytest.raises(ValueError, match=r"spaces between thousands .* '0\d+' is not an integer"):
        columns(tmp_path, "ecg\n" + rows)


def test_names_with_leading_zeros_are_not_parts_of_numbers(tmp_path):
    rows = "".join(f"007,{x}\n" for x in (2048 + 100 * X).astype(int))
    assert columns(tmp_path, "id,ecg\n" + rows)[0] == ["id", "ecg"]


@pytest.mark.parametrize("first", ["sep=;\n", '"sep=;"\r\n', "SEP=;\nI;II\n"])
def test_a_file_may_declare_its_delimiter(tmp_path, first):
    np.testing.assert_array_equal(columns(tmp_path, first + table_of(";"))[1], [X, Y])


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("packed", [False, True])
def test_encodings(tmp_path, codec, packed):
    content = ("EKG (µV)\r\n" + "\r\n".join(ROWS)).encode(codec)
    name = "x.csv.gz" if packed else "x.csv"
    (tmp_path / name).write_bytes(gzip.compress(content) if packed else content)
    found = read(tmp_path / name, 100)
    np.testing.assert_array_equal(found.samples, [X])
    assert (found.lead_names, found.units) == (("EKG",), ("µV",))


def test_binary_and_damaged_files(tmp_path, monkeypatch):
    packed = gzip.compress("\n".join(ROWS).encode())
    for name, content, reason in [
        ("x.csv", bytes(range(256)), "binary data, not text"),
        ("x.csv", b"1\0" * 9 + b"\n\1", "binary data, not text"),  # as UTF-16, nine of ten zeros
        ("x.csv", "\n".join(ROWS).encode("utf-16") + b"\0", "save the file as UTF-8"),
        ("x.csv.gz", packed[:-20], "not a sound .gz file"),
        ("x.csv.gz", b"0.1\n0.2\n", "not a sound .gz file"),
        ("x.csv.gz", packed[:30] + b"abc" + packed[33:], "not a sound .gz file"),
        (
            "x.csv",
            ("\n".join(ROWS) + "\n1").encode() + b"0" * 2**20,
            "more than 1048576 characters",
        ),
    ]:
        with pytest.raises(ValueError, match=reason):
            columns(tmp_path, content, name)
    n_bytes = len("\n".join(ROWS))
    monkeypatch.setattr(encoding, "MAX_BYTES", n_bytes)
    assert columns(tmp_path, packed, "x.csv.gz")[1].shape == (1, 400)
    monkeypatch.setattr(encoding, "MAX_BYTES", n_bytes - 1)
    with pytest.raises(ValueError, match=f"more than {n_bytes - 1} bytes unpacked"):
        columns(tmp_path, packed, "x.csv.gz")


@pytest.mark.parametrize("size", [1, 7, 100, 2**18])
def test_the_size_of_blocks_does_not_matter(tmp_path, monkeypatch, size):
    monkeypatch.setattr(table, "_BLOCK", size)
    monkeypatch.setattr("dt4ecg.io.formats.text._HEAD", 200)
    cells = ["" if i % 100 == 90 else x for i, x in enumerate(ROWS)]
    expected = np.where(np.arange(400) % 100 == 90, np.nan, X)
    for mark in ("\n", "\r\n"):
        found = columns(tmp_path, "ecg\n" + mark.join(cells))
        np.testing.assert_array_equal(found[1], [expected])


def test_the_number_of_samples_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(table, "MAX_SAMPLES", 800)
    assert columns(tmp_path, table_of(","))[1].shape == (2, 400)
    monkeypatch.setattr(table, "MAX_SAMPLES", 799)
    with pytest.raises(ValueError, match="more than 799 samples; split the recording"):
        columns(tmp_path, table_of(","))


def test_headers_that_are_numbers(tmp_path):
    counts = (2048 + 100 * X).astype(int)
    rows = "\n".join(map(str, counts))
    pairs = "".join(f"{x},{x}\n" for x in counts)
    np.testing.assert_array_equal(columns(tmp_path, "90000,80000\n" + pairs)[1], [counts, counts])
    for header in ("0", "100000", "ecg"):
        np.testing.assert_array_equal(columns(tmp_path, f"{header}\n{rows}")[1], [counts])
    np.testing.assert_array_equal(columns(tmp_path, "0,1\n" + table_of(","))[1], [X, Y])
    indexed = "".join(f"{i},{x}\n" for i, x in enumerate(ROWS))
    for header in (",0", ",ecg", '"",ecg'):
        np.testing.assert_array_equal(columns(tmp_path, f"{header}\n{indexed}")[1][1], X)
    # These first numbers may be samples: they are not far from the others.
    for sample in ("0", "2300", "2500"):
        found = columns(
            tmp_path, f"{sample}\n" + "\n".join(map(str, counts - 2048 * (sample == "0")))
        )
        assert found[1][0, 0] == float(sample)


def test_lost_samples(tmp_path):
    nan = np.nan
    for content, expected in [
        ("1.5\n\n2.5\nnan\n\n1\n\n\n", [[1.5, nan, 2.5, nan, nan, 1]]),
        ("ecg\nNA\n1\nNone\n-\n3\n", [[nan, 1, nan, nan, 3]]),
        ("a,b\n1,2\n,2\n1,\nN/A,2\n", [[1, nan, 1, nan], [2, 2, nan, 2]]),
        ("a;b\n1,5;2\n;2\n1,5;\n", [[1.5, nan, 1.5], [2, 2, nan]]),
        ("nan\nnan\n1\n2\n", [[nan, nan, 1, 2]]),
        ("1\n\u2028\n2\n", [[1, nan, 2]]),
    ]:
        np.testing.assert_array_equal(columns(tmp_path, content)[1], expected)
    doubled = "\r\r\n".join(ROWS).encode()
    np.testing.assert_array_equal(columns(tmp_path, doubled)[1], [X])


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("two,1", "line 352: 'two' is not a number but looks like text"),
        ("0.5 mV,1", "line 352: '0.5 mV' is not a number but looks like a number with a unit"),
        ("mV,1", "line 352: 'mV' is not a number but looks like a unit"),
        ("2024-03-05,1", "line 352: '2024-03-05' is not a number but looks like a date or time"),
        ('"0,5",1', "line 352: '0,5' is not a number but looks like decimal commas"),
        ("0.5", "line 352 has 1 cells, where others have 2: '0.5'"),
        ("1,2,3", "line 352 has 3 cells, where others have 2: '1,2,3'"),
    ],
)
@pytest.mark.parametrize("at", [350, 0])
def test_wrong_cells(tmp_path, row, reason, at):
    rows = ["I,II", *(f"{x},{y}" for x, y in PAIRS)]
    rows.insert(at + 1 if at else 3, row)
    reason = reason if at else reason.replace("352", "4")
    with pytest.raises(ValueError, match=re.escape(reason)):
        columns(tmp_path, "\n".join(rows))


def test_a_repeated_header_is_a_gap(tmp_path):
    half = "time,ecg\n" + "".join(f"{i / 100},{x}\n" for i, x in enumerate(ROWS))
    (tmp_path / "x.csv").write_text(half + half)
    found = read(tmp_path / "x.csv")
    np.testing.assert_array_equal(found.samples, [np.r_[X, X]])
    assert (found.sampling_rate, found.gaps) == (100.0, (400,))
    (tmp_path / "x.csv").write_text("0\n" + "\n".join([*ROWS, "0", *ROWS]).replace(".", ""))
    assert read(tmp_path / "x.csv", 100).gaps == ()


def test_columns_that_are_not_signals_may_hold_anything(tmp_path):
    remarks = {20: "cough"}
    rows = "".join(f"{x},rest,{remarks.get(i, '')},{i % 7}\n" for i, x in enumerate(ROWS))
    for remark in ("marker", "remark"):
        names, samples = columns(tmp_path, f"ecg,activity,{remark},n\n" + rows)
        assert names == ["ecg", remark, "n"]
    np.testing.assert_array_equal(samples[0], X)
    assert "column 1 (activity) holds text" in read(tmp_path / "x.csv", 100).summary()


def test_comments_and_a_trailing_delimiter(tmp_path):
    rows = "".join(f"{x},{y},{'# cough' if i == 5 else ''}\n" for i, (x, y) in enumerate(PAIRS))
    content = "% recorder 7\n# made at home\nI,II,\n" + rows + "# end\n"
    names, samples = columns(tmp_path, content)
    assert names == ["I", "II"]
    np.testing.assert_array_equal(samples, [X, Y])


@pytest.mark.parametrize(
    ("header", "rate"),
    [
        ("Sampling rate: 1,000 Hz\nNotch: 50 Hz\n", 1000.0),
        ("fs=250\n", 250.0),
        ("# Fs: 257.5 Hz\n", 257.5),
        ("Abtastrate;0,5 kHz\n", 500.0),
        ("device 3 at 130 Hz\n", 130.0),
        ("Notch filter: 50 Hz\n", None),
        ("Netz 50 Hz\n", None),
        ("0.05-150 Hz\n", None),
        ("130 Hz or 256 Hz\n", None),
        ("Name,A512\n", None),
    ],
)
def test_a_rate_in_the_header(tmp_path, header, rate):
    (tmp_path / "x.csv").write_text(header + "ecg\n" + "\n".join(ROWS))
    signal = read_contents(tmp_path / "x.csv").signals[0]
    assert (signal.name, signal.sampling_rate) == ("ecg", rate)


def test_a_rate_that_the_clock_contradicts_is_unknown(tmp_path):
    rows = "".join(f"{i / 100},{x}\n" for i, x in enumerate(ROWS))
    (tmp_path / "x.csv").write_text("# rate: 250 Hz\ntime,ecg\n" + rows)
    with pytest.raises(ValueError, match="the sampling rate is not in the file"):
        read(tmp_path / "x.csv")
    assert "states 250 Hz, and time gives 100 Hz" in read(tmp_path / "x.csv", 100).summary()


@pytest.mark.parametrize(
    ("header", "rate"),
    [
        ("t_ms;ecg\n", 250),
        ("ts;ecg\n", 250),
        ("epoch_ms;ecg\n", 250),
        ("micros;ecg\n", 250),
        ("", None),
    ],
)
def test_a_time_in_milliseconds_shows_a_pause(tmp_path, header, rate):
    unit = 1000 if "micros" in header else 1
    rows = "".join(f"{(4 * i + 9000 * (i >= 300)) * unit};{x}\n" for i, x in enumerate(ROWS))
    (tmp_path / "x.csv").write_text(header + rows)
    signal = read_contents(tmp_path / "x.csv").signals[-1]
    assert (signal.sampling_rate, signal.gaps) == (rate, (300,))


def test_a_counter_shows_lost_samples_but_no_rate(tmp_path):
    rows = "".join(f"{i + 37 * (i >= 300)},{x}\n" for i, x in enumerate(ROWS))
    (tmp_path / "x.csv").write_text(rows)
    assert read(tmp_path / "x.csv", 250).gaps == (300,)
    assert read_contents(tmp_path / "x.csv").signals[1].sampling_rate is None


@pytest.mark.parametrize(
    "content", ['""\n', "ecg\n" + '"",""\n' * 9, "1\n" + "9" * 400 + ":00\n2\n"]
)
def test_no_numbers(tmp_path, content):
    with pytest.raises(ValueError, match=r"not a number|no samples"):
        columns(tmp_path, content)


@pytest.mark.parametrize("header", ["", "I,II\n", "I,II,III\n"])
@pytest.mark.parametrize("first", ["{x},{x},{x}\n", "{x},,{x}\n"])
def test_another_number_of_columns_at_the_start_is_no_header(tmp_path, header, first):
    """The first samples would be lost, and the number of leads would change."""
    rows = first.format(x=1.5) + first.format(x=-0.5)
    with pytest.raises(ValueError, match="above the samples has 3 cells, the last lines have 2"):
        columns(tmp_path, header + rows + table_of(","))


@pytest.mark.parametrize("seed", range(20))
def test_damaged_text_raises_nothing_but_value_errors(tmp_path, seed):
    rng = np.random.default_rng(seed)
    content = bytearray(b"sep=,\ntime,ecg [mV]\n" + table_of(",").encode()[:3000])
    for place in rng.integers(0, len(content), 8):
        content[place] = rng.integers(256)
    try:
        samples = columns(tmp_path, bytes(content[: rng.integers(1, len(content))]))[1]
    except ValueError:
        return
    assert samples.dtype == np.float64
