#!/usr/bin/env python3
"""Turns api/*.yaml (OpenAPI 3.1) into docs/api/*.html: one page each and an index, without scripts and without anything
from elsewhere.

    scripts/apidocs.py           writes the pages
    scripts/apidocs.py --check   fails where a page is not what its description makes
"""
import base64
import hashlib
import html
import json
import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".deps/venv"

STYLE = """
:root { color-scheme: light dark; --ink: #1a2129; --soft: #5a6672; --line: #dfe4ea; --paper: #fff; --wash: #f5f7f9;
  --accent: #0b7285; --get: #1864ab; --post: #2b8a3e; --good: #2b8a3e; --bad: #c92a2a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e3e8ed; --soft: #98a4b0; --line: #2b343d; --paper: #12171c;
  --wash: #1a2128; --accent: #3bc9db; --get: #4dabf7; --post: #69db7c; --good: #69db7c; --bad: #ff8787; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1.5rem; }
body { margin: 0; font: 16px/1.6 system-ui, sans-serif; color: var(--ink); background: var(--paper); display: grid;
  grid-template-columns: 18rem minmax(0, 1fr); }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1.5rem 1rem; background: var(--wash);
  border-right: 1px solid var(--line); font-size: .875rem; }
nav h2 { font-size: .75rem; text-transform: uppercase; letter-spacing: .06em; color: var(--soft); margin: 1.5rem 0 .25rem; }
nav a { display: flex; align-items: baseline; gap: .5rem; padding: .2rem .4rem; border-radius: .3rem; color: inherit; text-decoration: none; }
nav a span { overflow-wrap: break-word; min-width: 0; }
nav a:hover, nav a:focus-visible { background: var(--line); }
main { max-width: 60rem; padding: 2rem 2.5rem 6rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { margin: 3.5rem 0 .5rem; padding-bottom: .3rem; border-bottom: 2px solid var(--accent); }
h3 { margin: 2.5rem 0 .4rem; font-size: 1.1rem; overflow-wrap: anywhere; }
h4 { margin: 1.3rem 0 .3rem; font-size: .8rem; text-transform: uppercase; letter-spacing: .05em; color: var(--soft); }
a { color: var(--accent); }
code, pre { font: .875em/1.5 ui-monospace, monospace; }
code { background: var(--wash); padding: .1em .3em; border-radius: .25rem; overflow-wrap: anywhere; }
pre { background: var(--wash); border: 1px solid var(--line); border-radius: .4rem; padding: .8rem 1rem; overflow: auto; }
pre code { padding: 0; background: none; overflow-wrap: normal; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; margin: .3rem 0 .8rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 500; }
td:first-child { white-space: nowrap; }
.lead { font-size: 1.15rem; color: var(--soft); margin: 0 0 1rem; }
.verb { font: 600 .7rem/1.6 ui-monospace, monospace; min-width: 2.6rem; color: var(--post); }
.verb.get { color: var(--get); }
h3 .verb { font-size: .9rem; margin-right: .4rem; }
.good { color: var(--good); } .bad { color: var(--bad); }
.must { color: var(--bad); font-size: .75rem; } .gone { color: var(--soft); font-size: .75rem; }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .5rem 0; padding: .1rem .9rem; }
summary { cursor: pointer; padding: .4rem 0; }
@media (max-width: 50rem) { body { display: block; } nav { position: static; height: auto; } main { padding: 1.5rem 1rem 4rem; }
  td:first-child { white-space: normal; } }
"""


def use_venv():
    """PyYAML is in the environment of scripts/setup test."""
    if Path(sys.prefix) != VENV:
        python = VENV / "bin/python"
        if not python.exists():
            sys.exit("apidocs: run scripts/setup test first")
        os.execv(python, [str(python), *sys.argv])


def esc(value):
    return html.escape(str(value), quote=True)


def inline(text):
    """`code`, **bold** and line ends of a description."""
    text = esc(text)
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", text)
    return re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", text)


def prose(text):
    """Paragraphs and lists of a description."""
    out = []
    for block in re.split(r"\n\s*\n", (text or "").strip()):
        lines = block.split("\n")
        if lines[0].startswith("* "):
            items = re.split(r"\n?^\* ", block, flags=re.M)[1:]
            out.append("<ul>" + "".join(f"<li>{inline(' '.join(item.split()))}</li>" for item in items) + "</ul>")
        elif block:
            out.append(f"<p>{inline(' '.join(block.split()))}</p>")
    return "".join(out)


def slug(*words):
    return re.sub(r"[^a-z0-9]+", "-", "-".join(words).lower()).strip("-")


