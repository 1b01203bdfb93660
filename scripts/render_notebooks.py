"""The notebooks, run on the running instance, as pages to read: build/notebooks/*.html.

    python scripts/render_notebooks.py [NOTEBOOK ...]

Each runs top to bottom in a kernel of its own; what is committed stays without outputs.
"""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
FOLDER, PAGES = CHECKOUT / "notebooks", CHECKOUT / "build" / "notebooks"
LONGEST_S = 60


def main(words: list[str]) -> int:
    """Write a page for each notebook; 1 if one of them failed."""
    try:
        import nbformat
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError
        from nbconvert import HTMLExporter
    except ModuleNotFoundError:
        print("Cuadernos sin página: falta JupyterLab (make ready WITH=notebooks)")
        return 0
    import sitplan
    from sitplan.errors import SitplanError

    try:
        with sitplan.open() as here:
            here.catalogue  # noqa: B018 - the instance answers
    except SitplanError as error:
        print(f"Cuadernos sin página: {error.message('es')} {error.hint('es')}")
        return 0
    PAGES.mkdir(parents=True, exist_ok=True)
    exporter = HTMLExporter(exclude_input_prompt=True, exclude_output_prompt=True)
    # a page asks no other machine: neither for formulas nor for its module loader
    exporter.mathjax_url = exporter.require_js_url = exporter.jquery_url = ""
    failed = 0
    for path in [Path(word) for word in words] or sorted(FOLDER.glob("*.ipynb")):
        began = time.monotonic()
        book = nbformat.read(path, as_version=4)
        client = NotebookClient(
            book, timeout=LONGEST_S, kernel_name="python3",
            resources={"metadata": {"path": FOLDER}},
            extra_arguments=["--IPKernelApp.log_level=ERROR"],  # not its advice on transports
        )  # fmt: skip
        try:
            client.execute()
        except CellExecutionError as error:
            print(f"{path.name}: {error}", file=sys.stderr)
            failed = 1
            continue
        page, _ = exporter.from_notebook_node(book)
        target = PAGES / f"{path.stem}.html"
        target.write_text(re.sub(r'<script src="">\s*</script>', "", page), encoding="utf-8")
        told = target.relative_to(CHECKOUT)
        print(f"{told} · {len(page) / 2**20:.1f} MiB · {time.monotonic() - began:.0f} s")
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
