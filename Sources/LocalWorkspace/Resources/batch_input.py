"""What is to be worked through, cut into items: files, or stretches of tables."""

import glob
import os

from batch_common import Fatal


def list_files(source):
    """Every file to be scored, in a stable order: what it is called in the output, and where it is."""
    if os.path.isfile(source):
        return [(os.path.basename(source), source)]
    if not os.path.isdir(source):
        raise Fatal("the input %s does not exist" % os.path.basename(source.rstrip("/")))
    found = []
    for folder, folders, names in os.walk(source):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in names:
            if not name.startswith((".", "_")):
                path = os.path.join(folder, name)
                found.append((os.path.relpath(path, source), path))
    if not found:
        raise Fatal("the input folder holds no files")
    return sorted(found)


def list_items(settings):
    """Every item in a stable order: [name, path], or [name, path, start, stop] for a stretch of a table's bytes."""
    table = settings.get("table")
    if table is None:
        listed = settings.get("table_files")
        return table_files(settings["input"], listed["paths"]) if listed else list_files(settings["input"])
    files = table_files(settings["input"], table["paths"])
    if table.get("read") != "delimited":
        return files
    return [item for name, path in files for item in stretches(name, path, table, settings["mini_batch_bytes"])]


def table_files(folder, paths):
    """The files that an MLTable names, none of them outside its folder."""
    root = os.path.realpath(folder)
    found = []
    for entry in paths:
        kind, place = entry["kind"], os.path.join(root, entry["path"])
        if kind == "file":
            places = [place]
        elif kind == "folder":
            places = [path for _, path in list_files(place)]
        else:
            places = sorted(glob.glob(place, recursive=True))
        for path in places:
            real = os.path.realpath(path)
            if real != root and not real.startswith(root + os.sep):
                raise Fatal("the MLTable names %s, which is outside its folder" % entry["path"])
            if os.path.isfile(real):
                found.append((os.path.relpath(real, root), real))
            elif kind == "file":
                raise Fatal("the MLTable names %s, which does not exist" % entry["path"])
    if not found:
        raise Fatal("the MLTable names no files")
    return found


def stretches(name, path, table, limit):
    """Cuts a delimited file between rows into stretches of about so many bytes."""
    items = []
    with open(path, "rb") as file:
        if table.get("header", True):
            read_row(file)
        start = position = file.tell()
        while True:
            row = read_row(file)
            if not row:
                break
            position += len(row)
            if position - start >= limit:
                items.append((name, path, start, position))
                start = position
    if position > start:
        items.append((name, path, start, position))
    return items


def read_row(file):
    """A line, and those after it as long as a quotation is open."""
    row = file.readline()
    while row.count(b'"') % 2 and len(row) < 1 << 24:
        more = file.readline()
        if not more:
            break
        row += more
    return row


def batches(items, settings):
    """The items of each call of run()."""
    size = 1 if settings.get("table") else settings["mini_batch_size"]
    return [items[start : start + size] for start in range(0, len(items), size)]


def read_stretch(item, table):
    """A stretch of a table, or a whole one, as a DataFrame."""
    try:
        import pandas
    except ImportError:
        raise Fatal("a mini-batch of a table is a DataFrame, but the environment has no pandas")
    import io

    path = item[1]
    if table["read"] == "parquet":
        frame = pandas.read_parquet(path)
    elif table["read"] == "json_lines":
        frame = pandas.read_json(path, lines=True)
    else:
        with open(path, "rb") as file:
            header = read_row(file) if table.get("header", True) else b""
            file.seek(item[2])
            data = header + file.read(item[3] - item[2])
        options = {"sep": table.get("delimiter", ","), "encoding": table.get("encoding", "utf-8-sig")}
        if header:
            frame = pandas.read_csv(io.BytesIO(data), **options)
        else:
            frame = pandas.read_csv(io.BytesIO(data), header=None, **options)
            frame.columns = ["Column%d" % (number + 1) for number in range(len(frame.columns))]
    if table.get("keep"):
        frame = frame[[name for name in table["keep"] if name in frame.columns]]
    if table.get("drop"):
        frame = frame.drop(columns=[name for name in table["drop"] if name in frame.columns])
    return frame