class Page:
    def __init__(self, document):
        self.document = document

    def resolve(self, node):
        while "$ref" in node:
            found = self.document
            for step in node["$ref"][2:].split("/"):
                found = found[step]
            node = {**found, **{k: v for k, v in node.items() if k != "$ref"}}
        return node

    def type_of(self, schema):
        """A schema in a few words, links for those that have a name."""
        if "$ref" in schema:
            name = schema["$ref"].split("/")[-1]
            target = self.resolve(schema)
            if target.get("type") == "null":
                return "null"
            return f'<a href="#{slug("schema", name)}">{esc(name)}</a>'
        if "oneOf" in schema and "type" not in schema:
            return " or ".join(self.type_of(one) for one in schema["oneOf"])
        if "const" in schema:
            return f"<code>{esc(json.dumps(schema['const']))}</code>"
        if "enum" in schema:
            return " ".join(f"<code>{esc(one)}</code>" for one in schema["enum"])
        kinds = schema.get("type", "anything")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        words = []
        for kind in kinds:
            if kind == "array":
                words.append("list of " + self.type_of(schema["items"]) if "items" in schema else "empty list")
            elif kind == "string" and schema.get("format") == "binary":
                words.append("bytes")
            else:
                words.append(esc(kind))
        text = " or ".join(words)
        if "minimum" in schema and "maximum" in schema:
            text += f", {schema['minimum']} to {schema['maximum']}"
        if "maxItems" in schema and schema["maxItems"]:
            text += f", at most {schema['maxItems']}"
        if "default" in schema:
            text += f", default <code>{esc(json.dumps(schema['default']))}</code>"
        return text

    def fields(self, schema, prefix=""):
        """Rows of a schema's properties; those of nested objects without a name follow theirs."""
        required = set(schema.get("required", ()))
        rows = []
        for name, value in schema.get("properties", {}).items():
            target = self.resolve(value)
            marks = '<span class="must"> required</span>' if name in required and prefix == "" else ""
            marks += '<span class="gone"> deprecated</span>' if target.get("deprecated") else ""
            about = value.get("description", target.get("description", "") if "$ref" not in value or target.get("type") == "null" else "")
            rows.append(f"<tr><td><code>{esc(prefix + name)}</code>{marks}</td><td>{self.type_of(value)}</td>"
                        f"<td>{inline(' '.join(about.split()))}</td></tr>")
            if "$ref" not in value:
                if value.get("properties"):
                    rows += self.fields(value, prefix + name + ".")
                elif value.get("type") == "array" and "properties" in value.get("items", {}):
                    rows += self.fields(value["items"], prefix + name + "[].")
        extra = schema.get("additionalProperties")
        if isinstance(extra, dict) and extra.get("description"):
            rows.append(f"<tr><td><em>any other name</em></td><td>{self.type_of(extra)}</td><td>{inline(extra['description'])}</td></tr>")
        return rows

    def table(self, schema):
        rows = self.fields(schema)
        if not rows:
            return ""
        return "<table><thead><tr><th>Field</th><th>Type</th><th>Meaning</th></tr></thead><tbody>" + "".join(rows) + "</tbody></table>"

    def examples(self, media):
        found = dict(media.get("examples", {}))
        if "example" in media:
            found[""] = {"value": media["example"]}
        out = ""
        for name, example in found.items():
            title = example.get("summary", name)
            value = example["value"]
            text = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
            out += (f"<h4>Example{': ' + esc(title) if title else ''}</h4>" if out or title else "<h4>Example</h4>")
            out += f"<pre><code>{esc(text)}</code></pre>"
        return out

    def content(self, content):
        out = ""
        for kind, media in content.items():
            schema = media.get("schema", {})
            out += f"<p><code>{esc(kind)}</code>: {self.type_of(schema)}</p>"
            out += self.table(schema) if "$ref" not in schema else ""
            out += self.examples(media)
        return out

    def operation(self, path, method, operation):
        out = (f'<section><h3 id="{slug(method, path)}"><span class="verb {method}">{method.upper()}</span>{esc(path)}</h3>'
               f"<p><strong>{inline(operation['summary'])}</strong></p>" + prose(operation.get("description")))
        parameters = [self.resolve(one) for one in (*self.document["paths"][path].get("parameters", ()), *operation.get("parameters", ()))]
        if parameters:
            rows = "".join(f"<tr><td><code>{esc(one['name'])}</code></td><td>{esc(one['in'])}</td><td>{self.type_of(one['schema'])}</td>"
                           f"<td>{prose(one.get('description'))}</td></tr>" for one in parameters)
            out += f"<h4>Parameters</h4><table><tbody>{rows}</tbody></table>"
        if "requestBody" in operation:
            out += "<h4>Request body</h4>" + self.content(self.resolve(operation["requestBody"])["content"])
        out += "<h4>Answers</h4>"
        for status, response in operation["responses"].items():
            response = self.resolve(response)
            good = "good" if status.startswith("2") else "bad"
            body = prose(response["description"])
            for name, header in response.get("headers", {}).items():
                header = self.resolve(header)
                body += f"<p>Header <code>{esc(name)}</code>: {inline(' '.join(header.get('description', '').split()))}</p>"
            body += self.content(response.get("content", {}))
            first = re.split(r"(?<=[.;])\s", " ".join(response["description"].split()))[0]
            out += (f"<details{' open' if status.startswith('2') else ''}><summary><strong class=\"{good}\">{esc(status)}</strong> "
                    f"{inline(first)}</summary>{body}</details>")
        return out + "</section>"

    def schema(self, name, schema):
        out = f'<section><h3 id="{slug("schema", name)}">{esc(name)}</h3>' + prose(schema.get("description"))
        return out + (self.table(schema) or f"<p>{self.type_of({k: v for k, v in schema.items() if k != 'description'})}</p>") + "</section>"

    def render(self, source):
        info = self.document["info"]
        operations = [(path, method, operation) for path, item in self.document["paths"].items() for method, operation in item.items()
                      if method != "parameters"]
        menu, body = "", ""
        for tag in self.document["tags"]:
            mine = [one for one in operations if tag["name"] in one[2]["tags"]]
            menu += f"<h2>{esc(tag['name'])}</h2>" + "".join(
                f'<a href="#{slug(m, p)}"><span class="verb {m}">{m.upper()}</span><span>{breakable(p)}</span></a>' for p, m, _ in mine)
            body += f"<h2>{esc(tag['name'].capitalize())}</h2><p>{inline(tag['description'])}</p>" + "".join(self.operation(*one) for one in mine)
        schemas = {name: schema for name, schema in self.document["components"]["schemas"].items() if schema.get("type") != "null"}
        menu += "<h2>Schemas</h2>" + "".join(f'<a href="#{slug("schema", name)}">{esc(name)}</a>' for name in schemas)
        body += "<h2>Schemas</h2>" + "".join(self.schema(name, schema) for name, schema in schemas.items())
        return frame(source, info["title"], f'''<nav aria-label="Contents">{menu}</nav>
<main>
<h1>{esc(info['title'])}</h1>
<p class="lead">{inline(info['summary'])}</p>
{prose(info['description'])}
{body}
</main>''')


