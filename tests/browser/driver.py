"""A browser for tests: headless Chromium through its WebDriver, spoken to over plain HTTP; no package needed."""

from __future__ import annotations

import base64
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
_ARGUMENTS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars",
)
_KEY = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"Tab": "\ue004", "Enter": "\ue007", "Escape": "\ue00c", "Left": "\ue012", "Up": "\ue013", "Right": "\ue014", "Down": "\ue015"}


class Browser:
    """One browser window."""

    def __init__(self, profile: Path, width: int = 1280, height: int = 900) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self._driver = subprocess.Popen([str(DRIVER), f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._root = f"http://127.0.0.1:{port}"
        self._wait()
        options = {"binary": CHROMIUM, "args": [*_ARGUMENTS, f"--user-data-dir={profile}", f"--window-size={width},{height}", "about:blank"]}
        wanted = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
        self._session = self._call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]

    def _wait(self) -> None:
        for _ in range(100):
            try:
                if self._call("GET", "/status")["ready"]:
                    return
            except (urllib.error.URLError, ConnectionError):
                pass
            time.sleep(0.1)
        raise RuntimeError("the WebDriver does not start")

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(self._root + path, None if body is None else json.dumps(body).encode(), {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"]) from error

    def _in(self, method: str, path: str, body: Any = None) -> Any:
        return self._call(method, f"/session/{self._session}{path}", body)

    def open(self, page: Path) -> None:
        """Opens a file and forgets what was logged before: the browser's first page asks for parts of its own."""
        self._in("POST", "/url", {"url": "about:blank"})
        self.errors()
        self.requests()
        self._in("POST", "/url", {"url": page.resolve().as_uri()})

    def js(self, script: str, *arguments: Any) -> Any:
        """The value that a script returns."""
        return self._in("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def until(self, script: str, *arguments: Any) -> None:
        """Waits for a script to return something true; five seconds are a failure."""
        for _ in range(100):
            if self.js(script, *arguments):
                return
            time.sleep(0.05)
        raise AssertionError(f"never true: {script}")

    def click(self, selector: str) -> None:
        """A real click on the first element that matches, as a mouse makes it."""
        found = self._in("POST", "/element", {"using": "css selector", "value": selector})
        self._in("POST", f"/element/{found[_KEY]}/click", {})

    def type(self, selector: str, text: str) -> None:
        """Clears a field, and types."""
        found = self._in("POST", "/element", {"using": "css selector", "value": selector})[_KEY]
        self._in("POST", f"/element/{found}/clear", {})
        self._in("POST", f"/element/{found}/value", {"text": text})
        time.sleep(0.3)

    def press(self, *names: str) -> None:
        """Keys to whatever has the focus."""
        actions = [step for name in names for step in ({"type": "keyDown", "value": KEYS.get(name, name)}, {"type": "keyUp", "value": KEYS.get(name, name)})]
        self._in("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def drag(self, selector: str, dx: int, dy: int) -> None:
        """Drags from an element's upper left part."""
        box = self.js("const b = document.querySelector(arguments[0]).getBoundingClientRect(); return [b.left + 12, b.top + 12]", selector)
        moves = [{"type": "pointerMove", "x": int(box[0]), "y": int(box[1])}, {"type": "pointerDown", "button": 0},
                 {"type": "pointerMove", "x": int(box[0]) + dx, "y": int(box[1]) + dy, "duration": 80}, {"type": "pointerUp", "button": 0}]
        self._in("POST", "/actions", {"actions": [{"type": "pointer", "id": "mouse", "actions": moves}]})

    def media(self, **features: str) -> None:
        """Sets media features, such as `prefers-color-scheme`."""
        given = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self._in("POST", "/goog/cdp/execute", {"cmd": "Emulation.setEmulatedMedia", "params": {"features": given}})

    def resize(self, width: int, height: int) -> None:
        """The size of what is seen, also narrower than a window may be."""
        params = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._in("POST", "/goog/cdp/execute", {"cmd": "Emulation.setDeviceMetricsOverride", "params": params})

    def pdf(self) -> bytes:
        """The page as it is printed."""
        return base64.b64decode(self._in("POST", "/print", {"background": True}))

    def picture(self, path: Path) -> None:
        """What is seen, as PNG."""
        path.write_bytes(base64.b64decode(self._in("GET", "/screenshot")))

    def errors(self) -> list[str]:
        """What the console says at the level of warnings or above, the browser's own refusals included."""
        return [row["message"] for row in self._in("POST", "/se/log", {"type": "browser"}) if row["level"] in ("SEVERE", "WARNING")]

    def requests(self) -> list[str]:
        """Addresses that were asked for."""
        messages = [json.loads(row["message"])["message"] for row in self._in("POST", "/se/log", {"type": "performance"})]
        return [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]

    def close(self) -> None:
        """Ends the browser and its driver."""
        try:
            self._in("DELETE", "")
        finally:
            self._driver.terminate()
            self._driver.wait(10)
