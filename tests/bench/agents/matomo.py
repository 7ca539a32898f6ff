"""Holds the user-agent parser against a corpus that it was not written from: the fixtures of Matomo's Device Detector, as the
Python port `device-detector` carries them in its source distribution.

    pip download --no-deps --no-binary device-detector device-detector==6.5.1 && tar xzf device_detector-6.5.1.tar.gz
    cargo build --release -p sekisho-edge --example user_agent
    python3 tests/bench/agents/matomo.py device_detector-6.5.1/device_detector/tests/fixtures/upstream

It needs PyYAML. Fixtures with client hints are left out: their answer is not the user agent's alone.
"""

import glob
import re
import subprocess
import sys
from collections import Counter

import yaml

PARSER = "target/release/examples/user_agent"

# Their names and ours, each to the coarser of the two. What is not in here is no mainstream browser.
FAMILIES = {
    "Chrome": "Chrome", "Chrome Mobile": "Chrome", "Chrome Mobile iOS": "Chrome",
    "Chrome Webview": "Chrome WebView", "Chrome Mobile WebView": "Chrome WebView",
    "Safari": "Safari", "Mobile Safari": "Safari", "Mobile Safari UI/WKWebView": "Safari",
    "Microsoft Edge": "Edge", "Edge": "Edge", "Edge Mobile": "Edge",
    "Firefox": "Firefox", "Firefox Mobile": "Firefox", "Firefox Mobile iOS": "Firefox", "Firefox iOS": "Firefox",
    "Opera": "Opera", "Opera Mobile": "Opera",
    "Samsung Browser": "Samsung Internet", "Samsung Internet": "Samsung Internet",
    "Internet Explorer": "IE", "IE Mobile": "IE", "IE": "IE",
}
SYSTEMS = {
    "Windows": "Windows", "Mac": "macOS", "Mac OS X": "macOS", "Android": "Android", "iOS": "iOS", "iPadOS": "iOS",
    "Chrome OS": "ChromeOS", "GNU/Linux": "Linux", "Linux": "Linux", "Ubuntu": "Linux", "Fedora": "Linux", "Debian": "Linux",
    "CentOS": "Linux", "Windows Phone": "Windows Phone", "Windows Mobile": "Windows Phone", "Fire OS": "Android",
    "HarmonyOS": "HarmonyOS",
}
KINDS = {"desktop": "desktop", "smartphone": "phone", "phablet": "phone", "tablet": "tablet"}


def fixtures(folder):
    """Every fixture of a desktop, phone or tablet with a mainstream browser."""
    for path in sorted(glob.glob(f"{folder}/*.yml")):
        if not re.search(r"/(desktop|smartphone|phablet|tablet)(-\d+)?\.yml$", path):
            continue
        with open(path, encoding="utf-8") as file:
            for case in yaml.load(file, Loader=yaml.CSafeLoader):
                client = case.get("client") or {}
                if "headers" not in case and client.get("type") == "browser" and client.get("name") in FAMILIES:
                    yield case


def main(folder):
    cases = list(fixtures(folder))
    lines = "\n".join(" ".join(case["user_agent"].split()) for case in cases) + "\n"
    told = subprocess.run([PARSER], input=lines.encode(), capture_output=True, check=True).stdout.decode().splitlines()
    counts, misses = Counter(), Counter()
    for case, line in zip(cases, told, strict=True):
        family, major, system, kind = line.split("\t")
        client, os = case["client"], case.get("os") or {}
        wanted = FAMILIES[client["name"]], str(client.get("version") or "").split(".")[0]
        fits = (FAMILIES.get(family, family), major) == wanted
        here = SYSTEMS.get(os.get("name"), os.get("name"))
        there = SYSTEMS.get(system, system)
        counts["browser"] += fits
        counts["system"] += here == there
        counts["kind"] += KINDS.get((case.get("device") or {}).get("type")) == kind
        counts["all"] += 1
        if not fits:
            misses[f"{wanted[0]} -> {FAMILIES.get(family, family)}{'' if FAMILIES.get(family, family) != wanted[0] else ', another version'}"] += 1
        if here != there:
            misses[f"{here} -> {there}"] += 1
    for what in ("browser", "system", "kind"):
        print(f"{what:8} {counts[what]:6} of {counts['all']}  {100 * counts[what] / counts['all']:.1f} %")
    for miss, count in misses.most_common(25):
        print(f"  {count:5}  {miss}")


if __name__ == "__main__":
    main(sys.argv[1])
