"""An HTTP server that takes webhooks, and is not always well."""

import http.server
import random
import socket
import threading


class Receiver:
    """Keeps what came: `arrivals` is a list of (key, path, body, was answered with 200)."""

    def __init__(self, seed, refusals=0.1, cuts=0.1):
        self.arrivals = []
        self.on_arrival = None
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # An idle connection must not hold a thread for ever.
            timeout = 60

            def do_POST(self):
                length = int(self.headers["Content-Length"])
                body = self.rfile.read(length)
                if len(body) < length:
                    # The sender was killed on the way: nothing has arrived.
                    self.close_connection = True
                    return
                key = self.headers["Idempotency-Key"]
                with receiver._lock:
                    luck = receiver._random.random()
                    is_taken = luck >= refusals + cuts
                    receiver.arrivals.append((key, self.path, body, is_taken))
                    hook = receiver.on_arrival
                if hook:
                    hook()
                if luck < cuts:
                    # No answer, or half of one.
                    if luck < cuts / 2:
                        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Le")
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.send_response(200 if is_taken else 500)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_):
                """A client that was killed is no news."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
