"""Files that derive from the declarations and are committed for readers, kept fresh.

`layers/<name>/table.sql`, `docs/layers/*.md`; in a checkout also `docs/errors.md` and
`FEATURES.md`. Each is a function of what is declared: rendering twice changes nothing.
"""

from __future__ import annotations

from pathlib import Path

from sitplan.catalogue import read_folder
from sitplan.dictionary import NOTE, errors_page, index_page, layer_page
from sitplan.errors import WrongDeclaration
from sitplan.metadata import gaps
from sitplan.promises import features_page
from sitplan.views import render_layer


def render(folder: Path, *, check: bool = False) -> list[Path]:
    """The files that were not as declared; written anew unless `check`.

    Parameters
    ----------
    folder
        The territory's `layers/`; documents go into `docs/` beside it.
    check
        Only look.

    Raises
    ------
    WrongDeclaration
        When the territory or a layer is declared wrongly, or says too little for the catalogue.
    """
    wanted = rendered(folder)
    stale = [path for path, text in wanted.items() if _text(path) != text]
    pages = folder.parent / "docs" / "layers"
    left = [p for p in sorted(pages.glob("*.md")) if p not in wanted and _is_ours(p)]
    if not check:
        for path in stale:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[path], encoding="utf-8")
        for path in left:
            path.unlink()
    return stale + left


def rendered(folder: Path) -> dict[Path, str]:
    """Every derived file of a territory and what it must hold."""
    catalogue = read_folder(folder)
    for error in catalogue.broken.values():
        raise error
    root = folder.parent
    pages = root / "docs" / "layers"
    found = {pages / "index.md": index_page(catalogue)}
    for layer in catalogue:
        if missing := gaps(layer):
            raise WrongDeclaration(
                "wrong_declaration",
                path=f"{layer.name}/layer.yaml",
                problem=f"falta decir: {', '.join(missing)}",
            )
        table = render_layer(layer, catalogue.territory)
        found[folder / layer.name / "table.sql"] = table.rstrip() + "\n"
        found[pages / f"{layer.name}.md"] = layer_page(layer, catalogue)
    if (root / "sitplan" / "render.py").exists():  # the checkout, not a territory by itself
        found[root / "docs" / "errors.md"] = errors_page()
        found[root / "FEATURES.md"] = features_page(root)
    return found


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _is_ours(path: Path) -> bool:
    return path.read_text(encoding="utf-8").startswith(NOTE)
