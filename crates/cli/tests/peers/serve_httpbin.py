"""Serves httpbin over HTTP/1.1 at a port that is free, and prints which."""

from werkzeug.serving import WSGIRequestHandler, make_server

from httpbin.core import app


class Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def make_environ(self):
        environ = super().make_environ()
        # This server takes bodies in chunks. httpbin believes it of this name only.
        environ["SERVER_SOFTWARE"] = "gunicorn/0"
        return environ

    def log(self, *_):
        pass


server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Handler)
print(f"httpbin at 127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
