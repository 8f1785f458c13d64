"""Another program that is told of acts, and keeps the numbers of what it was told."""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Listener:
    """Listens on 127.0.0.1; now and then it says that it could not."""

    def __init__(self, deaf: float = 0.1) -> None:
        self.told: Counter[str] = Counter()
        chance, told = random.Random(5), self.told

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                listens = chance.random() >= deaf
                if listens:
                    told[str(body["object_id"])] += 1
                self.send_response(204 if listens else 503)
                self.end_headers()

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
