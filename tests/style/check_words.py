"""Check the language and the size of the project's own text files.

The check reports phrases of ``words.txt`` (next to this file), docstrings and comments that open
like the second half of a sentence, files that are too long, a long README, a crowded package root
and long commit subjects. Long sentences in Markdown are printed as notes and do not fail the check.

Usage: ``python tests/style/check_words.py`` checks every tracked file;
``--list FILE...`` checks only these files.
"""

from __future__ import annotations

import argparse
import bisect
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
WORDS = Path(__file__).with_name("words.txt")

SOURCE = {".py", ".pyi", ".cpp", ".hpp"}
TEXT = SOURCE | {".md", ".rst", ".ipynb", ".yaml", ".yml", ".toml", ".sh", ".cmake", ".cff", ".txt"}
SOURCE_LINES = 450
TEST_LINES = 500
README_BYTES = 10_240
ROOT_UNITS = 22
SUBJECT_CHARACTERS = 72
SENTENCE_WORDS = 40
# Subjects before this commit are older than the limit.
FIRST_CHECKED_COMMIT = "5456cfe"

LEADER = re.compile(r"^\s*(?:#+|//+|\*|>)?\s*")
COMMENT = re.compile(r"^\s*(?:#|//)")
OPENING = re.compile(r'^\s*(?:#|//+|r?"""|\'\'\')\s*(?P<phrase>Of the|What|Who)\b')


class Finding(NamedTuple):
    """A place in a file, the phrase found there and a hint for its replacement."""

    path: Path
    line: int
    phrase: str
    hint: str


class Rules(NamedTuple):
    """The compiled word list: one pattern, a hint for each phrase, and the allowed texts."""

    pattern: re.Pattern[str]
    hints: dict[str, str]
    allowed: re.Pattern[str]


def read_rules(path: Path = WORDS) -> Rules:
    """Read and compile a word list."""
    hints: dict[str, str] = {}
    allowed: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("allow "):
            allowed.append(line.removeprefix("allow ").strip())
            continue
        phrase, arrow, hint = line.partition(" -> ")
        if not arrow:
            raise ValueError(f"{path}: {line!r} is neither 'PHRASE -> HINT' nor 'allow TEXT'")
        hints[phrase.strip().lower()] = hint.strip()
    longest_first = sorted(hints, key=len, reverse=True)
    alternatives = "|".join(phrase.replace(" ", r"\s+") for phrase in longest_first)
    return Rules(
        re.compile(rf"(?<![A-Za-z])(?:{alternatives})(?![A-Za-z])", re.IGNORECASE),
        hints,
        re.compile("|".join(map(re.escape, allowed)) or r"(?!)", re.IGNORECASE),
    )


def phrases(path: Path, lines: list[str], rules: Rules) -> Iterator[Finding]:
    """Find listed phrases, also across a line break inside a paragraph or a comment."""
    # One string without comment markers, and the offset at which each line starts in it.
    stripped = [LEADER.sub("", line) for line in lines]
    starts = [0]
    for line in stripped:
        starts.append(starts[-1] + len(line) + 1)
    joined = " ".join(stripped)
    allowed = [match.span() for match in rules.allowed.finditer(joined)]
    for match in rules.pattern.finditer(joined):
        if any(first <= match.start() and match.end() <= last for first, last in allowed):
            continue
        phrase = " ".join(match.group().split())
        yield Finding(
            path, bisect.bisect_right(starts, match.start()), phrase, rules.hints[phrase.lower()]
        )


def openings(path: Path, lines: list[str]) -> Iterator[Finding]:
    """Find docstrings and comments that begin like the second half of a sentence."""
    for number, line in enumerate(lines, 1):
        match = OPENING.match(line)
        continues = number > 1 and COMMENT.match(line) and COMMENT.match(lines[number - 2])
        if match and not continues and "?" not in line:
            yield Finding(path, number, f"opens with {match['phrase']!r}", "write a full sentence")


def notebook_lines(text: str) -> list[str]:
    """Return a notebook's file lines with everything but the cells' sources blanked."""
    sources = {
        json.dumps(line, ensure_ascii=False): line.rstrip("\n")
        for cell in json.loads(text)["cells"]
        for line in cell["source"]
    }
    return [sources.get(line.strip().rstrip(","), "") for line in text.splitlines()]


def check_text(path: Path, text: str, rules: Rules) -> Iterator[Finding]:
    """Check the language of one file; ``path`` decides how its text is read."""
    lines = notebook_lines(text) if path.suffix == ".ipynb" else text.splitlines()
    yield from phrases(path, lines, rules)
    if path.suffix in SOURCE:
        yield from openings(path, lines)


