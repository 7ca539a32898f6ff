"""The smallest application that insists on the statement: it answers to whom it speaks.

    ISSUER=http://localhost:8787 AUDIENCE=https://origin.example PORT=8788 python3 server.py
"""

import json
import os
from wsgiref.simple_server import WSGIRequestHandler, make_server

from sekisho import Sekisho


class Quiet(WSGIRequestHandler):
    """One that does not write a line per request."""

    def log_message(self, *_):
        pass


def app(environ, start_response):
    start_response("200 OK", [("content-type", "application/json")])
    return [json.dumps(environ["sekisho"]).encode()]


# As for Node, the three times are given in milliseconds.
times = {name.lower(): float(os.environ[name]) / 1000 for name in ("FRESH", "STALE", "PAUSE") if name in os.environ}
guarded = Sekisho(app, os.environ["ISSUER"], os.environ["AUDIENCE"], jwks=os.environ.get("JWKS"), **times)
with make_server("127.0.0.1", int(os.environ["PORT"]), guarded, handler_class=Quiet) as server:
    print(f"listening on {server.server_port}", flush=True)
    server.serve_forever()
