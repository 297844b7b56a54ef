"""A package `vllm` whose OpenAI server is a stand-in, for tests of what starts one: real processes, no model.

    environment = {"PYTHONPATH": str(written(folder))}

It listens at the socket that it is told, has a child as the real one has, writes both their ids beside its weights, and
does what the files there say: `broken` ends it at the start, `mute` keeps it silent.
"""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

PIDS = "pids"
_SERVER = """
    import argparse, os, subprocess, sys
    from pathlib import Path
    from aiohttp import web

    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path)
    parser.add_argument("--uds")
    options, others = parser.parse_known_args()
    if (options.model / "broken").exists():
        sys.exit("ValueError: the weights are of no known kind")
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    (options.model / "pids").write_text(f"{os.getpid()} {child.pid}")
    (options.model / "seen").write_text(" ".join(sys.argv) + "\\n" + "\\n".join(sorted(os.environ)))

    async def handle(request):
        if (options.model / "mute").exists():
            return web.Response(status=500)
        if request.headers.get("authorization") != "Bearer " + os.environ["VLLM_API_KEY"]:
            return web.Response(status=401)
        return web.json_response({"data": [{"id": "tiny"}]})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    web.run_app(app, path=options.uds, print=None)
"""


def written(folder: Path) -> Path:
    """Where Python finds it."""
    package = folder / "vllm" / "entrypoints" / "openai"
    package.mkdir(parents=True)
    for place in (package, package.parent, package.parent.parent):
        (place / "__init__.py").touch()
    (package / "api_server.py").write_text(dedent(_SERVER), encoding="utf-8")
    return folder