def long_sentences(path: Path, text: str) -> Iterator[Finding]:
    """Find sentences over ``SENTENCE_WORDS`` words in Markdown, without code, tables and lists."""
    without_code = re.sub(
        r"^```.*?^```",
        lambda block: "\n" * block.group().count("\n"),
        text,
        flags=re.MULTILINE | re.DOTALL,
    )
    for paragraph in re.finditer(r"(?:^(?![|#\s]).+\n?)+", without_code, re.MULTILINE):
        line = without_code.count("\n", 0, paragraph.start()) + 1
        for item in re.split(r"^(?:[-*]|\d+\.)\s", paragraph.group(), flags=re.MULTILINE):
            for sentence in re.split(r"(?<=[.!?])\s+", item):
                words = len(sentence.split())
                if words > SENTENCE_WORDS:
                    opening = " ".join(sentence.split()[:6])
                    yield Finding(path, line, f"sentence of {words} words", f"{opening} ...")


def length_limit(path: Path) -> int | None:
    """Return the most lines that a file may have; ``None`` without a limit."""
    if path.suffix not in SOURCE:
        return None
    return TEST_LINES if path.parts[0] == "tests" else SOURCE_LINES


def too_large(path: Path, text: str) -> Iterator[Finding]:
    """Check one file's number of lines, and the size of the README."""
    lines = text.count("\n")
    limit = length_limit(path)
    if limit is not None and lines > limit:
        yield Finding(path, lines, f"{lines} lines", f"split it: at most {limit}")
    size = len(text.encode())
    if path == Path("README.md") and size > README_BYTES:
        yield Finding(path, 1, f"{size} bytes", f"move details to docs/: at most {README_BYTES}")


def crowded_root(files: Iterable[Path]) -> Iterator[Finding]:
    """Check the number of modules and folders directly in the package."""
    package = Path("python/dt4ecg")
    names = {path.relative_to(package).parts[0] for path in files if package in path.parents}
    units = len(names - {"py.typed"})
    if units > ROOT_UNITS:
        yield Finding(
            package, 1, f"{units} units at the package root", f"group them: at most {ROOT_UNITS}"
        )


def long_subjects() -> Iterator[Finding]:
    """Check the subjects of the commits after ``FIRST_CHECKED_COMMIT``, where history is there."""
    for line in git("log", "--format=%h %s", f"{FIRST_CHECKED_COMMIT}..HEAD").splitlines():
        commit, _, subject = line.partition(" ")
        if len(subject) > SUBJECT_CHARACTERS:
            yield Finding(
                Path(commit), 1, f"{len(subject)} characters", f"at most {SUBJECT_CHARACTERS}"
            )


def git(*arguments: str) -> str:
    """Return the output of a git command; empty if git or the history is missing."""
    try:
        run = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    except FileNotFoundError:
        return ""
    return run.stdout if run.returncode == 0 else ""


def tracked_files() -> list[Path]:
    """Return the files under version control, or in an unpacked archive all that look like ours."""
    listed = git("ls-files", "-z").split("\0")[:-1]
    if listed:
        return [path for path in map(Path, listed) if (ROOT / path).is_file()]
    folders = ("python", "cpp", "tests", "benchmarks", "notebooks", "docs", ".github")
    found = [path for folder in folders for path in (ROOT / folder).rglob("*")]
    return [path.relative_to(ROOT) for path in [*found, *ROOT.iterdir()] if path.is_file()]


def is_text(path: Path) -> bool:
    """Return whether a file holds text that people write; the word list itself is left out."""
    written = path.suffix in TEXT or path == Path(".ci/run")
    return written and path != WORDS.relative_to(ROOT)


def main(arguments: list[str] | None = None) -> int:
    """Run the check; return 1 if there is a finding, else 0."""
    parser = argparse.ArgumentParser(description="Check the language and size of text files.")
    parser.add_argument("--list", nargs="+", metavar="FILE", help="check only these files")
    given = parser.parse_args(arguments).list
    rules = read_rules()

    everything = tracked_files()
    chosen = [Path(name).resolve().relative_to(ROOT) for name in given] if given else everything
    findings: list[Finding] = []
    notes: list[Finding] = []
    for path in sorted(filter(is_text, chosen)):
        text = (ROOT / path).read_text(encoding="utf-8")
        findings += check_text(path, text, rules)
        findings += too_large(path, text)
        if path.suffix == ".md":
            notes += long_sentences(path, text)
    if not given:
        findings += crowded_root(everything)
        findings += long_subjects()

    for prefix, found in (("note: ", notes), ("", findings)):
        for finding in found:
            print(f"{prefix}{finding.path}:{finding.line}: {finding.phrase} -> {finding.hint}")
    if findings:
        print(f"{len(findings)} findings. The phrases are listed in tests/style/words.txt.")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
