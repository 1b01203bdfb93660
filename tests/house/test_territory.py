"""The territory is data, and no file knows whose machine it was written on."""

from __future__ import annotations

import json
import re
import subprocess

from .reading import CHECKOUT, tracked


def test_no_code_knows_the_commune() -> None:
    found = subprocess.run(
        ["git", "grep", "-iE", "--untracked", "vallenar|32719|03301", "--", "sitplan", "api"],
        cwd=CHECKOUT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert found.stdout == ""


def test_no_file_names_a_folder_of_a_machine() -> None:
    own = re.compile(r"(?<![\w.~-])/(?:work|root|home)/[\w.]|[A-Z]:\\\\Users")
    allowed = re.compile(r"/root/\.(?:cache|npm)|/home/sitplan")  # inside the image
    for path in tracked():
        if path.suffix in (".png", ".woff2", ".ico", ".gpkg", ".zip", ".xlsx", ".tif"):
            continue
        text = path.read_text(encoding="utf-8", errors="ignore")
        if path.parent.name == "house":
            continue
        strange = [m.group() for m in own.finditer(allowed.sub("", text))]
        assert not strange, f"{path.relative_to(CHECKOUT)}: {strange[:3]}"


def test_lock_files_name_no_registry() -> None:
    for path in tracked("*.lock"):
        text = path.read_text(encoding="utf-8")
        assert not re.findall(
            r"^\s*--(?:index|extra-index|find-links)|https?://", text, flags=re.M
        ), path
        pinned = [line for line in text.splitlines() if re.match(r"[a-z0-9]", line)]
        assert pinned and all("==" in line for line in pinned), path
        assert text.count("--hash=sha256:") >= len(pinned), path
    packages = json.loads((CHECKOUT / "api" / "web" / "package-lock.json").read_text())["packages"]
    for name, one in packages.items():
        assert "resolved" not in one, name
        assert not name or one.get("link") or one["integrity"].startswith("sha512-"), name


def test_no_secret_is_tracked() -> None:
    secret = re.compile(
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|ghp_[A-Za-z0-9]{30}"
    )
    for path in tracked():
        if path.parent.name != "house":
            assert not secret.search(path.read_text(encoding="utf-8", errors="ignore")), path
