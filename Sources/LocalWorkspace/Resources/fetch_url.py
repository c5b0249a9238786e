"""Fetches one address into a folder, at most so many bytes: fetch_url.py ADDRESS FOLDER LIMIT."""

import os
import sys
import urllib.error
import urllib.parse
import urllib.request


def main(address, folder, limit):
    parts = urllib.parse.urlsplit(address)
    if parts.scheme not in ("http", "https"):
        return "is no http address"
    name = os.path.basename(urllib.parse.unquote(parts.path)) or "index"
    if name in (".", "..") or "\0" in name:
        name = "index"
    path = os.path.join(folder, name)
    size = 0
    try:
        with urllib.request.urlopen(address, timeout=60) as answer, open(path, "wb") as file:
            while True:
                chunk = answer.read(1 << 18)
                if not chunk:
                    break
                size += len(chunk)
                if size > limit:
                    return "is larger than %d bytes" % limit
                file.write(chunk)
    except urllib.error.HTTPError as error:
        return "answers %d %s" % (error.code, error.reason)
    except (OSError, ValueError) as error:
        return "cannot be fetched: %s" % getattr(error, "reason", error)
    return None


if __name__ == "__main__":
    problem = main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    if problem:
        print(" ".join(problem.split()))
    sys.exit(1 if problem else 0)