def breakable(path):
    """A path that is broken between its words where the column is narrow."""
    return re.sub(r"([/_])(?=.)", r"\1<wbr>", esc(path))


def frame(source, title, body):
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    return f"""<!DOCTYPE html>
<!-- Made by scripts/apidocs.py from {source}; do not edit. -->
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{digest}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{esc(title)}</title>
<style>{STYLE}</style>
</head>
<body>
{body}
</body>
</html>
"""


def index(documents):
    """A page that leads to the others; a server serves those of the components that it runs."""
    menu, body = "", ""
    for name, document in documents.items():
        info = document["info"]
        menu += f'<a href="/docs/{name}">{esc(info["title"])}</a>'
        body += (f'<h2><a href="/docs/{name}">{esc(info["title"])}</a></h2><p class="lead">{inline(info["summary"])}</p>'
                 f'<p>For programs: <a href="/docs/{name}.yaml">{name}.yaml</a> (OpenAPI {esc(document["openapi"])}).</p>')
    return frame("api/*.yaml", "Ozma", f'''<nav aria-label="Contents">{menu}</nav>
<main>
<h1>Ozma</h1>
<p class="lead">The APIs of this server; each page is there where its component runs.</p>
{body}
</main>''')


def main():
    use_venv()
    import yaml

    documents = {source.stem: yaml.safe_load(source.read_text()) for source in sorted((ROOT / "api").glob("*.yaml"))}
    pages = {name: Page(document).render(f"api/{name}.yaml") for name, document in documents.items()}
    pages["index"] = index(dict(sorted(documents.items(), reverse=True)))
    stale = []
    for name, page in pages.items():
        target = ROOT / "docs/api" / f"{name}.html"
        if target.exists() and target.read_text() == page:
            continue
        if "--check" in sys.argv[1:]:
            stale.append(str(target.relative_to(ROOT)))
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(page)
    if stale:
        sys.exit(f"apidocs: not up to date, run scripts/apidocs.py: {' '.join(stale)}")


main()
